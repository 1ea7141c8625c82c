#!/bin/sh
# siamese map: places by principal components, against their computation in awk;
# titles, ids and colours of a column; markup as text; the same page again.
. "$(dirname "$0")/harness.inc"
tools=$(dirname "$0")
case $tools in /*) ;; *) tools=$OLDPWD/$tools ;; esac

awk 'BEGIN {
    print "product_uid,product_title,search_term,relevance,brand,price,stock"
    for (i = 0; i < 60; i++)
        printf "%d,%s%d in.,%s,3,%s,%s,%s\n", 100 + i,
            i == 7 ? "\"</script><img src=x onerror=alert(1)> \"\"&\"\" ü " : "desk ", i,
            i % 2 ? "desk" : "lamp " i, i % 5 ? (i % 3 ? "acme" : "<b>olt") : "",
            i % 4 ? i * 1.5 : "", i
}' | sed 's/^\(107,".*in\.\),/\1",/' >items.csv
"$SIAMESE" train --data items.csv --model t.siamese $small --epochs 3
"$SIAMESE" index --model t.siamese --data items.csv --out m.siamese --quiet \
    --column brand --column price --column stock

check map__writes_a_page "$SIAMESE" map --model m.siamese --out map.html \
    --color brand --quiet
awk -f "$tools/page.awk" map.html >wrong
check map__page_is_whole_and_asks_for_nothing [ ! -s wrong ]

# part NAME FILE: a member of the page's data.
data() { sed -n '/id="data">/,/<\/script>/p' "${2:-map.html}" | tr -d '\n' |
    sed "s/.*\"$1\":\(\"[^\"]*\"\|\[[^]]*\]\|[^,}]*\).*/\1/"; }
decoded() { data "$1" "${3:-map.html}" | tr -d '"' | base64 -d | od -An -v "-t$2" -w4; }

# ---- places ----

"$SIAMESE" embed --model m.siamese --data items.csv --out v.npy --quiet
decoded places u2 >places
header=$(od -An -tu2 -j8 -N2 v.npy)
od -An -v -tf4 -w32 -j$((header + 10)) v.npy >vectors
# Power iteration with deflation, in the covariance of eight numbers; the larger
# side of the square is 0 .. 65535.
reference() {
    awk -v note="$(data note)" '
    NR == FNR { n++; for (d = 1; d <= 8; d++) { x[n, d] = $d; m[d] += $d } next }
    { px[FNR] = $1; py[FNR] = $2 }
    END {
        for (d = 1; d <= 8; d++) m[d] /= n
        for (i = 1; i <= n; i++) for (d = 1; d <= 8; d++) x[i, d] -= m[d]
        for (a = 1; a <= 8; a++) for (b = 1; b <= 8; b++)
            for (i = 1; i <= n; i++) c[a, b] += x[i, a] * x[i, b]
        for (a = 1; a <= 8; a++) whole += c[a, a]
        for (k = 1; k <= 2; k++) {
            for (a = 1; a <= 8; a++) v[a] = 1 / (a + k)
            for (turn = 0; turn < 20000; turn++) {
                size = 0
                for (a = 1; a <= 8; a++) {
                    w[a] = 0
                    for (b = 1; b <= 8; b++) w[a] += c[a, b] * v[b]
                    size += w[a] * w[a]
                }
                size = sqrt(size)
                for (a = 1; a <= 8; a++) v[a] = w[a] / size
            }
            most = 1
            for (a = 2; a <= 8; a++) if (v[a] * v[a] > v[most] * v[most]) most = a
            if (v[most] < 0) for (a = 1; a <= 8; a++) v[a] = -v[a]
            for (a = 1; a <= 8; a++) for (b = 1; b <= 8; b++) c[a, b] -= size * v[a] * v[b]
            share[k] = sprintf("%.1f %%", 100 * size / whole)
            low[k] = 1e9; high[k] = -1e9
            for (i = 1; i <= n; i++) {
                p = 0
                for (a = 1; a <= 8; a++) p += x[i, a] * v[a]
                q[i, k] = p
                if (p < low[k]) low[k] = p
                if (p > high[k]) high[k] = p
            }
        }
        side = high[1] - low[1]
        if (high[2] - low[2] > side) side = high[2] - low[2]
        for (i = 1; i <= n; i++) {
            ex = ((q[i, 1] - (low[1] + high[1]) / 2) / side + .5) * 65535
            ey = ((q[i, 2] - (low[2] + high[2]) / 2) / side + .5) * 65535
            if ((ex - px[i]) ^ 2 > 4 || (ey - py[i]) ^ 2 > 4) {
                print "item " i ": " px[i], py[i] " and not " ex, ey
                bad = 1
            }
        }
        if (!index(note, "hold " share[1] " and " share[2])) {
            print note; print share[1], share[2]; bad = 1
        }
        exit bad || n != 60
    }' vectors places
}
check map__places_are_principal_components reference

# ---- what is beside them ----

check map__counts_its_items [ "$(data count)" = 60 ]
check map__knows_its_ids [ "$(data ids | tr -d '[]"' | tr , '\n' | sort -n | sed -n '1p;$p' |
    tr '\n' ' ')" = '100 159 ' ]
markup() {
    ! grep -qE '<img|<b>' map.html && grep -qF \
        '"\u003c/script\u003e\u003cimg src=x onerror=alert(1)\u003e \u0022\u0026\u0022 ü 7 in."' \
        map.html
}
check map__holds_markup_as_text markup
# acme: i % 5 and i % 3; <b>olt: i % 5 and not i % 3; none: not i % 5
check map__categories_come_by_their_number [ "$(data names)" = \
    '["acme","\u003cb\u003eolt"]' ]
check map__categories_are_counted [ "$(data counts) $(data missing)" = '[32,16] 12' ]
codes() {
    decoded codes u4 | awk '{ i = NR - 1; w = i % 5 ? (i % 3 ? 1 : 2) : 0
        if ($1 != w) exit 1 } END { exit NR != 60 }'
}
check map__codes_say_which codes

check map__of_numbers "$SIAMESE" map --model m.siamese --out n.html --color price --quiet
numbers() {
    [ "$(data kind n.html)" = '"numbers"' ] && [ "$(data missing n.html)" = 15 ] &&
        [ "$(data low n.html) $(data high n.html)" = '1.5 88.5' ] &&
        decoded values f4 n.html | awk '{ i = NR - 1
            if (i % 4 ? $1 != i * 1.5 : $1 !~ /nan/) exit 1 } END { exit NR != 60 }'
}
check map__numbers_are_on_a_scale numbers
check map__without_a_column "$SIAMESE" map --model m.siamese --out plain.html --quiet
check map__without_colours [ -z "$(grep -l '"color":' plain.html)" ]
"$SIAMESE" map --model m.siamese --out again.html --color brand --quiet
check map__is_the_same_again cmp map.html again.html
check map__tells_what_it_did "$SIAMESE" map --model m.siamese --out again.html
check map__in_a_note grep -q '^60 items; the two dimensions hold [0-9.]* % and' .err
"$SIAMESE" map --model m.siamese --out - --color brand >out.html
check map__to_stdout cmp map.html out.html

# ---- small ----

head -2 items.csv >one.csv
"$SIAMESE" index --model t.siamese --data one.csv --out one.siamese --quiet
check map__of_one_item "$SIAMESE" map --model one.siamese --out one.html --quiet
check map__in_the_middle [ "$(decoded places u2 one.html | tr -s ' ')" = ' 32768 32768' ]

# ---- errors ----

fails map__needs_an_index 1 'siamese index --model t.siamese' "$SIAMESE" map \
    --model t.siamese --out x.html
fails map__needs_a_file 2 '--out FILE.html' "$SIAMESE" map --model m.siamese
fails map__names_the_columns 2 \
    'no such column, but brand, price, stock; siamese index --column colour' \
    "$SIAMESE" map --model m.siamese --out x.html --color colour
fails map__folder_that_is_not_there 1 'cannot write no/x.html' "$SIAMESE" map \
    --model m.siamese --out no/x.html
[ ! -c /dev/full ] || fails map__full_device 1 'No space left' "$SIAMESE" map \
    --model m.siamese --out /dev/full --quiet
finish
