#!/bin/sh
# sentencepiece models through the command: trained, taken by a model, given
# back. A build without sentencepiece says so, and leaves nothing behind.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >pairs.csv
data="--quiet --data pairs.csv --set max_tokens=50"
vocab="$SIAMESE vocab $data --train-sentencepiece"
train="$SIAMESE train --data pairs.csv --model m.siamese $small"

# What needs no sentencepiece.
$SIAMESE train --data pairs.csv --model words.siamese $small
$SIAMESE train --data pairs.csv --model hashed.siamese $small \
    --set hash_buckets=50
fails sentencepiece__words_have_no_model 1 'has no sentencepiece model' \
    "$SIAMESE" export --model words.siamese --sentencepiece out.model
fails sentencepiece__hashed_ids_have_no_list 1 'hashes them to ids' \
    "$SIAMESE" export --model hashed.siamese --vocab v.txt
fails sentencepiece__no_such_file 1 'cannot read none.model' \
    $train --sentencepiece none.model
fails sentencepiece__is_fixed_when_resumed 2 'fixed by the model' \
    "$SIAMESE" train --data pairs.csv --model new.siamese \
    --resume words.siamese --sentencepiece p.model
fails sentencepiece__needs_data 2 '--data FILE' \
    "$SIAMESE" vocab --train-sentencepiece p.model
fails sentencepiece__data_alone_trains_nothing 2 '--train-sentencepiece' \
    "$SIAMESE" vocab --model words.siamese --data pairs.csv
fails sentencepiece__is_trained_or_shown 2 'neither --model' \
    $vocab p.model --model words.siamese
fails sentencepiece__unwritable_output 1 'no/p.model' $vocab no/p.model

$vocab probe.model 2>.err
if grep -q 'this build has no sentencepiece' .err; then
    echo "# this build has no sentencepiece"
    fails sentencepiece__training_is_unsupported 1 \
        'this build has no sentencepiece' $vocab p.model
    fails sentencepiece__reading_is_unsupported 1 \
        'this build has no sentencepiece' $train --sentencepiece pairs.csv
    finish
fi

check sentencepiece__trains $vocab p.model --json
check sentencepiece__training_tells_what_is_cut sh -c "
    $vocab again.model --json | grep -q '\"size\": 50, .*\"texts\": 640,'"
check sentencepiece__training_is_repeatable cmp p.model again.model
check sentencepiece__writes_standard_output sh -c "
    $vocab - | cmp - p.model"
fails sentencepiece__too_small_for_its_characters 1 'could not be trained' \
    $vocab small.model --set max_tokens=5
fails sentencepiece__does_not_go_with_other_splits 1 'split: character' \
    $vocab split.model --set split=character

check sentencepiece__train $train --sentencepiece p.model
check sentencepiece__in_place_of_a_file_it_is_trained sh -c "
    $train --sentencepiece train --set max_tokens=50 --model own.siamese &&
    $SIAMESE export --model own.siamese --sentencepiece own.model &&
    cmp own.model p.model"
check sentencepiece__pieces_make_up_the_text sh -c "
    $SIAMESE vocab --model m.siamese --tokenize 'red oak  desk' |
    cut -f2 | tr -d ' ' | grep -qx '▁red▁oak▁desk'"
check sentencepiece__unknown_is_1 sh -c "
    $SIAMESE vocab --model m.siamese --tokenize '☃' | grep -q ' 1	'"
# Nothing is unknown: it was trained on these texts.
check sentencepiece__statistics sh -c "
    $SIAMESE vocab --model m.siamese --statistics >s.txt &&
    grep -qx 'size	50' s.txt && grep -qx 'texts	640' s.txt &&
    grep -qx 'unknown_tokens	0' s.txt && ! grep -q '^tokens	0$' s.txt"
check sentencepiece__cuts_at_sequence_length sh -c "
    $train --sentencepiece p.model --set sequence_length=3 --model c.siamese &&
    $SIAMESE vocab --model c.siamese 2>&1 >/dev/null |
    grep -q 'behind 3 tokens' &&
    $SIAMESE vocab --model c.siamese --tokenize 'red oak desk lamp' |
    grep -qx '[0-9]* [0-9]* [0-9]*	.*'"
check sentencepiece__is_given_back sh -c "
    $SIAMESE export --model m.siamese --sentencepiece q.model --vocab v.txt &&
    cmp p.model q.model && [ \$(wc -l <v.txt) -eq 50 ]"
check sentencepiece__searches_when_read_again sh -c "
    $SIAMESE index --quiet --model m.siamese --data pairs.csv \
        --out i.siamese &&
    $SIAMESE search --model i.siamese 'oak desk' | grep -q desk"
check sentencepiece__resumes sh -c "
    $SIAMESE train --quiet --data pairs.csv --resume m.siamese --epochs 2 \
        --model r.siamese && $train --sentencepiece p.model --epochs 2 \
        --model once.siamese && for m in r once; do
            $SIAMESE embed --quiet --model \$m.siamese --data pairs.csv \
                --out \$m.npy; done && cmp r.npy once.npy"
head -c 500 p.model >cut.model
fails sentencepiece__damaged_model 1 'cut.model: ' \
    $train --sentencepiece cut.model --model d.siamese
finish
