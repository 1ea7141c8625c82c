"""The model: from pairs to hits, in files, in threads, as an estimator."""

import copy
import pickle
import threading

import numpy as np
import pytest
from conftest import QUERIES, TITLES

import libsiamese

IDS = ["i%d" % i for i in range(len(TITLES))]


@pytest.fixture(scope="module")
def model():
    return libsiamese.Model("small", epochs=30, threads=1).fit(
        QUERIES,
        TITLES,
        ids=IDS,
        columns={
            "price": [1.5 * i for i in range(8)],
            "stock": list(range(8)),
            "brand": ["acme", None, "", "bolt"] * 2,
        },
    )


def test_a_model_finds_what_it_learned(model):
    hits = model.search("red couch", 3)
    assert hits[0].id == "i4" and hits[0].title == "red velvet sofa"
    assert len(hits) == 3 and hits.ids[0] == "i4" and hits.known
    assert sorted(hits.scores, reverse=True) == hits.scores
    assert [hit.title for hit in hits] == hits.titles
    assert hits.column("price")[0] == 6.0 and hits.column("stock")[0] == 4
    assert hits.column("title") == hits.titles
    with pytest.raises(libsiamese.NotFoundError):
        hits.column("colour")


def test_many_queries_give_what_single_ones_give(model):
    results = model.search(QUERIES, 2)
    assert len(results) == 8 and results.offsets.tolist() == list(range(0, 17, 2))
    for query, hits in zip(QUERIES, results):
        assert list(hits) == list(model.search(query, 2))
    assert results.ids[:2] == results[0].ids and results[-1].ids == results[7].ids
    assert results.scores.dtype == np.float32 and len(results.scores) == 16
    assert len(results.column("brand")) == 16
    with pytest.raises(IndexError):
        results[8]
    plain = dict(rerank=False, spelling=False, feedback=False)
    results = model.search(QUERIES, 2, **plain)
    vectors = model.encode(QUERIES)  # which no ranker ranks
    assert list(model.search(vectors, 2)[3]) == list(results[3])
    assert list(model.search(vectors[3], 2)[0]) == list(results[3])
    assert list(model.search(QUERIES[3], 2, **plain)) == list(results[3])


def test_a_reload_to_another_size_of_vectors_is_noticed(model, monkeypatch):
    seen = dict(model.info, dim=model.info["dim"] + 1)  # before the reload
    monkeypatch.setattr(libsiamese.Model, "info", property(lambda self: seen))
    with pytest.raises(libsiamese.ArgumentError, match="dim: its vectors have"):
        model.search(np.zeros((1, seen["dim"]), np.float32))


def test_hits_outlive_the_model(model):
    other = copy.copy(model)
    hits = other.search("red couch", 2)
    scores = other.search(QUERIES, 2).scores
    wanted = scores.copy()
    other.close()
    del other
    assert hits[0].id == "i4" and (scores == wanted).all()


def test_items_and_their_columns_come_back(model):
    items = model.items
    assert len(items) == len(model) == 8 and items.ids() == IDS
    assert items.titles() == TITLES
    assert items.columns == {"brand": "text", "price": "number", "stock": "integer"}
    assert items.column("brand")[:4] == ["acme", None, "", "bolt"]
    assert items.column("stock").tolist() == list(range(8))
    ids, vectors = model.to_numpy()
    assert ids == IDS and (vectors[2] == model.encode(TITLES[2], side="item")).all()


def test_searches_within_some_items(model):
    assert model.search("red couch", 9, within=["i0", "i1"]).ids == ["i0", "i1"]
    assert "i4" not in model.search("red couch", 9, exclude=["i4"]).ids
    chosen = model.filter(["i4", "i5"])
    found = model.search(["red couch", "desk"], 9, within=chosen)
    assert [len(hits) for hits in found] == [2, 2]
    best = max(model.search("red couch", 9).vector_scores)
    found = model.search("red couch", 9, min_score=best)
    assert found.vector_scores == [best]
    with pytest.raises(libsiamese.ArgumentError, match="one of them"):
        model.search("red couch", within=["i1"], exclude=["i2"])


def test_a_negative_count_is_no_large_one(model):
    for queries in ("red couch", ["red couch", "desk"]):
        with pytest.raises(libsiamese.ArgumentError, match="k: is negative"):
            model.search(queries, -1)


def test_searches_by_conditions_on_columns(model):
    found = model.search("red couch", 9, where="stock >= 2 and stock not in (5)")
    assert sorted(found.ids) == ["i2", "i3", "i4", "i6", "i7"]
    found = model.search("desk", 9, where="brand = 'acme'", within=["i0", "i3"])
    assert found.ids == ["i0"]
    missing = model.where("brand is missing")
    both = model.where("stock < 2", within=missing)
    assert model.search(["desk", "tap"], 9, within=both).ids == ["i1", "i1"]
    assert len(model.search("desk", 9, where="title = 'none'")) == 0
    with pytest.raises(libsiamese.ArgumentError, match="where: at 9: "):
        model.search("desk", where="price < cheap")
    with pytest.raises(libsiamese.NotFoundError, match="no column 'colour'"):
        model.where('colour = "red"')


def test_items_change_while_the_model_serves(model):
    shop = copy.copy(model)
    shop.add_items(["red velvet chair"], ["new"], {"price": [3.0]})
    assert "new" in shop.search("red velvet chair", 1).ids
    shop.update_items(["purple velvet sofa"], ["i4"])
    assert shop.search("purple velvet sofa", 1)[0] == (
        "i4",
        pytest.approx(1, abs=1),
        "purple velvet sofa",
    )
    assert shop.remove_items(["new", "none"]) == 1 and len(shop) == 8
    with pytest.raises(libsiamese.ArgumentError, match="row 0 is there"):
        shop.add_items(["again"], ["i4"])
    with pytest.raises(libsiamese.StateError):
        shop.add_items(["a number"], [7])


def test_nuls_are_bytes_of_a_text_like_any_other():
    ids, titles = ["a", "b\0c", "", "d\0"], ["\0 " + title for title in TITLES[:4]]
    model = libsiamese.Model("small", epochs=30, threads=1)
    brands = {"brand": ["x\0y", None, "\0", ""]}
    model.fit(QUERIES[:4], titles, ids=ids, columns=brands)
    hits = model.search("office table", 4)
    place = [ids.index(id) for id in hits.ids]
    assert hits.ids[0] == "b\0c" and sorted(place) == [0, 1, 2, 3]
    assert hits.titles == [titles[i] for i in place]
    assert hits.column("id") == hits.ids and hits[0].title == titles[1]
    assert hits.column("brand") == [brands["brand"][i] for i in place]
    results = model.search(QUERIES[:4], 1)
    assert results.ids == ids == [one.ids[0] for one in results]
    assert results[3].titles == titles[3:]
    assert model.search("desk", 9, within=["b\0c", "d\0"]).ids.count("b\0c") == 1
    assert "b\0c" not in model.search("desk", 9, exclude=["b\0c"]).ids
    assert model.items.ids() == ids and model.items.titles() == titles
    assert model.remove_items(["b", "d"]) == 0 and model.remove_items("b\0c") == 1
    assert "b\0c" not in copy.copy(model).items.ids()


def test_integer_ids_and_none():
    model = libsiamese.Model("small", epochs=5)
    model.fit(QUERIES, TITLES, ids=np.arange(8) + 100)
    assert model.search("red couch", 1).ids == [104]
    results = model.search(QUERIES, 1)
    assert results.ids.dtype == np.int64 and results.ids.tolist()[4] == 104
    model.fit(QUERIES, TITLES)
    assert model.search("red couch", 1).ids == [4]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickle.dumps])
def test_copies_find_the_same(model, again):
    other = again(model)
    if again is pickle.dumps:
        other = pickle.loads(other)
    assert other.get_params() == model.get_params()
    for query in QUERIES:
        assert list(other.search(query)) == list(model.search(query))


def test_a_model_that_knows_nothing_pickles():
    model = pickle.loads(pickle.dumps(libsiamese.Model("small", epochs=3)))
    assert model.get_params()["epochs"] == 3
    with pytest.raises(libsiamese.StateError):
        model.search("red couch")


def test_files_and_reload(model, tmp_path):
    first, second = tmp_path / "1.siamese", tmp_path / "2.siamese"
    model.save(first)
    other = copy.copy(model)
    other.remove_items("i4")
    other.save(second, finished=True)
    served = libsiamese.Model.load(first)
    wrong, stop = [], threading.Event()

    def search():
        while not stop.is_set():
            best = served.search("red couch", 1)
            if best.ids[0] not in ("i4", "i5"):
                wrong.append(best)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(1000):
        served.reload(second if i % 2 == 0 else first)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    with pytest.raises(FileNotFoundError):
        libsiamese.Model.load(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        served.reload(tmp_path / "none")
    assert served.search("red couch", 1).ids == ["i4"]


def test_training_goes_on(model):
    other = libsiamese.Model("small", epochs=2)
    other.fit(QUERIES, TITLES)
    told = []
    other.add_pairs(["crimson couch"], ["red velvet sofa"])
    other.grow()
    other.train(told.append)
    assert {"train", "embed"} <= {progress.stage for progress in told}
    assert other.search("crimson", 1).titles == ["red velvet sofa"]


def test_parts_are_settled_before_training():
    words = libsiamese.Vocab.from_tokens(["", "[UNK]", "red", "sofa"])
    model = libsiamese.Model("notebook", epochs=2).set_vocab(words)
    assert model.vocab.tokens() == words.tokens()
    model.prepare().add_pairs(QUERIES, TITLES).resume()
    told = []
    model.resume(told.append)
    assert "train" not in {progress.stage for progress in told}
    assert len(model.vocab) == 4
    with pytest.raises(libsiamese.StateError):
        model.set_vocab(None)


def test_training_on_items_alone():
    model = libsiamese.Model("small", epochs=3).fit(TITLES)
    assert model.search("velvet", 1).titles == ["red velvet sofa"]


def test_a_run_that_is_cancelled_goes_on_later():
    model = libsiamese.Model("small", epochs=4, batch_size=4)
    with pytest.raises(ZeroDivisionError):
        model.fit(QUERIES, TITLES, progress=lambda p: 1 / 0)
    model.train()
    other = libsiamese.Model("small", epochs=4, batch_size=4).fit(QUERIES, TITLES)
    assert (model.encode(QUERIES) == other.encode(QUERIES)).all()


def test_a_field_beside_the_title():
    model = libsiamese.Model("small", epochs=3).add_field("brand", kind="id")
    titles = ["sofa one", "sofa two"]
    columns = {"brand": ["acme", "bolt"]}
    model.add_items(titles, ["a", "b"], columns)
    model.add_pairs(["acme", "bolt"], libsiamese.Columns(titles, columns["brand"]))
    model.train()
    assert model.item_tower.fields == 2


def test_options_of_a_model():
    model = libsiamese.Model("small", embedding_dim=24, tower__seed=5, epochs=1)
    assert model.get_params()["embedding_dim"] == 24
    model.fit(QUERIES, TITLES)
    assert model.info["dim"] == 24 and model.query_tower.options["seed"] == 5
    assert "embedding_dim=24" in repr(model)
    with pytest.raises(libsiamese.OptionError, match="nonsense"):
        libsiamese.Model(nonsense=1)
    with pytest.raises(libsiamese.OptionError, match="nonsense"):
        model.set_params(nonsense=1)
    with pytest.raises(libsiamese.OptionError, match="default"):
        libsiamese.Model("nonsense")


def test_figures_of_a_model(model):
    result = model.evaluate(QUERIES, [[id] for id in IDS], ks=(1, 5))
    assert result["recall@5"] == 1.0 and result.queries == 8
    assert model.score(QUERIES, TITLES) == 1.0
    assert (model.predict(QUERIES) == TITLES).all()


def test_many_items_of_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "id": ["p%d" % i for i in range(20000)],
            "title": ["Title %d of a ünicode shop" % i for i in range(20000)],
            "price": np.arange(20000) / 4,
            "year": pd.array([2000, None] * 10000, dtype="Int64"),
            "brand": pd.Series(["acme", None] * 10000, dtype="category"),
        }
    )
    model = libsiamese.Model("notebook", epochs=1, max_steps=2)
    model.add_items(frame.title, frame.id, frame[["price", "year", "brand"]])
    model.add_pairs(["title 1"], ["Title 1 of a ünicode shop"]).train()
    rows = model.items.rows()
    assert len(rows) == 20000 and model.items.ids(rows[-2:]) == ["p19998", "p19999"]
    assert model.items.column("price", rows[5:7]).tolist() == [1.25, 1.5]
    assert model.items.column("brand", rows[:2]) == ["acme", None]
    years = model.items.column("year", rows[:2])
    assert years[0] == 2000 and np.isnan(years[1])
    assert model.items.titles(rows[7:8]) == ["Title 7 of a ünicode shop"]


def test_a_model_of_keras():
    pytest.importorskip("h5py")
    import test_keras

    path = test_keras.place("3.15", "bilstm.keras")
    model = libsiamese.Model.from_keras(path)
    asked = test_keras.texts("3.15")["asked"]
    np.testing.assert_allclose(
        model.encode(asked), test_keras.wanted("3.15", "bilstm"), rtol=0, atol=1e-6
    )
    model.add_items(TITLES)
    assert len(model.search("red sofa", 3)) == 3


def test_a_model_as_an_index_of_faiss(model):
    pytest.importorskip("faiss")
    vector = model.encode(["red couch"])
    _, rows = model.to_faiss().search(vector, 1)
    assert model.items.ids(rows[0]) == ["i4"]
