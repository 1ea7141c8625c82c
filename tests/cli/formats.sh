#!/bin/sh
# The same figures as JSON and as CSV, of each verb that prints any: what the
# one has in an object stands in the other behind its name.
. "$(dirname "$0")/harness.inc"

judged_pairs 60 >pairs.csv
train="$SIAMESE train --data pairs.csv --model m.siamese $small --epochs 1"
index="$SIAMESE index --data pairs.csv --model m.siamese --out i.siamese --quiet"

# same NAME FIGURE...: each is in .json and, behind its name, in .csv, whose
# first line is the header.
same() {
    name=$1
    shift
    [ "$(head -n 1 .csv)" = name,value ] || failed "formats__header_of_$name"
    for figure in "$@"; do
        value=$(grep -o "\"${figure##*.}\": \"*[^,\"}]*" .json | head -n 1 |
            sed 's/.*: "*//')
        [ -n "$value" ] && grep -qxF "$figure,$value" .csv || {
            echo "# $figure: $value"
            failed "formats__${figure}_of_$name"
        }
    done
    passed "formats__$name"
}

$train --json >.json && $train --csv >.csv
same train rows positives steps epochs loss_mean_per_pair vocabulary.unknown_tokens
$index --json >.json && $index --csv >.csv
same index items nlist nprobe
"$SIAMESE" info --json i.siamese >.json && "$SIAMESE" info --csv i.siamese >.csv
same info format_version library sections.0.name vocab.max_tokens index.vectors
"$SIAMESE" vocab --model m.siamese --statistics --json >.json
"$SIAMESE" vocab --model m.siamese --statistics --csv >.csv
same vocab size unknown_tokens
"$SIAMESE" eval --quiet --model i.siamese --judged pairs.csv --json >.json
"$SIAMESE" eval --quiet --model i.siamese --judged pairs.csv --csv >.csv
same eval recall@10 mrr@10 queries relevant items
"$SIAMESE" embed --quiet --model m.siamese --data pairs.csv --out v.npy --json >.json
"$SIAMESE" embed --quiet --model m.siamese --data pairs.csv --out v.npy --csv >.csv
same embed rows dim

"$SIAMESE" embed --model m.siamese --text desk --json | tr -d '[] ' | tr , '\n' >one
"$SIAMESE" embed --model m.siamese --text desk --csv | sed 1d | cut -d, -f2 >two
check formats__a_vector_is_a_row_a_number cmp one two
"$SIAMESE" vocab --model m.siamese --tokenize 'red, "desk"' --csv >csv
check formats__texts_are_quoted sh -c '
    [ "$(head -n 1 csv)" = text,ids,tokens ] &&
    grep -q "^\"red, \"\"desk\"\"\",[0-9 ]*,red desk" csv'
finish
