"""What several tests use: a few texts, and towers made of them."""

import pytest

import libsiamese

TITLES = [
    "oak writing desk",
    "glass computer desk",
    "brass kitchen faucet",
    "steel bathroom faucet",
    "red velvet sofa",
    "grey corner sofa",
    "cordless power drill",
    "heavy hammer drill",
]
QUERIES = [
    "wooden desk",
    "office table",
    "kitchen tap",
    "bath tap",
    "red couch",
    "corner couch",
    "battery screwdriver",
    "masonry drill",
]


@pytest.fixture(scope="session")
def titles():
    return list(TITLES)


@pytest.fixture(scope="session")
def queries():
    return list(QUERIES)


@pytest.fixture(scope="session")
def vocab(titles, queries):
    return libsiamese.Vocab.from_texts(titles, queries)


@pytest.fixture()
def tower(vocab):
    return libsiamese.Tower(vocab, seed=3)


@pytest.fixture()
def trainer(tower, titles, queries):
    return libsiamese.Trainer(
        tower, epochs=3, batch_size=4, learning_rate=0.01
    ).add_pairs(queries, titles)
