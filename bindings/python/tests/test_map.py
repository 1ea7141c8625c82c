"""The map of a model's items: places, and the page that shows them."""

import base64
import builtins
import importlib
import json
import re

import numpy as np
import pytest
from conftest import QUERIES, TITLES

import libsiamese

BRANDS = ["acme", None, "</script><b>", "bolt", "acme", "acme", "bolt", ""]


@pytest.fixture(scope="module")
def model():
    return libsiamese.Model("small", epochs=10, threads=1).fit(
        QUERIES,
        TITLES,
        ids=["i%d" % i for i in range(len(TITLES))],
        columns={"price": [1.5 * i for i in range(8)], "brand": BRANDS},
    )


def data_of(path):
    page = path.read_text(encoding="utf-8")
    found = re.search(r'id="data">(.*?)</script>', page, re.S)
    return page, json.loads(found[1])


def numbers(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def test_places_are_those_of_a_singular_value_decomposition(model):
    found = model.map()
    ids, vectors = model.index.to_numpy()
    rows = model.items.rows()
    vectors = vectors[[list(ids).index(row) for row in rows]].astype(float)
    vectors -= vectors.mean(axis=0)
    u, s, _ = np.linalg.svd(vectors, full_matrices=False)
    wanted = u[:, :2] * s[:2]
    sign = np.sign((wanted * found.places).sum(axis=0))
    assert np.allclose(found.places, wanted * sign, atol=1e-6)
    shares = 100 * s[:2] ** 2 / (s**2).sum()
    assert "hold %.1f %% and %.1f %% of the variance" % tuple(shares) in found.note
    assert found.method == "pca" and found.seconds >= 0


def test_the_page_has_all_that_it_shows(model, tmp_path):
    path = tmp_path / "map.html"
    found = model.map(path, color="brand")
    page, data = data_of(path)
    assert "</script><b>" not in page and page.count("</script>") == 2
    assert data["titles"] == TITLES and data["count"] == len(TITLES) == 8
    assert data["ids"] == ["i%d" % i for i in range(8)]
    assert data["note"] == found.note and "@" not in re.sub("@media", "", page)
    places = numbers(data["places"], "<u2").reshape(-1, 2) / 65535.0
    side = np.ptp(found.places, axis=0).max()
    middle = (found.places.min(axis=0) + found.places.max(axis=0)) / 2
    assert np.allclose(places, (found.places - middle) / side + 0.5, atol=1e-5)
    color = data["color"]
    assert color["names"] == ["acme", "bolt", "</script><b>"]
    assert color["counts"] == [3, 2, 1] and color["missing"] == 2
    assert numbers(color["codes"], "<u4").tolist() == [1, 0, 3, 2, 1, 1, 2, 0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.html"]


def test_numbers_colour_by_a_scale(model, tmp_path):
    model.map(tmp_path / "map.html", color="price")
    color = data_of(tmp_path / "map.html")[1]["color"]
    assert (color["low"], color["high"], color["missing"]) == (0.0, 10.5, 0)
    assert numbers(color["values"], "<f4").tolist() == [1.5 * i for i in range(8)]


def test_the_page_is_that_of_the_command(model, tmp_path):
    """The same template: they differ in data and title alone."""
    model.map(tmp_path / "map.html")
    page = data_of(tmp_path / "map.html")[0]
    assert "Content-Security-Policy" in page and '<canvas id="points">' in page


def test_neighbours_by_tsne(model, tmp_path):
    pytest.importorskip("sklearn")
    found = model.map(tmp_path / "map.html", method="tsne", max_iter=250)
    assert found.places.shape == (8, 2) and np.isfinite(found.places).all()
    assert "t-SNE of scikit-learn" in found.note and " s." in found.note
    again = model.map(method="tsne", max_iter=250)
    assert (again.places == found.places).all()


def test_neighbours_by_umap(model):
    pytest.importorskip("umap")
    found = model.map(method="umap", init="random")
    assert found.places.shape == (8, 2) and np.isfinite(found.places).all()
    assert "UMAP of umap-learn" in found.note


@pytest.mark.parametrize("method, package", [("umap", "umap"), ("tsne", "sklearn")])
def test_a_package_that_is_missing_is_named(model, monkeypatch, method, package):
    before = builtins.__import__

    def refuse(name, *rest, **more):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return before(name, *rest, **more)

    monkeypatch.setattr(importlib, "import_module", lambda name: refuse(name))
    with pytest.raises(ImportError, match=r"pip install 'libsiamese\[map\]'"):
        model.map(method=method)


def test_what_is_wrong_is_said(model, tmp_path):
    with pytest.raises(libsiamese.ArgumentError, match="not pca, tsne or umap"):
        model.map(method="none")
    with pytest.raises(libsiamese.ArgumentError, match="no column 'colour', but"):
        model.map(color="colour")
    with pytest.raises(FileNotFoundError):
        model.map(tmp_path / "no" / "map.html")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(libsiamese.SiameseError):
        libsiamese.Model("small").map()
