#!/bin/sh
# make demo: what it says is so. Its model finds what its table and its searches
# claim, KEEP=DIR keeps it, and the commands it ends with work when pasted.
set -u
: "${SIAMESE:?names the command}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
run=$PWD/examples/demo/run.sh
mkdir "$work/tmp" && cd "$work" || exit 1

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

# demo FILE [OPTION...]: its output, both kinds.
demo() {
    out=$1
    shift
    SIAMESE=$SIAMESE TMPDIR=$work/tmp AGAIN='make demo KEEP=shop' sh "$run" "$@" \
        >"$out" 2>&1 || { cat "$out" && return 1; }
}

check demo__runs demo out --keep "my shop"

# ---- figures ----

# A row of the table of --holdout: its three numbers.
row() {
    sed -n "s/^  $1  *\([01][0-9. ]*\)$/\1/p" out
}
rises() {
    [ -n "$(row 'this model')" ] && echo "$(row 'this model') $(row "$1")" |
        awk '{ exit !($1 > $4 && $2 > $5 && $3 > $6) }'
}
check demo__learns_something rises 'untrained model'
if grep -q 'BM25.* not measured' out; then
    check demo__says_what_bm25_needs grep -q 'libsqlite3-dev' out
else
    check demo__finds_more_than_bm25 rises "BM25 (SQLite's FTS5)"
fi

# Each of the first three is a hose of that length, by its title.
three_hoses() {
    "$SIAMESE" search --quiet --model "my shop/shop.siamese" -k 3 \
        --format tsv '50 ft hosepipe' >hoses && [ "$(wc -l <hoses)" -eq 3 ] &&
        ! grep -v ' 50 ft\. .*Hose in ' hoses
}
check demo__finds_hoses_of_50_feet_first three_hoses
shown() {
    sed -n '/types: 50 ft hosepipe/,/^$/p' out | sed -n '2p' |
        grep -q '^    1\.  .* 50 ft\. .*Hose in'
}
check demo__shows_them shown
wide() {
    ! sed -n '/^=== 4/,/^=== 6/p' out | LC_ALL=C.UTF-8 grep -E '^.{81}'
}
check demo__fits_80_columns wide

# ---- what it leaves, and what it says to type ----

check demo__keeps_model_and_data [ "$(LC_ALL=C ls 'my shop' | tr '\n' ' ')" = \
    'items.csv qrels.txt queries.tsv shop.siamese train.csv ' ]
check demo__leaves_nothing_else [ -z "$(ls tmp)" ]

# The last part's lines of the command, FILE.csv being what is kept.
said() {
    sed -n "/^=== 6/,\$s/^    //p" "$1" | sed "s|FILE.csv|'my shop/train.csv'|
        s|\$| ${2:-}|" >commands
    [ "$(grep -c search commands)" -eq 2 ] && [ "$(grep -c train commands)" -eq 1 ]
}
pasted() {
    said out && grep search commands >searches && sh -e searches >found 2>&1 &&
        [ "$(grep -c 'Red' found)" -ge 10 ] && grep train commands |
        sed 's/$/ --quiet --set min_steps=1 --set max_steps=1/' | sh &&
        [ -s my.siamese ]
}
check demo__ends_with_commands_that_work pasted

# Without KEEP: a command in place of siamese that trains for a step.
cat >quick <<END
#!/bin/sh
[ "\$1" != train ] || set -- "\$@" --set min_steps=1 --set max_steps=1
exec '$SIAMESE' "\$@"
END
chmod +x quick
forgets() {
    SIAMESE=$work/quick && demo brief && [ -z "$(ls tmp)" ] && [ ! -e shop ] &&
        grep -qx '    make demo KEEP=shop' brief && said brief &&
        [ "$(grep -c '^./quick search --model shop/shop.siamese' commands)" -eq 2 ]
}
check demo__says_how_to_keep_it forgets
