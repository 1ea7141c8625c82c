"""A user's program, for mypy --strict; test_typing.py runs it too."""

from __future__ import annotations

from typing import List

import numpy as np
from numpy.typing import NDArray

import libsiamese

TITLES = ["oak desk", "red sofa", "brass faucet"]
QUERIES = ["wooden desk", "red couch", "kitchen tap"]


def learned(epochs: int) -> libsiamese.Model:
    model = libsiamese.Model("small", epochs=epochs, tower__seed=2)
    return model.fit(QUERIES, TITLES, ids=["a", "b", "c"])


def titles_of(model: libsiamese.Model, query: str) -> List[str]:
    return [hit.title for hit in model.search(query, k=2)]


def scores_of(model: libsiamese.Model) -> NDArray[np.float32]:
    results = model.search(QUERIES, 1)
    return results.scores


def by_parts() -> libsiamese.Neighbours:
    vocab = libsiamese.Vocab(max_tokens=50, standardize="lower").add(TITLES).finish()
    tower = libsiamese.Tower(vocab, encoder="bag", mask_zero=True, normalize=True)
    trainer = libsiamese.Trainer(tower, epochs=2, optimizer="adagrad")
    steps: List[int] = []

    def told(progress: libsiamese.Progress) -> None:
        steps.append(progress.step)

    trainer.add_pairs(QUERIES, np.array(TITLES)).fit(told)
    query, item = trainer.snapshot()
    index = libsiamese.Index(item.dim, metric="cosine")
    index.add([1, 2, 3], item.encode(TITLES))
    found = index.search(query.encode(QUERIES), k=2)
    figures = libsiamese.evaluate([{1: 1.0}, [2], [3]], rankings=found.ids, ks=[2])
    assert figures["recall@2"] >= 0 and steps[-1] == trainer.progress.step
    return found


if __name__ == "__main__":
    model = learned(3)
    print(titles_of(model, "red couch"), scores_of(model).shape, by_parts().ids.shape)
