"""Titles of a shop that there is not, and a model that reads them; nothing of it
is anybody's data."""

import os

import libsiamese
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def words(count, random):
    sizes = random.integers(3, 10, count)
    return pa.array(["".join(random.choice(LETTERS, size)) for size in sizes])


def titles(count, seed=1):
    """A column of six words and a number each; some words are of many titles,
    and no two titles are equal."""
    random = np.random.default_rng(seed)
    known = words(5000, random)
    columns = [
        known.take(pa.array(random.zipf(1.3, count) % len(known))) for _ in range(6)
    ]
    numbers = pa.array(np.arange(count)).cast(pa.string())
    return pc.binary_join_element_wise(*columns, numbers, " ")


def model(path, column, dim=32):
    """A file with a tower for titles and one for queries, untrained: what they
    compute does not matter here, but that it is the same everywhere."""
    vocab = libsiamese.Vocab(max_tokens=5000).add(column).finish()
    towers = [
        libsiamese.Tower(
            vocab, encoder="bag", embedding_dim=dim, normalize=True, seed=seed
        )
        for seed in (1, 2)
    ]
    libsiamese.Model.from_towers(*towers).save(path)


def shop(folder, column, cuts):
    """Parquet files of the rows between each two cuts: id and title."""
    os.makedirs(folder)
    ids = pa.array(np.arange(len(column)) + 10**9)
    for i, (first, last) in enumerate(zip(cuts[:-1], cuts[1:])):
        rows = slice(first, last)
        table = pa.table({"id": ids[rows], "title": column[rows]})
        pq.write_table(table, os.path.join(folder, "part-%03d.parquet" % i))


def uneven(count, parts, seed=3):
    """Cuts of rows into parts of which no two are alike and one is empty."""
    random = np.random.default_rng(seed)
    cuts = np.sort(random.choice(np.arange(1, count), parts - 2, replace=False))
    return [0, *cuts.tolist(), int(cuts[-1]), count]


def bits(vectors):
    return np.ascontiguousarray(vectors).view(np.uint32)


def vectors_of(path, dim=32):
    """The ids and vectors of parquet files, by id."""
    table = pq.read_table(path, columns=["id", "embedding"]).combine_chunks()
    lists = table["embedding"].combine_chunks()
    vectors = lists.flatten().to_numpy().reshape(-1, dim)
    order = np.argsort(table["id"].to_numpy(), kind="stable")
    return table["id"].to_numpy()[order], vectors[order]
