#!/bin/sh
# siamese train --checkpoint-every: what the files on the way hold, and the last.
. "$(dirname "$0")/harness.inc"

# 300 queries and items, of which a ranker learns.
awk 'BEGIN {
    print "product_id,title,query,relevance"
    split("desk chair table lamp shelf sofa stool bench", what)
    split("red oak black small steel glass", how)
    for (i = 0; i < 300; i++)
        printf "%d,%s %s model%d %d in.,%s model%d,3\n", i, how[i % 6 + 1],
            what[i % 8 + 1], i, i % 50, what[i % 8 + 1], i
}' >pairs.csv
train="$SIAMESE train --quiet --preset small --set embedding_dim=16
    --data pairs.csv"
sections() { # FILE: the library's, but for towers and trainer
    "$SIAMESE" info "$1" | awk '$2 == "library" { print $1 }' |
        grep -v -e tower -e trainer -e layout -e vocab | sort | tr '\n' ' '
}

# The child of a script ignores SIGINT, so SIGTERM, after its first checkpoint.
$train --set min_steps=500 --set max_steps=500 --checkpoint-every 3 \
    --model way.siamese 2>.err &
pid=$!
for wait in $(seq 300); do [ -e way.siamese ] || sleep 0.1; done
kill -TERM "$pid"
wait "$pid"
$train --set min_steps=4 --set max_steps=4 --checkpoint-every 3 \
    --model end.siamese
$train --set min_steps=4 --set max_steps=4 --set finished=1 \
    --model finished.siamese
check checkpoints__the_first_is_of_the_middle sh -c "
    $SIAMESE info way.siamese | grep -q 'steps_done=[0-9][0-9]* ' &&
    ! $SIAMESE info way.siamese | grep -q 'steps_done=500 '"
for file in way end finished; do
    check checkpoints__${file}_has_all_parts test \
        "$(sections $file.siamese)" = "model ranker "
    check checkpoints__${file}_has_what_ranking_learned sh -c "
        $SIAMESE info $file.siamese | grep -q ' learned_queries=[1-9]'"
    check checkpoints__${file}_is_indexed "$SIAMESE" index --quiet \
        --data pairs.csv --model $file.siamese --out $file.index
    check checkpoints__${file}_ranks_by_it sh -c "
        $SIAMESE search --model $file.index --explain --json 'oak desk' |
            grep -q '\"shares\": *{[^}]*\"bm25\"'"
done
check checkpoints__can_be_resumed sh -c "
    $SIAMESE train --quiet --data pairs.csv --resume end.siamese \
        --set min_steps=6 --set max_steps=6 --model more.siamese &&
    $SIAMESE info more.siamese | grep -q 'steps_done=6 '"
check checkpoints__a_resumed_one_has_all_parts test \
    "$(sections more.siamese)" = "model ranker "

# The settings are the file's, not a preset's that it was not made with.
$train --preset notebook --set finished=1 --epochs 1 --batch 7 \
    --model notebook.siamese
"$SIAMESE" index --quiet --data pairs.csv --model notebook.siamese \
    --out notebook.index
check checkpoints__without_a_ranker_none_is_made test \
    "$(sections notebook.siamese)" = "model "
check checkpoints__an_index_of_it_has_none_either test \
    "$(sections notebook.index)" = "index items model "

finish
