"""What a notebook and a terminal show: hits as tables, trainings as curves."""

import importlib
import sys
import unicodedata
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import QUERIES, TITLES

import libsiamese

MARKUP = '<b onclick="x()">bold</b> & "so"'


class Cells(HTMLParser):
    """The texts of the cells of a table, and its tags."""

    def __init__(self, html):
        super().__init__()
        self.cells, self.tags, self.inside = [], set(), False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert attributes in ([], [("style", "text-align:left")])
        if tag in ("td", "th"):
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data


def columns_of(line):
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in line
    )


@pytest.fixture(scope="module")
def model():
    titles = [*TITLES[:-2], MARKUP, "日本語のデスクランプ" * 6]
    return libsiamese.Model("small", epochs=20, threads=1).fit(
        QUERIES, titles, ids=["i%d" % i for i in range(7)] + ["i\033[7"]
    )


def test_hits_are_a_table_of_html(model):
    hits = model.search("battery screwdriver", 3)
    seen = Cells(hits._repr_html_())
    assert seen.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert seen.cells[:4] == ["", "id", "score", "title"]
    for i, hit in enumerate(hits):
        row = seen.cells[4 + 4 * i : 8 + 4 * i]
        assert row == [str(i + 1), hit.id, "%.4f" % hit.score, hit.title]


def test_a_title_with_markup_is_a_text(model):
    hits = model.search("battery screwdriver", 8)
    assert MARKUP in hits.titles
    assert "<b" not in hits._repr_html_() and "&lt;b onclick=" in hits._repr_html_()
    assert MARKUP in Cells(hits._repr_html_()).cells
    many = model.search(["battery screwdriver", "red couch"], 8)
    assert "<b" not in many._repr_html_()


def test_many_queries_are_a_table_of_the_best(model):
    many = model.search(QUERIES * 4, 2)
    seen = Cells(many._repr_html_())
    best = [hits[0].title for hits in many][:20]
    assert seen.cells[9::5] == best and len(best) == 20
    assert seen.cells[5::5] == (QUERIES * 4)[:20]
    assert "and 12 more queries" in many._repr_html_()
    unnamed = model.search(model.encode(QUERIES), 2)._repr_html_()
    assert Cells(unnamed).cells[5::5] == [str(i) for i in range(8)]


@pytest.mark.parametrize("columns", [120, 60, 34])
def test_hits_in_a_terminal_fit_it(model, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    hits = model.search("battery screwdriver", 8)
    lines = repr(hits).split("\n")
    assert len(lines) == 8 and "\033" not in repr(hits)
    for i, (line, hit) in enumerate(zip(lines, hits)):
        assert columns_of(line) <= columns
        words = line.split()
        assert words[0] == str(i + 1) and words[2] == "%.4f" % hit.score
        if columns == 120 and "\033" not in hit.id:
            assert words[1] == hit.id
    wide = next(line for line in lines if "日本" in line)
    assert wide.endswith("…") == (columns < 120 + 10)
    starts = {line.index("%.4f" % hit.score) for line, hit in zip(lines, hits)}
    assert len({start + len("0.0000") for start in starts}) <= 2  # one may be < 0


def test_ids_that_are_titles_stand_there_once(model):
    vocab = libsiamese.Model("small", epochs=2, threads=1)
    vocab.fit(QUERIES, TITLES, ids=TITLES)
    hits = vocab.search("red couch", 2)
    assert Cells(hits._repr_html_()).cells[:3] == ["", "score", "title"]
    assert repr(hits).split("\n")[0].count(hits[0].title) == 1


def test_nothing_found_is_said(model):
    none = model.search("red couch", 3, min_score=1e9)
    assert len(none) == 0
    assert repr(none).startswith("Hits: none")
    assert "no results" in none._repr_html_()


def told_of(trainer):
    """The mean loss of each epoch, and its accuracies, as progress tells them."""
    means, topk = {}, {}

    def hear(now):
        if now.stage == "train":
            means[now.epoch] = now.loss_mean
        if now.stage == "evaluate" and now.stage_done == 1:
            topk[now.step] = now.topk

    trainer.fit(hear)
    return means, topk


def test_history_has_each_step(tower, queries, titles):
    trainer = libsiamese.Trainer(
        tower, epochs=3, batch_size=3, learning_rate=0.01, metrics="epoch"
    ).add_pairs(queries, titles)
    trainer.set_validation(libsiamese.Pairs(queries[:4], titles[:4]))
    assert len(trainer.history) == 0 and repr(trainer.history) == "History(no steps)"
    means, topk = told_of(trainer)
    history = trainer.history
    assert history.step.tolist() == list(range(1, 10)) and len(history) == 9
    assert history.epoch.tolist() == [0] * 3 + [1] * 3 + [2] * 3
    assert (np.diff(history.seconds) >= 0).all()
    assert np.allclose(history.learning_rate, 0.01)
    for epoch, mean in means.items():  # of batches of 3, 3 and 2 pairs
        losses = history.loss[history.epoch == epoch]
        assert np.average(losses, weights=[3, 3, 2]) == pytest.approx(mean)
    assert history.topk["step"].tolist() == list(topk) == [3, 6, 9]
    assert history.topk["top1"].tolist() == [one[1] for one in topk.values()]
    validation = history.validation
    assert validation["step"].tolist() == [3, 6, 9]
    last = trainer.progress
    assert validation["loss"][-1] == last.validation_loss
    assert validation["top5"][-1] == last.validation_topk[5]
    assert history.best_step == last.best_step
    assert "9 steps, 3 epochs" in repr(history)


def test_history_costs_no_bits_and_needs_no_progress(vocab, queries, titles):
    vectors, losses = [], []
    for progress in (None, lambda now: None):
        tower = libsiamese.Tower(vocab, seed=3)
        trainer = libsiamese.Trainer(tower, epochs=2, batch_size=4)
        trainer.add_pairs(queries, titles).fit(progress)
        vectors.append(trainer.snapshot()[0].encode("desk").tobytes())
        losses.append(trainer.history.loss.tolist())
    assert vectors[0] == vectors[1]
    assert losses[0] == losses[1] and len(losses[0]) == 4


def test_a_second_run_adds_to_the_history(vocab, queries, titles):
    trainer = libsiamese.Trainer(
        libsiamese.Tower(vocab, seed=3), epochs=2, batch_size=4
    ).add_pairs(queries, titles)
    with pytest.raises(libsiamese.CancelledError):
        trainer.fit(lambda now: now.step == 3)
    assert trainer.history.step.tolist() == [1, 2, 3]
    trainer.fit()
    assert trainer.history.step.tolist() == [1, 2, 3, 4]
    assert (np.diff(trainer.history.seconds) >= 0).all()


def test_a_model_has_the_history_of_its_trainings():
    model = libsiamese.Model("small", max_steps=6, threads=1, batch_size=4)
    assert len(model.history) == 0
    first = model.fit(QUERIES, TITLES).history
    assert first.step.tolist() == list(range(1, len(first) + 1)) and len(first) > 0
    assert model.fit(QUERIES, TITLES).history is not first  # which learns anew
    found = model.history.as_dict()
    assert found["step"] == first.as_dict()["step"]
    assert set(found) == {
        "step", "epoch", "loss", "learning_rate", "seconds", "validation", "topk"
    }  # fmt: skip
    assert all(isinstance(loss, float) for loss in found["loss"])


def test_history_is_plotted(trainer, queries, titles, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    trainer.set_validation(libsiamese.Pairs(queries, titles)).fit()
    axes = trainer.history.plot()
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert set(lines) == {
        "loss of a step", "mean of an epoch", "validation", "best validation"
    }  # fmt: skip
    history = trainer.history
    assert lines["loss of a step"].get_ydata().tolist() == history.loss.tolist()
    assert lines["mean of an epoch"].get_ydata()[0] == history.loss[:2].mean()
    assert lines["validation"].get_xdata().tolist() == [2, 4, 6]
    axes.figure.savefig(tmp_path / "history.png")
    own = importlib.import_module("matplotlib.pyplot").subplots()[1]
    assert history.plot(ax=own) is own


def test_without_matplotlib_it_says_so(trainer, monkeypatch):
    with pytest.raises(ValueError, match="train first"):
        trainer.history.plot()
    trainer.fit()
    for name in ("matplotlib", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install 'libsiamese\[plot\]'"):
        trainer.history.plot()
