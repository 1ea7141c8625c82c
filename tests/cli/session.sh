#!/bin/sh
# siamese search with a person: a pseudo-terminal (tests/terminal/pty.c) types
# queries and keys, and what is drawn is held against what scripts get. Columns
# are counted by wc -L, which knows wide characters.
. "$(dirname "$0")/harness.inc"
: "${PTY:?names the terminal}" "${SLOW_SEARCH:?names the slow search}"
export TERM=xterm XDG_STATE_HOME="$work/state" LC_ALL=C.UTF-8
unset NO_COLOR COLUMNS
long='Oak writing desk with two drawers, 55 in. wide, and with a title that no'

cat >pairs.csv <<END
id,title,query,relevance,brand
1,"$long window has room for, however wide it was drawn on whichever screen",wooden desk,3,Acme
2,red velvet sofa,red couch,3,Öst
1000003,brass kitchen faucet,sink tap,2.5,Acme
4,日本語のデスクランプ 長いタイトルのテスト 日本語のデスクランプ 長いタイトルの,desk lamp,3,Öst
5,"steel desk lamp, cafe\`\`",lamp for desk,3,Acme
6,"$(printf 'a \033[31mred\033[0m lamp')",red lamp,3,Acme
END
"$SIAMESE" train --quiet --preset small --data pairs.csv --model m.siamese \
    --epochs 3 --set dim=16
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out m.siamese \
    --column brand
search="$SIAMESE search --model m.siamese"

# at SIZE COMMAND...: the command at a terminal; its script is standard input.
# What was drawn, without colours and keys' echo, goes into .drawn.
at() {
    "$PTY" "$@" >.raw
    got=$?
    tr -d '\r\007' <.raw | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/\x1b[=>]//g' >.drawn
    return "$got"
}

# ---- a table, where standard output is a terminal ----

$search -k 5 'desk lamp' >tsv
for columns in 120 80 40 24 16; do
    check "session__a_table_of_$columns" at ${columns}x24 $search -k 5 \
        'desk lamp' </dev/null
    [ "$(wc -L <.drawn)" -le "$columns" ] ||
        failed "session__no_line_is_wider_than_$columns"
done
at 120x24 $search -k 5 'desk lamp' </dev/null
awk '{ print $1, $2 }' .drawn >drawn
cut -f1,2 tsv | tr '\t' ' ' >expected
check session__the_table_has_the_ranks_and_ids_of_scripts cmp expected drawn
awk '{ printf "%s %.3f\n", $2, $3 }' .drawn >drawn
awk -F '\t' '{ printf "%s %.3f\n", $2, $3 }' tsv >expected
check session__and_the_scores paste -d: expected drawn
check session__rounded_alike awk '
    NR == FNR { score[$1] = $2; next }
    { d = score[$1] - $2; if (d > 0.0011 || d < -0.0011) exit 1 }' expected drawn
check session__a_long_title_ends_with_an_ellipsis grep -q '^. *1  .*…$' .drawn
check session__of_wide_characters_too sh -c '
    [ "$(grep -c "日本.*…$" .drawn)" -eq 0 ]'
at 50x24 $search -k 5 'desk lamp' </dev/null
check session__cut_between_wide_characters grep -q '日本語のデスク.*…$' .drawn
at 80x24 $search --color never 'red lamp' </dev/null
check session__a_title_is_no_command_of_the_terminal sh -c '
    ! grep -q "$(printf "\033")" .raw && grep -q "�\[31mred" .drawn'

# The columns of ids and scores begin and end where those of the others do.
at 120x24 $search -k 5 --color never 'desk lamp' </dev/null
check session__columns_stand_below_each_other awk '
    { at = match($0, /[0-9]\.[0-9][0-9][0-9][0-9]  /) }
    NR > 1 && at != before { exit 1 } { before = at }' .drawn

# ---- colours ----

esc=$(printf '\033')
at 80x24 $search desk </dev/null
check session__colours_on_a_terminal grep -q "$esc\[" .raw
for refusal in NO_COLOR=1 TERM=dumb; do
    at 80x24 env $refusal $search desk </dev/null
    check "session__no_colours_with_$refusal" sh -c "! grep -q '$esc' .raw"
done
at 80x24 env NO_COLOR= $search --color auto desk </dev/null
check session__an_empty_NO_COLOR_is_none grep -q "$esc\[" .raw
at 80x24 $search --color never desk </dev/null
check session__no_colours_if_never sh -c "! grep -q '$esc' .raw"
$search --color always --format table desk >piped
check session__colours_in_a_pipe_if_always grep -q "$esc\[" piped
$search --format table desk >piped
check session__none_in_a_pipe_else sh -c "! grep -q '$esc' piped"
fails session__no_such_colour 2 'auto, always or never' $search --color red desk
"$SIAMESE" search --color always --model none desk 2>said
check session__errors_are_red grep -q "^$esc\[1;31msiamese search: $esc\[0m" said

# ---- lines of a person; a key is for the program from the prompt on ----

check session__answers_and_leaves_by_ctrl_d at 80x24 $search <<'END'
wait search>
send desk lamp\r
wait steel desk lamp
wait items,
wait search>
send \x04
END
check session__leaves_by_quit at 80x24 $search <<'END'
wait search>
send :q\r
END
$search -k 2 'red sofa' | cut -f2 >expected
check session__commands_change_the_search at 80x24 $search <<'END'
wait search>
send :k 2\r
wait search>
send red sofa\r
wait items,
wait search>
send :where brand = "Acme"\r
wait 4 of 6 items pass
wait search>
send :exact\r
wait exact 1
wait search>
send :format json\r
wait search>
send desk\r
wait "results":
wait search>
send :settings\r
wait k 2
wait exact 1
wait search>
send \x04
END
sed -n 's/^[12]  \([0-9]*\)  .*/\1/p' .drawn >drawn
check session__finds_what_scripts_find cmp expected drawn
$search -k 2 --where 'brand = "Acme"' --exact --json desk >expected
grep '"results"' .drawn >drawn
check session__searches_with_where_as_the_option_does cmp expected drawn

check session__mistakes_are_told_and_it_goes_on at 80x24 $search <<'END'
wait search>
send :whre x\r
wait did you mean :where?
send :where nothing = 3\r
wait nothing
send :rerank maybe\r
wait maybe
send :k 0\r
send desk\r
wait k is 0
send :format xml\r
wait table|tsv|csv|json|trec
send :k 1\r
wait search>
send desk\r
wait 1 of 6 items
wait search>
send \x04
END

# ---- keys; without libedit the terminal edits, and remembers nothing ----

rm -rf state
check session__ctrl_c_gives_up_the_line at 80x24 $search <<'END'
wait search>
send red ve\x03
wait ^C
wait search>
send desk\r
wait items,
wait search>
send \x04
END
if ldd "$SIAMESE" 2>/dev/null | grep -q libedit; then
    check session__edits_and_recalls at 80x24 $search --format tsv <<'END'
wait search>
send red sofas\x7f\r
wait # 1	red sofa
wait search>
send \e[A\x01old \r
wait # 2	old red sofa
wait search>
send größe\r
wait # 3	größe
wait search>
send \x04
END
    check session__keeps_lines_for_the_next at 80x24 $search --format tsv <<'END'
wait search>
send \e[A\e[A\r
wait # 1	old red sofa
wait search>
send  not kept\r
wait # 2
wait search>
send \x04
END
    history=state/siamese/history
    check session__history_is_the_owners_alone sh -c "
        [ \"\$(stat -c %a $history)\" = 600 ]"
    printf '%s\n' desk 'red sofa' 'old red sofa' größe 'old red sofa' >expected
    check session__history_has_the_lines_that_were_typed cmp expected $history
    check session__keeps_nothing_if_told_so at 80x24 $search --no-history <<'END'
wait search>
send secret\r
wait search>
send \x04
END
    check session__kept_nothing sh -c "! grep -q secret $history"
    chmod 644 $history
    seq 5000 >>$history
    at 80x24 $search <<'END'
wait search>
send \x04
END
    check session__history_is_bounded sh -c "
        [ \"\$(wc -l <$history)\" -eq 1000 ] && [ \"\$(tail -n 1 $history)\" = 5000 ] &&
        [ \"\$(stat -c %a $history)\" = 600 ] && [ \"\$(ls state/siamese)\" = history ]"
    check session__completes_commands_and_columns at 80x24 $search <<'END'
wait search>
send :wh\tbra\t= "Acme"\r
wait 4 of 6 items pass
send :rerank o\t
wait off  on
send ff\r
send :settings\r
wait exact 0
wait rerank off
wait search>
send \x04
END
    check session__a_new_width_is_seen at 100x24 $search --color never <<'END'
wait search>
resize 30x24
send desk\r
wait items,
wait search>
send \x04
END
    check session__after_a_new_width_no_line_is_wider sh -c '
        sed -n "/desk$/,\$p" .drawn | grep "^[0-9]  " >rows
        [ -s rows ] && [ "$(wc -L <rows)" -le 30 ]'
fi

# ---- interrupts ----

slow="env LD_PRELOAD=$SLOW_SEARCH
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS:-} $search"
check session__ctrl_c_gives_up_a_search at 80x24 $slow <<'END'
wait search>
send desk\r
wait searching
send \x03
wait interrupted
wait search>
send sofa\r
wait searching
send \x03
wait interrupted
wait search>
send \x04
END
at 80x24 sh -c 'echo $$ >pid && exec "$SIAMESE" search --model m.siamese' \
    </dev/null &
while [ ! -s pid ]; do sleep 0.1; done
sleep 0.5
kill -TERM "$(cat pid)"
wait $!
got=$?
check session__ends_by_the_signal_that_ends_it [ "$got" -eq 143 ]

# ---- scripts, whose results are as they were ----

printf 'desk\n\nred sofa\n' | $search -k 1 >lines 2>said
$search -k 1 desk '' 'red sofa' >arguments 2>/dev/null
check session__a_pipe_is_read_as_before cmp lines arguments
check session__standard_output_may_be_a_file at 80x24 sh -c \
    "$search -k 1 >filed" <<'END'
wait search>
send desk\r
wait search>
send \x04
END
printf '# 1\tdesk\n' >expected
$search -k 1 desk >>expected
check session__which_gets_what_scripts_get cmp expected filed

# ---- CSV ----

$search --csv -k 2 'desk, "old"' lamp >csv
check session__csv_has_a_header sh -c '
    [ "$(head -n 1 csv)" = query,rank,id,score,title ] && [ $(wc -l <csv) -eq 5 ]'
check session__csv_quotes_as_rfc_4180 grep -q '^"desk, ""old""",1,' csv
fails session__csv_or_json 2 'one of them' $search --csv --json desk
check session__format_csv_is_csv sh -c \
    "$search --format csv -k 2 'desk, \"old\"' lamp | cmp - csv"
finish
