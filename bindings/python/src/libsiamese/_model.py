"""The simple way in: one object that learns from pairs, holds items and
searches them. It is an estimator of scikit-learn as well, which it does not
need."""

from __future__ import annotations

import importlib
from ctypes import byref, c_size_t
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    TypeVar,
    Union,
    overload,
)

import numpy as np

from ._arrays import address, out_floats
from ._errors import ArgumentError, OptionError, StateError
from ._evaluate import Evaluation, evaluate
from ._history import History
from ._hits import Hits, HitsPointer, Results
from ._index import IdFilter
from ._items import ItemColumns, Items, id_arrays
from ._library import check, failure, lib, word_of
from ._model_base import ModelBase, set_option
from ._options import describe
from ._progress import ProgressLike, run
from ._request import set_how, set_queries
from ._structs import SearchRequest
from ._tables import MOST_QUERIES
from ._texts import Texts, Window, each_window, rows_of, single
from ._trainer import Pairs, _as_items, _Structs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ._items import Ids
    from ._texts import Column, TextsLike
    from ._vocab import Vocab

__all__ = ["Model"]

_Self = TypeVar("_Self", bound="Model")
_SIDES = {"query": 0, "item": 1}
_KINDS = ("vocab", "field", "tower", "trainer", "index")
_search_text = lib.siamese_model_search_text
_search = lib.siamese_model_search


class Model(ModelBase):
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

    # ---- what it reads ----

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
        self.__dict__.pop("_history", None)
        return self.train(progress)

    def set_vocab(self: _Self, vocab: "Optional[Vocab]") -> _Self:
        """Makes the towers read texts by this vocabulary, which is finished, in
        place of one that the first training makes; None takes it back."""
        pointer = None if vocab is None else vocab._pointer
        check(lib.siamese_model_set_vocab(self._pointer, pointer))
        return self

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

    def resume(self: _Self, progress: ProgressLike = None) -> _Self:
        """Trains as train() does, but leaves a training that is complete."""
        return self._run(lib.siamese_model_resume, progress)

    def prepare(self: _Self) -> _Self:
        """Makes the vocabulary, the towers and the trainer, unless they are
        there, and gives the trainer what was added; it trains nothing. Pairs
        that are added before the next training go to the trainer at once."""
        check(lib.siamese_model_prepare(self._pointer))
        return self

    def rebuild(self: _Self, progress: ProgressLike = None) -> _Self:
        """Encodes all items anew and builds a new index."""
        return self._run(lib.siamese_model_rebuild, progress)

    def _run(self: _Self, function: Any, progress: ProgressLike) -> _Self:
        run(
            function,
            (self._pointer,),
            self.cancel,
            self.forget_cancel,
            progress,
            history=self.history,
        )
        return self

    @property
    def history(self) -> History:
        """What the trainings of this object went through, from the last fit on:
        each step's loss, validations, accuracies. history.plot() draws it; no
        file keeps it."""
        found: History = self.__dict__.setdefault("_history", History())
        return found

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
        where: Optional[str] = ...,
        nprobe: int = ...,
        exact: bool = ...,
        dedupe: bool = ...,
        rerank: Optional[bool] = ...,
        spelling: Optional[bool] = ...,
        feedback: Optional[bool] = ...,
        explain: bool = ...,
        collapse_titles: bool = ...,
        min_confidence: float = ...,
        strict_nprobe: bool = ...,
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
        where: Optional[str] = ...,
        nprobe: int = ...,
        exact: bool = ...,
        dedupe: bool = ...,
        rerank: Optional[bool] = ...,
        spelling: Optional[bool] = ...,
        feedback: Optional[bool] = ...,
        explain: bool = ...,
        collapse_titles: bool = ...,
        min_confidence: float = ...,
        strict_nprobe: bool = ...,
    ) -> Results: ...

    def search(self, queries: Any, k: int = 10, **how: Any) -> Any:
        """Searches for one text, giving Hits, or for many, or for an array of
        vectors, giving Results.

        min_score, results whose vector scores at least this (vector_scores of
        the hits); within or exclude, ids of items, or a filter of filter() or
        where(); where, only items of which this is true, such as
        'brand = "x" and price < 50'; nprobe, the lists to read; exact=True,
        read all; dedupe=True, an item of several rows is found once;
        strict_nprobe=True, no more than nprobe lists are read, even where few
        items pass in them.

        rerank, spelling and feedback turn a stage of the ranker on or off;
        explain=True keeps what scores are made of, for Hits.shares();
        collapse_titles=True keeps the best hit of a title alone; min_confidence,
        hits are at least this confident, 0 to 1 (confidences of the hits).
        """
        if k < 0:  # ctypes would make a very large number of it
            raise ArgumentError("k: is negative")
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
        keep = [set_how(self, request, **how)]
        set_queries(request, queries, self.info["dim"], keep)
        check(_search(pointer, byref(request), byref(found)))
        del keep
        return Results(found, _first_texts(queries))

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

    def where(self, expression: str, *, within: Optional[IdFilter] = None) -> IdFilter:
        """A filter of the rows of which an expression over the columns is true
        at the moment, for many searches: 'brand = "x" and price < 50', with
        =, !=, <, <=, >, >=, in (...), is missing, and, or, not and brackets.
        within: only rows that this filter lets pass."""
        pointer = IdFilter._pointer_of()
        items = self._part("items", Items)
        check(
            lib.siamese_items_create_where_filter(
                byref(pointer),
                items._pointer,
                word_of(expression),
                None if within is None else within._pointer,
                None,
            )
        )
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
            check(encode(pointer, _SIDES[side], byref(text), 1, 1, address(one), dim))
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
                    set_option(self._pointer, name, value)
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
            input_tags=tags.InputTags(one_d_array=True, two_d_array=False, string=True),
        )


def _check_name(name: str) -> None:
    kind, _, option = name.rpartition("__")
    for one in _KINDS if not kind else (kind,):
        if one in _KINDS and any(option == o.name for o in describe(one)):
            return
    raise OptionError("there is no option %r of a model" % name)


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


def _first_texts(queries: Any) -> Optional[List[str]]:
    """As many as a table shows, of queries that are texts."""
    try:
        first = list(queries[:MOST_QUERIES])
    except TypeError:
        return None
    return first if all(isinstance(text, str) for text in first) else None


def _distinct(titles: Any) -> List[str]:
    """The distinct titles, the first ones first."""
    found = dict.fromkeys(_as_list(titles))
    found.pop(None, None)  # type: ignore[call-overload]
    return list(found)
