#!/bin/sh
# siamese search: what a query of unknown words is searched as too.
. "$(dirname "$0")/harness.inc"

printf '%s\n' 'product_id,title,query,relevance' \
    '1,flexible garden hose 50 ft,garden hose,3' '2,red velvet sofa,couch,3' \
    '3,glass lamp,lamp,3' '4,WF330 water filter,fridge filter,3' >pairs.csv
tiny="--preset small --set max_steps=20 --set min_steps=20 --quiet"
"$SIAMESE" train $tiny --data pairs.csv --model m.siamese
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out i.siamese
search="$SIAMESE search --model i.siamese -k 1"

# said NAME TEXT COMMAND...: that stands on stderr, an answer on stdout.
said() {
    said=$1 text=$2
    shift 2
    "$@" >.out 2>.err
    if [ -s .out ] && grep -qF -- "$text" .err; then
        passed "$said"
    else
        failed "$said"
    fi
}
said spelling__note_says_what_was_searched_for_too \
    'query 1: searched also for: flexible hose' $search 'flexable hose'
check spelling__answer_is_of_the_corrected_word sh -c "
    $search 'flexable' | cut -f 2 | grep -qx 1"
said spelling__each_query_has_its_own_note \
    'query 2: searched also for: velvet sofa' $search lamp 'velvt sofaa'
check spelling__json_has_it sh -c "
    $search --json 'flexable hose' |
        grep -q '\"searched_also_for\": \"flexible hose\"'"

# silent NAME COMMAND...: nothing was corrected.
silent() {
    silent=$1
    shift
    "$@" >.out 2>.err
    if [ $? -eq 0 ] && ! grep -q 'searched also' .err &&
        ! grep -q searched_also .out; then
        passed "$silent"
    else
        failed "$silent"
    fi
}
silent spelling__known_words_stay $search --json 'flexible hoses'
silent spelling__words_of_training_stay $search --json couch
silent spelling__model_numbers_stay $search --json WF331 filter
silent spelling__quiet_notes_nothing $search --quiet 'flexable hose'
silent spelling__is_off_by_an_option $search --json \
    --spelling off 'flexable hose'
"$SIAMESE" train --preset notebook --quiet --data pairs.csv --model n.siamese
"$SIAMESE" index --quiet --data pairs.csv --model n.siamese --out n.siamese
silent spelling__notebook_corrects_nothing "$SIAMESE" search \
    --model n.siamese --json 'flexable hose'

finish
