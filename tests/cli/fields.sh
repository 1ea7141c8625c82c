#!/bin/sh
# Items of several fields: --field, --text-column, and what each verb reads.
files=$(CDPATH='' cd -- "$(dirname "$0")/../files" && pwd)
. "$(dirname "$0")/harness.inc"

judged_pairs 200 >plain.csv
# A material, a shelf, a price and a text for each item, some of them missing.
awk -F, 'BEGIN { OFS = "," }
    NR == 1 { print $0, "about", "shelf", "price"; next }
    {
        id = $2
        print $0, id % 5 ? "\"made of wood number " id % 9 "\"" : "",
            "s" id % 4, id % 3 ? id % 10 / 10 " " id % 7 / 7 : ""
    }' plain.csv >pairs.csv
all="--text-column about --field shelf=category --field product_uid=id,buckets=50"
all="$all --field price=numbers,numbers=2,weight=0.5"
train="$SIAMESE train $small --data pairs.csv"

check fields__train_with_each_kind $train $all --model m.siamese --epochs 2
check fields__tower_has_them sh -c "
    $SIAMESE info m.siamese --json >info.json &&
    grep -q '\"item_tower\": \"shared' info.json &&
    grep -q '\"fields\": 5,' info.json"
for shape in '"shelf_embedding": [7,' '"product_uid_embedding": [51,' \
    '"price_numbers_kernel": [2,' '"about_fw_kernel": ['; do
    grep -qF -- "$shape" info.json || failed "fields__shape $shape"
done
check fields__one_vocabulary_learns_all_texts sh -c "
    $SIAMESE vocab --model m.siamese | cut -f2 | grep -qx wood &&
    $SIAMESE vocab --model m.siamese | cut -f2 | grep -qx desk &&
    ! $SIAMESE vocab --model m.siamese | cut -f2 | grep -qx s1"

embed="$SIAMESE embed --quiet"
check fields__embed_reads_them $embed --model m.siamese --data pairs.csv \
    --out all.npy --ids ids.npy
rows=$(($(sed 1d pairs.csv | cut -d, -f2- | sed 's/,"[^"]*",[0-9.]*,/,/' |
    sort -u | wc -l)))
check fields__rows_are_distinct_items sh -c "
    dd if=all.npy bs=1 skip=10 count=118 2>/dev/null |
    grep -q \"'shape': ($rows, 8)\""
check fields__each_column_counts sh -c "
    sed 's/wood/steel/' pairs.csv >other.csv &&
    sed 's/,s1,/,s2,/' pairs.csv >shelf.csv &&
    sed 's/0\.1 /0.7 /' pairs.csv >price.csv &&
    for f in other shelf price; do
        $embed --model m.siamese --data \$f.csv --out \$f.npy &&
        ! cmp -s \$f.npy all.npy || exit 1
    done"
check fields__queries_have_the_first_alone sh -c "
    $embed --model m.siamese --side query --data plain.csv --out q1.npy &&
    $embed --model m.siamese --side query --data pairs.csv --out q2.npy &&
    cmp q1.npy q2.npy"
fails fields__missing_column_is_named 1 "no column 'about'" \
    $embed --model m.siamese --data plain.csv --out no.npy
sed '1s/about,shelf/text,place/' pairs.csv >renamed.csv
check fields__other_names_of_columns sh -c "
    $embed --model m.siamese --data renamed.csv --out renamed.npy \
        --field text --field place --field product_uid --field price &&
    cmp renamed.npy all.npy"
fails fields__other_names_must_be_all 2 '1 given, but' \
    $embed --model m.siamese --data renamed.csv --field text --out no.npy

check fields__index sh -c "
    $SIAMESE index --quiet --model m.siamese --data pairs.csv \
        --out i.siamese --json | grep -q '\"items\": $rows,'"
# The columns of the items of a model: "name=text name=text".
columns() {
    $SIAMESE info "$1" --json | tr -d ' "\n' | tr : = |
        sed 's/.*columns={\([^}]*\)}.*/\1/; s/,/ /g'
}
has_columns() { [ "$(columns "$1")" = "$2" ]; }
check fields__items_have_the_columns_of_the_data has_columns i.siamese \
    'about=text shelf=text product_uid=text price=text'
# What is no [a-z0-9_], and names that are taken.
printf '%s\n' 'product_uid,product_title,search_term,relevance,Brand  (EU),'\
'brand,Brand,text,title' \
    '1,oak desk,desk,3,a,b,c,d,e' '2,red couch,couch,3,f,g,h,i,j' >names.csv
check fields__names_that_are_taken_are_told_apart sh -c "
    $SIAMESE train --quiet $small --data names.csv --model names.siamese \
        --item-column product_title --epochs 1 --field 'Brand  (EU)' \
        --field brand --field Brand=category --field text --field title &&
    $SIAMESE index --quiet --model names.siamese --data names.csv \
        --out names.siamese"
check fields__names_of_all_columns has_columns names.siamese \
    'brand_eu_=text brand=text f4_brand=text f5_text=text f6_title=text'
# A model of 0.1 has other names for its fields, and keeps them.
sed 's/,/;/g; s/	/,/g' "$files/v0.1/pairs.tsv" >old.csv
check fields__an_old_model_is_indexed sh -c "
    $SIAMESE index --quiet --model $files/v0.1/command/fields.siamese \
        --data old.csv --out old.siamese &&
    [ \$($SIAMESE search --model old.siamese -k 3 'oak desk' | wc -l) -eq 3 ]"
check fields__an_old_model_keeps_its_names has_columns old.siamese \
    'f2_brand=text f3_price=text'
check fields__search sh -c "
    [ \$($SIAMESE search --model i.siamese -k 5 'red desk' | wc -l) -eq 5 ]"
printf 't1\tred desk\n' >queries.tsv
printf 't1 0 100 3\nt1 0 101 1\n' >qrels.txt
check fields__eval sh -c "
    $SIAMESE eval --quiet --model m.siamese --items pairs.csv \
        --queries queries.tsv --qrels qrels.txt | grep -q '\"items\": $rows'"
# Rows of one id and title that another field tells apart, kept and found.
printf '%s\n' 'product_uid,product_title,about,shelf,price' '1,desk,red,s1,' \
    '1,desk,blue,s1,' '1,desk,red,s1,' >twins.csv
check fields__tell_equal_titles_apart sh -c "
    $SIAMESE index --quiet --model m.siamese --data twins.csv \
        --out twins.siamese &&
    [ \$($SIAMESE search --model twins.siamese desk | wc -l) -eq 2 ]"

$train $all --model half.siamese --epochs 1
check fields__resume_reads_the_same_columns sh -c "
    $SIAMESE train --quiet --data pairs.csv --resume half.siamese \
        --model whole.siamese --epochs 2 &&
    $embed --model whole.siamese --data pairs.csv --out whole.npy &&
    cmp whole.npy all.npy"
fails fields__resume_fixes_them 2 'fixed by the model' \
    $SIAMESE train --data pairs.csv --resume half.siamese --model no.siamese \
    --text-column about
check fields__concat_and_projection sh -c "
    $train $all --model c.siamese --set combine=concat --set project=12 \
        --set field.dim=5 &&
    $SIAMESE info c.siamese --json | grep -q '\"dim\": 12,'"
check fields__shared_encoder sh -c "
    $train --field about=text,shared_field=1,weight=0.5 \
        --model s.siamese &&
    ! $SIAMESE info s.siamese --json | grep -q about_fw"

fails fields__unknown_kind_lists_kinds 2 'text, id, category and numbers' \
    $train --field shelf=color --model no.siamese
fails fields__unknown_option_lists_options 2 'shared_field' \
    $train --field shelf=id,size=3 --model no.siamese
fails fields__option_without_value 2 'option=value' \
    $train --field shelf=id,buckets --model no.siamese
fails fields__column_is_missing 1 "no column 'colour'" \
    $train --text-column colour --model no.siamese
sed '5s/,[^,]*$/,cheap/' pairs.csv >bad.csv
fails fields__bad_number_has_a_line 1 'bad.csv:5: ' \
    "$SIAMESE" train $small --data bad.csv $all --model no.siamese
# Cells of three numbers, by every verb that reads items; $1 is the fourth line.
cells() {
    printf '%s\n' 'product_id,title,query,relevance,dims' \
        '1,oak desk,writing desk,3,"12,5,0"' '2,oak desk,couch,3,' \
        "3,oak desk,couch,3,$1" >dims.csv
}
cells ''
dims="--field dims=numbers,numbers=3"
"$SIAMESE" train $small $dims --data dims.csv --model dims.siamese
printf 'q1\tdesk\n' >dims.tsv
printf 'q1 0 1 3\n' >dims.qrels
count=0
for cell in '"12,,5"' '"12,5"' '12 5' '"12 5 0 1"' '",1,2"' '"1,2,"' '","'; do
    cells "$cell"
    count=$((count + 1))
    fails "fields__numbers_train_$count" 1 'dims.csv:4: ' \
        "$SIAMESE" train $small --data dims.csv $dims --model no.siamese
    fails "fields__numbers_embed_$count" 1 'dims.csv:4: ' \
        $embed --model dims.siamese --data dims.csv --out no.npy
    fails "fields__numbers_index_$count" 1 'dims.csv:4: ' \
        "$SIAMESE" index --quiet --model dims.siamese --data dims.csv \
        --out no.siamese
    fails "fields__numbers_eval_$count" 1 'dims.csv:4: ' \
        "$SIAMESE" eval --quiet --model dims.siamese --items dims.csv \
        --queries dims.tsv --qrels dims.qrels
done
# A blank cell is as absent as an empty one: not a row of zeros.
row_of() { dd if="$1" bs=1 skip=$((128 + 32 * $2)) count=32 2>/dev/null; }
for blank in ' ' '   ' '"	"' "$(printf '\302\240')" "$(printf '\343\200\200')"; do
    cells "$blank"
    check fields__blank_numbers_are_absent sh -c "
        $embed --model dims.siamese --data dims.csv --out blank.npy"
    row_of blank.npy 1 >empty.row
    row_of blank.npy 2 | cmp -s - empty.row ||
        failed "fields__blank_numbers_are_absent '$blank'"
done
cells '"0,0,0"'
check fields__zeros_are_numbers sh -c "
    $embed --model dims.siamese --data dims.csv --out zero.npy"
row_of zero.npy 2 | cmp -s - empty.row && failed fields__zeros_are_numbers
check fields__bad_number_can_be_skipped sh -c "
    $SIAMESE train $small --data bad.csv --model b.siamese \
        $all --on-bad-row skip --json | grep -q '\"skipped_rows\": 1,'"
finish
