#!/bin/sh
# The package of Python beside C, in turn, on the same model and texts: medians
# of RUNS runs (5), for one thread and two. The environment that
# make check-bindings made is used, or PYTHON.
#
# usage: sh bench/bindings/python.sh         in the top folder, after make
set -eu
top=$PWD runs=${RUNS:-5}
python=${PYTHON:-$top/build/venv-python/bin/python}
here=$top/bench/bindings
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CC=${CC:-gcc}
alone=
chrt -f 5 true 2>/dev/null && alone='chrt -f 5'

"$CC" -std=c11 -D_GNU_SOURCE -O2 -o "$dir/catalogue" "$top"/examples/demo/*.c
"$dir/catalogue" --seed 7 --out "$dir" >/dev/null
"$CC" -std=c11 -D_GNU_SOURCE -O2 -I"$top/include" -o "$dir/calls" \
    "$here/calls.c" -L"$top/build" -lsiamese
export LD_LIBRARY_PATH="$top/build"

# A million titles, and a model of the notebook's shape, whose calls are the
# shortest, so that a binding's cost shows most.
(cd "$dir" && env -u LD_LIBRARY_PATH "$python" - <<'END'
import libsiamese
import pandas as pd

train = pd.read_csv("train.csv")
items = pd.read_csv("items.csv").product_title
model = libsiamese.Model("notebook", max_steps=200, metrics="none")
model.fit(train.search_term, train.product_title, items=items)
model.save("model.siamese", finished=True)
with open("queries.txt", "w") as file:
    file.writelines(q + "\n" for q in train.search_term.unique()[:1000])
with open("titles.txt", "w") as file:
    for i in range(10**6):
        file.write("%s %d\n" % (items[i % len(items)], i // len(items)))
END
)

for threads in 1 2; do
    for run in $(seq "$runs"); do
        for side in c python; do
            set -- "$dir/model.siamese" "$dir/titles.txt" "$dir/queries.txt" \
                "$threads"
            if [ "$side" = c ]; then
                $alone "$dir/calls" "$@"
            else
                env -u LD_LIBRARY_PATH $alone "$python" \
                    "$here/python_calls.py" "$@"
            fi | sed "s/^/$threads $side /" >>"$dir/all"
        done
        echo "run $run of $runs, $threads threads" >&2
    done
done
for run in 1 2 3 4 5 6 7 8 9; do
    env -u LD_LIBRARY_PATH $alone "$python" -c 'import time, numpy
start = time.perf_counter()
import libsiamese
print("1 python import_ms %.2f" % ((time.perf_counter() - start) * 1e3))'
done >>"$dir/all"

echo "threads what c python"
sort -k1,1n -k3,3 -k2,2 -k4,4n "$dir/all" | awk '
    function flush() {
        if (n) middle[key] = value[int((n + 1) / 2)]
        n = 0
    }
    { now = $1 " " $3 " " $2
      if (now != key) { flush(); key = now; names[$1 " " $3] = 1 }
      value[++n] = $4 }
    END {
        flush()
        for (name in names)
            print name, name " c" in middle ? middle[name " c"] : "-",
                middle[name " python"]
    }' | sort
