#!/bin/sh
# What: a tokenizer of Hugging Face's tokenizers that is trained again, in the same
#   process on the same texts in the same order by one thread, is another one. A
#   Unigram model has the same pieces under other ids, a WordPiece model even other
#   pieces; BPE models are alike. What was made for the one (a table of embeddings,
#   ids that were kept) does not fit the other.
# Versions: tokenizers 0.23.3 of PyPI.
# For us: no vocabulary of ours is trained by it; ids of a peer's model are compared
#   with nothing.
# Guess: the same texts, order and options train the same tokenizer; another order may
#   change it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    --only-binary :all: tokenizers==0.23.3

found=$(RAYON_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false \
    "$dir/env/bin/python" - <<'END'
import itertools

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

colours = 'red green blue white black brown grey oak pine steel'.split()
things = 'desk lamp chair table shelf mirror faucet hammer drill rake'.split()
kinds = 'small large round square folding cordless outdoor heavy'.split()
titles = [' '.join(words) for words in itertools.product(kinds, colours, things)]


def train(kind):
    tokenizer = Tokenizer(getattr(models, kind)())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = getattr(trainers, kind.replace('PE', 'pe') + 'Trainer')(
        vocab_size=100, show_progress=False)
    tokenizer.train_from_iterator(titles, trainer)
    return tokenizer.get_vocab()


for kind in 'Unigram', 'BPE', 'WordPiece':
    first, *others = [train(kind) for _ in range(8)]
    print(kind, 'pieces differ', any(set(v) != set(first) for v in others),
          'ids differ', any(v != first for v in others))
END
)
echo "$found"
[ "$found" = "Unigram pieces differ False ids differ True
BPE pieces differ False ids differ False
WordPiece pieces differ True ids differ True" ]
