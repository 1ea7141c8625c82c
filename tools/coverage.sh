#!/bin/sh
# Says which shares of the library's lines and branches the tests ran, from the
# counts below an object directory, by gcovr of PyPI (Debian 12's cannot merge
# functions that macros make at several levels). Fails below the floors. Each file is
# in build/coverage.txt, each line and branch that nobody ran in build/coverage.
#
# Nothing of lib/ is left out: no marks in the sources, no branches of throws or of
# code that the compiler calls unreachable. What the build leaves out is not in it:
# sm_assert, which is compiled for the sanitizers, levels of other processors, and
# sentencepiece where Debian has no archive of it.
#
# usage: coverage.sh OBJECT_DIRECTORY [LINES BRANCHES]   floors in percent
set -eu
objects=$1 lines=${2:-95} branches=${3:-85}
version=7.2
home=build/gcovr/$version

if [ ! -x "$home/bin/gcovr" ]; then
    echo "coverage: installing gcovr $version into $home" >&2
    rm -rf "$home"
    {
        python3 -m venv "$home" &&
            "$home/bin/pip" install --disable-pip-version-check --quiet \
                --only-binary :all: "gcovr==$version"
    } >&2 || { rm -rf "$home" && exit 1; }
fi

rm -rf build/coverage && mkdir -p build/coverage
"$home/bin/gcovr" --root . --filter 'lib/' --object-directory "$objects" \
    --merge-mode-functions=separate --exclude-directories '.*/tests' \
    --txt-metric branch --txt build/coverage.txt \
    --html-nested build/coverage/index.html --print-summary "$objects/lib" \
    >build/coverage/summary.txt

share() {
    sed -n "s/^$1: \([0-9.]*\)%.*/\1/p" build/coverage/summary.txt
}

passed=0 failed=0
hold() {
    percent=$(share "$1")
    if awk -v a="${percent:-0}" -v b="$2" 'BEGIN { exit !(a + 0 >= b + 0) }'; then
        echo "ok coverage__$1: $percent % of lib, at least $2"
        passed=$((passed + 1))
    else
        echo "not ok coverage__$1: ${percent:-0} % of lib, less than $2"
        failed=$((failed + 1))
    fi
}
hold lines "$lines"
hold branches "$branches"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
