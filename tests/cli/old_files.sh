#!/bin/sh
# Models that the command of a released version wrote (tests/files) are read for
# ever and give the same hits and the same bits, and train on to the same bits.
files=$(CDPATH='' cd -- "$(dirname "$0")/../files" && pwd)
. "$(dirname "$0")/harness.inc"
. "$files/command.inc"

same_report() {
    command_report "$files/$1/pairs.tsv" "$files/$1/command/$2.siamese" |
        diff "$files/$1/command/$2.txt" -
}

same_resumed() {
    command_resumed "$files/$1/pairs.tsv" "$files/$1/command/$2.siamese" |
        diff "$files/$1/command/$2.resumed.txt" -
}

for version in "$files"/v*; do
    version=${version##*/}
    for model in "$files/$version"/command/*.siamese; do
        kept=$(basename "$model" .siamese)
        check "old_files__${version}_$kept" same_report "$version" "$kept"
        check "old_files__${version}_${kept}_info" "$SIAMESE" info "$model"
        [ ! -f "$files/$version/command/$kept.resumed.txt" ] ||
            check "old_files__${version}_${kept}_goes_on" \
                same_resumed "$version" "$kept"
    done
done
finish
