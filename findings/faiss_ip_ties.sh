#!/bin/sh
# What: with inner products FAISS keeps the first k of equal vectors and gives them
#   backwards: the one result of k=1 is the last of k=10, and in pages of ten cut
#   from longer answers page 2 repeats page 1, so that ids 10 to 19 are on neither.
#   Flat, IVF, scalar quantisers and faiss.knn do so; with L2 the same vectors come
#   from the first id on. IndexShards over two halves gives five of the second half,
#   the index of all of them five of the first.
# Versions: faiss-cpu 1.15.1 and numpy 2.4.6 of PyPI.
# For us: equal scores come in the order of ids, for any k and any shards
#   (docs/index.md, Results); a file of siamese_index_export_faiss is searched by
#   inner products, so FAISS turns ties of the same vectors round (Other programs).
# Guess: equal scores come as they were added, and the best k of more are those of k.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: faiss-cpu==1.15.1 numpy==2.4.6

found=$("$dir/env/bin/python" - <<'END'
import faiss
import numpy

items = numpy.tile(numpy.eye(1, 8, dtype='float32'), (40, 1))
query = items[:1]
for factory in 'Flat', 'IVF1,Flat', 'SQ8':
    for metric in faiss.METRIC_L2, faiss.METRIC_INNER_PRODUCT:
        index = faiss.index_factory(8, factory, metric)
        index.train(items)
        index.add(items)
        first, ten, twenty = (index.search(query, k)[1][0].tolist()
                              for k in (1, 10, 20))
        print(factory, 'L2' if metric == faiss.METRIC_L2 else 'IP', first, ten,
              twenty[10:] == ten)
print('knn', faiss.knn(query, items, 5, faiss.METRIC_INNER_PRODUCT)[1][0])
for kind in faiss.IndexFlatL2, faiss.IndexFlatIP:
    shards = faiss.IndexShards(8, False, True)
    halves = kind(8), kind(8)
    for half in halves:
        shards.add_shard(half)
    shards.add(items)
    print('shards', kind.__name__, shards.search(query, 5)[1][0])
END
)
echo "$found"
up='[0, 1, 2, 3, 4, 5, 6, 7, 8, 9] False'
down='[9, 8, 7, 6, 5, 4, 3, 2, 1, 0] True'
[ "$found" = "Flat L2 [0] $up
Flat IP [0] $down
IVF1,Flat L2 [0] $up
IVF1,Flat IP [0] $down
SQ8 L2 [0] $up
SQ8 IP [0] $down
knn [4 3 2 1 0]
shards IndexFlatL2 [0 1 2 3 4]
shards IndexFlatIP [24 23 22 21 20]" ]
