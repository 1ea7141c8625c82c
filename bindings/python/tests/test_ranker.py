"""The ranker: its options, what it makes of hits, and the files that keep it."""

import pickle

import numpy as np
import pytest
from conftest import QUERIES, TITLES

import libsiamese


@pytest.fixture(scope="module")
def model():
    return libsiamese.Model("default", epochs=5, threads=1).fit(QUERIES, TITLES)


def test_scores_are_the_sums_of_their_shares(model):
    hits = model.search("red couch", 4, explain=True)
    features = model.ranker.features
    assert features[0].weight != 0 and all(one.name and one.help for one in features)
    shares = hits.shares()
    assert shares.shape == (4, len(features)) and shares.dtype == np.float32
    np.testing.assert_allclose(shares.sum(axis=1), hits.scores, rtol=0, atol=1e-5)
    with pytest.raises(libsiamese.StateError, match="explain"):
        model.search("red couch", 4).shares()
    assert model.search("qqqq", 4, spelling=False, explain=True).shares().shape[0] == 0


def test_hits_know_their_vectors_scores(model):
    """With rerank of one scan the vectors' scores are those of the index."""
    how = dict(spelling=False, feedback=False)
    ranked, plain = (model.search(QUERIES, 8, rerank=on, **how) for on in (True, False))
    assert plain.confidences is None and plain[0].confidences is None
    assert (plain.vector_scores == plain.scores).all()
    assert not (ranked.vector_scores == ranked.scores).all()
    vectors, items = model.encode(QUERIES), model.encode(TITLES, side="item")
    for q, hits in enumerate(ranked):
        wanted = vectors[q] @ items.T
        assert hits.vector_scores == pytest.approx(wanted[hits.ids], abs=1e-5)
        assert all(0 <= one <= 1 for one in hits.confidences)
        assert dict(zip(plain[q].ids, plain[q].scores)) == dict(
            zip(hits.ids, hits.vector_scores)
        )
    assert ranked.confidences.tolist() == sum((h.confidences for h in ranked), [])


def test_a_slip_is_corrected(model):
    hits = model.search("red velvte sofa", 1)
    assert hits.corrected == "red velvet sofa" and hits.titles == ["red velvet sofa"]
    assert model.search("red velvte sofa", 1, spelling=False).corrected is None
    both = model.search(["red velvet sofa", "glass compuetr desk"], 1)
    assert [one.corrected for one in both] == [None, "glass computer desk"]


def test_hits_that_are_left_out():
    model = libsiamese.Model("default", epochs=5, threads=1)
    model.fit(QUERIES, TITLES, items=[*TITLES, "Red Velvet  Sofa"])
    all_ = model.search("red velvet sofa", 9)
    assert sorted(all_.ids[:2]) == [4, 8] and len(all_) == 9
    one = model.search("red velvet sofa", 9, collapse_titles=True)
    assert one.ids == [all_.ids[0]] + all_.ids[2:]
    bound = sorted(all_.confidences)[4]
    some = model.search("red velvet sofa", 9, min_confidence=bound)
    assert some.ids == [i for i, c in zip(all_.ids, all_.confidences) if c >= bound]
    with pytest.raises(libsiamese.OptionError, match="min_confidence"):
        model.search("red velvet sofa", min_confidence=1.5)
    with pytest.raises(libsiamese.ArgumentError, match="min_confidence"):
        model.search(model.encode(["red sofa"]), min_confidence=0.5)


def test_files_keep_the_ranker(tmp_path):
    model = libsiamese.Model("default", epochs=5, threads=1, ranker__feedback=3)
    model.fit(QUERIES, TITLES).save(tmp_path / "m")
    again = libsiamese.Model.load(tmp_path / "m", threads=1)
    for other in (again, pickle.loads(pickle.dumps(model))):
        assert other.ranker.options == model.ranker.options
        assert other.ranker.options["feedback"] == 3
        for query in QUERIES:
            mine, its = model.search(query), other.search(query)
            assert its.ids == mine.ids and its.scores == mine.scores
            assert its.confidences == mine.confidences
    bundle = libsiamese.Bundle.load(tmp_path / "m")
    assert bundle.ranker().options["feedback"] == 3
    plain = libsiamese.Model("notebook", epochs=1).fit(QUERIES, TITLES)
    with pytest.raises(libsiamese.NotFoundError):
        plain.ranker


def test_a_ranker_of_ones_own():
    assert libsiamese.Ranker().options == {
        one.name: one.default for one in libsiamese.describe("ranker")
    }
    ranker = libsiamese.Ranker(rerank_depth=7, learned=False)
    assert ranker.options["rerank_depth"] == 7 and not ranker.info["uses_learned"]
    assert ranker.info["features"] == len(ranker.features)
    assert ranker.info["learned_queries"] == 0
    bundle = libsiamese.Bundle(ranker=ranker)
    assert bundle.ranker().options == ranker.options
    with pytest.raises(libsiamese.OptionError, match="rerank_depth"):
        libsiamese.Ranker(rerank_depth=-1)
    ranker.close()
    assert ranker.closed and repr(ranker) == "Ranker(closed)"


def test_weights_are_learned(tmp_path):
    """Of 400 queries some are held back, and the weights come from them."""
    things = ["desk", "sofa", "lamp", "tap", "drill"] * 4
    titles = ["%s %d of a shop" % one for one in zip(things, range(20))]
    pairs = [
        ("%s %d no %d" % (things[i], i, j), i) for i in range(20) for j in range(20)
    ]
    queries, wanted = [one for one, _ in pairs], [titles[i] for _, i in pairs]
    model, told = libsiamese.Model("default", epochs=2, threads=1), []
    model.fit(queries, wanted, progress=told.append)
    assert "rank" in {one.stage for one in told}
    info = model.ranker.info
    assert info["uses_learned"] and 0 < info["learned_queries"] < 400
    hits = model.search("desk 5", 4, explain=True)
    shares = hits.shares()
    np.testing.assert_allclose(shares.sum(axis=1), hits.scores, rtol=0, atol=1e-5)
    assert sum(one.weight != 0 for one in model.ranker.features) > 2
    model.save(tmp_path / "m")
    other = libsiamese.Model.load(tmp_path / "m", threads=1)
    assert other.ranker.info == info and other.ranker.features == model.ranker.features
    assert other.search("desk 5", 4).scores == hits.scores
    assert not libsiamese.Ranker(learned=False).info["uses_learned"]


def test_presets_set_options_of_a_ranker():
    settings = libsiamese.apply_preset("default")["ranker"]
    assert libsiamese.Ranker(**settings).options["rerank"] is True
