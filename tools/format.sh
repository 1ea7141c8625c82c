#!/bin/sh
# Writes every C and C++ file of the tree as .clang-format says, or only says
# which are not so. One version of clang-format formats, since each has a mind
# of its own: it comes as a package of PyPI into build/clang-format and stays.
#
# usage: format.sh [check]
set -eu
version=19.1.7
home=build/clang-format/$version

if [ ! -x "$home/bin/clang-format" ]; then
    echo "format: installing clang-format $version into $home" >&2
    rm -rf "$home"
    {
        python3 -m venv "$home" &&
            "$home/bin/pip" install --disable-pip-version-check --quiet \
                --no-deps --only-binary :all: "clang-format==$version"
    } >&2 || { rm -rf "$home" && exit 1; }
fi

# Files of a released version are kept as they were (tests/files/README.md).
sources() {
    find lib src include tests examples bench -type f ! -path 'tests/files/*' \
        \( -name '*.[ch]' -o -name '*.[ch]pp' \) -print0
}

mode=-i
[ "${1:-write}" = write ] || mode='--dry-run -Werror'
sources | xargs -0 -P "$(nproc)" -n 40 "$home/bin/clang-format" $mode
