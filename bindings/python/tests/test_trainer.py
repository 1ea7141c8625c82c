"""Training: what a run tells, and how it ends."""

import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest

import libsiamese


def test_training_brings_pairs_together(tower, titles, queries):
    trainer = libsiamese.Trainer(tower, epochs=200, learning_rate=0.02)
    trainer.add_pairs(queries, titles).fit()
    assert trainer.evaluate(ks=[1])[1] == 1.0
    query, item = trainer.snapshot()
    scores = query.encode(queries) @ item.encode(titles).T
    assert (scores.argmax(axis=1) == np.arange(len(titles))).all()


def test_progress_tells_each_step(trainer):
    told = []
    trainer.fit(told.append)
    assert [p.step for p in told if p.stage == "train"][:2] == [1, 2]
    last = told[-1]
    assert last.epochs == 3 and last.step == 6 and last.loss_mean > 0
    assert set(last.topk) == {1, 5, 10, 50, 100}
    assert trainer.progress.step == 6


def test_what_progress_raises_comes_out_and_training_goes_on(trainer, tower):
    def raising(progress):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trainer.fit(raising)
    assert trainer.progress.step == 1
    with pytest.raises(libsiamese.CancelledError):
        trainer.fit(lambda progress: True)
    trainer.fit()
    assert trainer.progress.step == 6
    other = libsiamese.Trainer(tower, epochs=3, batch_size=4, learning_rate=0.01)
    from conftest import QUERIES, TITLES

    other.add_pairs(QUERIES, TITLES).fit()
    a, b = trainer.snapshot()[0], other.snapshot()[0]
    assert all((a.get(n) == b.get(n)).all() for n in a.parameters())


def long_run(tower, titles, queries):
    trainer = libsiamese.Trainer(tower, epochs=10**6, metrics="none")
    return trainer.add_pairs(queries, titles)


def interrupt_soon():
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_an_interrupt_ends_fit_after_a_step(tower, titles, queries):
    trainer = long_run(tower, titles, queries)
    interrupt_soon()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        trainer.fit()
    assert time.monotonic() - started < 5
    step = trainer.progress.step
    assert step > 0
    trainer.set_option("max_steps", step + 5)
    trainer.fit()
    assert trainer.progress.step == step + 5


def test_an_interrupt_ends_evaluate(tower):
    trainer = libsiamese.Trainer(tower)
    texts = ["oak desk %d" % i for i in range(60000)]
    trainer.add_pairs(texts, texts)
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        while True:
            trainer.evaluate()
    trainer.set_option("max_steps", 1)
    trainer.fit()
    assert trainer.progress.step == 1


def test_another_thread_cancels_and_takes_snapshots(tower, titles, queries):
    trainer = long_run(tower, titles, queries)
    raised = []

    def run():
        try:
            trainer.fit()
        except libsiamese.CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while trainer.progress.step < 3:
        time.sleep(0.01)
    trainer.snapshot()
    trainer.cancel()
    thread.join()
    assert raised and raised[0].status == -11


def test_a_pickled_trainer_goes_on_with_the_pairs_it_is_given(trainer, titles, queries):
    trainer.fit()
    other = pickle.loads(pickle.dumps(trainer))
    assert other.pair_count == 0 and other.progress.step == 6
    other.add_pairs(queries, titles)
    for one in (trainer, other):
        one.set_option("epochs", 5)
        one.fit()
    a, b = trainer.snapshot()[0], other.snapshot()[0]
    assert all((a.get(n) == b.get(n)).all() for n in a.parameters())


def test_steps_of_ones_own_batches(trainer):
    step = trainer.step([0, 1, 2, 3])
    assert step.step == 1 and step.pairs == 4
    assert step.loss_mean == pytest.approx(step.loss_sum / 4)
    assert trainer.gradient("fw_bias").any()


def test_pairs_with_all_their_columns(tower, titles, queries):
    trainer = libsiamese.Trainer(tower, remove_accidental_hits=True)
    count = len(titles)
    trainer.add_pairs(
        queries,
        titles,
        item_ids=range(count),
        weights=np.ones(count),
        item_probabilities=[0.5] * count,
        negatives=[["red sofa"]] * 2 + [[]] * (count - 2),
        negative_ids=[98, 99],
    )
    trainer.add_items(titles, item_ids=range(count))
    assert trainer.pair_count == count and trainer.item_count == count
    trainer.set_validation(libsiamese.Pairs(queries, titles), titles)
    trainer.fit()
    assert trainer.progress.validation_step > 0
    with pytest.raises(libsiamese.ArgumentError, match="7 of them, for 8"):
        trainer.add_pairs(queries, titles, weights=[1.0] * 7)
    with pytest.raises(libsiamese.ArgumentError, match="queries: 8 of them, for 7"):
        trainer.add_pairs(queries, titles[:7])


def test_rows_before_a_bad_one_are_counted(tower):
    trainer = libsiamese.Trainer(tower)
    texts = ["oak desk"] * 40000
    weights = np.ones(40000, np.float32)
    weights[30000] = -1
    with pytest.raises(libsiamese.ArgumentError) as caught:
        trainer.add_pairs(texts, texts, weights=weights)
    assert caught.value.rows_added == trainer.pair_count == 16384


def test_a_bar_is_drawn_with_tqdm_and_without(trainer, capsys, monkeypatch):
    pytest.importorskip("tqdm")
    trainer.fit(progress=True)
    assert "%|" in capsys.readouterr().err
    import sys

    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    trainer.set_option("epochs", 6)
    trainer.fit(progress=True)
    assert "epoch 5/6: loss" in capsys.readouterr().err


def weights_of(trainer):
    tower = trainer.snapshot()[0]
    return [tower.get(name) for name in tower.parameters()]


def test_a_source_has_the_bits_of_pairs(tower, titles, queries):
    options = dict(epochs=3, batch_size=4, learning_rate=0.01, metrics="none")
    kept = libsiamese.Trainer(tower, **options).add_pairs(queries, titles).fit()
    begun = []

    def parts():
        begun.append(1)
        yield libsiamese.Pairs(queries[:3], titles[:3])
        yield libsiamese.Pairs([], [])
        yield libsiamese.Pairs(queries[3:], titles[3:])

    read = libsiamese.Trainer(tower, **options).set_source(parts).fit()
    assert len(begun) == 4  # a count, and three epochs
    assert all(map(np.array_equal, weights_of(kept), weights_of(read)))


def test_what_a_source_raises_is_the_cause(tower, titles, queries):
    def broken():
        yield libsiamese.Pairs(queries, titles)
        raise ValueError("line 7 of the log")

    trainer = libsiamese.Trainer(tower, metrics="none").set_source(broken)
    with pytest.raises(libsiamese.SiameseError, match="line 7 of the log") as caught:
        trainer.fit()
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(libsiamese.StateError):
        trainer.add_pairs(queries, titles)
    trainer.set_source(None).add_pairs(queries, titles).fit()
    with pytest.raises(libsiamese.OptionError, match="metrics"):
        libsiamese.Trainer(tower).set_source(broken)


class Ranks:
    """An exchange between threads: each copies the others' parts."""

    def __init__(self, size):
        self.buffers = [None] * size
        self.barrier = threading.Barrier(size, timeout=60)

    def of(self, rank):
        return Rank(self, rank)


class Rank:
    def __init__(self, ranks, rank):
        self.ranks, self.rank, self.size = ranks, rank, len(ranks.buffers)
        self.calls = 0
        self.fails_at = None

    def all_gather(self, buffer, counts):
        self.calls += 1
        assert len(buffer) == sum(counts) and len(counts) == self.size
        if self.calls == self.fails_at:
            self.ranks.barrier.abort()
            raise OSError("the cable is out")
        self.ranks.buffers[self.rank] = buffer
        self.ranks.barrier.wait()
        begin = 0
        for rank, count in enumerate(counts):
            if rank != self.rank:
                part = slice(begin, begin + count)
                buffer[part] = self.ranks.buffers[rank][part]
            begin += count
        self.ranks.barrier.wait()


def in_threads(calls):
    ends = [None] * len(calls)

    def work(i):
        try:
            calls[i]()
        except BaseException as error:
            ends[i] = error

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def same_towers(a, b):
    x, y = a.snapshot()[0], b.snapshot()[0]
    return all((x.get(n) == y.get(n)).all() for n in x.parameters())


@pytest.mark.parametrize("size", [1, 2, 3])
def test_ranks_have_the_bits_of_one(tower, titles, queries, size):
    def made():
        trainer = libsiamese.Trainer(tower, epochs=4, batch_size=5, metrics="none")
        return trainer.add_pairs(queries, titles)

    alone, ranks = made().fit(), Ranks(size)
    trainers = [made().set_exchange(ranks.of(r)) for r in range(size)]
    assert in_threads([t.fit for t in trainers]) == [None] * size
    assert all(same_towers(alone, t) for t in trainers)


def test_what_an_exchange_raises_comes_out(tower, titles, queries):
    def made():
        trainer = libsiamese.Trainer(tower, epochs=4, batch_size=5, metrics="none")
        return trainer.add_pairs(queries, titles)

    alone, ranks = made().fit(), Ranks(2)
    ends = [ranks.of(0), ranks.of(1)]
    ends[1].fails_at = 20
    trainers = [made().set_exchange(end) for end in ends]
    errors = in_threads([t.fit for t in trainers])
    assert all(isinstance(e, libsiamese.FileError) for e in errors), errors
    assert isinstance(errors[1].__cause__, OSError)
    assert "all_gather failed on rank 1 of 2" in str(errors[1])
    trainers[0].set_exchange(None).fit()
    assert same_towers(alone, trainers[0])
    with pytest.raises(libsiamese.ArgumentError, match="rank 3 is not below"):
        trainers[0].set_exchange(Rank(Ranks(2), 3))
