#!/bin/sh
# The pages of siamese eval --report and train --report: whole HTML that asks for
# nothing elsewhere, the same figures as the JSON, texts of data as texts, what was
# found least, and no half page on a full disk.
. "$(dirname "$0")/harness.inc"
tools=$(dirname "$0")
case $tools in /*) ;; *) tools=$OLDPWD/$tools ;; esac

judged_pairs 400 | sed '2s/".*"/"<script>alert(1)<\/script> \&amp; <b>",desk/' \
    >pairs.csv
"$SIAMESE" train --data pairs.csv --model t.siamese $small --epochs 2
"$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet

# page NAME FILE JSON: there is nothing wrong with it.
page() {
    awk -v json="$3" -f "$tools/page.awk" "$2" >wrong
    check "$1" [ ! -s wrong ]
    [ ! -s wrong ] || sed 's/^/# /' wrong
}
# The JSON that is in a page.
inside() {
    sed -n 's|.*<script type="application/json" id="figures">\(.*\)</script>.*|\1|p' \
        "$1" | sed 's/\\u003c/</g; s/\\u003e/>/g; s/\\u0026/\&/g'
}

# ---- of a model ----

check eval__writes_a_page "$SIAMESE" eval --quiet --model m.siamese \
    --judged pairs.csv --train pairs.csv --report page.html
cp .out page.json
page eval__page_is_whole_and_has_the_figures_of_its_json page.html page.json
same() { [ -s page.json ] && inside page.html | cmp - page.json; }
check eval__page_holds_the_json same
check eval__page_names_its_model grep -q '<h1>m.siamese</h1>' page.html
check eval__page_has_the_command grep -q "siamese eval --quiet --model \
m.siamese --judged pairs.csv --train pairs.csv --report page.html</code>" page.html
for id in metrics scores worst vocabulary settings command; do
    check "eval__page_has_$id" grep -q "<section id=\"$id\">" page.html
done
"$SIAMESE" eval --quiet --model m.siamese --judged pairs.csv --train pairs.csv \
    --report again.html >/dev/null
alike() { # but for the time it took and its own name
    for file in page.html again.html; do
        sed 's/"seconds": [0-9.e-]*//g; s/again\.html/page.html/' "$file" >"$file.bare"
    done
    cmp page.html.bare again.html.bare
}
check eval__page_is_the_same_again alike

# Figures of 0 and 1: the bootstrap's interval is near that of the normal
# distribution, p -+ 1.96 sqrt(p (1 - p) / n).
near_normal() {
    tr -d ' ' <page.json | sed 's/"slices".*//' | awk '{
        match($0, /"hit@10":[0-9.]*/); p = substr($0, RSTART + 9, RLENGTH - 9)
        match($0, /"queries":[0-9]*/); n = substr($0, RSTART + 10, RLENGTH - 10)
        text = substr($0, index($0, "intervals"))
        match(text, /"hit@10":\[[0-9.,]*/)
        split(substr(text, RSTART + 10, RLENGTH - 10), range, ",")
        half = 1.96 * sqrt(p * (1 - p) / n)
        low = p - half; high = p + half
        print p, n, range[1], range[2], low, high
        d = range[1] - low; e = range[2] - high
        exit !(n > 20 && p > 0 && p < 1 && d * d < .0016 && e * e < .0016)
    }'
}
check eval__intervals_are_those_of_the_mean near_normal

# Words that training had not, by the number of queries that have them.
awk 'NR == 1 { print; next }
    { q = NR % 3 ? "red desk" : NR % 2 ? "violet zebra" NR % 4 : "zebra couch <u>" NR
      printf "1,%d,\"red desk\",\"%s\",3\n", 100 + NR % 60, q }' pairs.csv | head -20 \
    >strange.csv
"$SIAMESE" eval --quiet --model m.siamese --judged strange.csv --report strange.html \
    >strange.json
page eval__page_of_unknown_words_is_whole strange.html strange.json
unknown() {
    sed 's/.*"unknown_words": {\([^}]*\)}.*/\1/' strange.json >words
    awk -F, 'NR > 1 { gsub(/"/, "", $4); if (!seen[$4]++) print $4 }' strange.csv >queries
    grep -c zebra queries >zebras
    for word in couch violet; do
        grep -q "\"$word\": $(grep -cw "$word" queries)" words || return 1
    done
    ! grep -q '"red"' words && ! grep -q '"desk"' words
}
check eval__tells_unknown_words unknown

# ---- of a run that is known ----

cat >items.csv <<'END'
product_uid,product_title
1,"<img src=x onerror=alert(1)> & ""two"""
2,second </script><script>alert(2)</script>
3,third
4,fourth
END
printf 'a\tfirst <i>query</i>\nb\tsecond query\nc\tthird query\n' >queries.tsv
printf 'a 0 1 3\na 0 2 1\nb 0 4 3\nc 0 3 3\n' >qrels.txt
printf '%s\n' 'a Q0 3 1 .9 t' 'a Q0 2 2 .8 t' 'a Q0 1 3 .7 t' 'b Q0 1 1 .6 t' \
    'b Q0 2 2 .5 t' 'c Q0 3 1 .4 t' 'c Q0 4 2 .7 t' >run.trec
check run__writes_a_page "$SIAMESE" eval --quiet --run run.trec --items items.csv \
    --queries queries.tsv --qrels qrels.txt --report run.html
cp .out run.json
page run__page_is_whole_and_has_the_figures_of_its_json run.html run.json
no_markup() {
    ! grep -qE '<img|<i>|<script>alert|</script><script>' run.html &&
        grep -q '&lt;img src=x onerror=alert(1)&gt; &amp; &quot;two&quot;' run.html &&
        grep -q 'second &lt;/script&gt;&lt;script&gt;' run.html &&
        grep -q 'first &lt;i&gt;query&lt;/i&gt;' run.html
}
check run__page_shows_markup_as_text no_markup
# b has nothing, a its item at rank 3, c at rank 2.
order() {
    sed -n 's/.*<h3><bdi>\([^<]*\)<.*/\1/p' run.html >order
    printf '%s\n' 'second query' 'first &lt;i&gt;query&lt;/i&gt;' 'third query' |
        cmp - order
}
check run__worst_queries_come_first order
check run__places_are_told grep -q \
    '"first_relevant": {"1": 0, "2-3": 2, "4-10": 0, "after_10": 0, "not_found": 1,' \
    run.json
# Relevant .7 and .4 against .9 .8 .6 .5 .7: of ten pairs 2.5 are won, a tie half.
check run__scores_are_told_apart grep -q '"relevant_above_others": 0.25[,}]' run.json
check run__has_no_model_to_tell_of sh -c '! grep -q "<h3>vocab</h3>" run.html'
check run__tells_its_rules grep -q '<dt>resamples</dt><dd>10000</dd>' run.html

# ---- of a training ----

# 40 queries of their own words, so that some can be held back.
awk 'BEGIN {
    print "product_uid,product_title,search_term,relevance"
    for (i = 0; i < 600; i++)
        printf "%d,\"thing%d of <b>kind%d</b>\",word%d kind%d,%s\n", i % 90,
            i % 90, i % 40, i % 40, i % 40, i % 7 ? "3" : "1.5"
}' >many.csv
check train__writes_a_page "$SIAMESE" train --data many.csv --model h.siamese $small \
    --holdout 20% --validation many.csv --epochs 3 --set warmup_steps=10 \
    --log log.json --report train.html --json
cp .out train.json
page train__page_is_whole_and_has_the_figures_of_its_json train.html train.json
same() { [ -s train.json ] && inside train.html | cmp - train.json; }
check train__page_holds_the_json same
for id in course holdout scores worst vocabulary data settings command; do
    check "train__page_has_$id" grep -q "<section id=\"$id\">" train.html
done
titles() { grep -c "<title>$1</title>" train.html; }
for plot in Loss Speed 'Learning rate' 'Accuracy in validation'; do
    check "train__page_draws_$(echo "$plot" | tr ' A-Z' '_a-z')" [ "$(titles "$plot")" -eq 1 ]
done
# The history against the log, which has every step: losses and rates are its own.
list() { sed "s/.*\"$1\": \[\([^]]*\)\].*/\1/" train.json | tr -d ' ' | tr , '\n'; }
logged() { sed -n "/^{\"step\"/s/.*\"$1\": \([^,}]*\).*/\1/p" log.json; }
near() { # LIST KEY
    list "$1" >of_page && logged "$2" >of_log && [ -s of_log ] &&
        paste of_page of_log | awk '{ d = $1 - $2; if (d * d > 1e-14 * ($1 * $1 + 1)) exit 1 }'
}
check train__steps_are_those_of_the_log near steps step
check train__losses_are_those_of_the_log near loss loss_mean
check train__rates_are_those_of_the_log near learning_rate learning_rate
warm() { # the first ten rise evenly to .001
    list learning_rate | head -10 | awk '{ d = $1 - .0001 * NR; if (d * d > 1e-20) exit 1 }'
}
check train__rates_warm_up warm
# Of many steps each two become one, and the pairs stay.
"$SIAMESE" train --data many.csv --model l.siamese $small --batch 4 --epochs 7 \
    --report long.html --json >long.json
merged() {
    tr -d ' ' <long.json | sed 's/.*"steps":\[\([^]]*\)\].*/\1/' | tr , '\n' >steps
    steps=$(sed 's/.*"items": [0-9]*, "steps": \([0-9]*\).*/\1/' long.json)
    [ "$steps" -gt 512 ] && [ "$(wc -l <steps)" -le 512 ] &&
        [ "$(sed -n 1,2p steps | tr '\n' ' ')" = '2 4 ' ] &&
        [ "$(tail -n1 steps)" -eq "$steps" ]
}
check train__many_steps_make_few_points merged
check train__page_of_many_steps_is_whole awk -v json=long.json -f "$tools/page.awk" \
    long.html

# ---- errors ----

fails report__not_to_stdout 2 '--report -' "$SIAMESE" eval --model m.siamese \
    --judged pairs.csv --report -
fails report__folder_that_is_not_there 1 'cannot write no/page.html' "$SIAMESE" \
    eval --model m.siamese --judged pairs.csv --report no/page.html
fails train__no_folder_no_training 1 'cannot write no/page.html' "$SIAMESE" train \
    --data pairs.csv --model new.siamese $small --report no/page.html
[ ! -c /dev/full ] || fails report__full_device 1 'No space left' "$SIAMESE" eval \
    --quiet --model m.siamese --judged pairs.csv --report /dev/full
echo old >old.html
limited() (
    ulimit -f 8
    exec "$SIAMESE" eval --quiet --model m.siamese --judged pairs.csv --report old.html
)
fails report__disk_that_fills 1 'old.html: File too large' limited
check report__old_page_stays [ "$(cat old.html)" = old ]
finish
