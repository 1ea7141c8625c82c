"""The simple way in: one object that learns from pairs, holds items and
searches them. It is an estimator of scikit-learn as well, which it does not
need."""

from __future__ import annotations

import importlib
import os
from ctypes import byref, c_double, c_int32, c_size_t
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

import numpy as np

from ._arrays import address, out_floats, vectors
from ._errors import ArgumentError, OptionError, StateError
from ._evaluate import Evaluation, evaluate
from ._handle import Handle
from ._hits import Hits, HitsPointer, Results
from ._index import IdFilter, Index
from ._items import COLUMN_TYPES, ItemColumns, Items, id_arrays
from ._library import check, failure, lib
from ._options import describe, make, shared, text_of
from ._progress import ProgressLike, run
from ._saved import Bundle
from ._structs import ModelInfo, SearchRequest
from ._texts import Texts, Window, each_window, rows_of, single
from ._tower import Tower
from ._trainer import Pairs, Trainer, _as_items, _Structs
from ._vocab import Vocab

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._items import Ids
    from ._option_types import FieldOptions, ModelOptions
    from ._saved import Path
    from ._texts import Column, TextsLike

__all__ = ["Model"]

_Self = TypeVar("_Self", bound="Model")
_SIDES = {"query": 0, "item": 1}
_KINDS = ("vocab", "field", "tower", "trainer", "index")
_search_text = lib.siamese_model_search_text
_search = lib.siamese_model_search


class Model(Handle):
    """Learns from pairs of texts, holds items and searches them.

    >>> model = Model().fit(queries, titles)
    >>> model.search("50 ft hose")[0].title
    >>> model.save("shop.siamese")

    preset is one of presets(). Options of the parts go over what it says, by
    their names: ``Model(epochs=20, embedding_dim=64)``; one that several parts
    have, as seed, is set in all of them, or in one by its name with the part:
    ``tower__seed=3``. ``describe("trainer")`` and so on list them.

    Any threads may search, add, update and remove, train and reload at once;
    each search sees one state of the model.
    """

    _kind = "model"

    def __init__(
        self,
        preset: str = "default",
        *,
        threads: int = 0,
        repeats: bool = False,
        **options: "Unpack[ModelOptions]",
    ) -> None:
        self._params: Dict[str, Any] = {
            "preset": preset, "threads": threads, "repeats": repeats, **options
        }
        self._fields: Dict[str, Dict[str, Any]] = {}
        self._pointer = self._made()

    def _made(self) -> Any:
        """A model of C that knows nothing yet."""
        params = dict(self._params)
        preset = params.pop("preset")
        own = make(
            "model",
            {"threads": params.pop("threads"), "repeats": params.pop("repeats")},
        )
        pointer = self._pointer_of()
        check(lib.siamese_model_create(byref(pointer), preset.encode(), own))
        for name, value in params.items():
            _set(pointer, name, value)
        for name, options in self._fields.items():
            _add_field(pointer, name, options)
        return pointer

    # ---- what it reads ----

    def add_field(
        self: _Self, name: str, **options: "Unpack[FieldOptions]"
    ) -> _Self:
        """Makes the towers read a column of the items too, as one more field
        beside the title."""
        _add_field(self._pointer, name, options)
        self._fields[name] = dict(options)
        return self

    def add_column(self: _Self, name: str, type: str = "text") -> _Self:
        """Adds a column of the items: "text", "integer" or "number"."""
        if type not in COLUMN_TYPES:
            raise ArgumentError("type: %r is none of %s" % (type, COLUMN_TYPES))
        check(
            lib.siamese_model_add_column(
                self._pointer, name.encode(), COLUMN_TYPES.index(type)
            )
        )
        return self

    # ---- what it learns from ----

    def fit(
        self: _Self,
        queries: "TextsLike",
        titles: "Optional[TextsLike]" = None,
        *,
        items: "Optional[Column]" = None,
        ids: "Optional[Ids]" = None,
        columns: "Optional[Mapping[str, Any]]" = None,
        sample_weight: "Optional[ArrayLike]" = None,
        progress: ProgressLike = None,
    ) -> _Self:
        """Learns anew from pairs: query i belongs to title i. Without titles
        the queries are items to learn from by themselves.

        items is what is to be searched, with ids and further columns; by
        default the distinct titles. What the model held before is dropped:
        train() goes on instead. Ctrl-C ends the training after a whole step,
        and train() goes on from there.
        """
        pairs = None
        if titles is not None:
            pairs = Pairs(queries, titles, weights=sample_weight)
        if items is None:
            given = queries if titles is None else titles
            items, ids = _distinct(given), ids
        rows = ItemColumns(items, ids, columns)
        fresh = self._made()
        _add_rows(lib.siamese_model_add_items, fresh, rows)
        if pairs is not None:
            _add_pairs(fresh, pairs)
        self._pointer = fresh
        return self.train(progress)

    def add_pairs(
        self: _Self, queries: "TextsLike", items: "TextsLike", **columns: Any
    ) -> _Self:
        """Adds pairs to learn from; the other columns are those of Pairs."""
        _add_pairs(self._pointer, Pairs(queries, items, **columns))
        return self

    def set_validation(
        self: _Self,
        pairs: Optional[Pairs],
        candidates: "Optional[Union[Pairs, TextsLike]]" = None,
    ) -> _Self:
        """Sets pairs that training does not see: see Trainer.set_validation."""
        with _Structs() as structs:
            check(
                lib.siamese_model_set_validation(
                    self._pointer,
                    structs.of(pairs),
                    structs.of(_as_items(candidates)),
                )
            )
        return self

    def train(self: _Self, progress: ProgressLike = None) -> _Self:
        """Trains on the pairs and items that were added, then encodes all items
        and builds their index. Searches go on with what was there before. A
        second call goes on, for as many epochs again."""
        return self._run(lib.siamese_model_train, progress)

    def rebuild(self: _Self, progress: ProgressLike = None) -> _Self:
        """Encodes all items anew and builds a new index."""
        return self._run(lib.siamese_model_rebuild, progress)

    def _run(self: _Self, function: Any, progress: ProgressLike) -> _Self:
        run(
            function, (self._pointer,), self.cancel, self.forget_cancel, progress
        )
        return self

    def cancel(self) -> None:
        """Makes a running train or rebuild raise CancelledError soon, or the
        next one. Any thread may call it."""
        check(lib.siamese_model_cancel(self._pointer))

    def forget_cancel(self) -> None:
        """Forgets a cancel that waits for the next run."""
        check(lib.siamese_model_forget_cancel(self._pointer))

    def grow(self: _Self, *, max_tokens: int = 0) -> _Self:
        """Lets the vocabulary take in the texts of all pairs and items, before
        train goes on with them."""
        check(lib.siamese_model_grow(self._pointer, max_tokens))
        return self

    def finish(self: _Self) -> _Self:
        """Frees what a model that only serves does not need."""
        check(lib.siamese_model_finish(self._pointer))
        return self

    # ---- items ----

    def add_items(
        self: _Self,
        titles: "Column",
        ids: "Optional[Ids]" = None,
        columns: "Optional[Mapping[str, Any]]" = None,
    ) -> _Self:
        """Adds items: their titles, their ids (integers or texts; by default
        the numbers of their rows), and further columns, a dict or a frame. From
        the first training on a search finds them at once.

        If a row is not valid, the error's ``rows_added`` says how many rows
        before it were added."""
        rows = ItemColumns(titles, ids, columns)
        _add_rows(lib.siamese_model_add_items, self._pointer, rows)
        return self

    def update_items(
        self: _Self,
        titles: "Column",
        ids: "Ids",
        columns: "Optional[Mapping[str, Any]]" = None,
    ) -> _Self:
        """Replaces the items that are there, and adds the others."""
        rows = ItemColumns(titles, ids, columns)
        _add_rows(lib.siamese_model_update_items, self._pointer, rows)
        return self

    def remove_items(self, ids: "Ids") -> int:
        """Removes items, and says how many rows there were."""
        integers, texts, count, keep = id_arrays(ids)
        removed = c_size_t()
        check(
            lib.siamese_model_remove_items(
                self._pointer, integers, texts, count, byref(removed)
            )
        )
        del keep
        return removed.value

    # ---- searching and encoding ----

    @overload
    def search(  # type: ignore[overload-overlap]  # a str is a sequence of them
        self,
        queries: str,
        k: int = ...,
        *,
        min_score: Optional[float] = ...,
        within: "Optional[Union[IdFilter, Ids]]" = ...,
        exclude: "Optional[Ids]" = ...,
        nprobe: int = ...,
        exact: bool = ...,
        dedupe: bool = ...,
    ) -> Hits: ...

    @overload
    def search(
        self,
        queries: "Union[TextsLike, ArrayLike]",
        k: int = ...,
        *,
        min_score: Optional[float] = ...,
        within: "Optional[Union[IdFilter, Ids]]" = ...,
        exclude: "Optional[Ids]" = ...,
        nprobe: int = ...,
        exact: bool = ...,
        dedupe: bool = ...,
    ) -> Results: ...

    def search(self, queries: Any, k: int = 10, **how: Any) -> Any:
        """Searches for one text, giving Hits, or for many, or for an array of
        vectors, giving Results.

        min_score, results score at least this; within or exclude, ids of
        items, or a filter of filter(); nprobe, the lists to read; exact=True,
        read all; dedupe=True, an item of several rows is found once.
        """
        if isinstance(queries, str) and not how and "\0" not in queries:
            found = HitsPointer()
            status = _search_text(self._pointer, queries.encode(), k, byref(found))
            if status:
                raise failure(status)
            return Hits(found)
        if isinstance(queries, str):
            return self._search_many([queries], k, **how)[0]
        return self._search_many(queries, k, **how)

    def _search_many(self, queries: Any, k: int, **how: Any) -> Results:
        pointer, found = self._pointer, HitsPointer()
        request = SearchRequest()
        check(lib.siamese_search_request_init(byref(request), request.struct_size))
        request.k = k
        keep = [_how(self, request, **how)]
        _ask(request, queries, self.info["dim"], keep)
        check(_search(pointer, byref(request), byref(found)))
        del keep
        return Results(found)

    def filter(self, ids: "Ids", *, exclude: bool = False) -> IdFilter:
        """A filter of the rows that some items have at the moment, for many
        searches."""
        integers, texts, count, keep = id_arrays(ids)
        pointer = IdFilter._pointer_of()
        items = self._part("items", Items)
        check(
            lib.siamese_items_create_filter(
                byref(pointer),
                items._pointer,
                int(exclude),
                integers,
                texts,
                count,
                None,
            )
        )
        del keep
        return IdFilter._own(pointer)

    def encode(
        self,
        texts: "Union[str, TextsLike]",
        *,
        side: str = "query",
        out: "Optional[NDArray[np.float32]]" = None,
    ) -> "NDArray[np.float32]":
        """The vectors of texts, by the tower of the queries or the items."""
        if side not in _SIDES:
            raise ArgumentError("side: %r is neither 'query' nor 'item'" % side)
        dim = self.info["dim"]
        encode, pointer = lib.siamese_model_encode, self._pointer
        if isinstance(texts, str):
            one = out_floats(out, dim)
            text = single(texts)
            check(
                encode(pointer, _SIDES[side], byref(text), 1, 1, address(one), dim)
            )
            return one
        rows = rows_of(texts, "texts")
        result = out_floats(out, len(rows), dim)

        def call(window: Window) -> None:
            part = result[window.start : window.stop]
            check(
                encode(
                    pointer,
                    _SIDES[side],
                    window.address,
                    len(part),
                    rows.fields,
                    address(part),
                    part.size,
                )
            )

        each_window(rows, call)
        return result

    def evaluate(
        self,
        queries: "TextsLike",
        judgements: Sequence[Union[Mapping[Any, float], Sequence[Any]]],
        *,
        ks: Sequence[int] = (1, 10, 100),
        **options: Any,
    ) -> Evaluation:
        """Measures searches: judgements has for each query the ids of its
        items, or their grades ({id: grade})."""
        found = self.search(_as_list(queries), max(ks), exact=True)
        numbers: Dict[Any, int] = {}

        def number(id: Any) -> int:
            return numbers.setdefault(id, len(numbers))

        judged = [
            {number(id): grade for id, grade in row.items()}
            if isinstance(row, Mapping)
            else [number(id) for id in row]
            for row in judgements
        ]
        rankings = np.full((len(found), max(ks)), -1, np.int64)
        for row, hits in enumerate(found):
            ids = [number(id) for id in hits.ids]
            rankings[row, : len(ids)] = ids
        return evaluate(judged, rankings=rankings, ks=ks, **options)

    # ---- files ----

    def save(
        self, path: "Path", *, compression: int = 1, finished: bool = False
    ) -> None:
        """Saves to a file, which is the old one or the new one at any moment.
        With finished the trainer stays out of it."""
        options = shared("save", ("compression", compression), ("finished", finished))
        check(lib.siamese_model_save(self._pointer, os.fsencode(path), options))

    @classmethod
    def load(cls: Type[_Self], path: "Path", *, threads: int = 0) -> _Self:
        """Opens a file that save wrote, or any checkpoint."""
        pointer = cls._pointer_of()
        options = shared("load", ("threads", threads))
        check(
            lib.siamese_model_open(byref(pointer), os.fsencode(path), options),
            os.fspath(path),
        )
        return cls._of(pointer, threads)

    def reload(self, path: "Path", *, threads: int = 0) -> None:
        """Puts another file in the place of all that the model is, while
        others search: each search has the old model or the new one."""
        options = shared("load", ("threads", threads))
        check(
            lib.siamese_model_reload(self._pointer, os.fsencode(path), options),
            os.fspath(path),
        )

    @classmethod
    def _of(cls: Type[_Self], pointer: Any, threads: int = 0) -> _Self:
        self = cls._own(pointer)
        self._params = {"preset": "default", "threads": threads, "repeats": False}
        self._fields = {}
        return self

    @classmethod
    def from_bundle(cls: Type[_Self], bundle: Bundle) -> _Self:
        """A model of the parts of a bundle."""
        pointer = cls._pointer_of()
        check(lib.siamese_model_from_bundle(byref(pointer), bundle._pointer))
        return cls._of(pointer)

    @classmethod
    def from_towers(
        cls: Type[_Self], query: Tower, item: Optional[Tower] = None
    ) -> _Self:
        """A model of towers that are there, without items yet."""
        return cls.from_bundle(Bundle(query_tower=query, item_tower=item or query))

    @classmethod
    def from_keras(
        cls: Type[_Self], path: "Path", *, item: "Optional[Path]" = None, **how: Any
    ) -> _Self:
        """A model of a tower of Keras, or of two, one for the items. See
        Tower.from_keras, which has the other arguments."""
        query = Tower.from_keras(path, **how)
        return cls.from_towers(
            query, None if item is None else Tower.from_keras(item, **how)
        )

    def to_bundle(self) -> Bundle:
        """All that save would write, to add sections of your own to it."""
        pointer = Bundle._pointer_of()
        check(lib.siamese_model_get_bundle(self._pointer, byref(pointer)))
        return Bundle._own(pointer)

    # ---- its parts ----

    def _part(self, name: str, kind: Any) -> Any:
        pointer = kind._pointer_of()
        get = getattr(lib, "siamese_model_get_" + name)
        check(get(self._pointer, byref(pointer)))
        return kind._own(pointer)

    @property
    def vocab(self) -> Vocab:
        """The vocabulary."""
        part: Vocab = self._part("vocab", Vocab)
        return part

    @property
    def query_tower(self) -> Tower:
        """The tower of the queries."""
        part: Tower = self._part("query_tower", Tower)
        return part

    @property
    def item_tower(self) -> Tower:
        """The tower of the items."""
        part: Tower = self._part("item_tower", Tower)
        return part

    @property
    def trainer(self) -> Trainer:
        """The trainer."""
        part: Trainer = self._part("trainer", Trainer)
        return part

    @property
    def index(self) -> Index:
        """The index, of vectors under the numbers of rows."""
        part: Index = self._part("index", Index)
        return part

    @property
    def items(self) -> Items:
        """The items."""
        part: Items = self._part("items", Items)
        return part

    @property
    def info(self) -> Dict[str, int]:
        """What the model is at the moment: dim, items, vectors, pairs, ..."""
        info = ModelInfo()
        check(lib.siamese_model_get_info(self._pointer, byref(info)))
        return {one[0]: getattr(info, one[0]) for one in info._fields_[1:]}

    def __len__(self) -> int:
        """The number of rows of items."""
        return self.info["items"]

    def __bool__(self) -> bool:
        return True

    def to_numpy(self) -> "Tuple[Any, NDArray[np.float32]]":
        """(ids, vectors) of all items: the ids as an array, or a list of texts."""
        rows, found = self.index.to_numpy()
        return self.items.ids(rows), found

    def to_faiss(self) -> Any:
        """The vectors as an index of faiss-cpu, which must be installed; its
        ids are the numbers of rows, as ``model.items.ids(rows)`` reads them."""
        return self.index.to_faiss()

    # ---- an estimator of scikit-learn ----

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The arguments that the model was made with."""
        return dict(self._params)

    def set_params(self: _Self, **params: Any) -> _Self:
        """Changes arguments, for the next fit; those that a trained model can
        change (epochs, learning_rate, nprobe, ...) hold at once too."""
        known = self._params.keys() | {"preset", "threads", "repeats"}
        for name in params:
            if name not in known:
                _check_name(name)
        self._params.update(params)
        if not self.info["trained"] and not self.info["items"]:
            self._pointer = self._made()
            return self
        for name, value in params.items():
            if name not in ("preset", "threads", "repeats"):
                try:
                    _set(self._pointer, name, value)
                except StateError:
                    pass
        return self

    def transform(self, queries: "TextsLike") -> "NDArray[np.float32]":
        """The vectors of queries."""
        return self.encode(queries)

    def fit_transform(
        self, queries: "TextsLike", titles: "Optional[TextsLike]" = None, **rest: Any
    ) -> "NDArray[np.float32]":
        """Fits, and returns the vectors of the queries."""
        return self.fit(queries, titles, **rest).transform(queries)

    def predict(self, queries: "TextsLike") -> Any:
        """The title of the best item for each query; "" where none is found."""
        best = [
            hits.titles[0] if len(hits) else ""
            for hits in self.search(_as_list(queries), 1)
        ]
        return np.array(best, dtype=object)

    def score(self, queries: "TextsLike", titles: "TextsLike") -> float:
        """The share of queries whose own title is among the 10 nearest of all
        titles, those of the model's items and these (hit@10)."""
        wanted = _as_list(titles)
        names = list(dict.fromkeys([*wanted, *self.items.titles()]))
        place = {name: i for i, name in enumerate(names)}
        found = evaluate(
            [[place[title]] for title in wanted],
            queries=self.encode(queries),
            items=self.encode(names, side="item"),
            ks=(10,),
            metric=self.index.options["metric"],
        )
        return found["hit@10"]

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Names of the columns of transform."""
        return np.array(
            ["siamese%d" % i for i in range(self.info["dim"])], dtype=object
        )

    def __sklearn_is_fitted__(self) -> bool:
        return bool(self.info["trained"])

    def __sklearn_clone__(self: _Self) -> _Self:
        """An unfitted model with the same arguments."""
        clone = type(self)(**self._params)
        for name, options in self._fields.items():
            clone.add_field(name, **options)
        return clone

    def __sklearn_tags__(self) -> Any:  # only scikit-learn calls it
        tags: Any = importlib.import_module("sklearn.utils")
        return tags.Tags(
            estimator_type=None,
            target_tags=tags.TargetTags(required=False),
            transformer_tags=tags.TransformerTags(preserves_dtype=[]),
            input_tags=tags.InputTags(
                one_d_array=True, two_d_array=False, string=True
            ),
        )

    # ---- as an object ----

    def __reduce__(self) -> Tuple[Callable[..., Any], Tuple[Any, ...]]:
        data = None
        if self.info["trained"] or self.info["items"]:
            data = self.to_bundle().to_bytes()
        return _restored, (type(self), self._params, self._fields, data)

    def __repr__(self) -> str:
        if self.closed:
            return "Model(closed)"
        params = ", ".join(
            "%s=%r" % one
            for one in self._params.items()
            if one[1] != {"preset": "default", "threads": 0}.get(one[0], False)
        )
        info = self.info
        return "Model(%s)%s" % (
            params,
            " of %d items, %d numbers a vector" % (info["items"], info["dim"])
            if info["trained"]
            else "",
        )


def _restored(
    cls: Type[Model], params: Dict[str, Any], fields: Any, data: Optional[bytes]
) -> Model:
    if data is None:
        model = cls(**params)
        for name, options in fields.items():
            model.add_field(name, **options)
        return model
    model = cls.from_bundle(Bundle.from_bytes(data, threads=params["threads"]))
    model._params, model._fields = params, fields
    return model


def _set(pointer: Any, name: str, value: object) -> None:
    if value is not None:
        option = name.replace("__", ".")
        check(
            lib.siamese_model_set(pointer, option.encode(), text_of(name, value))
        )


def _check_name(name: str) -> None:
    kind, _, option = name.rpartition("__")
    for one in _KINDS if not kind else (kind,):
        if one in _KINDS and any(option == o.name for o in describe(one)):
            return
    raise OptionError("there is no option %r of a model" % name)


def _add_field(pointer: Any, name: str, options: Mapping[str, object]) -> None:
    check(
        lib.siamese_model_add_field(pointer, name.encode(), make("field", options))
    )


def _add_pairs(pointer: Any, pairs: Pairs) -> None:
    for start, struct, _keep in pairs._windows(False):
        status = lib.siamese_model_add_pairs(pointer, byref(struct))
        if status:
            raise _counted(failure(status), start)


def _add_rows(function: Any, pointer: Any, rows: ItemColumns) -> None:
    for start, struct, _keep in rows.windows():
        status = function(pointer, byref(struct))
        if status:
            raise _counted(failure(status), start)


def _counted(error: Any, start: int) -> Any:
    """An error that says how many rows before it are in."""
    error.rows_added = start
    if start:
        error.args = ("%s (counted from row %d)" % (error, start),)
    return error


def _as_list(texts: Any) -> List[str]:
    """A column of texts as Python's own."""
    while isinstance(texts, Texts):
        texts = texts.column
    for name in ("to_list", "to_pylist", "tolist"):
        if hasattr(texts, name):
            found: List[str] = getattr(texts, name)()
            return found
    return list(texts)


def _distinct(titles: Any) -> List[str]:
    """The distinct titles, the first ones first."""
    found = dict.fromkeys(_as_list(titles))
    found.pop(None, None)  # type: ignore[call-overload]
    return list(found)


def _how(
    model: Model,
    request: SearchRequest,
    *,
    min_score: Optional[float] = None,
    within: Any = None,
    exclude: Any = None,
    nprobe: int = 0,
    exact: bool = False,
    dedupe: bool = False,
) -> Any:
    """Sets how a request searches, and returns what it points to."""
    if min_score is not None:
        request.min_score = c_double(min_score)
    request.nprobe = c_size_t(nprobe)
    request.exact, request.dedupe = c_int32(exact), c_int32(dedupe)
    if within is not None and exclude is not None:
        raise ArgumentError("within, exclude: give one of them")
    chosen = within if within is not None else exclude
    if chosen is None:
        return None
    if not isinstance(chosen, IdFilter):
        chosen = model.filter(chosen, exclude=exclude is not None)
    elif exclude is not None:
        raise ArgumentError("exclude: is a filter; make it with exclude=True")
    request.filter = chosen._pointer
    return chosen


def _ask(request: SearchRequest, queries: Any, dim: int, keep: List[Any]) -> None:
    """Sets what a request searches."""
    if getattr(getattr(queries, "dtype", None), "kind", "") == "f":
        rows, _ = vectors(queries, dim, "queries")
        keep.append(rows)
        request.vectors, request.count = address(rows), len(rows)
        return
    texts = rows_of(queries, "queries")
    table, owner = texts.read(0, len(texts), None)
    keep.extend((table, owner))
    request.texts, request.count = address(table), len(table)
    request.fields = texts.fields

