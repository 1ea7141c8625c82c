#!/bin/sh
# siamese train --holdout: which queries are held back, that nothing is learned
# from them, and figures that siamese eval and a BM25 of awk's find too.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >pairs.csv
train="$SIAMESE train --data pairs.csv $small --metrics none"

same_weights() {
    rm -rf one two
    "$SIAMESE" export --model "$1" --parameters one &&
        "$SIAMESE" export --model "$2" --parameters two && diff -r one two
}

# part NAME FILE: an object of the JSON object in a file.
part() {
    grep -o "\"$1\": {[^{}]*}" "$2"
}

# three FILE: the figures that a search of --holdout has, of what eval prints.
three() {
    sed 's/.*\("recall@10": [^,]*\).*\("recall@100": [^,]*\).*\("mrr@10": [^,]*\),.*/{\1, \2, \3}/' \
        "$1"
}

# ---- what is asked for ----

for value in 2 60% 0 0% -1% % '' two% 2%% nan; do
    fails "holdout__is_a_share '$value'" 2 "--holdout $value: a share" \
        $train --model m.siamese --holdout "$value"
done
fails holdout__draws_something 2 'none of the 48 queries is drawn' \
    $train --model m.siamese --holdout 0.0001%
fails holdout__needs_queries 2 '--holdout needs --data' "$SIAMESE" train \
    --catalogue pairs.csv --quiet --model m.siamese --holdout 5%
fails holdout__file_needs_a_share 2 '--write-holdout needs --holdout' \
    $train --model m.siamese --write-holdout held.csv
fails holdout__one_takes_standard_output 2 'no --json' $train \
    --model m.siamese --holdout 25% --write-holdout - --json

# ---- what is held back ----

check holdout__has_a_file $train --model m.siamese --epochs 2 --json \
    --holdout 25% --write-holdout held.csv
cp .out figures
check holdout__file_has_the_columns_of_the_data sh -c '
    [ "$(sed -n 1p held.csv)" = \
        "\"product_uid\",\"product_title\",\"search_term\",\"relevance\"" ]'
sed 1d held.csv | awk -F'"' '{ print "\"" $6 "\"" }' | sort -u >held.queries
sed 1d pairs.csv | awk -F'"' '{ print "\"" $4 "\"" }' | sort -u >all.queries
check holdout__is_a_part_of_the_queries sh -c '
    [ -s held.queries ] && [ "$(comm -23 held.queries all.queries)" = "" ] &&
    [ "$(wc -l <held.queries)" -lt "$(wc -l <all.queries)" ]'
# Rows below the threshold are no positives, and are not measured with.
(sed -n 1p pairs.csv && grep -F -f held.queries pairs.csv) >rows.csv
check holdout__takes_all_positives_of_a_query test \
    "$(sed 1d held.csv | wc -l)" -eq "$(sed 1d rows.csv | grep -vc ',1.33$')"
check holdout__counts_them grep -q "\"queries\": $(wc -l <held.queries), \
\"pairs\": $(sed 1d held.csv | wc -l), \"items\": " figures
check holdout__counts_what_was_learned_from grep -q \
    "\"positives\": $((320 - $(sed 1d held.csv | wc -l)))," figures

grep -vF -f held.queries pairs.csv >rest.csv
check holdout__learns_as_if_they_were_not_there sh -c "
    $SIAMESE train --data rest.csv $small --metrics none --epochs 2 \
        --model rest.siamese"
check holdout__weights_are_those_of_the_rest same_weights m.siamese rest.siamese
negatives='--grade-negatives 2 --epochs 2'
check holdout__leaves_out_negatives $train $negatives --holdout 25% \
    --model low.siamese
check holdout__negatives_of_the_rest sh -c "
    $SIAMESE train --data rest.csv $small --metrics none $negatives \
        --model rest.siamese"
check holdout__negatives_stay_with_their_query same_weights low.siamese \
    rest.siamese

check holdout__goes_by_the_seed $train --model o.siamese --holdout 25% \
    --seed 5 --write-holdout other.csv
check holdout__another_seed_draws_others sh -c '! cmp -s held.csv other.csv'
# The words decide, in other data too: what was drawn is drawn again.
(cat pairs.csv && sed 1d pairs.csv | sed 's/,"\([a-z]*\) \([a-z]*\)",/,"\2 of \1",/
    s/,"of/,"of/') >more.csv
check holdout__more_data "$SIAMESE" train --data more.csv $small \
    --metrics none --model o.siamese --holdout 25% --write-holdout more.held
check holdout__more_data_leave_them_where_they_are sh -c '
    ! grep -vF " of " more.held | diff held.csv - | grep -q .'
sed 's/,"\([a-z]*\) \([a-z]*\)",/,"\1  \U\2\E!",/' pairs.csv >spelt.csv
(cat pairs.csv && sed 1d spelt.csv) >both.csv
check holdout__spellings "$SIAMESE" train --data both.csv $small \
    --metrics none --model o.siamese --holdout 25% --write-holdout both.held
check holdout__the_same_words_are_drawn_together test \
    "$(grep -c '!"' both.held)" -eq "$(sed 1d held.csv | wc -l)"

# ---- figures ----

"$SIAMESE" index --quiet --model m.siamese --data pairs.csv --out i.siamese
check holdout__eval_of_the_same_queries sh -c "
    $SIAMESE eval --quiet --model i.siamese --judged held.csv --relevant 1 \
        >of.eval"
check holdout__model_has_the_figures_of_eval grep -qF \
    "\"model\": $(three of.eval)" figures

pipeline="--preset small --set min_steps=4 --set max_steps=4 --quiet --json"
check holdout__with_the_whole_search "$SIAMESE" train $pipeline \
    --data pairs.csv --holdout 25% --model p.siamese --threads 1
cp .out one.json
"$SIAMESE" index --quiet --model p.siamese --data pairs.csv --out i.siamese
check holdout__eval_with_the_whole_search sh -c "
    $SIAMESE eval --quiet --model i.siamese --judged held.csv --relevant 1 \
        >of.eval"
check holdout__search_has_the_figures_of_eval grep -qF \
    "\"model\": $(three of.eval)" one.json
check holdout__with_more_threads "$SIAMESE" train $pipeline \
    --data pairs.csv --holdout 25% --model p.siamese --threads 3
cp .out three.json
check holdout__same_figures_for_any_threads test \
    "$(part model one.json)$(part untrained one.json)" = \
    "$(part model three.json)$(part untrained three.json)"
check holdout__without_steps "$SIAMESE" train $pipeline --data pairs.csv \
    --holdout 25% --model p.siamese --set learning_rate=1e-30
check holdout__untrained_is_the_model_without_steps test \
    "$(part model .out | sed 's/"model"//')" = \
    "$(part untrained .out | sed 's/"untrained"//')"
cut -d, -f3- pairs.csv >titles.csv
check holdout__without_ids "$SIAMESE" train --data titles.csv $small \
    --metrics none --json --epochs 2 --holdout 25% --model t.siamese \
    --write-holdout held.titles
cp .out of.titles
"$SIAMESE" index --quiet --model t.siamese --data titles.csv --out i.siamese
check holdout__eval_without_ids sh -c "
    $SIAMESE eval --quiet --model i.siamese --judged held.titles \
        --relevant 1 >of.eval"
check holdout__figures_without_ids grep -qF "\"model\": $(three of.eval)" \
    of.titles
echo 'query,title
"a ""b"" AND (c*",x NEAR y
NEAR(d e),^d - e:f
-f OR,f NOT g
***,h
"",i' >syntax.csv
check holdout__no_query_is_syntax "$SIAMESE" train --data syntax.csv $small \
    --min-relevance none --metrics none --json --holdout 50% --model s.siamese

# FTS5's time for one query of many words is their number times their places.
awk 'BEGIN {
    print "query,title"
    for (i = 0; i < 40; i++) {
        for (part = 0; part < 2; part++) {
            for (w = 0; w < 2000; w++) printf "%sw%dx", w ? " " : "", (w * i) % 97
            printf part ? "\n" : ","
        }
    }
}' >long.csv
check holdout__of_long_texts "$SIAMESE" train --data long.csv $small \
    --min-relevance none --metrics none --json --holdout 25% --model s.siamese

check holdout__tells_a_table sh -c "
    $SIAMESE train --preset notebook --set units=4 --set embedding_dim=4 \
        --metrics none --data pairs.csv --model o.siamese --holdout 25% \
        >.table 2>&1 && tail -n 5 .table >last && grep -q \
        '^ *recall@10 recall@100 *mrr@10$' last && grep -q \
        '^  this model  *[01][.][0-9]* *[01][.][0-9]* *[01][.][0-9]*$' last &&
    grep -q '^  BM25' last && grep -q '^  untrained model  *[01]' last"

# ---- BM25 ----

# Words that have no other stem, titles of many lengths, each query one item's.
awk 'BEGIN {
    split("kobu vamo tiru delo pagu zimo ruvo nake lodu fimo gatu heko", word)
    srand(3)
    print "item_id,title,query"
    for (i = 1; i <= 300; i++) {
        title = ""
        for (w = 0; w < 2 + i % 7; w++)
            title = title (w ? " " : "") word[1 + int(rand() * 12)] \
                (w % 3 == 2 ? " " 10 * int(rand() * 9) : "")
        split(title, of, " ")
        printf "%d,%s,%s %s%d\n", i, title, of[1], of[2], i % 40
    }
}' >words.csv
check holdout__of_words "$SIAMESE" train --data words.csv $small --json \
    --min-relevance none --metrics none --holdout 30% --model w.siamese \
    --write-holdout held.words
cp .out of.words
# Robertson and Zaragoza 2009 with k1 = 1.2, b = .75, idf = log((N - n + .5) /
# (n + .5)), at least 1e-6: a TREC run of all items that have a word. A query
# asks for each of its words as often as it has it.
sed 1d held.words | tr -d '"' | awk -F, '!seen[$3]++ { print $3 }' >asked
awk -F, '
    function words(text, list) {
        gsub(/[a-z][0-9]/, "& ", text)
        while (match(text, /[a-z][0-9] /))
            text = substr(text, 1, RSTART) " " substr(text, RSTART + 1, 1) \
                substr(text, RSTART + 3)
        return split(text, list, " ")
    }
    NR == FNR {
        if (FNR == 1) next
        id[++N] = $1
        len[N] = words($2, w)
        total += len[N]
        for (i = 1; i <= len[N]; i++)
            if (f[N, w[i]]++ == 0) n[w[i]]++
        next
    }
    {
        asked = words($1, w)
        for (d = 1; d <= N; d++) {
            score = 0
            for (i = 1; i <= asked; i++) {
                if (!f[d, w[i]]) continue
                idf = log((N - n[w[i]] + .5) / (n[w[i]] + .5))
                if (idf <= 0) idf = 1e-6
                k = 1.2 * (.25 + .75 * len[d] * N / total)
                score += idf * f[d, w[i]] * 2.2 / (f[d, w[i]] + k)
            }
            if (score > 0)
                printf "%d Q0 %s 1 %.17g awk\n", FNR, id[d], score
        }
    }' words.csv asked >bm25.run
if grep -q '"bm25": null' of.words; then
    check holdout__says_what_bm25_needs sh -c "
        $SIAMESE train --data words.csv --preset notebook --metrics none \
            --min-relevance none --holdout 30% --model w.siamese 2>&1 |
        grep -q 'BM25.* not measured: .*SQLite'"
else
    check holdout__awks_bm25 sh -c "
        $SIAMESE eval --quiet --run bm25.run --items words.csv \
            --judged held.words --relevant 1 --ties expected >of.eval"
    check holdout__bm25_has_the_figures_of_awks grep -qF \
        "\"bm25\": $(three of.eval)" of.words
fi

# ---- resuming ----

check holdout__first_epoch $train --epochs 1 --holdout 25% --model h.siamese
resume="$SIAMESE train --data pairs.csv --quiet --resume h.siamese --json"
check holdout__resumed $resume --epochs 2 --model r.siamese
cp .out resumed
check holdout__resumed_is_as_never_stopped same_weights m.siamese r.siamese
check holdout__resumed_measures_the_same_queries test \
    "$(part model resumed)" = "$(part model figures)"
check holdout__resumed_has_what_was_before grep -q '"before": {"recall@10"' \
    resumed
fails holdout__share_is_fixed 2 'was trained with 25%' \
    $resume --epochs 2 --model r.siamese --holdout 5%
check holdout__can_end $resume --epochs 2 --model r.siamese --holdout none
check holdout__ended_learns_from_all grep -q '"positives": 320,' .out
check holdout__ended_measures_nothing sh -c '! grep -q holdout .out'
fails holdout__cannot_begin_late 2 'learned from all' \
    "$SIAMESE" train --data pairs.csv --quiet --resume r.siamese \
    --epochs 3 --model s.siamese --holdout 5%
finish
