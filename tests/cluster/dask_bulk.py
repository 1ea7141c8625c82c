"""A million titles on two worker processes of Dask, beside the local call."""

import os
import shutil
import signal
import sys
import tempfile
import time

import dask.dataframe as dd
import libsiamese
import numpy as np
from dask.distributed import Client, LocalCluster
from libsiamese.dask import embed, to_npy
from runner import block, run
from titles import bits, model, shop, titles, uneven, vectors_of

COUNT, PARTS = 10**6, 17


def rate(name, start):
    seconds = time.perf_counter() - start
    print("# %s: %.0f texts/s" % (name, COUNT / seconds), flush=True)


def asked():
    return embed(dd.read_parquet("shop"), "model.siamese", keep=["id"])


def is_local(path):
    ids, vectors = vectors_of(path)
    assert (ids == np.arange(COUNT) + 10**9).all()
    assert (bits(vectors) == bits(LOCAL)).all()


def test_partitions_are_uneven_and_one_is_empty():
    rows = dd.read_parquet("shop").map_partitions(len).compute().tolist()
    assert len(rows) == PARTS and sum(rows) == COUNT
    assert rows.count(0) == 1 and len(set(rows)) == PARTS


def test_parquet_by_the_workers_has_the_bits_of_the_local_call():
    start = time.perf_counter()
    asked().to_parquet("vectors", compression=None, use_dictionary=False)
    rate("parquet", start)
    is_local("vectors")


def test_one_npy_by_the_workers_has_the_bits_of_the_local_call():
    start = time.perf_counter()
    vectors = embed(
        dd.read_parquet("shop"), "model.siamese", output="array", rows=50000
    )
    to_npy(vectors, "vectors.npy")
    rate("npy", start)
    found = np.load("vectors.npy", mmap_mode="r")
    assert found.dtype == np.float32 and found.flags.c_contiguous
    assert (bits(found) == bits(LOCAL)).all()


def test_queries_have_the_bits_of_the_other_tower():
    part = dd.read_parquet("shop").partitions[3]
    found = embed(
        part, "model.siamese", columns="title", side="query", output="array"
    ).compute()
    texts = part.title.compute()
    local = libsiamese.Model.load("model.siamese").encode(texts, side="query")
    assert (bits(found) == bits(local)).all()
    item = libsiamese.Model.load("model.siamese").encode(texts, side="item")
    assert not (bits(found) == bits(item)).all()


def test_any_partitions_give_the_same_bits():
    again = dd.read_parquet("shop").repartition(npartitions=5)
    found = embed(again, "model.siamese", output="array").compute()
    assert (bits(found) == bits(LOCAL)).all()


def test_a_killed_worker_changes_nothing():
    before = {name: w["pid"] for name, w in workers().items()}
    work = asked().to_parquet("survived", compute=False)
    future = CLIENT.compute(work)
    while not os.path.isdir("survived") or len(os.listdir("survived")) < 2:
        time.sleep(0.005)
    done = len(os.listdir("survived"))
    name, pid = next(iter(before.items()))
    os.kill(pid, signal.SIGKILL)
    future.result(timeout=300)
    print("# worker %s was killed with %d of %d parts there" % (name, done, PARTS))
    assert done < PARTS
    assert pid not in [w["pid"] for w in workers().values()]
    is_local("survived")


def workers():
    asked = CLIENT.run(os.getpid)
    return {name: {"pid": pid} for name, pid in asked.items()}


def test_an_error_names_column_partition_and_row():
    frame = dd.read_parquet("shop")
    lacking = frame.assign(title=frame.title.where(frame.id != 10**9 + COUNT - 1))
    last = len(frame.partitions[PARTS - 1]) - 1
    try:
        embed(lacking, "model.siamese").compute()
    except libsiamese.ArgumentError as error:
        wanted = "title: row %d of partition %d " % (last, PARTS - 1)
        assert str(error).startswith(wanted), error
    else:
        raise AssertionError("the missing title was taken")


def test_a_worker_that_reads_another_file_says_so():
    shutil.copy("model.siamese", "changed.siamese")
    work = embed(dd.read_parquet("shop").partitions[2], "changed.siamese")
    model("changed.siamese", titles(50), 32)
    try:
        work.compute()
    except libsiamese.StateError as error:
        assert "changed.siamese is not the file that it was" in str(error)
    else:
        raise AssertionError("another model was taken")


def test_the_recipe_of_the_page_runs():
    os.mkdir("page")
    os.chdir("page")
    some = COLUMN[:5000]
    shutil.copy("../model.siamese", "shop.siamese")
    shop("items", some, uneven(len(some), 4))
    space = {}
    exec(block(PAGE, "dask"), space)
    space["client"].shutdown()
    wanted = bits(LOCAL[: len(some)])
    assert (bits(vectors_of("vectors")[1]) == wanted).all()
    assert (bits(np.load("vectors.npy")) == wanted).all()


if __name__ == "__main__":
    PAGE = os.path.abspath(sys.argv[2])
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    COLUMN = titles(COUNT)
    model("model.siamese", COLUMN[:100000])
    shop("shop", COLUMN, uneven(COUNT, PARTS))
    local = libsiamese.Model.load("model.siamese", threads=2)
    local.encode(COLUMN[:1000])
    start = time.perf_counter()
    LOCAL = local.encode(COLUMN, side="item")
    rate("local, 2 threads", start)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as CLIENT:
        CLIENT.run(lambda: libsiamese.Model.load("model.siamese"))
        run(globals())
