#!/bin/sh
# A field of 2 MB in files of data (100 MB with SIAMESE_TEST_LONG): it is read as
# any other, or refused with its line; what is made of it works.
. "$(dirname "$0")/harness.inc"

size=2000000
if [ -n "${SIAMESE_TEST_LONG:-}" ] && [ -z "${SIAMESE_TEST_SLOW:-}" ]; then
    size=100000000
fi

# BYTES: so many, in words of nine letters.
words() {
    yes 'lampshade' | head -c "$1" | tr '\n' ' '
}

{
    judged_pairs 40
    printf '900,900,"'
    words "$size"
    printf '","lampshade",3\n'
} >title.csv
{
    judged_pairs 40
    printf '900,900,"a lamp","'
    words "$size"
    printf '",3\n'
} >query.csv
check huge_field__was_made [ "$(wc -c <title.csv)" -gt "$size" ]

check huge_field__is_a_title_to_learn_from "$SIAMESE" train --model m.siamese \
    $small --data title.csv --epochs 1
check huge_field__is_a_query_to_learn_from "$SIAMESE" train --model q.siamese \
    $small --data query.csv --epochs 1
check huge_field__is_indexed "$SIAMESE" index --model m.siamese \
    --data title.csv --out m.siamese --quiet
check huge_field__is_found "$SIAMESE" search --model m.siamese -k 100 \
    --quiet lampshade
check huge_field__shows_its_title [ "$(wc -c <.out)" -ge "$size" ]
check huge_field__is_embedded "$SIAMESE" embed --model m.siamese \
    --data title.csv --quiet --out vectors

# A quote that never ends makes the rest of the file a field.
{
    judged_pairs 40
    printf '900,900,"'
    words "$size"
} >open.csv
fails huge_field__that_never_ends_is_named 1 'open.csv:42' "$SIAMESE" train \
    --model o.siamese $small --data open.csv --epochs 1

# Not text at all: bytes of zero.
{
    judged_pairs 40
    head -c "$size" /dev/zero
} >zeros.csv
fails huge_field__of_zero_bytes_is_named 1 'zeros.csv:42' "$SIAMESE" train \
    --model z.siamese $small --data zeros.csv --epochs 1
finish
