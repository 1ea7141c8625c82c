#!/bin/sh
# Keeps what this version writes: checkpoint files, and what each gives, in
# tests/files/vMAJOR.MINOR; and, without names, its headers and ABI. Files of a
# released version are never written again.
#
# Without names: every kind. So it is run once, when a version is released that
# changed the format of a section or brought options, on a build with sentencepiece
# (make WITH_SENTENCEPIECE=yes). With names: those of write.c, or command/NAME.
#
# usage: write.sh FOLDER [NAME ...]
#        FOLDER holds pairs.tsv, e.g. a copy of the last one's
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
folder=$(CDPATH='' cd -- "$1" && pwd)
shift
build=$(CDPATH='' cd -- "$here/../../build" && pwd)
SIAMESE=$build/siamese
. "$here/command.inc"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -std=c11 -I"$here/../../include" -o "$work/write" "$here/write.c" \
    -L"$build" -lsiamese -Wl,-rpath,"$build"
"$work/write" "$folder" "$@"

mkdir -p "$folder/command"
[ $# -gt 0 ] || {
    mkdir -p "$folder/include/siamese"
    cp "$here/../../include/siamese"/*.h "$folder/include/siamese"
    abidw --exported-interfaces-only --headers-dir "$here/../../include" \
        --drop-private-types --no-corpus-path --no-show-locs \
        --no-comp-dir-path --short-locs --out-file "$folder/abi.xml" \
        "$build/libsiamese.so"
}
wanted=" $* "
cd "$work"
data=$folder/pairs.tsv

# keep NAME OPTION...: a model with its index, all at the portable level.
keep() {
    name=$1
    shift
    case $wanted in '  ' | *" command/$name "*) ;; *) return 0 ;; esac
    "$SIAMESE" train --quiet --data "$data" --model model.siamese --seed 3 \
        --set tower.kernel=portable --set trainer.kernel=portable "$@"
    "$SIAMESE" index --quiet --data "$data" --model model.siamese \
        --set kernel=portable --out "$name.siamese"
    command_report "$data" "$name.siamese" >"$name.txt"
    mv "$name.siamese" "$name.txt" "$folder/command"
}

keep default --set embedding_dim=16 --set max_steps=20 --set min_steps=0
keep small --preset small --set embedding_dim=16 --set max_steps=20 --set min_steps=0
keep notebook --preset notebook --epochs 2 --metrics none
keep fields --preset notebook --epochs 2 --metrics none \
    --text-column brand --field price=numbers
for name in notebook fields; do
    [ -f "$folder/command/$name.siamese" ] || continue
    command_resumed "$data" "$folder/command/$name.siamese" \
        >"$folder/command/$name.resumed.txt"
done
