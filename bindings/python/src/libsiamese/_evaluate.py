"""How good rankings are: recall, precision, hit, MRR, MAP and nDCG."""

from __future__ import annotations

from ctypes import byref
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

import numpy as np

from ._arrays import address, floats, ids_of, numbers
from ._errors import ArgumentError
from ._handle import Handle
from ._library import check, lib
from ._options import make
from ._structs import EvaluatorCounts, Judgements, Rankings, Vectors

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._option_types import EvaluatorOptions

    JudgementsLike = Union[
        Sequence[Mapping[int, float]],
        Sequence[Iterable[int]],
        Tuple[ArrayLike, ArrayLike, ArrayLike],
    ]

__all__ = ["Evaluation", "Evaluator", "evaluate"]

FIGURES: Tuple[str, ...] = tuple(lib.siamese_ranking_name(i).decode() for i in range(7))


class Evaluation:
    """The means over all queries, and what they are of."""

    ks: Tuple[int, ...]
    means: "NDArray[np.float64]"  #: [ks][figures], NaN where no query counts
    queries: int  #: queries measured
    relevant: int  #: those of them that have a relevant item
    relevant_items: int
    gaining: int  #: queries whose judgements have a gain
    tied: int
    #: [queries][ks][figures]; NaN where a query does not count
    values: "Optional[NDArray[np.float64]]"

    def __init__(
        self,
        ks: Tuple[int, ...],
        means: "NDArray[np.float64]",
        counts: EvaluatorCounts,
        values: "Optional[NDArray[np.float64]]" = None,
    ) -> None:
        self.ks, self.means, self.values = ks, means, values
        for member in counts._fields_[1:]:
            setattr(self, member[0], getattr(counts, member[0]))

    def __getitem__(self, name: str) -> float:
        """A mean by its name, e.g. ``result["recall@10"]``."""
        figure, k = self._place(name)
        return float(self.means[k, figure])

    def per_query(self, name: str) -> "NDArray[np.float64]":
        """A figure of each query, e.g. ``result.per_query("mrr@10")``."""
        figure, k = self._place(name)
        if self.values is None:
            raise ArgumentError("the values of single queries were not kept")
        found: NDArray[np.float64] = self.values[:, k, figure]
        return found

    def _place(self, name: str) -> Tuple[int, int]:
        figure, _, k = name.partition("@")
        if figure not in FIGURES or not k.isdigit() or int(k) not in self.ks:
            raise KeyError(
                "%r: a figure is one of %s, '@' and one of %s"
                % (name, ", ".join(FIGURES), list(self.ks))
            )
        return FIGURES.index(figure), self.ks.index(int(k))

    def as_dict(self) -> Dict[str, float]:
        """All means, by names such as "ndcg@10"."""
        return {
            "%s@%d" % (figure, k): float(self.means[row, column])
            for row, k in enumerate(self.ks)
            for column, figure in enumerate(FIGURES)
        }

    def __repr__(self) -> str:
        figures = ", ".join(
            "%s %.4f" % (name, value)
            for name, value in self.as_dict().items()
            if not name.startswith(("precision", "ndcg_binary", "map"))
        )
        return "Evaluation(%d queries: %s)" % (self.queries, figures)


class Evaluator(Handle):
    """Measures queries a part at a time; evaluate() does it in one call."""

    _kind = "evaluator"

    def __init__(
        self,
        ks: Sequence[int] = (1, 10, 100),
        **options: "Unpack[EvaluatorOptions]",
    ) -> None:
        wanted = numbers(list(ks), np.uint64, "ks")
        pointer = self._pointer_of()
        check(
            lib.siamese_evaluator_create(
                byref(pointer),
                make("evaluator", options),
                address(wanted),
                len(wanted),
            )
        )
        self._pointer = pointer
        self.ks = tuple(int(k) for k in wanted)

    def add_vectors(
        self,
        judgements: "JudgementsLike",
        queries: "ArrayLike",
        items: "ArrayLike",
        item_ids: "Optional[ArrayLike]" = None,
    ) -> "NDArray[np.float64]":
        """Ranks all items for each query by exact search and measures that.
        Returns the figures of each query."""
        struct, keep = _judgements(judgements)
        rows, others = floats(queries, "queries"), floats(items, "items")
        if rows.ndim != 2 or others.ndim != 2 or rows.shape[1] != others.shape[1]:
            raise ArgumentError(
                "queries, items: of the shapes %s and %s" % (rows.shape, others.shape)
            )
        if len(rows) != struct.queries:
            raise ArgumentError(
                "queries: %d of them, for the judgements of %d"
                % (len(rows), struct.queries)
            )
        ids = None if item_ids is None else ids_of(item_ids, "item_ids")
        if ids is not None and len(ids) != len(others):
            raise ArgumentError(
                "item_ids: %d of them, for %d items" % (len(ids), len(others))
            )
        given = Vectors(
            dim=rows.shape[1],
            queries=address(rows),
            items=address(others),
            item_ids=address(ids),
            item_count=len(others),
        )
        add = lib.siamese_evaluator_add_vectors
        figures: NDArray[np.float64] = self._add(
            add, struct, given, (keep, rows, others, ids)
        )
        return figures

    def add_rankings(
        self,
        judgements: "JudgementsLike",
        ids: "ArrayLike",
        scores: "Optional[ArrayLike]" = None,
        found: "Optional[ArrayLike]" = None,
    ) -> "NDArray[np.float64]":
        """Measures rankings that are there, [queries][depth], the best first, as
        Index.search gives them; an id of -1 ends a query's. Returns the figures
        of each query."""
        struct, keep = _judgements(judgements)
        array = np.ascontiguousarray(ids, np.int64)
        if array.ndim != 2 or len(array) != struct.queries:
            raise ArgumentError(
                "ids: of the shape %s, for the judgements of %d queries"
                % (array.shape, struct.queries)
            )
        if found is None:
            counts = (np.cumsum(array < 0, axis=1) == 0).sum(axis=1).astype(np.uint64)
        else:
            counts = numbers(found, np.uint64, "found")
        if len(counts) != len(array):
            raise ArgumentError(
                "found: %d numbers, for %d queries" % (len(counts), len(array))
            )
        values = None if scores is None else floats(scores, "scores")
        if values is not None and values.shape != array.shape:
            raise ArgumentError(
                "scores: of the shape %s, for ids of %s" % (values.shape, array.shape)
            )
        given = Rankings(
            depth=array.shape[1],
            ids=address(array),
            found=address(counts),
            scores=address(values),
        )
        add = lib.siamese_evaluator_add_rankings
        figures: NDArray[np.float64] = self._add(
            add, struct, given, (keep, array, counts, values)
        )
        return figures

    def _add(self, function: Any, judgements: Any, given: Any, keep: Any) -> Any:
        values = np.empty((judgements.queries, len(self.ks), len(FIGURES)), np.float64)
        check(
            function(
                self._pointer,
                byref(judgements),
                byref(given),
                address(values),
                values.size,
            )
        )
        del keep
        return values

    def result(self) -> Evaluation:
        """The means of all queries so far."""
        means = np.empty((len(self.ks), len(FIGURES)), np.float64)
        counts = EvaluatorCounts()
        check(
            lib.siamese_evaluator_get_means(
                self._pointer, address(means), means.size, byref(counts)
            )
        )
        return Evaluation(self.ks, means, counts)


def evaluate(
    judgements: "JudgementsLike",
    *,
    queries: "Optional[ArrayLike]" = None,
    items: "Optional[ArrayLike]" = None,
    item_ids: "Optional[ArrayLike]" = None,
    rankings: "Optional[ArrayLike]" = None,
    scores: "Optional[ArrayLike]" = None,
    ks: Sequence[int] = (1, 10, 100),
    **options: "Unpack[EvaluatorOptions]",
) -> Evaluation:
    """Measures a search: either vectors of queries and items, which are ranked
    by exact search, or rankings, the ids that a search found.

    judgements has for each query the grades of its items ({id: grade}), or the
    ids of its relevant items, or is (offsets, ids, grades) as arrays. The
    figures and options are those of docs/metrics.md.

    >>> evaluate([{101: 3}, {100: 1}], rankings=index.search(vectors).ids)
    """
    evaluator = Evaluator(ks, **options)
    if rankings is not None:
        if queries is not None or items is not None or item_ids is not None:
            raise ArgumentError("rankings: beside vectors; one of them is measured")
        values = evaluator.add_rankings(judgements, rankings, scores)
    elif queries is None or items is None:
        raise ArgumentError("neither rankings nor both queries and items are given")
    elif scores is not None:
        raise ArgumentError("scores: belong to rankings")
    else:
        values = evaluator.add_vectors(judgements, queries, items, item_ids)
    found = evaluator.result()
    found.values = values
    return found


def _judgements(judgements: Any) -> Tuple[Judgements, Any]:
    if (
        isinstance(judgements, tuple)
        and len(judgements) == 3
        and isinstance(judgements[0], np.ndarray)
    ):
        offsets = numbers(judgements[0], np.uint64, "offsets")
        ids = ids_of(judgements[1], "ids")
        grades = numbers(judgements[2], np.float64, "grades")
        if len(ids) != len(grades) or not len(offsets) or int(offsets[-1]) != len(ids):
            raise ArgumentError(
                "judgements: offsets to %s, of %d ids and %d grades"
                % (offsets[-1:].tolist(), len(ids), len(grades))
            )
    else:
        ends: List[int] = [0]
        keys: List[int] = []
        values: List[float] = []
        for row in judgements:
            if isinstance(row, Mapping):
                keys.extend(row.keys())
                values.extend(row.values())
            else:
                keys.extend(row)
                values.extend([1.0] * (len(keys) - len(values)))
            ends.append(len(keys))
        offsets = np.array(ends, np.uint64)
        ids = ids_of(keys, "ids")
        grades = np.array(values, np.float64)
    struct = Judgements(
        queries=len(offsets) - 1,
        offsets=address(offsets),
        ids=address(ids),
        grades=address(grades),
    )
    return struct, (offsets, ids, grades)
