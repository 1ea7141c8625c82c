#!/bin/sh
# Keeps one row for the table of docs/platforms.md in build/platforms, in place
# of an earlier one of the same platform, compiler and way: of what has just
# passed, and nothing of a day or a machine. tools/platform_table.sh reads it.
#
# usage: platform_record.sh PLATFORM COMPILER run|emulated|compiled|read RESULT
set -eu

case $3 in
run | emulated | compiled | read) ;;
*) echo "platform_record.sh: $3 is no way" >&2 && exit 2 ;;
esac
file=$(printf '%s_%s_%s' "$1" "$2" "$3" | tr -c 'A-Za-z0-9._-' _)
mkdir -p build/platforms
echo "| $1 | $2 | $3 | $4 |" >"build/platforms/$file.row"
