#!/bin/sh
# Bad input files: each error names file and line, nothing is left behind, and
# --on-bad-row skip counts what can be skipped.
. "$(dirname "$0")/harness.inc"

train="$SIAMESE train --model m.siamese $small --data"
head=id,product_uid,product_title,search_term,relevance

fails bad_data__no_such_file 1 'no.csv: No such file' $train no.csv
fails bad_data__a_folder 1 'it is a directory' $train .
: >empty.csv
fails bad_data__empty_file 1 'empty.csv: the file is empty' $train empty.csv
printf '%s\n' "$head" >header.csv
fails bad_data__header_only 1 'header.csv: there is no row' $train header.csv
printf '%s\n1,1,a desk,desk,1.0\n' "$head" >low.csv
fails bad_data__no_positive 1 'none of 1 rows' $train low.csv \
    --min-relevance 2

printf 'id,product_title,relevance\n1,a desk,3\n' >columns.csv
fails bad_data__missing_column_lists_header 1 \
    'the header is: id, product_title, relevance' $train columns.csv
fails bad_data__missing_named_column 1 "there is no column 'name'" \
    $train columns.csv --item-column name
printf 'product_title,title,Product Title,query,relevance\na,b,c,d,3\n' \
    >two.csv
fails bad_data__two_equal_columns 1 \
    "columns 'product_title' (1) and 'Product Title' (3) could both" \
    $train two.csv
printf 'title,q,grade\na desk,desk,3\na lamp,lamp,3\n' >aliases.csv
check bad_data__columns_by_alias $train aliases.csv
rm -f m.siamese

printf '%s\n1,1,"a ""big""\ndesk","desk",3\n\n2,2,a lamp,lamp\n' "$head" \
    >few.csv
fails bad_data__too_few_fields_and_true_line 1 \
    'few.csv:5: the row has 4 fields, the header has 5' $train few.csv
printf '%s\n1,1,a desk,desk,3,9\n' "$head" >many.csv
fails bad_data__too_many_fields 1 'many.csv:2: the row has 6 fields' \
    $train many.csv
printf '%s\n1,1,a desk,"desk,3\n2,2,b,c,3\n' "$head" >open.csv
fails bad_data__quote_not_closed 1 'open.csv:2: a quote that opens' \
    $train open.csv --quoting csv
printf '%s\n1,1,"a "desk,desk,3\n2,2,b,c,3\n' "$head" >stray.csv
fails bad_data__stray_quote 1 'stray.csv:2: a quote inside' $train stray.csv
printf '%s\n1,1,a\0desk,desk,3\n' "$head" >nul.csv
fails bad_data__nul_byte 1 "nul.csv:2: column 'product_title' has a NUL" \
    $train nul.csv
printf '%s,a\0b\n1,1,a desk,desk,3,x\n' "$head" >nul.csv
fails bad_data__nul_byte_in_the_header 1 'nul.csv:1: column 6 of the header' \
    $train nul.csv
for bad in nan NaN inf '' three 0x3 '3;' 1e999; do
    printf '%s\n1,1,a desk,desk,3\n2,2,a lamp,lamp,%s\n' "$head" "$bad" \
        >number.csv
    fails "bad_data__relevance_is_'$bad'" 1 \
        "number.csv:3: column 'relevance' is \"$bad\"" $train number.csv
done

printf '%s\n1,1,a desk,desk,3\n2,2,caf\351 table,table,3\n' "$head" >latin.csv
fails bad_data__wrong_encoding_names_line_and_byte 1 \
    'latin.csv:3: byte 0xe9 at place 8' $train latin.csv
fails bad_data__wrong_encoding_gives_a_hint 1 '--encoding ISO-8859-1' \
    $train latin.csv
fails bad_data__not_of_the_given_encoding 1 'latin.csv:3: byte 0xe9' \
    $train latin.csv --encoding ASCII
fails bad_data__unknown_encoding 2 'no such encoding' \
    $train latin.csv --encoding no-such-thing
check bad_data__right_encoding $train latin.csv --encoding ISO-8859-1
for bytes in '\300\200' '\355\240\200' '\364\220\200\200' '\370\210\200\200' \
    '\303' '\200'; do
    printf "$head\n1,1,$bytes,desk,3\n" >utf8.csv
    fails "bad_data__not_utf8_$(printf %s "$bytes" | tr -d '\\')" 1 'utf8.csv:2: byte 0x' $train utf8.csv
done
printf "\357\273\277$head\r\n1,1,\"12\"\" pipe\",\"pipe\r\nfitting\",3\r\n" \
    >good.csv
printf "2,2,12\" rod,rod,3\r\n" >>good.csv
check bad_data__byte_order_mark_crlf_and_bare_quotes_are_fine $train good.csv
rm -f m.siamese

# One bad row of each kind among good ones.
{
    judged_pairs 40
    echo '1,1,too few'
    echo '2,2,a lamp,lamp,nan'
    echo '3,3,"a "lamp,lamp,3'
    printf '4,4,a\0lamp,lamp,3\n'
    echo '5,5,the last,last,3'
} >mixed.csv
check bad_data__skip_trains_on_the_rest $train mixed.csv --on-bad-row skip \
    --json
check bad_data__skip_counts_in_json grep -q '"skipped_rows": 4' .out
$train mixed.csv --on-bad-row skip --json >.out 2>.err
check bad_data__skip_names_lines grep -q 'mixed.csv:43: .*skipped' .err
$train mixed.csv --on-bad-row skip >.out 2>.err
check bad_data__skip_counts_for_people grep -q '4 of 45 rows skipped' .err
rm -f m.siamese
fails bad_data__fail_is_the_default 1 'mixed.csv:42:' $train mixed.csv
finish
