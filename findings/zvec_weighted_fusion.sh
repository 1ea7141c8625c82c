#!/bin/sh
# What: zvec's WeightedReRanker takes an arctangent of BM25. Idf grows with a
#   collection, so that scores of words leave the part where it tells them apart:
#   with 2 other items the one with both words comes first, with 200 that share
#   no word with the query the other one does, although the lead of the first by
#   BM25 has grown from 1.2 to 4.9. Weights that were tuned on a part fail on all.
# Versions: zvec 0.8.0 and numpy 2.4.6 of PyPI.
# For us: examples/06_hybrid.c divides BM25 by the query's best, which does not
#   depend on how many items there are (docs/hybrid.md).
# Guess: scores are normalised by the best or the range; unrelated items change
#   nothing between two hits.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: zvec==0.8.0 numpy==2.4.6
cd "$dir"

found=$("$dir/env/bin/python" - <<'END'
import zvec

items = [('both', 'WF331 fridge', [.5, .87]), ('one', 'fridge door', [.8, .6])]
queries = [zvec.Query('title', fts=zvec.Fts(match_string='WF331 fridge')),
           zvec.Query('vector', vector=[1., 0.])]
title = zvec.FieldSchema('title', zvec.DataType.STRING,
                         index_param=zvec.FtsIndexParam())
vector = zvec.VectorSchema(
    'vector', zvec.DataType.VECTOR_FP32, 2,
    index_param=zvec.FlatIndexParam(metric_type=zvec.MetricType.COSINE))


def shop(others):
    items_of = zvec.create_and_open(
        f'shop{others}', zvec.CollectionSchema('shop', [title], [vector]))
    hoses = [(f'hose{i}', 'garden hose', [-1, .1]) for i in range(others)]
    items_of.insert([zvec.Doc(id=key, fields={'title': text},
                              vectors={'vector': numbers})
                     for key, text, numbers in items + hoses])
    words = items_of.query(queries[0])
    fused = items_of.query(queries, topk=2,
                           reranker=zvec.WeightedReRanker([.5, .5]))
    print(others, *(f'{hit.id}:{hit.score:.2f}' for hit in [*words, *fused]))


shop(2)
shop(200)
END
)
echo "$found"
[ "$found" = '2 both:1.90 one:0.69 both:0.72 one:0.64
200 both:9.30 one:4.40 one:0.88 both:0.84' ]
