#!/bin/sh
# Models that a host made, of shapes that the command never writes itself: the
# first field of the tower has no vocabulary, or none has.
files=$(CDPATH='' cd -- "$(dirname "$0")/../files" && pwd)
. "$(dirname "$0")/harness.inc"

model=$files/numbers_first.siamese
printf '%s\n' '' '[UNK]' sofa red oak desk >tokens
check numbers_first__info_has_the_vocabulary_behind_it sh -c "
    $SIAMESE info $model | grep -q '^vocab: tokens=6 '"
check numbers_first__vocab sh -c "
    $SIAMESE vocab --quiet --model $model | cut -f2 | diff - tokens"
check numbers_first__tokenize sh -c "
    $SIAMESE vocab --model $model --tokenize 'red desk' | grep -q '^3 5'"
check numbers_first__export sh -c "
    $SIAMESE export --quiet --model $model --vocab out.txt &&
    [ \"\$(tail -n 4 out.txt)\" = \"\$(tail -n 4 tokens)\" ]"

model=$files/numbers_only.siamese
check numbers_only__info_has_no_vocabulary sh -c "
    $SIAMESE info $model >info.txt && ! grep -q '^vocab:' info.txt"
fails numbers_only__vocab 1 'has no vocabulary' \
    "$SIAMESE" vocab --model "$model"
fails numbers_only__export 1 'has no vocabulary' \
    "$SIAMESE" export --model "$model" --vocab none.txt
finish
