"""The items of a model in two dimensions, and the page that shows them."""

from __future__ import annotations

import base64
import html
import importlib
import json
import math
import os
import pathlib
import re
import time
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Literal,
    NamedTuple,
    Optional,
    Tuple,
)

import numpy as np

from ._errors import ArgumentError, StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._model_base import ModelBase
    from ._saved import Path

__all__ = ["Map", "Method", "draw"]

#: How items come into two dimensions.
Method = Literal["pca", "tsne", "umap"]

_SIDE = 65535  # of the square that the page's places are in
_PCA = (
    "%d items by the first two principal components of their vectors, which hold "
    "%.1f %% and %.1f %% of the variance. Items that are far apart here are far "
    "apart; items that are near may not be."
)
_NEIGHBOURS = (
    "%d items by %s, which keeps neighbours together; how far groups are from each "
    "other says little. It took %.1f s."
)


class Map(NamedTuple):
    """Items in two dimensions."""

    places: "NDArray[np.float64]"  #: (items, 2), in the order of model.items.rows()
    method: str  #: "pca", "tsne" or "umap"
    seconds: float  #: that the method took
    note: str  #: what it is, in words


def draw(
    model: "ModelBase",
    path: "Optional[Path]",
    color: Optional[str],
    method: Method,
    seed: int,
    options: Dict[str, Any],
) -> Map:
    """See Model.map."""
    if len(model) == 0:
        raise StateError("the model has no items to map")
    ids, vectors = model.index.to_numpy()
    # the index's ids are the rows' numbers, in an order of its own
    rows = model.items.rows()
    order = np.argsort(ids, kind="stable")
    vectors = vectors[order[np.searchsorted(ids[order], rows)]]
    colored = None if color is None else _colored(model, color)
    begin = time.perf_counter()
    if method == "pca":
        places, shares = _principal(vectors)
        note = _PCA % (len(vectors), 100 * shares[0], 100 * shares[1])
        seconds = time.perf_counter() - begin
    elif method in _METHODS:
        places, maker = _METHODS[method](vectors, seed, options)
        seconds = time.perf_counter() - begin
        note = _NEIGHBOURS % (len(vectors), maker, seconds)
    else:
        raise ArgumentError("method: %r is not pca, tsne or umap" % (method,))
    found = Map(places, method, seconds, note)
    if path is not None:
        _write(path, _page(model, found, colored))
    return found


# ---- methods ----


def _principal(vectors: Any) -> "Tuple[NDArray[np.float64], List[float]]":
    """By the eigenvectors of the covariance, as siamese map has them."""
    x = vectors.astype(np.float64)
    x -= x.mean(axis=0)
    values, axes = np.linalg.eigh(x.T @ x)
    axes = axes[:, ::-1][:, :2]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])
    places = np.zeros((len(x), 2))
    places[:, : axes.shape[1]] = x @ axes
    whole = values.sum()
    shares = [max(float(v), 0.0) / whole if whole > 0 else 0.0 for v in values[::-1]]
    return places, (shares + [0.0])[:2]


def _package(method: str, module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            "method=%r needs the package %s: pip install 'libsiamese[map]'"
            % (method, package)
        ) from error


def _tsne(vectors: Any, seed: int, options: Dict[str, Any]) -> Tuple[Any, str]:
    sklearn = _package("tsne", "sklearn", "scikit-learn")
    manifold = importlib.import_module("sklearn.manifold")
    chosen: Dict[str, Any] = {
        "init": "pca",
        "perplexity": min(30.0, max(1.0, (len(vectors) - 1) / 3)),
    }
    chosen.update(options)
    made = manifold.TSNE(n_components=2, random_state=seed, **chosen)
    places = made.fit_transform(vectors).astype(np.float64)
    return places, "t-SNE of scikit-learn " + sklearn.__version__


def _umap(vectors: Any, seed: int, options: Dict[str, Any]) -> Tuple[Any, str]:
    umap = _package("umap", "umap", "umap-learn")
    chosen: Dict[str, Any] = {"n_neighbors": min(15, max(2, len(vectors) - 1))}
    chosen.update(options)
    made = umap.UMAP(n_components=2, random_state=seed, **chosen)
    places = np.asarray(made.fit_transform(vectors), np.float64)
    return places, "UMAP of umap-learn " + umap.__version__


_METHODS = {"tsne": _tsne, "umap": _umap}


# ---- the page ----


def _colored(model: "ModelBase", name: str) -> Dict[str, Any]:
    columns = model.items.columns
    if name not in columns:
        raise ArgumentError(
            "color: the items have no column %r, but %s"
            % (name, ", ".join(columns) or "none")
        )
    values = model.items.column(name)
    if columns[name] == "text":
        numbers = _numbers_of(values)
        if numbers is None:
            return _categories(name, values)
        values = numbers
    return _numbers(name, np.asarray(values, np.float64))


def _numbers_of(texts: List[Optional[str]]) -> "Optional[NDArray[np.float64]]":
    """Texts that are all numbers, as a field of numbers keeps them."""
    values = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        if not text:
            continue
        try:
            values[i] = float(text)
        except ValueError:
            return None
        if not math.isfinite(values[i]):
            return None
    return None if np.isnan(values).all() else values


def _numbers(name: str, values: Any) -> Dict[str, Any]:
    known = values[np.isfinite(values)]
    return {
        "column": name,
        "kind": "numbers",
        "missing": int(len(values) - len(known)),
        "low": float(known.min()) if len(known) else 0.0,
        "high": float(known.max()) if len(known) else 0.0,
        "values": _bytes(values.astype("<f4")),
    }


def _categories(name: str, texts: List[Optional[str]]) -> Dict[str, Any]:
    counts: Dict[str, int] = {}
    for text in texts:
        if text:
            counts[text] = counts.get(text, 0) + 1
    names = sorted(counts, key=lambda text: -counts[text])
    codes = {text: 1 + i for i, text in enumerate(names)}
    return {
        "column": name,
        "kind": "categories",
        "missing": len(texts) - sum(counts.values()),
        "names": names,
        "counts": [counts[text] for text in names],
        "codes": _bytes(np.array([codes.get(t or "", 0) for t in texts], "<u4")),
    }


def _bytes(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _squared(places: "NDArray[np.float64]") -> str:
    low, high = places.min(axis=0), places.max(axis=0)
    side = float((high - low).max())
    share = (places - (low + high) / 2) / side + 0.5 if side > 0 else 0 * places + 0.5
    return _bytes(np.rint(np.clip(share, 0, 1) * _SIDE).astype("<u2"))


def _page(model: "ModelBase", found: Map, colored: Optional[Dict[str, Any]]) -> str:
    data: Dict[str, Any] = {
        "count": len(found.places),
        "method": found.method,
        "note": found.note,
        "places": _squared(found.places),
        "titles": model.items.titles(),
        "ids": [str(id) for id in model.items.ids()],
    }
    if colored is not None:
        data["color"] = colored
    text = json.dumps(data)
    for letter in "<>&":
        text = text.replace(letter, "\\u%04x" % ord(letter))
    title = "%d items" % len(found.places)
    parts = {
        "TITLE": html.escape(title),
        "STYLE": _file("css"),
        "SCRIPT": _file("js"),
        "DATA": text,
    }
    return re.sub("@([A-Z]+)@", lambda match: parts[match[1]], _file("html"))


def _file(kind: str) -> str:
    """A part of the page: of the package, or, in a checkout, of the command."""
    name = "report_map." + kind
    here = pathlib.Path(__file__).resolve().parent
    place = here / "page" / name
    if not place.exists() and len(here.parents) > 3:
        place = here.parents[3] / "src" / "report" / name
    return place.read_text(encoding="utf-8")


def _write(path: "Path", page: str) -> None:
    """The file as a whole, or the old one."""
    place = os.fspath(path)
    if isinstance(place, bytes):
        place = os.fsdecode(place)
    temporary = "%s.%d.tmp" % (place, os.getpid())
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(page)
        os.replace(temporary, place)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
