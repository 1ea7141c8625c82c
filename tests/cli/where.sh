#!/bin/sh
# siamese search --where: columns kept by index, and which items they let pass.
. "$(dirname "$0")/harness.inc"

cat >items.csv <<'END'
id,title,Brand Name,price,stock,code,empty,note
1,oak desk,Black &amp; Decker,49.90,3,007,,a
2,oak chair,Acme,120,,010,,b
3,oak table,acme,15,0,011,,
4,oak stool,,,12,100,,c
2,oak armchair,Acme,80.5,7,1e3,,c
2,oak armchair,Other,1,1,1,,c
END
sed 's/,note/,note,query/; 2,$s/$/,oak/' items.csv >pairs.csv
"$SIAMESE" train --quiet --data pairs.csv --model m.siamese --epochs 1 \
    --set min_steps=0 --set hash_buckets=64 --set embedding_dim=4
index="$SIAMESE index --model m.siamese --data items.csv --out i.siamese"
check where__columns_are_kept $index --column 'Brand Name' --column price \
    --column stock --column code --column empty --column note=text
cp .err told
check where__and_it_is_said sh -c "
    grep -qF \"column 'Brand Name' is kept as brand_name, a column of texts\" told &&
    grep -qF \"column 'price' is kept as price, a column of numbers\" told &&
    grep -qF \"column 'stock' is kept as stock, a column of integers\" told"
check where__what_begins_with_a_0_is_a_text \
    grep -qF "column 'code' is kept as code, a column of texts" told
check where__so_is_what_has_no_cell \
    grep -qF "column 'empty' is kept as empty, a column of texts" told
check where__info_lists_them sh -c "
    $SIAMESE info i.siamese | grep -q 'items: rows=5 .*columns={.*brand_name'"

# finds NAME EXPRESSION TITLES [OPTION...]: the titles, in alphabetical order.
search="$SIAMESE search --quiet --model i.siamese -k 100"
finds() {
    name=$1 expression=$2 wanted=$3
    shift 3
    $search --where "$expression" "$@" oak >.out 2>.err
    got=$(cut -f4 .out | sed 's/^oak //' | sort | tr '\n' ' ')
    if [ "$got" = "$wanted" ]; then
        passed "$name"
    else
        echo "# found: $got"
        failed "$name"
    fi
}
finds where__a_text_and_a_number 'brand_name = "Acme" and price < 100' 'armchair '
finds where__entities_were_decoded "brand_name = 'Black & Decker'" 'desk '
finds where__an_empty_cell_is_missing 'brand_name is missing' 'stool '
finds where__and_nothing_is_known_of_it 'not brand_name = "Acme"' 'desk table '
finds where__integers 'stock >= 3 and stock not in (12)' 'armchair desk '
finds where__texts_as_numbers 'code > 10' 'armchair stool table '
finds where__an_item_keeps_its_first_row 'price = 1' ''
finds where__ids 'id in ("2", "4")' 'armchair chair stool '
finds where__brackets '(price < 20 or price > 100) and not title = "oak chair"' \
    'table '
printf '2\n' >two
finds where__within_the_files_of_ids 'price > 1' 'armchair chair ' \
    --include-ids two
finds where__and_without_them 'price > 1' 'desk table ' --exclude-ids two
check where__nothing_that_passes_is_said sh -c "
    $SIAMESE search --model i.siamese --where 'price > 1e6' oak 2>&1 |
    grep -qx 'siamese: --where: no item passes\|--where: no item passes'"
fails where__a_mistake_is_told_with_its_place 2 \
    "--where: at 9: a number, or a text in quotes, is expected, not 'cheap'" \
    $search --where 'price = cheap' oak
fails where__and_a_column_that_is_not_there 2 \
    "no column 'colour'; siamese index --column NAME keeps" \
    $search --where 'colour = "red"' oak

fails where__no_such_column 1 "there is no column 'size' (--column)" \
    $index --column size
fails where__no_such_type 2 "'date' is no type; text, integer and number" \
    $index --column price=date
fails where__a_cell_of_another_type 1 \
    "column 'Brand Name' is \"Black & Decker\", not a number" \
    $index --column 'Brand Name=number'
check where__such_rows_may_be_skipped $index --column stock=integer \
    --column code=integer --on-bad-row skip
check where__of_which_one_is_left grep -q 'items.csv: 4 of 6 rows skipped' .err
fails where__a_name_that_is_taken 2 "items have 'title' anyway" \
    $index --column Title
fails where__a_name_twice 2 "'price' is there already" \
    $index --column price --column Price

# Fields of the tower are columns, too.
"$SIAMESE" train --quiet --data pairs.csv --model f.siamese --epochs 1 \
    --set min_steps=0 --set hash_buckets=64 --set embedding_dim=4 \
    --field 'Brand Name=category' --field price=numbers
"$SIAMESE" index --quiet --model f.siamese --data items.csv --out i.siamese
finds where__fields 'brand_name = "Acme" and price < 100' 'armchair '
finds where__a_field_that_is_missing 'price is missing' 'stool '
fails where__a_field_is_kept_anyway 2 "already, as a field" \
    "$SIAMESE" index --model f.siamese --data items.csv --out x.siamese \
    --column price

# Where the ids number the rows, the titles tell the items apart.
printf 'id,title,query,price\n1,desk,q,5\n2,sofa,q,6\n3,desk,q,7\n' >rows.csv
"$SIAMESE" train --quiet --data rows.csv --model r.siamese --epochs 1 \
    --set min_steps=0 --set hash_buckets=64 --set embedding_dim=4
cut -d, -f2,3 rows.csv >no_ids.csv
"$SIAMESE" train --quiet --data no_ids.csv --model n.siamese --epochs 1 \
    --set min_steps=0 --set hash_buckets=64 --set embedding_dim=4
for model in r.siamese n.siamese; do
    "$SIAMESE" index --quiet --model $model --data rows.csv --out i.siamese \
        --column price
    finds "where__row_numbers_$model" 'price in (5, 6, 7)' 'desk sofa '
    finds "where__their_first_row_$model" 'price = 7' ''
done
finish
