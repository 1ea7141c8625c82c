#!/bin/sh
# HTML's entities in texts: what is decoded, where, and that every verb reads
# the texts of a model alike.
. "$(dirname "$0")/harness.inc"

# shown NAME WRITTEN READ: a title WRITTEN so is shown as READ.
train="$SIAMESE train --quiet --epochs 1 --set min_steps=0 --set hash_buckets=64 \
--set embedding_dim=4"
shown() {
    printf 'id,title,query\n1,"%s",q\n' "$2" >file.csv
    $train --data file.csv --model m.siamese >.out 2>.err &&
        "$SIAMESE" index --quiet --model m.siamese --data file.csv \
            --out m.siamese >.out 2>.err &&
        "$SIAMESE" search --quiet --model m.siamese q >.out 2>.err
    printf '%s\n' "$3" >wanted
    cut -f4 .out | cmp -s - wanted
    if [ $? -eq 0 ]; then passed "$1"; else failed "$1"; fi
}
shown entities__a_number "Contractor&#39;s" "Contractor's"
shown entities__a_number_of_base_16 'a &#x2013; b &#X2014; c' 'a – b — c'
shown entities__the_names_of_xml '&lt;&amp;&gt;&quot;&apos;' "<&>\"'"
shown entities__a_name 'caf&eacute; 5&deg; &frac12; &euro;' 'café 5° ½ €'
shown entities__names_have_a_case '&Eacute;&eacute; &EACUTE;' 'Éé &EACUTE;'
# shellcheck disable=SC1112  # the reference to a quote is one
shown entities__windows_1252_as_browsers_read_it 'it&#146;s &#150;' 'it’s –'
shown entities__beyond_the_basic_plane '&#128296;&#x1f528;' '🔨🔨'
shown entities__decoded_once '&amp;lt; &amp;amp;' '&lt; &amp;'
shown entities__unknown_ones_stay '&nut; &thetasymx; &x;' '&nut; &thetasymx; &x;'
shown entities__without_a_semicolon_it_is_text 'AT&T &amp R&D &#39' \
    'AT&T &amp R&D &#39'
shown entities__an_ampersand_before_one '&&amp;&' '&&&'
shown entities__no_number_at_all '&#; &#x; &; &#12a; &#xg;' \
    '&#; &#x; &; &#12a; &#xg;'
shown entities__no_character '&#0; &#8; &#55296; &#1114112; &#99999999999;' \
    '&#0; &#8; &#55296; &#1114112; &#99999999999;'
shown entities__a_line_end_is_white_space 'a&#10;b' 'a b'

# Ids stay; fields and queries are texts.
cat >pairs.csv <<'END'
id,title,brand,query,relevance
a&amp;b,nuts &amp; bolts,Black &amp; Decker,bolts &quot;small&quot;,3
c,oak desk,Woody&#39;s,writing desk,3
d,red sofa,None,couch,1
END
fields='--field brand=category'
$train $fields --min-relevance 2 --data pairs.csv --model t.siamese
"$SIAMESE" index --quiet --model t.siamese --data pairs.csv --out t.siamese
check entities__ids_are_untouched sh -c "
    $SIAMESE search --quiet --model t.siamese bolts | cut -f2 | grep -qx 'a&amp;b'"
sed 's/,nuts &amp; bolts,/,nuts \& bolts,/; s/Black &amp; /Black \& /
     s/&quot;small&quot;/"small"/; s/&#39;/'"'"'/' pairs.csv >plain.csv
$train $fields --min-relevance 2 --data plain.csv --model p.siamese
"$SIAMESE" index --quiet --model p.siamese --data plain.csv --out p.siamese
check entities__a_model_of_plain_texts_is_the_same cmp t.siamese p.siamese
check entities__queries_of_a_file_are_decoded sh -c "
    $SIAMESE embed --quiet --model t.siamese --data pairs.csv --side query \
        --out a.npy &&
    $SIAMESE embed --quiet --model t.siamese --data plain.csv --side query \
        --out b.npy && cmp a.npy b.npy"
check entities__and_those_of_search sh -c "
    echo 'bolts &quot;small&quot;' | $SIAMESE search --model t.siamese |
        sed 1d >a.tsv &&
    $SIAMESE search --model t.siamese 'bolts \"small\"' | cmp - a.tsv"
check entities__which_shows_them_as_they_came sh -c "
    $SIAMESE search --json --model t.siamese 'a&amp;' |
    grep -q '{\"query\": \"a&amp;\"'"
printf '1\tbolts &quot;small&quot;\n' >queries.tsv
printf '1\tbolts "small"\n' >plain.tsv
printf '1 0 a&amp;b 3\n' >qrels
evaluate="$SIAMESE eval --quiet --json --model t.siamese --qrels qrels --items"
check entities__and_those_of_eval sh -c "
    $evaluate pairs.csv --queries queries.tsv | sed 's/, \"seconds.*//' >a.json &&
    $evaluate plain.csv --queries plain.tsv --write-queries w.tsv |
        sed 's/, \"seconds.*//' | cmp - a.json"

# Unless they are kept, which a model remembers.
$train $fields --min-relevance 2 --data pairs.csv --model k.siamese \
    --entities keep
"$SIAMESE" index --quiet --model k.siamese --data pairs.csv --out k.siamese
check entities__kept sh -c "
    $SIAMESE search --quiet --model k.siamese bolts | cut -f4 |
    grep -qx 'nuts &amp; bolts'"
check entities__kept_or_not_is_noted sh -c "
    $SIAMESE info k.siamese | grep -q entities=keep &&
    $SIAMESE info t.siamese | grep -q entities=decode"
check entities__a_verb_may_say_otherwise sh -c "
    $SIAMESE index --quiet --model k.siamese --data pairs.csv --entities decode \
        --out d.siamese &&
    $SIAMESE search --quiet --model d.siamese bolts | cut -f4 |
    grep -qx 'nuts & bolts'"
$train --preset notebook --set units=2 --min-relevance 2 --data pairs.csv \
    --model n.siamese >.out 2>.err
check entities__the_notebook_keeps_them sh -c "
    $SIAMESE info n.siamese | grep -q entities=keep"
printf 'title,query\nnuts &amp; bolts,q\nnuts & bolts,q\n' >titles.csv
check entities__titles_that_tell_items_apart_are_texts sh -c "
    $train --data titles.csv --model i.siamese --json | grep -q '\"items\": 1,'"
fails entities__no_such_way 2 'decode or keep is expected' \
    $train --data pairs.csv --model x.siamese --entities strip
finish
