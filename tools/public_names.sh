#!/bin/sh
# Lists every name of the public headers: function, type, member, constant (with
# its value) and macro, sorted, one a line (tools/public_names.awk).
#
# usage: public_names.sh [FOLDER_OF_HEADERS]
set -eu
awk -f tools/headers.awk -f tools/public_names.awk \
    "${1:-include/siamese}"/*.h | LC_ALL=C sort -u
