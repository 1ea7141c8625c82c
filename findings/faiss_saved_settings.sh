#!/bin/sh
# What: a file of FAISS keeps some settings of searches and not their neighbours,
#   and says nothing of it. IVF keeps nprobe and loses max_codes, the bound of what
#   a search reads; IndexPQ keeps polysemous_ht, IndexIVFPQ loses it; HNSW keeps
#   efSearch and loses search_bounded_queue. The index that is read answers most of
#   fifty queries otherwise than the one that was written.
# Versions: faiss-cpu 1.15.1 and numpy 2.4.6 of PyPI.
# For us: an index is read with the nprobe that it was saved with, and has no other
#   setting of searches; each search may name its own (docs/index.md).
# Guess: what an index was set to is in its file, or nothing of it is.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: faiss-cpu==1.15.1 numpy==2.4.6

found=$(cd "$dir" && "$dir/env/bin/python" - <<'END'
import faiss
import numpy

random = numpy.random.default_rng(0)
items = random.standard_normal((6000, 16), dtype='float32')
queries = random.standard_normal((50, 16), dtype='float32')


def again(index):
    faiss.write_index(index, 'saved.faiss')
    return faiss.read_index('saved.faiss')


def changed(one, other):
    answers = [index.search(queries, 10)[1] for index in (one, other)]
    return sum((a != b).any() for a, b in zip(*answers)) > 25


def made(text):
    index = faiss.index_factory(16, text)
    index.train(items)
    index.add(items)
    return index


lists = made('IVF16,Flat')
lists.nprobe, lists.max_codes = 16, 500
read = again(lists)
print('IVF', read.nprobe, read.max_codes, changed(lists, read))

codes = faiss.IndexPQ(16, 4, 4)
codes.train(items)
codes.polysemous_ht = 3
print('PQ', again(codes).polysemous_ht)

both = made('IVF16,PQ4x4')
both.nprobe, both.polysemous_ht = 16, 3
read = again(both)
print('IVFPQ', read.nprobe, read.polysemous_ht, changed(both, read))

graph = made('HNSW16')
graph.hnsw.efSearch, graph.hnsw.search_bounded_queue = 77, False
read = again(graph)
print('HNSW', read.hnsw.efSearch, read.hnsw.search_bounded_queue)
END
)
echo "$found"
[ "$found" = 'IVF 16 0 True
PQ 3
IVFPQ 16 0 True
HNSW 77 True' ]
