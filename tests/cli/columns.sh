#!/bin/sh
# Which columns are taken, and that it is said; what tells items apart, in every
# verb alike.
. "$(dirname "$0")/harness.inc"

train="$SIAMESE train --preset notebook --set units=2 --set embedding_dim=2 \
--epochs 1 --metrics none --min-relevance auto --model m"
# takes NAME HEADER COLUMNS: of a file with this header these columns are taken.
takes() {
    fields=$(echo "$2" | tr -cd , | wc -c)
    { echo "$2"; printf '3'; i=0
      while [ $i -lt "$fields" ]; do printf ',3'; i=$((i + 1)); done
      echo; } >file.csv
    $train --data file.csv >.out 2>.err
    if grep -qxF "columns: $3" .err; then passed "$1"; else failed "$1"; fi
}
takes columns__camel_case 'ProductUid,ProductName,searchTerm,MedianRelevance' \
    "id 'ProductUid', item 'ProductName', query 'searchTerm', relevance 'MedianRelevance'"
takes columns__title_before_description \
    'Description,ProductDescription,ProductTitle,Query,itemId,Relevance' \
    "id 'itemId', item 'ProductTitle', query 'Query', relevance 'Relevance'"
takes columns__name_before_description \
    'Product Description,PRODUCT-NAME,search query,id,Grade' \
    "id 'id', item 'PRODUCT-NAME', query 'search query', relevance 'Grade'"
takes columns__letters_and_digits_alone \
    ' Id,(title),[search_term],relevance:' \
    "id ' Id', item '(title)', query '[search_term]', relevance 'relevance:'"
takes columns__spaces_that_cannot_be_seen \
    "$(printf '\302\240id,title\302\240,query,relevance')" \
    "$(printf "id '\302\240id', item 'title\302\240', query 'query', relevance 'relevance'")"
takes columns__a_letter_of_another_alphabet_counts \
    "$(printf 'idn\302\272,\303\270title,name,query,relevance')" \
    "item 'name', query 'query', relevance 'relevance'"
takes columns__no_ids_is_said_before_training 'title,query,relevance' \
    "item 'title', query 'query', relevance 'relevance'"
check columns__and_how_to_name_them grep -q \
    'no column of item ids: items are told apart by their titles; --id-column' \
    .err
rm -f m

refuses() {
    name=$1 text=$2
    printf '%s\n' "$3" '1,2,3,4' >file.csv
    shift 3
    fails "$name" 1 "$text" $train --data file.csv "$@"
}
refuses columns__two_of_one_name \
    "columns 'ProductName' (2) and 'product_name' (3) could both be the text" \
    'id,ProductName,product_name,query'
refuses columns__and_the_header_is_listed \
    'the header is: id, ProductName, product_name, query' \
    'id,ProductName,product_name,query'
refuses columns__two_ids_are_told_before_training \
    "columns 'ProductID' (1) and 'product_id' (2) could both be the id" \
    'ProductID,product_id,title,query'
refuses columns__equal_names_cannot_be_chosen_from \
    'both be the text of an item; no option tells' 'id,title,title,query'
refuses columns__two_that_a_named_one_could_be \
    "columns 'my title' (2) and 'MyTitle' (3) could both" \
    'id,my title,MyTitle,query' --item-column my_title
printf 'id,MyTitle,query\n1,2,3\n' >named.csv
check columns__a_named_one_by_letters_and_digits $train --quiet \
    --data named.csv --item-column my_title
check columns__a_field_by_letters_and_digits $train --quiet --data named.csv \
    --item-column id --text-column my_title
rm -f m
fails columns__an_exact_name_is_none_of_two 1 "there is no column 'other'" \
    $train --data named.csv --item-column other

# ---- advice is of the verb and of the file ----
printf 'id,title\n1,oak desk\n' >items.csv
fails columns__items_alone_are_a_catalogue 1 \
    'items without queries are read by --catalogue FILE' $train --data items.csv
printf 'a,b\n1,2\n' >none.csv
fails columns__advice_names_an_option 1 '; --item-column NAME names it' \
    $train --data none.csv
printf 'id,title,query\n1,oak desk,desk\n' >pairs.csv
fails columns__of_the_catalogue 1 '; --catalogue-item-column NAME names it' \
    $train --data pairs.csv --catalogue none.csv --catalogue-id-column a
fails columns__not_one_that_is_missing 1 'field of the items; the header' \
    "$SIAMESE" vocab --train-sentencepiece x --data pairs.csv --text-column no

# ---- relevance of eval ----
printf '1 Q0 1 1 2.0 x\n1 Q0 2 2 1.0 x\n' >run.txt
printf 'product_id,title,query,stars\n1,oak desk,desk,5\n2,sofa,desk,1\n' \
    >stars.csv
eval="$SIAMESE eval --relevant 3 --metrics mrr --ks 10"
says() { grep -qF -- "$1" .out; }
fails columns__eval_asks_for_relevance 1 '; --relevance-column NAME names it' \
    $eval --run run.txt --judged stars.csv
check columns__eval_takes_a_relevance_column $eval --run run.txt \
    --judged stars.csv --relevance-column stars
check columns__and_reads_it says '"mrr@10": 1.0'
$train --quiet --data stars.csv --relevance-column stars
check columns__eval_remembers_that_of_training $eval --model m \
    --items stars.csv --judged stars.csv

# ---- a column that numbers the rows ----
for id in id ' Id'; do
    printf '%s,title,query,relevance\n' "$id"
    printf '%s\n' '1,oak desk,writing desk,3' '2,oak desk,table,3' \
        '3,red sofa,couch,3' '4,red sofa,settee,3'
done | split -l 5 - rows.
learn="$SIAMESE train --preset small --set max_steps=60 --set min_steps=60 \
--model m --data"
for rows in rows.??; do
    name="columns__$(head -n 1 $rows | cut -d, -f1)"
    $learn $rows >.out 2>.err
    check "${name}_numbers_the_rows_in_train" grep -q 'numbers the rows: 2' .err
    check "${name}_in_index" "$SIAMESE" index --model m --data $rows --out m \
        --json
    check "${name}_and_items_are_distinct" says '"items": 2,'
    check "${name}_in_eval" $eval --ks 1 --metrics recall --model m \
        --items $rows --judged $rows
    check "${name}_each_item_is_found" says '"recall@1": 1.0'
    check "${name}_in_the_index_of_eval" $eval --ks 1 --metrics recall \
        --model m --judged $rows
    check "${name}_is_found_there" says '"recall@1": 1.0'
    check "${name}_in_embed" "$SIAMESE" embed --model m --data $rows --json \
        --out v.npy
    check "${name}_one_vector_an_item" says '"rows": 2,'
done
"$SIAMESE" search --model m -k 10 settee >found
check columns__each_title_is_found_once test "$(wc -l <found)" -eq 2
# the same in a file whose titles come once, and where no model says it
sed 3d rows.aa | sed 4d >once.csv
check columns__kept_in_the_model "$SIAMESE" index --model m --data once.csv \
    --out n
"$SIAMESE" search --model n -k 1 couch >found
check columns__so_that_the_title_is_the_id \
    grep -q '^1	red sofa	.*	red sofa$' found
check columns__a_better_id_is_taken sh -c "
    sed 's/^id,/product_id,/' once.csv |
    $SIAMESE index --model m --data - --out n &&
    $SIAMESE search --model n -k 1 couch | grep -q '^1	3	'"
check columns__a_named_id_is_taken "$SIAMESE" index --model m --data rows.aa \
    --out n --id-column id --json
check columns__and_tells_rows_apart says '"items": 4,'
mkdir p
"$SIAMESE" train $small --data rows.aa --model k
"$SIAMESE" export --quiet --model k --parameters p --vocab v
"$SIAMESE" import --quiet --parameters p --vocab v --model k \
    --set sequence_length=15
check columns__without_a_record_as_train_would "$SIAMESE" index --model k \
    --data rows.aa --out n --json
check columns__which_finds_two says '"items": 2,'
check columns__but_ids_of_a_catalogue_stay sh -c "cut -d, -f1,2 rows.aa |
    $SIAMESE index --model k --data - --out n --json"
check columns__as_they_are says '"items": 4,'
fails columns__of_a_run_too 1 "id 'oak desk' is empty or has white space" \
    "$SIAMESE" eval --run run.txt --items rows.aa --judged rows.aa \
    --write-qrels qrels
# without ids at all
cut -d, -f2- rows.aa >titles.csv
$learn titles.csv 2>.err
check columns__without_ids "$SIAMESE" index --model m --data titles.csv \
    --out m --json
check columns__titles_are_ids says '"items": 2,'
check columns__in_eval_as_well $eval --ks 1 --metrics recall --model m \
    --items titles.csv --judged titles.csv
check columns__and_are_found says '"recall@1": 1.0'
fails columns__a_model_of_ids_needs_them 1 'no column for the id of an item' \
    sh -c "$train --quiet --data stars.csv --relevance-column stars &&
           $SIAMESE embed --model m --data titles.csv --out x.npy"
finish
