"""Four shards on four worker processes of Dask, beside one index."""

import os
import signal
import sys
import tempfile
import threading
import time

import dask.dataframe as dd
import libsiamese
import numpy as np
import pandas as pd
from dask.distributed import Client, LocalCluster
from libsiamese.dask import MissingShardError, ShardedIndex
from runner import block, run
from titles import bits, model, shop, titles, uneven, vectors_of

COUNT, DIM, LISTS = 20000, 16, 60


def same(one, many):
    assert len(one) == len(many)
    for left, right in zip(one, many):
        assert left.shape == right.shape, (left.shape, right.shape)
        if left.dtype == np.float32:
            left, right = bits(left), bits(right)
        assert (left == right).all()


def both(method, *arguments, within=None, exclude=None, **how):
    """A search of one index, and of the shards, to the bit."""
    only = None
    if within is not None:
        only = libsiamese.IdFilter(within)
    elif exclude is not None:
        only = libsiamese.IdFilter(exclude, exclude=True)
    one = getattr(ONE, method)(*arguments, within=only, **how)
    many = getattr(SHARDS, method)(*arguments, within=within, exclude=exclude, **how)
    same(one, many)
    return one


def all_searches():
    few = IDS[::997]
    for how in (
        {},
        {"exact": True},
        {"nprobe": 1},
        {"nprobe": LISTS},
        {"nprobe": 3, "min_score": 0.4},
        {"dedupe": True, "nprobe": 2},
        {"dedupe": True, "exact": True},
        {"within": few, "nprobe": 2},
        {"within": few, "nprobe": 2, "min_score": 0.2},
        {"within": IDS[:4000], "nprobe": 1, "dedupe": True},
        {"within": np.array([], np.int64)},
        {"exclude": IDS[5:], "nprobe": 4},
        {"exclude": few, "exact": True},
    ):
        for k in (1, 10, 300):
            both("search", QUERIES, k, **how)
        both("search", QUERIES[0], 7, **how)
    for how in ({}, {"exact": True}, {"nprobe": 2, "within": IDS[:900]}):
        both("range_search", QUERIES, 0.55, **how)


def worker_of(number):
    return SHARDS.shards[number]["worker"]


def kill(number):
    address = worker_of(number)
    pid = CLIENT.run(os.getpid, workers=[address])[address]
    os.kill(pid, signal.SIGKILL)
    return address


def refused(function, *arguments, **how):
    try:
        function(*arguments, **how)
    except MissingShardError as error:
        return error
    raise AssertionError("no shard was missed")


def test_each_worker_has_a_shard_of_its_own_partitions():
    infos = SHARDS.shards
    assert len({info["worker"] for info in infos}) == len(infos) == 4
    assert [info["count"] for info in infos] == [
        sum(PARTS[number::4]) for number in range(4)
    ]
    assert len(SHARDS) == len(ONE) == len(IDS)
    assert all(info["nlist"] == LISTS for info in infos)


def test_every_search_has_the_bits_of_one_index():
    all_searches()


def test_changes_have_the_bits_of_one_index():
    random = np.random.default_rng(8)
    for index in (ONE, SHARDS):
        index.add(ADDED, clustered(len(ADDED), np.random.default_rng(5)))
    gone = np.concatenate([IDS[::7], ADDED[:5], [77777777]])
    assert ONE.remove(gone) == SHARDS.remove(gone)
    changed = np.unique(np.concatenate([IDS[1:200:3], ADDED[3:90], [10**7]]))
    vectors = clustered(len(changed), random)
    assert ONE.update(changed, vectors) == SHARDS.update(changed, vectors)
    assert len(ONE) == len(SHARDS)
    all_searches()
    found = both("search", QUERIES, 5, exact=True)
    assert not np.isin(found.ids, IDS[::7][200:]).any()


def test_what_one_index_refuses_changes_no_shard():
    before = len(SHARDS)
    for vectors in (np.full((8, DIM), np.nan), np.zeros((8, DIM + 1))):
        try:
            SHARDS.add(np.arange(8), vectors)
        except (ValueError, ArithmeticError):
            assert len(SHARDS) == before
        else:
            raise AssertionError("it was added")


def test_a_lost_worker_is_named_and_its_shard_built_anew():
    address = kill(2)
    error = refused(SHARDS.search, QUERIES, 10)
    assert error.shards == {2: address}
    text = "shard 2 of 4 is missing, its worker %s is gone" % address
    assert str(error).startswith(text), error
    assert isinstance(error, LookupError)
    refused(SHARDS.range_search, QUERIES, 0.5)
    refused(SHARDS.remove, [1])
    refused(len, SHARDS)
    missing = []
    some = SHARDS.search(QUERIES, 10, exact=True, missing=missing)
    assert missing == [2] and not np.isin(some.ids, ids_of_shard(2)).any()
    assert [info["missing"] for info in SHARDS.shards] == [False, False, True, False]
    SHARDS.rebuild()
    all_searches()


def test_a_worker_killed_while_it_is_asked_is_named():
    stop = time.monotonic() + 120
    caught = []

    def ask():
        while not caught and time.monotonic() < stop:
            try:
                SHARDS.search(QUERIES, 300, exact=True)
            except MissingShardError as error:
                caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    address = kill(0)
    thread.join()
    # One worker may have two shards, since another one was killed before.
    assert caught[0].shards[0] == address
    assert set(caught[0].shards.values()) == {address}
    for number in caught[0].shards:
        SHARDS.rebuild(number)
    all_searches()


def test_what_no_shards_can_be_made_of_is_refused():
    frame = dd.from_pandas(pd.DataFrame({"id": [1], "embedding_0": [0.5]}), 1)
    for data, how, text in (
        (frame.compute(), {}, "no Dask dataframe"),
        (frame, {"ids": "sku"}, "no column 'sku'"),
        (frame, {"vectors": "v"}, "no column 'v'"),
        (frame, {"shards": 0}, "shards: 0"),
        (CLIENT.persist(frame), {}, "is persisted"),
        (frame, {"metric": "far"}, "metric"),
        (frame.assign(embedding_0=np.nan), {}, "not finite"),
    ):
        try:
            ShardedIndex(data, **how)
        except libsiamese.SiameseError as error:
            assert text in str(error), error
        else:
            raise AssertionError("%s was taken" % text)


def test_columns_of_numbers_and_one_list_make_an_exact_index():
    frame = pd.DataFrame(VECTORS[:900]).add_prefix("embedding_")
    frame.insert(0, "id", IDS[:900])
    with ShardedIndex(dd.from_pandas(frame, 3), shards=5) as shards:
        one = libsiamese.Index(DIM)
        one.add(IDS[:900], VECTORS[:900])
        same(one.search(QUERIES, 12), shards.search(QUERIES, 12))
        assert shards.centroids.shape == (1, DIM)


def test_the_recipe_of_the_page_runs():
    os.mkdir("page")
    os.chdir("page")
    column = titles(2000)
    model("shop.siamese", column)
    shop("items", column, uneven(len(column), 9))
    space = {}
    exec(block(PAGE, "dask"), space)
    exec(block(PAGE, "dask shards"), space)
    one = libsiamese.Index(32, metric="cosine")
    one.centroids = space["index"].centroids
    one.add(*vectors_of("vectors"))
    same(one.search(space["query"], k=10), (space["ids"], space["scores"]))
    space["client"].shutdown()


def ids_of_shard(number):
    ends = np.cumsum([0, *PARTS])
    return np.concatenate(
        [IDS[ends[p] : ends[p + 1]] for p in range(number, len(PARTS), 4)]
    )


def clustered(count, random):
    centres = np.random.default_rng(4).standard_normal((200, DIM))
    rows = centres[random.integers(0, 200, count)]
    rows = rows + 0.4 * random.standard_normal((count, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def part(first, last):
    return pd.DataFrame(
        {"id": IDS[first:last], "embedding": lists(VECTORS[first:last])}
    )


if __name__ == "__main__":
    from libsiamese.dask._embed import _lists as lists

    PAGE = os.path.abspath(sys.argv[2])
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    RANDOM = np.random.default_rng(6)
    VECTORS = clustered(COUNT, RANDOM)
    VECTORS[300:340] = VECTORS[:40]  # equal scores, which ids decide
    IDS = RANDOM.permutation(COUNT).astype(np.int64) * 3
    IDS[700:760] = IDS[640:700]  # ids of two vectors, in one partition or two
    ADDED = np.arange(10**6, 10**6 + 500)
    QUERIES = clustered(50, RANDOM)
    CUTS = uneven(COUNT, 17)
    PARTS = np.diff(CUTS).tolist()
    for i, (first, last) in enumerate(zip(CUTS[:-1], CUTS[1:])):
        part(first, last).to_parquet("v-%02d.parquet" % i)
    DATA = dd.read_parquet("v-*.parquet", dtype_backend="pyarrow")
    cluster = LocalCluster(n_workers=4, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as CLIENT:
        SHARDS = ShardedIndex(DATA, nlist=LISTS, nprobe=6, seed=3)
        ONE = libsiamese.Index(DIM, nprobe=6)
        ONE.centroids = SHARDS.centroids
        ONE.add(IDS, VECTORS)
        run(globals())
