#!/bin/sh
# Model files: vocab, info, export and import, and files that are damaged.
. "$(dirname "$0")/harness.inc"

judged_pairs 200 >pairs.csv
"$SIAMESE" train --data pairs.csv --model t.siamese $small
"$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet

check vocab__lists_every_token "$SIAMESE" vocab --model m.siamese
check vocab__begins_with_padding_and_unknown sh -c "
    printf '0\t\n1\t[UNK]\n' >.want && head -n 2 .out | cmp - .want"
check vocab__export_is_the_list sh -c "
    $SIAMESE export --model m.siamese --vocab v.txt &&
    $SIAMESE vocab --model m.siamese | cut -f2 | cmp - v.txt"
check vocab__tokenize_strips_and_lowers sh -c "
    $SIAMESE vocab --model m.siamese --tokenize 'RED, d-esk nowhere' |
    grep -q '^[0-9]* [0-9]* 1	red desk \[UNK\]\$'"
fails vocab__a_text_that_is_not_utf8 1 'text 2: byte 0xe9 at place 2 is not' \
    "$SIAMESE" vocab --model m.siamese --tokenize desk "$(printf 'd\351sk')"
check vocab__text_not_utf8_fails_before_any_output test ! -s .out
check vocab__json "$SIAMESE" vocab --model m.siamese --tokenize desk --json
# 9 tokens of 4 texts: a 4, b 3 times in the table, c and d unknown and cut.
printf 'query,title\na,a b c d\na b,a b\n' >tiny.csv
check vocab__train_tells_what_is_unknown_and_cut sh -c "
    $SIAMESE train --preset notebook --data tiny.csv --min-relevance none --model tiny.siamese \
        --set max_tokens=4 --set sequence_length=2 2>&1 |
    grep '22.2 % of 9 tokens unknown, 25.0 % of 4 texts cut'"
check vocab__statistics_are_counted sh -c "
    $SIAMESE vocab --model tiny.siamese --statistics | tr '\t\n' '= ' |
    grep -q 'texts=4 tokens=9 unknown_tokens=2 texts_cut=1 tokens_cut=2'"
check vocab__says_what_is_left_out sh -c "
    $SIAMESE vocab --model tiny.siamese 2>&1 >/dev/null |
    grep -q 'so that 2 tokens are not read'"
check vocab__hashed_ids_have_no_table sh -c "
    $SIAMESE train --preset notebook --data pairs.csv --quiet \
        --model hashed.siamese --set hash_buckets=50 &&
    $SIAMESE vocab --model hashed.siamese --tokenize 'red desk red' |
    grep -qx '\([0-9]*\) [0-9]* \1'"
fails vocab__text_without_tokenize 2 '--tokenize TEXT' \
    "$SIAMESE" vocab --model m.siamese desk

check info__lists_sections_and_options "$SIAMESE" info m.siamese
for word in command items index: trainer: max_tokens=1000 preset=notebook; do
    grep -q "$word" .out || failed "info__shows_$word"
done
check info__json "$SIAMESE" info m.siamese --json
check export__parameters_and_import_are_inverse sh -c "
    $SIAMESE export --model m.siamese --parameters p --vocab p/v.txt &&
    $SIAMESE import --parameters p --vocab p/v.txt --preset notebook \
        --model back.siamese --quiet &&
    $SIAMESE embed --model back.siamese --data pairs.csv --out b.npy --quiet &&
    $SIAMESE embed --model m.siamese --data pairs.csv --out a.npy --quiet &&
    cmp a.npy b.npy"
check export__names_are_those_of_keras test "$(ls p | tr '\n' ' ')" = \
    'bw_bias.npy bw_kernel.npy bw_recurrent.npy embedding.npy fw_bias.npy fw_kernel.npy fw_recurrent.npy v.txt '
check export__faiss sh -c "
    $SIAMESE export --model m.siamese --faiss index.faiss &&
    [ -s index.faiss ]"
check import__w_prefix sh -c "
    mkdir w && cp p/v.txt w/ && for f in p/*.npy; do
        cp \$f w/w.\$(basename \$f); done &&
    $SIAMESE import --parameters w --vocab w/v.txt --model w.siamese --quiet &&
    cmp w.siamese back.siamese"

check import__of_another_encoder sh -c "
    $SIAMESE train --preset notebook --data pairs.csv --quiet \
        --model bag.siamese --set encoder=bag --set pooling=weighted --set project=6 &&
    $SIAMESE export --model bag.siamese --parameters bag --vocab bag.txt &&
    $SIAMESE import --quiet --parameters bag --vocab bag.txt \
        --model back.siamese --set encoder=bag --set pooling=weighted \
        --set project=6 &&
    $SIAMESE embed --model bag.siamese --text 'red desk' >one.txt &&
    $SIAMESE embed --model back.siamese --text 'red desk' | cmp - one.txt"
import="$SIAMESE import --model new.siamese --vocab p/v.txt --parameters"
rm -r w && cp -r p w && rm w/fw_bias.npy
fails import__missing_file 1 'w: there is neither fw_bias.npy' $import w
cp p/bw_bias.npy w/fw_bias.npy && cp p/fw_kernel.npy w/bw_recurrent.npy
head -c 100 p/fw_bias.npy >w/fw_bias.npy
fails import__truncated_file 1 'w/fw_bias.npy' $import w
cp p/fw_bias.npy w/fw_bias.npy && cp p/fw_bias.npy w/bw_recurrent.npy
fails import__wrong_shape 1 'w/bw_recurrent.npy: its shape is (16,); (4, 16)' \
    $import w
echo text >w/embedding.npy
fails import__not_npy 1 'w/embedding.npy' $import w
fails import__vocabulary_without_first_line 1 'v2.txt:1: the first line' \
    sh -c "sed 1d p/v.txt >p/v2.txt; $import p --vocab p/v2.txt"
fails import__unwritable_output 1 'no/m.siamese' \
    "$SIAMESE" import --parameters p --vocab p/v.txt --model no/m.siamese
fails export__a_new_folder_goes_with_the_failure 1 'no/v.txt' "$SIAMESE" \
    export --model m.siamese --parameters new --vocab no/v.txt
fails export__nothing_asked 2 'is missing' "$SIAMESE" export --model m.siamese
fails export__unwritable_vocab 1 'no/v.txt' \
    "$SIAMESE" export --model m.siamese --vocab no/v.txt

# Damage: every verb that reads the file fails alike.
size=$(wc -c <m.siamese)
for cut in 0 1 7 64 $((size / 2)) $((size - 1)); do
    head -c "$cut" m.siamese >cut.siamese
    fails "damage__cut_at_$cut" 1 'siamese search: ' \
        "$SIAMESE" search --model cut.siamese desk
done
flip() { # FILE OFFSET: its lowest bit
    byte=$(od -An -tu1 -j"$2" -N1 "$1" | tr -d ' ')
    printf "\\$(printf %03o $((byte ^ 1)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
for at in 0 9 40 $((size / 3)) $((size / 2)) $((size - 2)); do
    cp m.siamese flip.siamese
    flip flip.siamese "$at"
    fails "damage__bit_flipped_at_$at" 1 'siamese search: ' \
        "$SIAMESE" search --model flip.siamese desk
done
fails damage__info_names_the_file_or_section 1 'siamese info: ' \
    "$SIAMESE" info flip.siamese
fails damage__not_a_model 1 'siamese search: ' \
    "$SIAMESE" search --model pairs.csv desk
fails damage__no_such_model 1 'none.siamese' \
    "$SIAMESE" search --model none.siamese desk

# Killed at any moment while it saves over and over: always a whole file.
cp t.siamese killed.siamese
for pause in 0.05 0.1 0.15 0.2 0.3 0.4; do
    "$SIAMESE" train --data pairs.csv --model killed.siamese $small \
        --epochs 1000000 --metrics none --checkpoint-every 1 &
    pid=$!
    sleep "$pause"
    kill -KILL "$pid" && wait "$pid" 2>/dev/null
    check "damage__killed_after_$pause" "$SIAMESE" info killed.siamese
done
finish
