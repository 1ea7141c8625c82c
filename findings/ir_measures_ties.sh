#!/bin/sh
# What: ir_measures scores one run in two ways. Of four documents of equal score
#   with the relevant one's id first in the alphabet, RR is 0.25 (trec_eval's
#   order: ids descending) and RR@1000 is 1.0 (the provider msmarco: ascending);
#   scores that trec_eval's float32 ties, 1.000000001 and 1.0, are apart in RR@10.
# Versions: ir_measures 0.4.3, pytrec_eval-terrier 0.5.11, numpy 2.2.6 and
#   scipy 1.15.3 of PyPI.
# For us: siamese eval keeps trec_eval's order for every cutoff of a TREC run, so
#   its mrr@10 of a tied run may differ from RR@10 there (docs/metrics.md).
# Guess: a measure cut behind the end of the run is the measure without a cut.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: ir_measures==0.4.3 pytrec_eval-terrier==0.5.11 \
    numpy==2.2.6 scipy==1.15.3

found=$("$dir/env/bin/python" - <<'END'
import ir_measures
from ir_measures import RR, P

qrels = [ir_measures.Qrel('q', 'a', 1)]


def figures(scores):
    run = [ir_measures.ScoredDoc('q', *pair) for pair in scores]
    return [ir_measures.calc_aggregate([m], qrels, run)[m]
            for m in (RR, RR @ 1000, P @ 1)]


print(figures([(name, 1.0) for name in 'abcd']),
      figures([('a', 1.000000001), ('b', 1.0)]))
END
)
echo "$found"
[ "$found" = '[0.25, 1.0, 0.0] [0.5, 1.0, 0.0]' ]
