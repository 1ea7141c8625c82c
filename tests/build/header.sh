#!/bin/sh
# The public headers compile without a warning in each language that the ABI
# promises, all together, each alone and in any order, beside another library's
# siamese.h, and need nothing but <stddef.h> and <stdint.h>.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CC=${CC:-gcc} CXX=${CXX:-g++}

# host,NAME,LINES: a program in C and in C++ of these lines.
host() {
    printf '%s\n' "$2" 'int main(void) { return 0; }' >"$dir/$1.c"
    cp "$dir/$1.c" "$dir/$1.cc"
}

include() { sed 's|.*|#include <siamese/&>|'; }

(cd include/siamese && ls ./*.h) | sed 's|^./||' >"$dir/headers"
host umbrella '#include <siamese/siamese.h>
#include <siamese/siamese.h>
const char *version(void);
const char *version(void) { return siamese_version(); }'
while read -r header; do
    host "alone_${header%.h}" "$(echo "$header" | include)"
done <"$dir/headers"
host forwards "$(include <"$dir/headers")"
host backwards "$(sort -r "$dir/headers" | include)"

# Names of catid/siamese, with its guards of old and of today.
mkdir "$dir/foreign"
cat >"$dir/foreign/siamese.h" <<'END'
#ifndef SIAMESE_H
#define SIAMESE_H
#define CAT_SIAMESE_H
#define SIAMESE_VERSION 5
#define SIAMESE_EXPORT extern
#define SIAMESE_MAX_PACKETS 16000
#define siamese_init() siamese_init_(SIAMESE_VERSION)
#ifdef __cplusplus
extern "C" {
#endif
typedef enum SiameseResultT { Siamese_Success, Siamese_Disabled } SiameseResult;
typedef struct SiameseEncoderImpl { int impl; } *SiameseEncoder;
SIAMESE_EXPORT int siamese_init_(int version);
SIAMESE_EXPORT SiameseEncoder siamese_encoder_create(void);
SIAMESE_EXPORT void siamese_encoder_free(SiameseEncoder encoder);
SIAMESE_EXPORT SiameseResult siamese_encode(SiameseEncoder encoder);
#ifdef __cplusplus
}
#endif
#endif
END
both='typedef char theirs[SIAMESE_VERSION == 5 ? 1 : -1];
typedef char ours[sizeof SIAMESE_VERSION_STRING > 5 ? 1 : -1];
const char *both(void);
const char *both(void) { return siamese_init() ? siamese_version() : ""; }'
host foreign_first "#include <siamese.h>
#include <siamese/siamese.h>
$both"
host foreign_last "#include <siamese/siamese.h>
#include <siamese.h>
$both"

compiles() {
    if "$@" -pedantic -Wall -Wextra -Werror -Iinclude -I"$dir/foreign" \
        -fsyntax-only; then
        echo "ok header__compiles_as_$name"
    else
        echo "not ok header__compiles_as_$name"
    fi
}

for name in c99 c11 c17; do
    compiles "$CC" -std=$name "$dir"/*.c
done
for name in c++98 c++11 c++14 c++17 c++20; do
    compiles "$CXX" -std=$name "$dir"/*.cc
done

# The C++ layer: each of its headers alone, and all of them in two units of one
# program.
for header in siamese.hpp $(cd include/siamese && ls cpp/*.hpp); do
    echo "#include <siamese/$header>"
done >"$dir/layer"
while read -r line; do
    unit=$(echo "$line" | tr -cd 'a-z')
    printf '%s\n' "$line" "int unit_$unit() { return 0; }" >"$dir/$unit.cpp"
done <"$dir/layer"
printf '%s\n' '#include <siamese.h>' '#include <siamese/siamese.hpp>' \
    >"$dir/beside.cpp"
for name in c++17 c++20; do
    name=layer_$name
    compiles "$CXX" -std="${name#layer_}" "$dir"/*.cpp
done

# A macro of ours begins with SIAMESE_ and is none of theirs; a guard begins with
# LIBSIAMESE_ and has the name of its file.
name=header__macros_are_none_of_another_library
if {
    sed -n 's/^ *# *define \([A-Za-z_0-9]*\).*/\1/p' "$dir/foreign/siamese.h"
    grep -hE '^ *# *define' include/siamese/*.h |
        sed 's/^ *# *define \([A-Za-z_0-9]*\).*/\1/' | sort -u
} | sort | uniq -d | grep . ||
    grep -hE '^ *# *define' include/siamese/*.h |
    grep -vE 'define (LIB)?SIAMESE_[A-Z_]+\b' ||
    while read -r header; do
        guard=LIBSIAMESE_$(echo "${header%.h}" | tr 'a-z' 'A-Z')_H
        grep -q "^#define $guard$" "include/siamese/$header" ||
            echo "$header: no guard $guard"
    done <"$dir/headers" | grep .; then
    echo "not ok $name"
else
    echo "ok $name"
fi

name=header__umbrella_includes_every_header
if grep -v '^siamese.h$' "$dir/headers" | while read -r header; do
    "$CC" -MM -Iinclude -x c include/siamese/siamese.h |
        grep -q "siamese/$header" || echo "$header"
done | grep .; then
    echo "not ok $name"
else
    echo "ok $name"
fi

name=header__includes_only_stddef_and_stdint
if grep -h '#include' include/siamese/*.h |
    grep -v '<stddef.h>\|<stdint.h>\|<siamese/[a-z_]*\.h>'; then
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

name=header__has_at_most_500_lines
if awk 'FNR == 501 { print FILENAME }' include/siamese/*.h | grep .; then
    echo "not ok $name"
else
    echo "ok $name"
fi
