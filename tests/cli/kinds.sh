#!/bin/sh
# Each kind of model learns the demo catalogue through the command: its loss
# falls below its own start, it finds more than its own random weights do, and
# written and read again it gives the same bits.
demo=$(CDPATH='' cd -- "$(dirname "$0")/../../examples/demo" && pwd)
. "$(dirname "$0")/harness.inc"

"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -o catalogue "$demo"/*.c &&
    ./catalogue --seed 7 --out . >/dev/null || exit 1

train="$SIAMESE train --preset notebook --quiet --data train.csv --metrics none
    --min-relevance 2.3 --set max_tokens=3000 --set embedding_dim=24
    --set units=24 --set remove_accidental_hits=1 --set cache=0
    --set shuffle_buffer=10000 --batch 128"

recall() {
    "$SIAMESE" eval --quiet --model "$1" --items items.csv --exact \
        --queries queries.tsv --qrels qrels.txt |
        sed 's/.*"recall@100": \([0-9.]*\).*/\1/'
}

# The mean loss a pair of the first five steps, and of the last five.
losses() {
    awk '{
        sub(/.*"loss_mean": /, ""); sub(/,.*/, "")
        if (NR <= 5) first += $0
        last[NR % 5] = $0
    }
    END { for (i = 0; i < 5; i++) sum += last[i]; print first / 5, sum / 5 }' \
        log.jsonl
}

embed() {
    "$SIAMESE" embed --quiet --model "$1.siamese" --data items.csv \
        --out "$1.$2.npy"
}

# Of the relevant ones, a fifth more in the first hundred than random weights
# find. A file is read, written by another verb
# and read again.
learn() {
    start=$(date +%s%N)
    $train --model random.siamese "$@" --epochs 0 &&
        $train --model m.siamese --log log.jsonl "$@" || return 1
    set -- $(losses) "$(recall random.siamese)" "$(recall m.siamese)"
    echo "loss $1 -> $2, recall@100 $3 -> $4," \
        "$((($(date +%s%N) - start) / 1000000)) ms"
    awk -v a="$1" -v b="$2" -v c="$3" -v d="$4" \
        'BEGIN { exit !(b < 0.9 * a && d > c + 0.2) }' &&
        "$SIAMESE" index --quiet --model m.siamese --data items.csv \
            --out again.siamese &&
        embed m items && embed again items && cmp m.items.npy again.items.npy
}

# kind NAME OPTION...: under a sanitizer only those of `subset` run.
subset=" lstm projected_cosine title_category hashed_features "
kind() {
    name=$1
    shift
    if [ -n "${UBSAN_OPTIONS:-}${TSAN_OPTIONS:-}" ]; then
        case $subset in
        *" $name "*) ;;
        *) return ;;
        esac
    fi
    check "kinds__$name" learn "$@"
    echo "# $name: $(cat .out)"
}

fast="--set learning_rate=0.02 --epochs 2"
bag="--set learning_rate=0.02 --epochs 3 --set encoder=bag --set mask_zero=1"

kind lstm $fast
kind lstm_one_way $fast --set bidirectional=0
kind lstm_mask_zero $fast --set mask_zero=1
kind gru $fast --set encoder=gru
kind gru_two_layers $fast --set encoder=gru --set layers=2 --epochs 1
kind bag_mean $bag --set learning_rate=0.05
kind bag_sum $bag --set pooling=sum
kind bag_weighted $bag --set pooling=weighted --set learning_rate=0.05
kind transformer $fast --set encoder=transformer --set mask_zero=1
kind transformer_norm_first $fast --set encoder=transformer \
    --set mask_zero=1 --set norm_first=1 --set pooling=cls --set dropout=0.1 \
    --epochs 1
kind projected_cosine $bag --set project=16 --set normalize=1 \
    --set temperature=0.05
kind hidden_layer $bag --set hidden=32 --set project=16

about="--text-column product_description"
kind title_description $bag $about --set learning_rate=0.05
kind title_description_shared $bag --field \
    product_description=text,shared_field=1,weight=0.5
kind title_description_concat $fast $about --set combine=concat \
    --set project=24 --epochs 1
kind title_id $bag --field product_uid=id,buckets=4096,weight=0.1
kind title_category $bag --field product_uid=category,weight=0.1

kind word_ngrams $bag --set ngrams=1-2 --set max_tokens=8000
kind hashed_features $bag --set hash_buckets=20000 --set ngrams=1-2 \
    --set char_ngrams=3-4 --set sequence_length=0 --set max_tokens=0
kind unicode_stems $bag --set normalizer=unicode --set stemmer=english
kind character_trigrams $bag --set split=character --set ngrams=3 \
    --set sequence_length=80

pieces="--sentencepiece train --set max_tokens=2000"
if ! $train $bag --epochs 0 --model s.siamese $pieces 2>probe &&
    grep -q 'has no sentencepiece' probe; then
    echo "ok kinds__sentencepiece # SKIP not in this build"
else
    kind sentencepiece $bag $pieces
fi
kind hinge $bag --set loss=hinge --set hard_negatives=4
kind mean $bag --set reduction=mean
kind symmetric $bag --set symmetric=1 --set mask_same_query=1
kind hard_negatives $bag --set hard_negatives=16
kind random_negatives $bag --set random_negatives=128 --set logq=counted
kind streaming_logq $bag --set logq=streaming

kind adamw $bag --set optimizer=adamw --set schedule=cosine \
    --set warmup_steps=10
kind adagrad $bag --set optimizer=adagrad --set learning_rate=0.3
kind sgd $bag --set optimizer=sgd --set momentum=0.9 \
    --set learning_rate=0.05 --set clip_norm=5
kind sparse_adam $bag --set sparse_updates=1
finish
