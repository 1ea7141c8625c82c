#!/bin/sh
# Archives of Keras, which the package of Python reads, with libFuzzer by atheris:
# fuzz_keras.py in an environment of its own in build/, with the checkout's
# sources and library. Part of make check-fuzz.
#
# usage: keras.sh LIBRARY RUNS SEED SECONDS
set -u
. tests/fuzz/report.inc
library=$1 runs=$2 seed=$3 seconds=$4
venv=build/venv-fuzz
package=build/fuzz/python
found=build/fuzz/keras
log=$found.log
mkdir -p "$found" "$package"

prepared() {
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" || return 1
    "$venv/bin/pip" install -q --disable-pip-version-check atheris h5py numpy
}
prepared >"$log" 2>&1 || {
    cat "$log"
    echo "not ok fuzz_keras__its_packages_install"
    exit 1
}
rm -rf "$package/libsiamese"
cp -r bindings/python/src/libsiamese "$package/"
mkdir -p "$package/libsiamese/lib"
cp -L "$library" "$package/libsiamese/lib/libsiamese.so.0"

PYTHONPATH=$package "$venv/bin/python" tests/fuzz/fuzz_keras.py \
    bindings/python/tests/data/keras "$found" -runs="$runs" -seed="$seed" \
    -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=1024 -timeout=25 \
    -artifact_prefix="$found-" >"$log" 2>&1
status=$?

report keras "$log" "$status" \
    "$(sed -n 's/^#\([0-9]*\)\tDONE .*/\1/p' "$log")"
