#!/bin/sh
# Prints the upstream version of the package that a file belongs to, such as
# 2.2.0; nothing if no package manager knows the file.
#
# usage: package_release.sh FILE
set -u
file=$(readlink -f "$1" 2>/dev/null) || exit 0
{
    for name in "$file" "$1" "${file#/usr}"; do
        package=$(dpkg-query -S "$name" 2>/dev/null | sed -n '1s/[,:] .*//p')
        [ -z "$package" ] || {
            dpkg-query -W -f '${Version}\n' "$package" 2>/dev/null
            break
        }
    done
    rpm -qf --queryformat '%{VERSION}\n' "$file" 2>/dev/null
    apk info --who-owns "$file" 2>/dev/null |
        sed -n 's/.*-\([0-9][0-9.]*\)-r[0-9]*$/\1/p'
} | sed -n 's/^[0-9]*://; s/^\([0-9][0-9A-Za-z.]*\).*/\1/p' | head -n 1
