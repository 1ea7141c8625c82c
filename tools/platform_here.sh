#!/bin/sh
# Prints what docs/platforms.md calls the system that a compiler builds for here,
# such as "Debian 12, x86_64", or the compiler, such as "gcc 12".
#
# usage: platform_here.sh system|compiler CC
set -eu

case $1 in
compiler)
    printf '%s\n' '#ifdef __clang__' 'clang __clang_major__' '#else' \
        'gcc __GNUC__' '#endif' | $2 -E -P -x c - | tail -n 1
    ;;
system)
    name=$( (. /etc/os-release && echo "$NAME ${VERSION_ID:-}") 2>/dev/null ||
        uname -s)
    machine=$($2 -dumpmachine)
    echo "$name, ${machine%%-*}" | sed 's|^Debian GNU/Linux|Debian|'
    ;;
esac
