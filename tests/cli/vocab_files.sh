#!/bin/sh
# A vocabulary as a file: what export writes, import reads as the same tokens in the
# same order, or export says why it cannot be.
. "$(dirname "$0")/harness.inc"

# model NAME SPLIT: of the texts in NAME.csv, as they are.
model() {
    as_they_are="--set vocab.split=$2 --set vocab.standardize=none"
    "$SIAMESE" train $small --epochs 1 --metrics none $as_they_are \
        --data "$1.csv" --model "$1.siamese"
}
# inverse NAME MODEL FORMAT: export and import give the tokens and vectors of MODEL.
inverse() {
    rm -rf p got.json want.json
    if "$SIAMESE" export --model "$2" --parameters p --vocab v \
        --vocab-format "$3" >.out 2>.err &&
        "$SIAMESE" import --parameters p --vocab v --vocab-format "$3" \
            $as_they_are --model back.siamese --quiet >>.out 2>>.err &&
        "$SIAMESE" export --model "$2" --vocab want.json --vocab-format json &&
        "$SIAMESE" export --model back.siamese --vocab got.json \
            --vocab-format json && cmp got.json want.json >>.out 2>&1; then
        passed "$1"
    else
        failed "$1"
    fi
}
# refused NAME TEXT MODEL FORMAT
refused() {
    rm -rf p v
    fails "$1" 1 "$2" "$SIAMESE" export --model "$3" --parameters p --vocab v \
        --vocab-format "$4"
}
head='product_id,title,query,relevance'

# ---- tokens of one line ----

{ echo "$head" && printf '1,"oak, desk", writing  desk ,3\n2,red\tsofa,  ,3\n' &&
    printf '3,[UNK],"a ""quoted"" ö\342\200\250x",3\n4,\\n,\302\205,3\n'; } \
    >plain.csv
for split in none character whitespace; do
    model plain $split
    for format in lines keras json; do
        inverse "vocab_files__${format}_of_split_$split" plain.siamese $format
    done
done
check vocab_files__keras_has_no_specials sh -c "
    $SIAMESE export --model plain.siamese --vocab k --vocab-format keras &&
    $SIAMESE export --model plain.siamese --vocab l &&
    tail -n +3 l | cmp - k && head -2 l | tr '\n' '|' | grep -qxF '|[UNK]|'"
check vocab_files__json_is_an_array sh -c "
    $SIAMESE export --model plain.siamese --vocab - --vocab-format json |
        tr -d '\n' | grep -q '^\[ *\"\", *\"\[UNK\]\", '"

check vocab_files__gzip_is_unpacked sh -c "
    rm -rf p && for format in json lines; do
        $SIAMESE export --model plain.siamese --parameters p --quiet \
            --vocab v --vocab-format \$format && gzip -c v >v.gz &&
        $SIAMESE import --parameters p --vocab v.gz --vocab-format \$format \
            $as_they_are --model back.siamese --quiet &&
        $SIAMESE export --model back.siamese --vocab got --vocab-format \$format \
            --quiet && cmp v got && rm -rf p || exit 1
    done"

# ---- tokens with line ends ----

# ends NAME TEXT
ends() {
    { echo "$head" && printf '1,"oak%sdesk",desk,3\n2,red sofa,couch,3\n' "$2"
    } >ends.csv
    for split in none character; do
        model ends $split
        for format in lines keras; do
            refused "vocab_files__${1}_in_${format}_of_split_$split" \
                'has a line end, which a file of one token a line' \
                ends.siamese $format
        done
        inverse "vocab_files__${1}_in_json_of_split_$split" ends.siamese json
    done
}
ends lf '
'
ends cr "$(printf '\r')"
ends crlf "$(printf '\r\n.')"
{ echo "$head" && printf '1,"\n",desk,3\n2,"\r",couch,3\n'; } >only.csv
model only none
refused vocab_files__line_end_alone 'has a line end' only.siamese lines
inverse vocab_files__line_end_alone_in_json only.siamese json

# a byte order mark is the file's, but for a first line that is empty
{ echo "$head" && printf '1,\357\273\277x,\357\273\277x,3\n' &&
    printf '2,\357\273\277x,couch,3\n'; } >mark.csv
model mark none
inverse vocab_files__byte_order_mark_in_lines mark.siamese lines
refused vocab_files__byte_order_mark_in_keras 'begins with a byte order mark' \
    mark.siamese keras

# ---- what import says of other files ----

model plain whitespace
"$SIAMESE" export --model plain.siamese --parameters p
import="$SIAMESE import --parameters p --model bad.siamese --vocab"
printf 'oak\ndesk\n' >bare
fails vocab_files__lines_without_specials 1 '--vocab-format keras reads a file' \
    $import bare
printf '\n[UNK]\noak\n' >whole
fails vocab_files__keras_with_specials 1 "has neither '' nor [UNK]" \
    $import whole --vocab-format keras
printf 'oak\noak\n' >twice
fails vocab_files__token_twice 1 'twice: ' $import twice --vocab-format keras
for text in '{' '{}' '["", 1]' '["", "[UNK]", "a", "a"]' '[]' '["a"]'; do
    printf '%s' "$text" >bad.json
    fails "vocab_files__json_$text" 1 'bad.json' \
        $import bad.json --vocab-format json
done
fails vocab_files__no_such_format 2 'lines, keras or json is expected' \
    $import whole --vocab-format csv
fails vocab_files__format_of_nothing 2 '--vocab-format is of the file' \
    "$SIAMESE" export --model plain.siamese --parameters q --vocab-format keras
finish
