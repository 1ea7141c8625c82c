"""Threads, processes and memory."""

import gc
import multiprocessing
import os
import threading

import numpy as np
import pytest

import libsiamese


def test_close_waits_for_the_call_that_uses_the_handle(vocab):
    tower = libsiamese.Tower(vocab, units=64, embedding_dim=64)
    texts = ["oak writing desk %d" % i for i in range(20000)]
    wanted = tower.encode(texts)
    found = []
    thread = threading.Thread(target=lambda: found.append(tower.encode(texts)))
    thread.start()
    while not found and thread.is_alive() and threading.active_count() < 2:
        pass
    tower.close()
    thread.join()
    assert not found or (found[0] == wanted).all()


def test_threads_share_a_tower_and_an_index(tower, titles):
    index = libsiamese.Index(tower.dim)
    vectors = tower.encode(titles)
    index.add(range(len(titles)), vectors)
    wanted = index.search(vectors, 3).ids.tobytes()
    wrong = []

    def work():
        for _ in range(200):
            got = index.search(tower.encode(titles), 3).ids.tobytes()
            if got != wanted:
                wrong.append(got)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def in_child(tower, texts, queue):
    queue.put(tower.encode(texts).tobytes())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_goes_on_with_the_handles(vocab):
    tower = libsiamese.Tower(vocab, threads=2)
    texts = ["oak desk %d" % i for i in range(3000)]
    wanted = tower.encode(texts).tobytes()  # the pool's threads are running
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    children = [
        context.Process(target=in_child, args=(tower, texts, queue)) for _ in range(4)
    ]
    for child in children:
        child.start()
    assert [queue.get(timeout=60) for _ in children] == [wanted] * 4
    for child in children:
        child.join(60)
        assert child.exitcode == 0


def test_a_spawned_process_gets_the_tower_by_pickle(vocab):
    tower = libsiamese.Tower(vocab)
    texts = ["oak desk", "red sofa"]
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        found = pool.map(tower.encode, [texts, texts])
    assert all((one == tower.encode(texts)).all() for one in found)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def makers(vocab, tower, model):
    bundle = model.to_bundle()
    yield "vocab", lambda: libsiamese.Vocab(threads=1)
    yield "tower", lambda: libsiamese.Tower(vocab, threads=1)
    yield "trainer", lambda: libsiamese.Trainer(tower, threads=1)
    yield "index", lambda: libsiamese.Index(16, threads=1)
    yield "filter", lambda: libsiamese.IdFilter([1, 2, 3])
    yield "evaluator", lambda: libsiamese.Evaluator(threads=1)
    yield "bundle", lambda: libsiamese.Bundle()
    yield "model", lambda: libsiamese.Model(threads=1)
    yield "model of a file", lambda: libsiamese.Model.from_bundle(bundle)
    yield "items", lambda: model.items
    yield "hits", lambda: model.search("a", 2).titles
    yield "failing", lambda: failing()


def failing():
    try:
        libsiamese.Vocab(sequence_length="no")
    except ValueError:
        pass


NAMES = ["vocab", "tower", "trainer", "index", "filter", "evaluator", "bundle"]
NAMES += ["model", "model of a file", "items", "hits", "failing"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")
def test_handles_that_come_and_go_leave_memory_flat(name):
    vocab = libsiamese.Vocab.from_tokens(["", "[UNK]", "a"], max_tokens=3)
    tower = libsiamese.Tower(vocab, embedding_dim=4, units=4)
    model = libsiamese.Model("notebook", epochs=1, threads=1).fit(["a"], ["b"])
    make = dict(makers(vocab, tower, model))[name]
    for _ in range(10000):
        make()
    gc.collect()
    before = resident()
    for _ in range(100000):
        make()
    gc.collect()
    assert resident() - before < 1 << 20


def test_arrow_columns_are_released(tower, titles):
    pa = pytest.importorskip("pyarrow")
    before = pa.total_allocated_bytes()
    for _ in range(200):
        tower.encode(pa.array(titles * 100))
        tower.encode(pa.chunked_array([titles, titles]))
    gc.collect()
    assert pa.total_allocated_bytes() - before < 10000


def test_results_are_numpy_arrays_of_c_types(tower, titles):
    vectors = tower.encode(titles)
    assert vectors.dtype == np.float32 and vectors.flags.c_contiguous
