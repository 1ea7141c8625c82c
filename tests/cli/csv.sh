#!/bin/sh
# How CSV files are written in the wild: quotes that are none, delimiters.
. "$(dirname "$0")/harness.inc"

# reads NAME FILE QUERIES [OPTION...]: the queries of a file of judged pairs,
# one a line, are these; notes are in .err.
printf '1 Q0 1 1 1.0 x\n' >run.txt
reads() {
    name=$1 file=$2
    printf '%b' "$3" >expected
    shift 3
    "$SIAMESE" eval --run run.txt --judged "$file" --relevant 1 \
        --write-queries queries "$@" >.out 2>.err
    cut -f2 queries >got 2>/dev/null
    rm -f queries
    if cmp -s expected got; then
        passed "$name"
    else
        diff expected got >>.err
        failed "$name"
    fi
}
says() {
    if grep -qF -- "$2" .err; then passed "$1"; else failed "$1"; fi
}
silent() {
    if grep -v ": columns: " .err; then failed "$1"; else passed "$1"; fi
}
refuses() {
    name=$1 status=$2 text=$3 file=$4
    shift 4
    fails "$name" "$status" "$text" "$SIAMESE" eval --run run.txt \
        --judged "$file" --relevant 1 "$@"
}
head='product_id,query,relevance'

# ---- quotes that are text ----
printf 'product_id\tquery\trelevance\n1\t"Rustic frame\t3\n2\tdesk\t3\n%s' \
    '3	pipe 12"	3' >tab.tsv
reads csv__quotes_are_text_between_tabs tab.tsv '"Rustic frame\ndesk\npipe 12"\n'
says csv__text_quotes_are_noted 'tab.tsv:2: quotes are text in a file of tabs'
reads csv__quotes_of_tabs_can_be_read tab.tsv \
    'Rustic frame 3 2 desk 3 3 pipe 12\n' --quoting csv
printf '"product_id"\t"query"\t"relevance"\n"1"\t"a\tb"\t"3"\n' >quoted.tsv
reads csv__a_quoted_header_of_tabs_quotes quoted.tsv 'a b\n'
silent csv__and_needs_no_note

printf '%s\n1,"Rustic frame,3\n2,desk,3\n3,pipe 12",3\n4,sofa,3\n' "$head" \
    >merge.csv
reads csv__a_quote_swallows_no_rows merge.csv \
    '"Rustic frame\ndesk\npipe 12"\nsofa\n'
says csv__and_the_note_has_both_lines \
    'merge.csv:2: a quoted field would run over line 3'
printf '%s\n1,"Rustic frame,3\n3,pipe 12",3\n' "$head" >two.csv
reads csv__nor_the_one_that_closes_it two.csv '"Rustic frame\npipe 12"\n'
reads csv__quoting_csv_believes_quotes merge.csv \
    'Rustic frame,3 2,desk,3 3,pipe 12\nsofa\n' --quoting csv
reads csv__quoting_none_keeps_quotes merge.csv \
    '"Rustic frame\ndesk\npipe 12"\nsofa\n' --quoting none
silent csv__what_is_asked_for_needs_no_note
refuses csv__unknown_quoting 2 'auto, csv or none' merge.csv --quoting maybe

# ---- one quote that is never closed ----
{
    printf '%s\n1,first,3\n2,"lost,3\n' "$head"
    seq 3 202 | sed 's/.*/&,query &,3/'
} >lost.csv
{
    printf 'first\n"lost\n'
    seq 3 202 | sed 's/^/query /'
} >lost
reads csv__a_quote_closed_nowhere_loses_nothing lost.csv "$(cat lost)\n"
refuses csv__quoting_csv_tells_its_lines 1 \
    'lost.csv:3: a quote that opens in this row is not closed before line 203' \
    lost.csv --quoting csv
reads csv__and_skips_the_row_alone lost.csv "$(grep -v lost lost)\n" \
    --quoting csv --on-bad-row skip
says csv__and_counts_it '1 of 202 rows skipped'
# with a comma in it, it is no row without quotes either
sed 's/"lost/"lost, red/' lost.csv >worse.csv
refuses csv__a_row_of_neither_kind_is_bad 1 'worse.csv:3: a quote that opens' \
    worse.csv
reads csv__and_costs_itself_alone worse.csv "$(grep -v lost lost)\n" \
    --on-bad-row skip
printf '%s\n1,desk,3\n2,"last,3\n' "$head" >last.csv
reads csv__in_the_last_row_too last.csv 'desk\n"last\n'
printf 'query\ndesk\n"old ""oak""\n\nsofa"\nlamp\n' >column.csv
check csv__one_column_may_hold_lines "$SIAMESE" train $small --model m \
    --catalogue column.csv --item-column query --set self_supervision=1 --json
says_items() { grep -q "\"items\": $1[,}]" .out; }
check csv__and_they_are_one_row says_items 3
"$SIAMESE" train ${small%--quiet} --model m --catalogue column.csv \
    --item-column query --set self_supervision=1 >note 2>&1
check csv__as_a_note_tells grep -qF \
    'column.csv:3: a quoted field runs over line 5' note
rm -f m note

# ---- quotes that are quotes ----
printf '%s\n1,"a ""big"", red\ndesk, with\n\n  two, or, drawers",3\n2,"x, y",3\n' \
    "$head" >long.csv
reads csv__quoted_line_ends_stay long.csv \
    'a "big", red desk, with    two, or, drawers\nx, y\n'
silent csv__and_are_no_doubt
# one of its lines has the header's fields, and blanks behind its commas
printf 'sku,title,query,relevance\nA,"a chair,\nred, big, wide, 5\nnice",c,3\n' \
    >blanks.csv
reads csv__prose_has_blanks_behind_commas blanks.csv 'c\n' --id-column sku
# three fields by themselves, but no number where rows have one
printf '%s\n1,"a chair\nsturdy,good",3\n2,b,3\n' "$head" >prose.csv
reads csv__prose_with_as_many_commas_is_prose prose.csv \
    'a chair sturdy,good\nb\n'
says csv__but_is_noted 'prose.csv:2: a quoted field runs over line 3'
# the line that closes a first field has the header's fields, being the row's rest
printf 'query,product_id,relevance\n"a\n\nb",1,3\n"c ""x"", d\ne",2,3\nf,3,3\n' \
    >first.csv
reads csv__a_first_field_of_several_lines first.csv 'a  b\nc "x", d e\nf\n'
silent csv__and_is_no_doubt
printf 'query;product_id;x;relevance\n"a\nb";1;"c\nd";3\n"e\nf";2;;3\n' >both.csv
reads csv__before_another_one both.csv 'a b\ne f\n'
printf 'query,relevance,product_id\n"red,blue,\nchair",3,1\n' >start.csv
reads csv__of_the_first_row start.csv 'red,blue, chair\n'
printf 'query,relevance,product_id\n"frame,3,1\nrod 12",3,2\n' >inch.csv
reads csv__but_not_if_its_first_line_is_a_row inch.csv '"frame\nrod 12"\n'
printf '%s\r\n1,"a\r\nb",3\r\n2,12" rod,3\r\n' "$head" >crlf.csv
reads csv__crlf_and_bare_quotes crlf.csv 'a  b\n12" rod\n'
printf '%s\n1,"12\\" pipe",3\n' "$head" >escape.csv
refuses csv__a_backslash_escapes_nothing 1 'a backslash before it does not do' \
    escape.csv
printf '%s\n1,12\\" pipe,3\n2,b,3\n' "$head" >bare.csv
reads csv__a_backslash_is_kept bare.csv '12\\" pipe\nb\n'
says csv__and_noted 'bare.csv:2: the backslash of \"'
# a bad row of several lines: what follows its first line is read again
printf '%s\n1,"a\nb",3,4,5\n2,desk,3\n' "$head" >bad.csv
refuses csv__a_bad_row_tells_its_lines 1 '(lines 2 to 3)' bad.csv
reads csv__reading_goes_on_behind_its_first_line bad.csv 'desk\n' \
    --on-bad-row skip

# ---- delimiters ----
for c in tab:'\t' 'comma:,' semicolon:';' pipe:'|'; do
    d=${c#*:}
    printf "product_id${d}query${d}relevance\n1${d}oak desk${d}3\n" >"${c%%:*}"
    reads "csv__${c%%:*}_is_a_delimiter" "${c%%:*}" 'oak desk\n'
    reads "csv__${c%%:*}_can_be_named" "${c%%:*}" 'oak desk\n' \
        --delimiter "${c%%:*}"
done
for d in '\t' ';' '|'; do
    printf "product_id${d}query${d}relevance${d}price, EUR\n" >comma.csv
    printf "1${d}sofa, red${d}3${d}10\n2${d}desk${d}3${d}2,5\n" >>comma.csv
    reads "csv__a_comma_in_a_header_of_'$d'" comma.csv 'sofa, red\ndesk\n'
done
printf 'product_id,query,relevance,a;b|c;d\n1,desk,3,x\n' >others.csv
reads csv__others_in_a_header_of_commas others.csv 'desk\n'
printf '"product;id","query","relevance"\n1,"a;b;c",3\n' >in.csv
refuses csv__a_delimiter_in_quotes_is_none 1 'product;id, query, relevance' \
    in.csv --query-column no
printf 'product_id^query^relevance\n1^a,b^3\n' >caret
reads csv__any_character_delimits caret 'a,b\n' --delimiter '^'
refuses csv__one_character_delimits 2 '--delimiter ab: auto, tab' caret \
    --delimiter ab
refuses csv__a_quote_does_not 2 '--delimiter ": auto, tab' caret --delimiter '"'
finish
