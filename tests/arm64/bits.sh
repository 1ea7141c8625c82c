#!/bin/sh
# The portable level on this machine and on the other, both with one C library:
# what training, embedding and searching give must be the same bytes.
# HERE and THERE name the two commands.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
: "${HERE:?}" "${THERE:?}"

awk 'BEGIN {
    split("desk chair table lamp shelf sofa stool bench", what)
    split("red oak small steel round white", how)
    print "product_uid,product_title,search_term,relevance"
    for (i = 0; i < 300; i++) {
        w = what[i % 8 + 1]; a = how[i * 7 % 6 + 1]; b = how[i * 5 % 6 + 1]
        print i % 90 "," a " " b " " w " no " i % 90 "," a " " w "," \
            (i % 5 ? 3 : 1)
    }
}' >"$dir/pairs.csv"

# One machine's files: weights, vectors and answers.
work() {
    command=$1 out=$2
    shift 2
    mkdir "$out" && cd "$out" || return 1
    "$command" train --data ../pairs.csv --quiet --threads 2 --epochs 3 \
        --model m.siamese --set kernel=portable "$@" &&
        "$command" export --model m.siamese --parameters weights &&
        "$command" embed --model m.siamese --data ../pairs.csv --quiet \
            --out vectors.npy &&
        "$command" index --model m.siamese --data ../pairs.csv --quiet \
            --set kernel=portable --out store.siamese &&
        for query in 'red desk' 'steel lamp' 'round sofa no 4'; do
            "$command" search --model store.siamese "$query" || return 1
        done >answers.txt
}

# same NAME SETTING...
same() {
    name=$1
    shift
    cd "$dir" && rm -rf here there
    if (work "$HERE" here "$@") && (work "$THERE" there "$@") &&
        [ -s here/vectors.npy ] && [ -s here/answers.txt ] &&
        diff -r here there; then
        echo "ok bits__of_$name"
    else
        echo "not ok bits__of_$name"
    fi
}

small='--preset notebook --batch 32 --set embedding_dim=16 --set units=8'
same bilstm $small
same masked_gru $small --set encoder=gru --set mask_zero=1
same transformer $small --set encoder=transformer
same bag $small --set encoder=bag --set optimizer=adagrad
same half_rows $small --set encoder=bag --set table_precision=float16
same int8_rows $small --set encoder=bag --set table_precision=int8
