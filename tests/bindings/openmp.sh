#!/bin/sh
# libsiamese in one process with faiss-cpu and numpy of PyPI, each of which brings
# a copy of libgomp or OpenBLAS: any order of import, threads of the host's, fork.
# The packages go into a folder of build/, and stay there.
set -u
library=$PWD/build
venv=$PWD/build/venv-openmp
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok openmp__$name"
}

has_packages() {
    "$venv/bin/python" -c 'import faiss, numpy' 2>/dev/null && return 0
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install -q --disable-pip-version-check \
            faiss-cpu numpy >"$dir/pip" 2>&1 || { cat "$dir/pip" && false; }
}
check packages_are_there has_packages

# With more of OpenMP's threads than of ours, so that they show: ORDER, ours,
# OpenMP's.
in_one_process() {
    OMP_NUM_THREADS=$3 OPENBLAS_NUM_THREADS=2 LD_LIBRARY_PATH=$library \
        timeout 300 "$venv/bin/python" tests/bindings/openmp.py "$1" "$2" \
        >"$dir/out" 2>&1
    status=$?
    sed 's/^/# /' "$dir/out"
    [ "$status" -eq 0 ] && [ "$(tail -n 1 "$dir/out")" = ok ]
}
for order in siamese-first faiss-first faiss-global; do
    check "${order}_with_threads" in_one_process $order 3 4
    check "${order}_starts_no_thread_of_openmp" in_one_process $order 1 8
done

# The wheels bring copies of their own names, which ours never takes.
has_the_systems() {
    LD_LIBRARY_PATH=$library "$venv/bin/python" -c 'import ctypes, faiss
ctypes.CDLL("libsiamese.so.0")
print({line.split()[-1] for line in open("/proc/self/maps") if "gomp" in line})' \
        >"$dir/out" && sed 's/^/# /' "$dir/out" &&
        grep -q "/libgomp-[0-9a-f]*\.so" "$dir/out" &&
        grep -q "/libgomp\.so\.1" "$dir/out"
}
check each_has_its_own_runtime has_the_systems
