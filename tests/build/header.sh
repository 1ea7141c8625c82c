#!/bin/sh
# The public header compiles alone, without a warning, in each language that
# the ABI promises, and needs nothing but <stddef.h> and <stdint.h>.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CC=${CC:-gcc} CXX=${CXX:-g++}

echo '#include <siamese/siamese.h>
#include <siamese/siamese.h>
int main(void) { return siamese_version() == 0; }' >"$dir/host.c"
cp "$dir/host.c" "$dir/host.cc"

compiles() {
    if "$@" -pedantic -Wall -Wextra -Werror -Iinclude -fsyntax-only; then
        echo "ok header__compiles_as_$name"
    else
        echo "not ok header__compiles_as_$name"
    fi
}

for name in c99 c11 c17; do
    compiles "$CC" -std=$name "$dir/host.c"
done
for name in c++98 c++11 c++14 c++17 c++20; do
    compiles "$CXX" -std=$name "$dir/host.cc"
done

name=header__includes_only_stddef_and_stdint
if grep -h '#include' include/siamese/*.h |
    grep -v '<stddef.h>\|<stdint.h>\|<siamese/version.h>'; then
    echo "not ok $name"
else
    echo "ok $name"
fi

# Bit-fields, unions, bool, long and functions with a body bind a caller to one
# compiler or language.
name=header__keeps_to_what_every_language_can_call
if "$CC" -E -P -Iinclude include/siamese/siamese.h |
    sed -n '/siamese_status;/,$p' |
    grep -nE '\b(union|bool|_Bool|long|inline|static)\b|\.\.\.|: *[0-9]+ *;'
then
    echo "not ok $name"
else
    echo "ok $name"
fi
