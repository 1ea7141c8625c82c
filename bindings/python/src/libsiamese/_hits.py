"""What a search has found."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t, string_at
from typing import (
    TYPE_CHECKING,
    Any,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Union,
    overload,
)

import numpy as np

from ._arrays import address
from ._errors import NotFoundError, RangeError, StateError
from ._handle import Pointer
from ._library import check, lib, word_of
from ._tables import html_of, html_of_all, text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hit", "Hits", "Results"]

_count_of = lib.siamese_hits_count
_offsets = lib.siamese_hits_offsets
_scores = lib.siamese_hits_scores
_ids = lib.siamese_hits_ids
_vector_scores = lib.siamese_hits_vector_scores
_confidences = lib.siamese_hits_confidences
_get_texts = lib.siamese_hits_get_texts


class Hit(NamedTuple):
    """One item that a search has found."""

    id: Union[int, str]
    score: float
    title: str


class HitsPointer(Pointer):
    free = staticmethod(lib.siamese_hits_free)
    tables: Any = None  #: of texts that were asked for, by column


class Hits(Sequence[Hit]):
    """The hits of one query, the best first. They stay as they are, whatever
    becomes of the model."""

    __slots__ = ("_count", "_pointer", "_query")

    def __init__(self, pointer: Any, query: int = 0) -> None:
        self._pointer, self._query = pointer, query
        self._count: int = _count_of(pointer, query)

    @property
    def ids(self) -> List[Union[int, str]]:
        """The ids of the items."""
        found = _ids(self._pointer, self._query)
        if found:
            numbers: List[Union[int, str]] = found[: self._count]
            return numbers
        texts: List[Any] = self._texts(b"id")
        return texts

    @property
    def scores(self) -> List[float]:
        """The scores by which the items are ranked."""
        found: List[float] = _scores(self._pointer, self._query)[: self._count]
        return found

    @property
    def vector_scores(self) -> List[float]:
        """The scores of the items' vectors, by which the index found them; without
        a ranker they are the scores."""
        place = _vector_scores(self._pointer, self._query)
        found: List[float] = place[: self._count]
        return found

    @property
    def confidences(self) -> Optional[List[float]]:
        """0 to 1, the larger the better a title answers the query's words; None
        where no ranker ranked the hits."""
        place = _confidences(self._pointer, self._query)
        return place[: self._count] if place else None

    @property
    def corrected(self) -> Optional[str]:
        """What the query was searched as too, with words of the catalogue in place
        of words that were not known; None if it was not corrected."""
        text: Optional[bytes] = lib.siamese_hits_corrected(self._pointer, self._query)
        return None if text is None else text.decode("utf-8", "replace")

    def shares(self) -> "NDArray[np.float32]":
        """[hits][features]: what each feature of the ranker, in the order of
        Ranker.features, adds to a score; of a search with explain=True."""
        return _shares(self._pointer, self._query, self._count)

    @property
    def titles(self) -> List[str]:
        """The titles of the items."""
        try:
            return [text or "" for text in self._texts(b"title")]
        except NotFoundError:  # no items
            return [""] * self._count

    def _texts(self, column: bytes) -> List[Optional[str]]:
        start: int = _offsets(self._pointer)[self._query]
        texts: List[Optional[str]] = _texts_of(
            self._pointer, column, start, start + self._count
        )
        return texts

    def column(self, name: str) -> Any:
        """A column of the items: a list of texts, or an array of numbers."""
        start: int = _offsets(self._pointer)[self._query]
        return _column(self._pointer, name)[start : start + self._count]

    @property
    def known(self) -> bool:
        """Whether the model knew anything of the query's words."""
        return bool(lib.siamese_hits_known(self._pointer, self._query))

    def __len__(self) -> int:
        return self._count

    def _all(self) -> List[Hit]:
        return [Hit(*one) for one in zip(self.ids, self.scores, self.titles)]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._all())

    @overload
    def __getitem__(self, i: int) -> Hit: ...

    @overload
    def __getitem__(self, i: slice) -> List[Hit]: ...

    def __getitem__(self, i: Union[int, slice]) -> Union[Hit, List[Hit]]:
        return self._all()[i]

    def __repr__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        return html_of(self)


class Results(Sequence[Hits]):
    """The hits of many queries: one after the other, or all as arrays."""

    __slots__ = ("_pointer", "_queries", "_texts")

    def __init__(self, pointer: Any, texts: Optional[List[str]] = None) -> None:
        self._pointer = pointer
        self._texts = texts  #: of the first queries, for a table
        self._queries: int = lib.siamese_hits_query_count(pointer)

    def __len__(self) -> int:
        return self._queries

    @overload
    def __getitem__(self, i: int) -> Hits: ...

    @overload
    def __getitem__(self, i: slice) -> List[Hits]: ...

    def __getitem__(self, i: Union[int, slice]) -> Union[Hits, List[Hits]]:
        if isinstance(i, slice):
            return [Hits(self._pointer, j) for j in range(*i.indices(self._queries))]
        if not -self._queries <= i < self._queries:
            raise IndexError("there are %d queries" % self._queries)
        return Hits(self._pointer, i % self._queries)

    @property
    def offsets(self) -> "NDArray[np.uint64]":
        """[queries + 1]: where each query's hits begin in the arrays below."""
        if not self._queries:
            return np.zeros(1, np.uint64)
        place = _offsets(self._pointer)
        found: NDArray[np.uint64] = _view(
            self._pointer, place, self._queries + 1, np.uint64
        )
        return found

    @property
    def ids(self) -> "Union[NDArray[np.int64], List[str]]":
        """The ids of all hits: an array of integers, which stands in the hits,
        or a list of texts."""
        count = self._total()
        found = _ids(self._pointer, 0)
        if found or not count:
            numbers: NDArray[np.int64] = _view(self._pointer, found, count, np.int64)
            return numbers
        return [str(text) for hits in self for text in hits.ids]

    @property
    def scores(self) -> "NDArray[np.float32]":
        """The scores of all hits, as they stand in the hits."""
        return self._floats(_scores(self._pointer, 0))

    @property
    def vector_scores(self) -> "NDArray[np.float32]":
        """The scores of the vectors of all hits, as Hits has them."""
        return self._floats(_vector_scores(self._pointer, 0))

    @property
    def confidences(self) -> "Optional[NDArray[np.float32]]":
        """The confidences of all hits, as Hits has them; None where no ranker
        ranked them."""
        place = _confidences(self._pointer, 0)
        return self._floats(place) if place or not self._total() else None

    def _floats(self, place: Any) -> "NDArray[np.float32]":
        found: NDArray[np.float32] = _view(
            self._pointer, place, self._total(), np.float32
        )
        return found

    def column(self, name: str) -> Any:
        """A column of all hits: a list of texts, or an array of numbers."""
        return _column(self._pointer, name)

    def _total(self) -> int:
        return int(_offsets(self._pointer)[self._queries]) if self._queries else 0

    def __repr__(self) -> str:
        return "Results(%d queries, %d hits)" % (self._queries, self._total())

    def _repr_html_(self) -> str:
        return html_of_all(self)


def _view(pointer: Any, place: Any, count: int, dtype: Any) -> Any:
    """An array of C's memory, which lives as long as the array does."""
    if not count:
        return np.empty(0, dtype)
    size = count * np.dtype(dtype).itemsize
    raw = (ctypes.c_char * size).from_address(ctypes.addressof(place.contents))
    raw._hits = pointer
    array = np.frombuffer(raw, dtype)
    array.flags.writeable = False
    return array


def _shares(pointer: Any, query: int, count: int) -> "NDArray[np.float32]":
    """What the features add to the scores of a query's hits."""
    if not count:
        return np.empty((0, 0), np.float32)
    needed = c_size_t()
    try:
        check(lib.siamese_hits_get_shares(pointer, query, 0, None, 0, byref(needed)))
    except RangeError:  # it says for how many there should be room
        pass
    shares = np.empty((count, needed.value), np.float32)
    for i, row in enumerate(shares):
        check(
            lib.siamese_hits_get_shares(
                pointer, query, i, address(row), len(row), byref(needed)
            )
        )
    return shares


def _column(pointer: Any, name: str) -> Any:
    needed = c_size_t()
    word = word_of(name)
    count = _count_all(pointer)
    present = np.ones(count, np.uint8)
    place = address(present)
    for kind, dtype in (("integers", np.int64), ("numbers", np.float64)):
        values = np.empty(count, dtype)
        read = getattr(lib, "siamese_hits_get_" + kind)
        try:
            check(read(pointer, word, address(values), place, count, byref(needed)))
        except StateError:
            continue
        if kind == "integers" and not present.all():
            return np.where(present, values, np.nan)
        return values
    return _texts_of(pointer, word, 0, count)


def _count_all(pointer: Any) -> int:
    return int(_offsets(pointer)[lib.siamese_hits_query_count(pointer)])


def _texts_of(pointer: Any, column: bytes, start: int, stop: int) -> Any:
    """Texts of a column of some hits, with all their bytes, NULs too. Where
    those of all queries are is read once."""
    if pointer.tables is None:
        pointer.tables = {}
    found = pointer.tables.get(column)
    if found is None:
        count = _count_all(pointer)
        table, present = np.empty((count, 2), np.uint64), np.empty(count, np.uint8)
        places = address(table), address(present)
        check(_get_texts(pointer, column, *places, count, None))
        found = pointer.tables[column] = table, present
    table, present = found[0][start:stop].tolist(), found[1][start:stop].tolist()
    texts = [string_at(*text).decode("utf-8", "replace") for text in table]
    if 0 in present:
        return [text if known else None for text, known in zip(texts, present)]
    return texts
