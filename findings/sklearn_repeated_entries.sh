#!/bin/sh
# What: SciPy builds a matrix of words and documents from the bare list of words, one
#   entry for each time a word stands there, and reads repeated entries as their sum.
#   scikit-learn divides by lengths of the entries one by one: cosines reach 1.26, a
#   longer title comes before the one that is the query word for word, a document
#   counts in idf as often as it says a word, and the nearest neighbour of a row is
#   another row at distance 0. Summed first (sum_duplicates), all is right; matrices
#   of CountVectorizer are so already. The two matrices are equal by SciPy.
# Versions: scikit-learn 1.9.1, scipy 1.17.1 and numpy 2.4.6 of PyPI.
# For us: a host that fuses a TF-IDF ranking with ours (docs/hybrid.md) sums repeated
#   entries before scikit-learn sees them; our own vectors are dense.
# Guess: equal matrices have equal cosines and idf.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6

found=$("$dir/env/bin/python" - <<'END'
import numpy
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

titles = ['tap', 'garden tap', 'garden garden garden tap hose', 'desk', 'lamp']
numbers = {}
ends = [0]
columns = []
for title in titles:
    columns += [numbers.setdefault(w, len(numbers)) for w in title.split()]
    ends.append(len(columns))
raw = scipy.sparse.csr_array((numpy.ones(len(columns)), columns, ends))
summed = raw.copy()
summed.sum_duplicates()
print('differences', (raw != summed).nnz)
for name, counts in (('raw', raw), ('summed', summed),
                     ('vectorizer', CountVectorizer().fit_transform(titles))):
    tfidf = TfidfTransformer().fit(counts)
    vectors = tfidf.transform(counts)
    near = NearestNeighbors(metric='cosine').fit(counts)
    print(name, 'cosine', cosine_similarity(counts)[1].round(2), 'tfidf',
          (vectors @ vectors.T).toarray()[1].round(2), 'idf',
          numpy.sort(tfidf.idf_)[:2].round(2), 'nearest',
          near.kneighbors(counts[[1]], 1)[1][0])
END
)
echo "$found"
[ "$found" = "differences 0
raw cosine [0.71 1.   1.26 0.   0.  ] tfidf [0.77 1.   1.03 0.   0.  ] idf [1.18 1.41] nearest [2]
summed cosine [0.71 1.   0.85 0.   0.  ] tfidf [0.64 1.   0.85 0.   0.  ] idf [1.41 1.69] nearest [1]
vectorizer cosine [0.71 1.   0.85 0.   0.  ] tfidf [0.64 1.   0.85 0.   0.  ] idf [1.41 1.69] nearest [1]" ]
