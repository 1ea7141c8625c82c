#!/bin/sh
# siamese train --resume --grow: the vocabulary takes in new texts.
. "$(dirname "$0")/harness.inc"

judged_pairs 200 >old.csv
sed 's/chair/armchair/g; s/oak/walnut/g' old.csv >new.csv
"$SIAMESE" train --data old.csv $small --set max_tokens=12 --model old.siamese
grow="$SIAMESE train --data new.csv --quiet --resume old.siamese --grow"

tokens() {
    "$SIAMESE" export --model "$1" --parameters "$2" --vocab "$2.txt"
    wc -l <"$2.txt"
}

tokens old.siamese old >old.count
check grow__goes_on_with_new_pairs $grow --model grown.siamese --epochs 3 --json
check grow__tells_that_all_tokens_are_known grep -q '"unknown_tokens": 0' .out
tokens grown.siamese grown >grown.count
check grow__old_tokens_keep_their_ids sh -c '
    n=$(cat old.count); [ "$(cat grown.count)" -gt "$n" ] &&
    head -n "$n" grown.txt | cmp - old.txt'
check grow__new_tokens_are_there sh -c \
    'grep -qx armchair grown.txt && grep -qx walnut grown.txt'
check grow__max_tokens_is_of_all sh -c "
    $grow --model b.siamese --epochs 2 --set max_tokens=14 --json |
    grep -q '\"size\": 14,'"
check grow__grown_model_goes_on "$SIAMESE" train --data old.csv --quiet \
    --resume grown.siamese --grow --epochs 4 --model twice.siamese

# No epoch left: the rows that were there are as they were.
$grow --model still.siamese --epochs 1
tokens still.siamese still >/dev/null
check grow__old_rows_keep_their_bits sh -c '
    bytes=$((12 * 4 * 4))
    tail -c +129 old/embedding.npy | head -c $bytes >one
    tail -c +129 still/embedding.npy | head -c $bytes | cmp - one'
"$SIAMESE" train --data new.csv --quiet --resume old.siamese --epochs 2 \
    --model b.siamese
tokens b.siamese b >/dev/null
check grow__is_asked_for cmp old.txt b.txt

# armchair and walnut, in an unlimited vocabulary; in the limited one more
resume() {
    "$SIAMESE" train --data "$2" --resume "$1" --model b.siamese >.out 2>.err
}
"$SIAMESE" train --data old.csv $small --set max_tokens=0 --model all.siamese
resume all.siamese new.csv
check grow__new_words_name_grow grep -q \
    '^2 tokens of these data are not .* --grow takes them in' .err
resume all.siamese old.csv
check grow__the_same_data_need_no_note sh -c '! grep -e --grow .err'
resume old.siamese old.csv
check grow__whatever_the_limit_left_out sh -c '! grep -e --grow .err'
resume old.siamese new.csv
check grow__but_new_data_beyond_it_do grep -qe --grow .err
"$SIAMESE" train --data old.csv $small --field product_uid=category \
    --set max_tokens=0 --model categories.siamese
sed 's/^\([0-9]*\),1\([0-9]*\)/\1,9\2/' old.csv >uids.csv
resume categories.siamese uids.csv
check grow__new_categories_name_grow grep -q 'values of categories are new.*grow' .err
resume categories.siamese old.csv
check grow__the_same_categories_do_not sh -c '! grep -e --grow .err'

fails grow__max_tokens_below_the_old 2 'has 12 tokens already' \
    $grow --model c.siamese --set max_tokens=5
fails grow__needs_a_model 2 '--grow needs --resume' \
    "$SIAMESE" train --data new.csv --model c.siamese --grow
"$SIAMESE" train --data old.csv $small --set hash_buckets=64 \
    --model hashed.siamese
resume hashed.siamese new.csv
check grow__hashed_features_need_no_note sh -c '! grep -e --grow .err'
fails grow__hashed_features_do_not 1 'need no growth' \
    "$SIAMESE" train --data new.csv --resume hashed.siamese --grow \
    --model c.siamese --quiet

# Learned hashed features do: their table is as long as what was seen.
"$SIAMESE" train --data old.csv $small --set max_tokens=0 \
    --set hash_buckets=5000 --set hash_min_count=2 --set char_ngrams=3-4 \
    --set sequence_length=40 --model learned.siamese
rows() {
    "$SIAMESE" vocab --model "$1" --statistics 2>/dev/null |
        sed -n 's/^size	//p'
}
check grow__learned_features_are_few sh -c \
    "[ $(rows learned.siamese) -gt 30 ] && [ $(rows learned.siamese) -lt 500 ]"
"$SIAMESE" vocab --model learned.siamese >.out 2>&1
check grow__learned_features_are_told grep -q 'learned: of 5000 buckets' .out
check grow__learned_features_grow "$SIAMESE" train --data new.csv \
    --resume learned.siamese --grow --model more.siamese --epochs 2 --quiet
check grow__learned_features_are_more sh -c \
    "[ $(rows more.siamese) -gt $(rows learned.siamese) ]"
finish
