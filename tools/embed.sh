#!/bin/sh
# A file as C source on standard output: the variable of shell/cli_embedded.h that
# is named after it, page.html as cli_page_html, which holds its bytes.
#
# usage: embed.sh FILE
set -eu
file=${1##*/}

cat <<'END_OF_SOURCE'
#include "shell/cli_embedded.h"
static const unsigned char bytes[] = {
END_OF_SOURCE
od -An -v -tu1 "$1" | sed 's/[0-9][0-9]*/&,/g'
cat <<END_OF_SOURCE
0};
CLI_EMBEDDED(cli_$(echo "$file" | tr '.-' '__'));
const cli_embedded cli_$(echo "$file" | tr '.-' '__') = {
    (const char *)bytes, sizeof bytes - 1};
END_OF_SOURCE
