#!/bin/sh
# What: a filter of one FAISS search takes the index's own settings away: search
#   parameters that name a selector alone read 1 list of an index of nprobe 16, and
#   an HNSW index of efSearch 200 goes with 16. All k results come back, so that
#   only recall tells: of the ten best that pass two are found in place of all.
# Versions: faiss-cpu 1.15.1 and numpy 2.4.6 of PyPI.
# For us: a filtered search here has the nprobe of the index unless the call names
#   one, and reads on where lists leave too few (docs/index.md, Which results).
# Guess: what the parameters do not name stays as the index has it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: faiss-cpu==1.15.1 numpy==2.4.6

found=$("$dir/env/bin/python" - <<'END'
import faiss
import numpy

random = numpy.random.default_rng(0)
items = random.standard_normal((4000, 16), dtype='float32')
queries = random.standard_normal((50, 16), dtype='float32')
passing = faiss.IDSelectorBatch(numpy.arange(0, 4000, 10))
exact = faiss.IndexFlatL2(16)
exact.add(items)
best = exact.search(queries, 10,
                    params=faiss.SearchParameters(sel=passing))[1]


def recall(index, **settings):
    params = settings.pop('of')(sel=passing, **settings)
    ids = index.search(queries, 10, params=params)[1]
    assert (ids >= 0).all()
    return numpy.mean([len({*a} & {*b}) for a, b in zip(ids, best)]) / 10


lists = faiss.index_factory(16, 'IVF16,Flat')
lists.train(items)
lists.add(items)
lists.nprobe = 16
ivf = faiss.SearchParametersIVF
graph = faiss.IndexHNSWFlat(16, 16)
graph.add(items)
graph.hnsw.efSearch = 200
hnsw = faiss.SearchParametersHNSW
print('IVF', lists.nprobe, recall(lists, of=ivf, nprobe=16) == 1,
      recall(lists, of=ivf) < .4, ivf().nprobe)
print('HNSW', graph.hnsw.efSearch, hnsw().efSearch,
      recall(graph, of=hnsw, efSearch=200) > recall(graph, of=hnsw) + .05)
END
)
echo "$found"
[ "$found" = 'IVF 16 True True 1
HNSW 200 16 True' ]
