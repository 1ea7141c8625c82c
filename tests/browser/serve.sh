#!/bin/sh
# The page of siamese serve, as somebody uses it who searches: one model, two of
# them, and a server that goes away.
. tests/browser/harness.inc

"$SIAMESE" serve --model none --port 0 2>&1 | grep -q libmicrohttpd && {
    echo "ok serve__says_what_a_build_lacks"
    exit
}

# Titles that look like markup, and a column beside them.
awk 'BEGIN {
    split("desk chair table lamp shelf sofa stool bench", what)
    split("red oak black small steel glass", how)
    print "id,title,query,price"
    for (i = 0; i < 240; i++) {
        w = what[i % 8 + 1]; h = how[int(i / 8) % 6 + 1]
        printf "%d,\"%s %s, %d in.\",%s %s,%d\n", 100 + i, h, w, i % 60, h, w, i
    }
    print "900,\"<img src=x onerror=document.title=1> <b>bold</b> & lamp\"," \
          "markup lamp,5"
    print "901,<script>document.title=1</script> lamp,markup lamp,6"
    printf "902,endless tale"
    for (i = 0; i < 400; i++) printf " of a shelf that never ends"
    print ",endless tale,7"
}' >"$work/pairs.csv"
cd "$work" || exit 1
learn() { # NAME EPOCHS
    "$SIAMESE" train --data pairs.csv --preset small --epochs "$2" --batch 32 \
        --model "$1.siamese" --quiet &&
        "$SIAMESE" index --model "$1.siamese" --data pairs.csv \
            --column price=number --out "$1.siamese" --quiet
}
learn shop 3 && learn new 1 || echo "not ok serve__its_models_are_made"

"$SIAMESE" serve --model shop.siamese --port 0 --quiet >one &
one=$!
"$SIAMESE" serve --model shop.siamese --compare new.siamese --port 0 --quiet \
    --max-query 60 >two &
two=$!
trap 'kill $one $two 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s one ] || [ ! -s two ]; do sleep 0.1; done
cd "$here" || exit 1
browse serve.py "$(cat "$work/one")" "$(cat "$work/two")" "$two"
