#!/bin/sh
# What: fuse() of ranx, by its default min-max, gives the only hit of a search 0,
#   as if that search had found nothing: a model number that words find exactly
#   once stays where the vectors had it. Two hits of equal score are 0 too.
# Versions: ranx 0.3.21, numba 0.68.1, llvmlite 0.50.0, numpy 2.4.6, scipy 1.17.1
#   and pandas 3.1.1 of PyPI.
# For us: examples/06_hybrid.c takes off the score of the last hit only where a
#   search had more to list; a single hit keeps all of its score (docs/hybrid.md).
# Guess: the best hit of a search counts 1, whatever else it found.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: ranx==0.3.21 numba==0.68.1 llvmlite==0.50.0 \
    numpy==2.4.6 scipy==1.17.1 pandas==3.1.1

found=$("$dir/env/bin/python" -W ignore - <<'END'
from ranx import Run, fuse

vectors = Run({'q': {'a': .9, 'b': .8, 'WF331': .7, 'c': .6}})


def fused(words):
    run = fuse([Run({'q': words}), vectors], params={'weights': (.5, .5)})
    return ' '.join(f'{name}:{score:.2f}'
                    for name, score in run.run['q'].items())


print(fused({'WF331': 12.}))
print(fused({'WF331': 12., 'c': 12.}))
print(fused({'WF331': 12., 'c': 1.}))
END
)
echo "$found"
[ "$found" = 'a:0.50 b:0.33 WF331:0.17 c:0.00
a:0.50 b:0.33 WF331:0.17 c:0.00
WF331:0.67 a:0.50 b:0.33 c:0.00' ]
