#!/bin/sh
# What: an index of USearch with dtype i8 or u8 brings every vector to one length
#   before it rounds it, for any metric: inner products and L2 distances of floats
#   then rank as cosine does. The item of the greatest inner product comes behind a
#   short one, and the zero distance of l2sq is not the item that equals the query.
#   The small floats (e5m2, e4m3, e3m2) and f16 keep lengths. Distances are of the
#   codes, in the ten thousands for vectors below 10; nothing is refused.
# Versions: usearch 2.26.6, numkong 7.8.6 and numpy 2.4.6 of PyPI.
# For us: vectors of an index with inner products keep their lengths (docs/index.md,
#   Results); its 4-bit and 8-bit codes only bound scores that floats give. A host
#   that moves such vectors to USearch takes f16 there.
# Guess: 8 bits with a metric that needs lengths keep them roughly, or are refused.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: usearch==2.26.6 numkong==7.8.6 numpy==2.4.6

found=$("$dir/env/bin/python" - <<'END'
import numpy
from usearch.index import Index

items = numpy.array([[1, 0, 0, 0], [5, 0, 0, 0], [.2, .1, 0, 0], [9, 9, 0, 0]],
                    'float32')
for metric, query in ('ip', [1, .5, 0, 0]), ('l2sq', items[0]):
    for dtype in 'f32', 'f16', 'e5m2', 'e4m3', 'e3m2', 'i8', 'u8':
        index = Index(ndim=4, metric=metric, dtype=dtype)
        index.add(numpy.arange(4), items, threads=1)
        matches = index.search(numpy.array(query, 'float32'), 4, exact=True)
        ids = matches.keys.tolist()
        # Items 0 and 1 point alike: where lengths are lost they tie.
        tie = matches.distances[ids.index(0)] == matches.distances[ids.index(1)]
        print(metric, dtype, [i for i in ids if i > 1 or not tie],
              'tied' if tie else '', (abs(matches.distances) > 1000).any())
END
)
echo "$found"
[ "$found" = "ip f32 [3, 1, 0, 2]  False
ip f16 [3, 1, 0, 2]  False
ip e5m2 [3, 1, 0, 2]  False
ip e4m3 [3, 1, 0, 2]  False
ip e3m2 [3, 1, 0, 2]  False
ip i8 [2, 3] tied True
ip u8 [2, 3] tied True
l2sq f32 [0, 2, 1, 3]  False
l2sq f16 [0, 2, 1, 3]  False
l2sq e5m2 [0, 2, 1, 3]  False
l2sq e4m3 [0, 2, 1, 3]  False
l2sq e3m2 [0, 2, 1, 3]  False
l2sq i8 [2, 3] tied True
l2sq u8 [2, 3] tied True" ]
