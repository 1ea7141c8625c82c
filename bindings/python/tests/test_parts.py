"""Vocabulary, tower, index and evaluation by values that are known."""

import copy
import math
import pickle

import numpy as np
import pytest

import libsiamese


def test_a_vocabulary_numbers_tokens_as_keras_does():
    vocab = libsiamese.Vocab(max_tokens=5).add(["b a b", "c b a"]).finish()
    assert vocab.tokens() == ["", "[UNK]", "b", "a", "c"]
    ids, offsets = vocab.tokenize(["a b", "", "Z c!"])
    assert ids.tolist() == [3, 2, 1, 4] and offsets.tolist() == [0, 2, 2, 4]
    assert vocab.lookup("b") == 2 and vocab.token(4) == "c" and len(vocab) == 5
    assert vocab.measure(["a z"])["unknown_tokens"] == 1
    with pytest.raises(LookupError):
        vocab.token(5)


def test_idf_is_that_of_its_formula():
    vocab = libsiamese.Vocab(output_mode="tf_idf").add(["a b", "a"]).finish()
    row = vocab.encode("a a")
    place = vocab.tokens().index("a")
    assert row[place] == pytest.approx(2 * math.log(1 + 2 / (1 + 2)))
    again = libsiamese.Vocab.from_tokens(
        vocab.tokens(), idf=vocab.idf, output_mode="tf_idf"
    )
    assert (again.encode(["b a"]) == vocab.encode(["b a"])).all()


def test_a_grown_vocabulary_keeps_its_ids(vocab):
    fresh = libsiamese.Vocab.from_texts(["lamp lamp desk"])
    grown = vocab.grow(fresh)
    assert grown.tokens()[: len(vocab)] == vocab.tokens()
    assert grown.tokens()[-1] == "lamp"


def test_a_mean_of_embeddings_is_their_mean():
    vocab = libsiamese.Vocab.from_tokens(["", "[UNK]", "a", "b"], max_tokens=4)
    tower = libsiamese.Tower(
        vocab, encoder="bag", pooling="mean", mask_zero=True, embedding_dim=2
    )
    table = np.arange(10, dtype=np.float32).reshape(5, 2)
    tower.set("embedding", table)
    assert tower.encode("a b").tolist() == [5.0, 6.0]
    assert tower.encode(["b", "zzz"]).tolist() == [[6.0, 7.0], [2.0, 3.0]]
    assert tower.encode_ids([[2, 3], [3, 0]]).tolist() == [[5.0, 6.0], [6.0, 7.0]]
    assert tower.encode_ids([2, 3, 3], [0, 2, 3]).tolist()[0] == [5.0, 6.0]
    assert (tower.get_weights()["embedding"] == table).all()
    with pytest.raises(libsiamese.ArgumentError, match="shape"):
        tower.set("embedding", table[:4])
    with pytest.raises(libsiamese.NotFoundError):
        tower.get("kernel")


def test_vectors_go_into_the_array_that_is_given(tower, titles):
    out = np.empty((len(titles), tower.dim), np.float32)
    assert tower.encode(titles, out=out) is out
    assert (out == tower.encode(titles)).all()
    with pytest.raises(libsiamese.ArgumentError, match="out"):
        tower.encode(titles, out=out.T)
    with pytest.raises(libsiamese.ArgumentError, match="out"):
        tower.encode(titles, out=out.astype(np.float64))


def test_int8_takes_a_quarter_and_stays_near(tower, titles):
    packed = tower.quantize("int8")
    assert np.abs(packed.encode(titles) - tower.encode(titles)).max() < 0.01
    assert packed.options["table_precision"] == "int8"


def test_an_index_finds_what_brute_force_finds():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(500, 8)).astype(np.float32)
    ids = np.arange(500) * 7
    index = libsiamese.Index(8)
    index.add(ids, vectors)
    asked = rng.normal(size=(5, 8))
    scores = asked.astype(np.float32) @ vectors.T
    order = np.argsort(-scores, axis=1)[:, :4]
    found = index.search(asked, 4)
    assert (found.ids == ids[order]).all()
    np.testing.assert_allclose(
        found.scores, np.take_along_axis(scores, order, 1), rtol=1e-5
    )
    one = index.search(asked[0], 4)
    assert (one.ids == found.ids[0]).all() and one.scores.shape == (4,)
    within = index.search(asked[0], 4, within=libsiamese.IdFilter([7, 14]))
    assert set(within.ids) == {7, 14}
    outside = libsiamese.IdFilter(found.ids[0], exclude=True)
    assert not set(index.search(asked[0], 4, within=outside).ids) & set(found.ids[0])
    near = index.range_search(asked, float(found.scores[0, 2]))
    assert near.ids[: near.offsets[1]].tolist() == found.ids[0, :3].tolist()
    assert index.remove([0, 7, 1]) == 2 and len(index) == 498 and 7 not in index
    rows, kept = index.to_numpy()
    assert (rows == ids[2:]).all() and (kept == vectors[2:]).all()
    assert (index.reconstruct(14) == vectors[2]).all()
    assert index.update([14, 14, 8], vectors[:3]) == 1 and 8 in index
    assert index.ids().tolist() == sorted([8, *ids[2:]])
    both = index.vectors(14)
    assert both.shape == (2, 8) and set(both[:, 0]) == set(vectors[:2, 0])
    assert index.info["memory"] >= 500 * (8 * 4 + 8)
    with pytest.raises(libsiamese.NotFoundError):
        index.vectors(7)


def test_an_index_tells_how_far_its_training_is():
    vectors = np.mgrid[0:20, 0:20].reshape(2, -1).T.astype(np.float32)
    index = libsiamese.Index(2, nlist=4)
    index.add(range(400), vectors)
    shares = []
    index.train(progress=shares.append)
    assert shares and 0 < shares[-1] <= 1 and index.info["nlist"] == 4
    assert (
        index.tune_nprobe(vectors[:9], k=3, recall=1.0, progress=shares.append)[1] == 1
    )
    with pytest.raises(libsiamese.CancelledError):
        index.train(vectors, progress=lambda done: True)
    with pytest.raises(ZeroDivisionError):
        index.train(vectors, progress=lambda done: 1 / 0)


def test_an_index_of_faiss_has_the_same_vectors():
    pytest.importorskip("faiss")
    vectors = np.eye(4, dtype=np.float32)
    index = libsiamese.Index(4)
    index.add([5, 6, 7, 8], vectors)
    scores, ids = index.to_faiss().search(vectors, 1)
    assert ids[:, 0].tolist() == [5, 6, 7, 8] and (scores == 1).all()


def test_figures_are_those_of_a_ranking_by_hand():
    result = libsiamese.evaluate(
        [{1: 3, 2: 1}, [9]], rankings=[[4, 1, 2], [9, 1, 2]], ks=(1, 3)
    )
    assert result["recall@3"] == 1.0 and result["recall@1"] == 0.5
    assert result["mrr@3"] == 0.75
    dcg = 3 / math.log2(3) + 1 / math.log2(4)
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    assert result["ndcg@3"] == pytest.approx((dcg / ideal + 1) / 2)
    assert result.per_query("mrr@3").tolist() == [0.5, 1.0]
    with pytest.raises(KeyError):
        result["recall@7"]


def test_vectors_are_ranked_for_an_evaluation():
    result = libsiamese.evaluate(
        [[7], [5]],
        queries=[[1, 0], [0, 1]],
        items=[[0, 1], [1, 0]],
        item_ids=[5, 7],
        ks=[1],
    )
    assert result["hit@1"] == 1.0


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_copies_give_the_same_bits(again, vocab, tower, titles):
    index = libsiamese.Index(tower.dim)
    index.add(range(len(titles)), tower.encode(titles))
    for level in range(2, pickle.HIGHEST_PROTOCOL + 1):
        for part, call in (
            (vocab, lambda v: v.tokens()),
            (tower, lambda t: t.encode(titles).tobytes()),
            (index, lambda i: i.search(tower.encode(titles), 3).ids.tobytes()),
        ):
            other = again(pickle.loads(pickle.dumps(part, level)))
            assert call(other) == call(part)


def test_fields_have_their_names(vocab):
    tower = libsiamese.Tower(vocab, encoder="bag")
    tower.add_field("brand", vocab).add_field("n" * 53, vocab)
    assert tower.field_names == ["text", "brand", "n" * 53]


def test_files_hold_all_parts(tmp_path, tower, vocab, titles):
    path = tmp_path / "all.siamese"
    index = libsiamese.Index(tower.dim)
    libsiamese.Bundle(
        vocab=vocab, query_tower=tower, index=index, sections={"mine": b"\0x"}
    ).save(path)
    bundle = libsiamese.Bundle.load(path)
    assert bundle.section("mine") == b"\0x"
    assert bundle.vocab().tokens() == vocab.tokens()
    assert (bundle.query_tower().encode(titles) == tower.encode(titles)).all()
    libsiamese.verify(path)
    assert {"name", "crc32"} <= set(libsiamese.sections(path)[0])
    assert (libsiamese.Tower.load(path).encode(titles) == tower.encode(titles)).all()
    with pytest.raises(libsiamese.NotFoundError):
        libsiamese.Trainer.load(path)


def test_a_closed_object_says_so(vocab, titles):
    with libsiamese.Tower(vocab) as tower:
        assert not tower.closed
    assert tower.closed and "closed" in repr(tower)
    with pytest.raises(libsiamese.StateError, match="Tower is closed"):
        tower.encode(titles)
    tower.close()
    with pytest.raises(libsiamese.StateError):
        tower.__enter__()


def test_shards_give_what_one_index_does():
    random = np.random.default_rng(7)
    vectors = random.normal(size=(900, 16)).astype(np.float32)
    vectors[::7] = vectors[5]  # equal scores
    queries = random.normal(size=(5, 16)).astype(np.float32)
    ids = random.permutation(900)
    one = libsiamese.Index(16, nlist=8, metric="cosine")
    one.train(vectors)
    shards = []
    for first, end in ((0, 600), (600, 900), (900, 900)):
        shard = libsiamese.Index(16, nlist=8, metric="cosine")
        shard.centroids = one.centroids
        shard.add(ids[first:end], vectors[first:end])
        shards.append(shard)
    one.add(ids, vectors)
    assert one.centroids.shape == (8, 16)
    few = libsiamese.IdFilter(ids[:20])
    for how in ({}, {"exact": True}, {"nprobe": 2, "within": few}):
        whole = one.search(queries, 12, strict_nprobe=True, **how)
        found = [s.search(queries, 12, strict_nprobe=True, **how) for s in shards]
        merged = libsiamese.merge_hits(found)
        assert (merged.ids == whole.ids).all()
        assert (merged.scores == whole.scores).all()
    whole = one.range_search(queries, 0.3)
    found = [s.range_search(queries, 0.3) for s in shards]
    for a, b in zip(libsiamese.merge_hits(found), whole):
        assert (a == b).all()
    missing = []
    some = libsiamese.merge_hits([found[0], None, found[2]], missing=missing)
    assert missing == [1] and len(some.ids) == len(found[0].ids)
    with pytest.raises(libsiamese.NotFoundError, match="shard 1 of 3"):
        libsiamese.merge_hits([found[0], None, found[2]])
    with pytest.raises(libsiamese.NotFoundError):
        libsiamese.merge_hits([None, None], missing=missing)
    with pytest.raises(libsiamese.StateError):
        one.centroids = shards[0].centroids
    with pytest.raises(libsiamese.ArgumentError):
        libsiamese.Index(8).centroids = one.centroids
