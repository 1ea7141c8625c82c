#!/bin/sh
# The pages of train --report and eval --report, and of siamese map, opened from
# disk: they are drawn, ask for nothing, and fit a desk and a phone, light and dark;
# a map of 50,000 items answers to pointer, keys and search.
. tests/browser/harness.inc
cd "$work" || exit 1

# Things in eight colours; every query has its own.
awk 'BEGIN {
    split("red blue green black white oak steel glass", how)
    split("desk chair table lamp shelf sofa stool bench", what)
    print "product_uid,product_title,search_term,relevance,shade,price"
    for (i = 0; i < 2000; i++) {
        a = how[i % 8 + 1]; b = what[int(i / 8) % 8 + 1]
        printf "%d,\"%s %s no. %d%s\",%s %s,%s,%s,%s\n", i, a, b, i,
            i == 5 ? " <img src=x onerror=alert(1)></script>" : "", a, b,
            i % 9 ? 3 : 1.5, i % 11 ? a : "", i % 13 ? i / 8 : ""
    }
}' >pairs.csv
awk 'BEGIN {
    print "product_uid,product_title,shade,price"
    srand(1)
    split("red blue green black white oak steel glass pine rose", how)
    split("desk chair table lamp shelf sofa stool bench", what)
    for (i = 0; i < 50000; i++) {
        a = how[int(rand() * 10) + 1]; b = what[int(rand() * 8) + 1]
        c = how[int(rand() * 10) + 1]
        printf "%d,%s %s with %s no. %d,%s,%.2f\n", i, a, b, c, i, a, 100 * rand()
    }
}' >many.csv
small='--preset notebook --set units=8 --set embedding_dim=8 --quiet'
"$SIAMESE" train --data pairs.csv --validation pairs.csv --model t.siamese $small \
    --batch 32 --epochs 4 --holdout 10% --set warmup_steps=40 --report train.html 2>log &&
    "$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet \
        --column shade --column price 2>>log &&
    "$SIAMESE" index --model t.siamese --data many.csv --out l.siamese --quiet \
        --column shade --column price 2>>log &&
    "$SIAMESE" eval --quiet --model m.siamese --judged pairs.csv --train pairs.csv \
        --report eval.html >eval.json 2>>log &&
    "$SIAMESE" map --model m.siamese --color shade --out map.html --quiet &&
    "$SIAMESE" map --model l.siamese --color shade --out many.html --quiet &&
    "$SIAMESE" map --model l.siamese --color price --out price.html --quiet || {
    cat log
    echo "not ok report__pages_are_made"
    exit 1
}
cd "$here" || exit 1
browse report.py "$work/train.html" "$work/eval.html"
browse map.py "$work/map.html" "$work/many.html" "$work/price.html"
