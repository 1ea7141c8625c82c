#!/bin/sh
# What the benchmarks compute is what the slow and plain way computes: one text
# at a time, one thread, portable kernels, every vector compared.
. "$(dirname "$0")/harness.inc"

# offset FILE: where the numbers of a .npy file begin.
offset() {
    echo $((10 + $(od -An -tu2 -j8 -N2 "$1")))
}

# floats FILE, integers FILE: the numbers, one a line.
floats() {
    od -An -v -tf4 -w4 -j"$(offset "$1")" "$1"
}
integers() {
    od -An -v -td8 -w8 -j"$(offset "$1")" "$1"
}

# near A B TOLERANCE: as many numbers, each as near, absolutely or by its size.
near() {
    floats "$1" >.a && floats "$2" >.b && paste .a .b | awk -v tolerance="$3" '
        NF != 2 { bad = 1 }
        {
            d = $1 - $2; if (d < 0) d = -d
            size = $1 < 0 ? -$1 : $1; if (size < 1) size = 1
            if (!(d <= tolerance * size)) { print NR ": " $0; bad = 1 }
        }
        END { exit bad || NR == 0 }'
}

# varied FILE: hardly any two numbers are equal.
varied() {
    floats "$1" >.a && sort -u .a | awk -v all="$(wc -l <.a)" '
        END { exit NR < all * 0.8 }'
}

all_near() {
    for file in "$1"/*.npy; do
        near "$file" "$2/$(basename "$file")" "$3" || return 1
    done
}

# Queries are the titles, all different: both sides have the same texts.
awk 'BEGIN {
    split("desk chair table lamp shelf sofa stool bench cabinet", what)
    split("red oak black small steel glass", how)
    print "\"product_uid\",\"product_title\",\"search_term\",\"relevance\""
    for (i = 0; i < 300; i++) {
        t = what[i % 9 + 1] " " how[int(i / 9) % 6 + 1] " " i
        for (j = 0; j < i % 7; j++) t = t " " how[(i + j) % 6 + 1]
        printf "%d,%s,%s,3\n", i, t, t
    }
}' >pairs.csv
data="--data pairs.csv --quiet"
small="--embed 12 --units 12 --vocab 200 --length 8"
plain="--threads 1 --set kernel=portable"

# encoded NAME SETTINGS...: a batch of all texts has the bits of one at a time,
# and the numbers of the portable kernels within rounding.
encoded() {
    kind=$1
    shift
    check "bench_results__encode_of_$kind" "$SIAMESE" bench encode $data $small \
        "$@" --threads 2 --out many
    "$SIAMESE" bench query $data $small "$@" --out one >/dev/null
    "$SIAMESE" bench query $data $small "$@" $plain --out slow >/dev/null
    check "bench_results__${kind}_has_the_bits_of_one_at_a_time" \
        cmp many/embedding.npy one/embedding.npy
    check "bench_results__${kind}_tells_texts_apart" varied many/embedding.npy
    check "bench_results__${kind}_equals_portable_kernels" \
        near many/embedding.npy slow/embedding.npy 1e-5
    rm -r many one slow
}
encoded lstm
encoded lstm_masked --set mask_zero=1
encoded gru --set encoder=gru
encoded bag --set encoder=bag --set hash_buckets=4096 --set char_ngrams=3-5 \
    --set normalizer=unicode --length 0
encoded transformer --set encoder=transformer --set layers=2 --set heads=4

# trained NAME SETTINGS...: the weights after three epochs.
trained() {
    kind=$1
    shift
    check "bench_results__train_of_$kind" "$SIAMESE" bench train $data $small \
        --batch 32 "$@" --threads 2 --out two
    "$SIAMESE" bench train $data $small --batch 32 "$@" --threads 1 --out one \
        >/dev/null
    "$SIAMESE" bench train $data $small --batch 32 "$@" $plain --out slow \
        >/dev/null
    check "bench_results__${kind}_trains_the_same_bits_with_one_thread" \
        diff -r one two
    check "bench_results__${kind}_trains_as_portable_kernels_do" \
        all_near two slow 1e-4
    rm -r one two slow
}
trained lstm
trained lstm_with_topk_in_each_step --metrics step
trained lstm_masked --set mask_zero=1
trained gru --set encoder=gru
trained bag --set encoder=bag --set hash_buckets=4096 --set char_ngrams=3-5 \
    --set normalizer=unicode --length 0 --set optimizer=adagrad
trained transformer --set encoder=transformer --set layers=2 --set heads=4

# topk_of DIR: the shares of rows whose own title is among the first 1, 5, 10, 50
# and 100 of all titles, of vectors that siamese embed made.
topk_of() {
    floats "$1/item.npy" >.base && floats "$1/query.npy" >.query
    awk -v dim=24 -v rows=300 '
        FILENAME == ".base" { base[n++] = $1; next }
        { q[m++] = $1 }
        END {
            split("1 5 10 50 100", k, " ")
            for (i = 0; i < rows; i++) {
                above = 0
                for (j = 0; j < rows; j++) {
                    s = 0
                    for (d = 0; d < dim; d++)
                        s += q[i * dim + d] * base[j * dim + d]
                    score[j] = s
                }
                for (j = 0; j < rows; j++) above += score[j] > score[i]
                for (t = 1; t <= 5; t++) hit[t] += above < k[t]
            }
            for (t = 1; t <= 5; t++) print hit[t] / rows
        }' .base .query
}
epoch="--data pairs.csv --quiet --batch 32 --epochs 1 --metrics epoch"
check bench_results__train_with_topk "$SIAMESE" bench train $epoch $small \
    --out topk
"$SIAMESE" train --preset notebook $epoch --set embedding_dim=12 --set units=12 \
    --set max_tokens=200 --set vocab.sequence_length=8 --model m.siamese
for side in item query; do
    "$SIAMESE" embed --model m.siamese --data pairs.csv --quiet --side $side \
        --out topk/$side.npy
done
topk_agrees() {
    floats topk/topk.npy >.got && topk_of topk | paste .got - | awk '
        NF != 2 || $1 - $2 > 0.005 || $2 - $1 > 0.005 { print; bad = 1 }
        END { exit bad || NR != 5 }'
}
check bench_results__topk_is_that_of_comparing_every_title topk_agrees

# A vocabulary by another program: tokens by count, then by the alphabet.
check bench_results__vocab "$SIAMESE" bench vocab $data --vocab 200 --out vocab
awk -F, 'NR > 1 {
    for (column = 2; column <= 3; column++) {
        n = split($column, word, " ")
        for (i = 1; i <= n; i++) count[word[i]]++
    }
} END { for (w in count) print count[w], w }' pairs.csv |
    LC_ALL=C sort -k1,1nr -k2,2r | awk 'BEGIN { print ""; print "[UNK]" }
        NR <= 198 { print $2 }' >expected
check bench_results__vocab_is_the_counted_tokens cmp expected vocab/vocab.txt

# best BASE QUERIES DIM K: the k best rows for each query, highest score first.
best() {
    floats "$1" >.base && floats "$2" >.query
    awk -v dim="$3" -v k="$4" '
        FILENAME == ".base" { base[n++] = $1; next }
        { q[m++] = $1 }
        END {
            for (i = 0; i < m / dim; i++) {
                for (j = 0; j < n / dim; j++) {
                    s = 0
                    for (d = 0; d < dim; d++)
                        s += q[i * dim + d] * base[j * dim + d]
                    score[j] = s
                }
                for (r = 0; r < k; r++) {
                    top = -1
                    for (j = 0; j < n / dim; j++)
                        if (top < 0 || score[j] > score[top]) top = j
                    printf "%.9g\n", score[top]
                    score[top] = -1e30
                }
            }
        }' .base .query
}

# found SCORES DIM K: scores of all lists are those of comparing every vector.
found() {
    best "$1/base.npy" "$1/query.npy" 24 5 >.expected
    floats "$1/scores.npy" | paste - .expected | awk '
        NF != 2 { bad = 1 }
        {
            d = $1 - $2; if (d < 0) d = -d
            size = $2 < 0 ? -$2 : $2; if (size < 1) size = 1
            if (d > 1e-5 * size) { print NR ": " $0; bad = 1 }
        }
        END { exit bad || NR != 60 * 5 }'
}

# rows_score DIR: each id is a row that has the score beside it.
rows_score() {
    floats "$1/base.npy" >.base && floats "$1/query.npy" >.query
    integers "$1/ids.npy" >.ids && floats "$1/scores.npy" | paste .ids - >.pairs
    awk -v dim=24 -v k=5 '
        FILENAME == ".base" { base[n++] = $1; next }
        FILENAME == ".query" { q[m++] = $1; next }
        {
            i = int(p / k); s = 0; p++
            for (d = 0; d < dim; d++)
                s += q[i * dim + d] * base[$1 * dim + d]
            s -= $2; if (s < 0) s = -s
            if (s > 1e-5 * ($2 > 1 ? $2 : 1)) { print p ": " $0; bad = 1 }
        }
        END { exit bad || p == 0 }' .base .query .pairs
}

head -n 61 pairs.csv >few.csv
check bench_results__serve "$SIAMESE" bench serve --data few.csv --quiet $small \
    --items 400 --nlist 8 --nprobe 8 -k 5 --out serve
check bench_results__serve_finds_the_best found serve
check bench_results__serve_gives_their_rows rows_score serve
check bench_results__search "$SIAMESE" bench search --base serve/base.npy \
    --query serve/query.npy --nlist 8 --nprobe 8 -k 5 --threads 2 --quiet \
    --out search
cp serve/base.npy serve/query.npy search
check bench_results__search_finds_the_best found search
check bench_results__search_gives_their_rows rows_score search
check bench_results__search_alone_is_search_in_a_batch \
    cmp serve/ids.npy search/ids.npy
"$SIAMESE" bench search --base serve/base.npy --query serve/query.npy \
    --nlist 8 --nprobe 8 -k 5 $plain --quiet --out slow >/dev/null
check bench_results__search_equals_portable_kernels \
    near search/scores.npy slow/scores.npy 1e-5
finish
