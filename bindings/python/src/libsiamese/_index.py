"""An index: vectors to their nearest neighbours."""

from __future__ import annotations

import importlib
import os
from ctypes import CFUNCTYPE, byref, c_double, c_int32, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ._arrays import address, floats, ids_of, vectors
from ._errors import ArgumentError, RangeError
from ._handle import Handle
from ._library import check, failure, lib, path_of
from ._options import make, read, shared
from ._saved import Saved
from ._structs import IndexInfo

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._option_types import IndexOptions
    from ._saved import Path

__all__ = ["IdFilter", "Index", "Neighbours", "RangeNeighbours"]

_search = lib.siamese_index_search_filtered
_TOLD = CFUNCTYPE(c_int32, c_void_p, c_double)


class Neighbours(NamedTuple):
    """What a search found, the best first. Of many queries the arrays are
    [queries][k], and where an index has fewer than k ids are -1 and scores
    -inf; of one query they are [found]."""

    ids: "NDArray[np.int64]"
    scores: "NDArray[np.float32]"


class RangeNeighbours(NamedTuple):
    """All that scores enough: those of query r are
    ``ids[offsets[r]:offsets[r + 1]]``."""

    offsets: "NDArray[np.uint64]"
    ids: "NDArray[np.int64]"
    scores: "NDArray[np.float32]"


class IdFilter(Handle):
    """Ids that searches keep to, or leave out with ``exclude=True``. It never
    changes; any searches may share it."""

    _kind = "id_filter"

    def __init__(self, ids: "ArrayLike", *, exclude: bool = False) -> None:
        pointer = self._pointer_of()
        array = ids_of(ids)
        check(
            lib.siamese_id_filter_create(
                byref(pointer), int(exclude), address(array), len(array)
            )
        )
        self._pointer = pointer


class Index(Saved):
    """Vectors under 64-bit ids, and searches for the nearest: exactly, or in
    the lists that promise most (IVF-flat).

    >>> index = Index(tower.dim)
    >>> index.add(ids, tower.encode(titles))
    >>> ids, scores = index.search(tower.encode("red couch"), k=10)

    Searches, adds and removals may run at once on many threads. The options
    are those of docs/index.md; ``describe("index")`` lists them.
    """

    _kind = "index"
    _part = "index"

    def __init__(self, dim: int, **options: "Unpack[IndexOptions]") -> None:
        pointer = self._pointer_of()
        check(lib.siamese_index_create(byref(pointer), dim, make("index", options)))
        self._pointer = pointer
        self._dim = dim

    @property
    def dim(self) -> int:
        """The size of a vector."""
        try:
            return self._dim
        except AttributeError:
            self._dim = int(self.info["dim"])
            return self._dim

    # ---- filling ----

    def add(self, ids: "ArrayLike", vectors_: "ArrayLike") -> None:
        """Adds vectors, all of them or none; a search finds them at once."""
        rows, _ = vectors(vectors_, self.dim, "vectors")
        array = ids_of(ids)
        if len(array) != len(rows):
            raise ArgumentError(
                "ids: %d of them, for %d vectors" % (len(array), len(rows))
            )
        check(
            lib.siamese_index_add(
                self._pointer, address(array), address(rows), len(array)
            )
        )

    def update(self, ids: "ArrayLike", vectors_: "ArrayLike") -> int:
        """Replaces every vector of some ids by the given ones, all or none; a
        search sees either those or these. Says how many vectors went."""
        rows, _ = vectors(vectors_, self.dim, "vectors")
        array = ids_of(ids)
        if len(array) != len(rows):
            raise ArgumentError(
                "ids: %d of them, for %d vectors" % (len(array), len(rows))
            )
        removed = c_size_t()
        check(
            lib.siamese_index_update(
                self._pointer, address(array), address(rows), len(array), byref(removed)
            )
        )
        return removed.value

    def remove(self, ids: "ArrayLike") -> int:
        """Removes every vector of some ids, and says how many there were."""
        array = ids_of(ids)
        removed = c_size_t()
        check(
            lib.siamese_index_remove(
                self._pointer, address(array), len(array), byref(removed)
            )
        )
        return removed.value

    def train(
        self,
        vectors_: "Optional[ArrayLike]" = None,
        progress: Optional[Callable[[float], Any]] = None,
    ) -> None:
        """Chooses lists by k-means over vectors, by default those of the index;
        worth it from 100,000 vectors on. See docs/index.md.

        progress is told the share that is done, 0 to 1; if it returns
        something true, or raises, the index is as before.
        """
        given = self._stored()[1] if vectors_ is None else vectors_
        rows, _ = vectors(given, self.dim, "vectors")
        train = lib.siamese_index_train_with_progress
        _telling(progress, train, self._pointer, address(rows), len(rows))

    # ---- searching ----

    def search(
        self,
        queries: "ArrayLike",
        k: int = 10,
        *,
        nprobe: int = 0,
        exact: bool = False,
        min_score: Optional[float] = None,
        dedupe: bool = False,
        within: Optional[IdFilter] = None,
        strict_nprobe: bool = False,
    ) -> Neighbours:
        """The k best vectors of one query or of many.

        nprobe: the lists to read, 0: as the index says. exact: read all.
        min_score: results score at least this. dedupe: an id of several
        vectors is found once. within: search among some ids. strict_nprobe:
        nprobe lists are read even where within or dedupe leaves fewer than k
        in them, as a shard must.
        """
        pointer, dim = self._pointer, self.dim
        rows, one = vectors(queries, dim, "queries")
        count = len(rows)
        ids = np.empty((count, k), np.int64)
        scores = np.empty((count, k), np.float32)
        found = c_size_t() if one else None
        status = _search(
            pointer,
            address(rows),
            count,
            k,
            _options(nprobe, exact, min_score, dedupe, strict_nprobe),
            None if within is None else within._pointer,
            address(ids),
            address(scores),
            count * k,
            None if found is None else byref(found),
        )
        if status:
            raise failure(status)
        if found is None:
            return Neighbours(ids, scores)
        return Neighbours(ids[0, : found.value], scores[0, : found.value])

    def range_search(
        self,
        queries: "ArrayLike",
        min_score: float,
        *,
        nprobe: int = 0,
        exact: bool = False,
        dedupe: bool = False,
        within: Optional[IdFilter] = None,
    ) -> RangeNeighbours:
        """All vectors that score at least min_score."""
        rows, _ = vectors(queries, self.dim, "queries")
        offsets = np.zeros(len(rows) + 1, np.uint64)
        needed, capacity = c_size_t(), 64 * len(rows)
        while True:
            ids = np.empty(capacity, np.int64)
            scores = np.empty(capacity, np.float32)
            try:
                check(
                    lib.siamese_index_range_search_filtered(
                        self._pointer,
                        address(rows),
                        len(rows),
                        min_score,
                        _options(nprobe, exact, None, dedupe),
                        None if within is None else within._pointer,
                        address(offsets),
                        address(ids),
                        address(scores),
                        capacity,
                        byref(needed),
                    )
                )
                size = needed.value
                return RangeNeighbours(offsets, ids[:size], scores[:size])
            except RangeError:
                capacity = needed.value  # adds of other threads: try again

    def tune_nprobe(
        self,
        queries: "ArrayLike",
        *,
        k: int = 10,
        recall: float = 0.95,
        progress: Optional[Callable[[float], Any]] = None,
    ) -> Tuple[int, float]:
        """The least number of lists that reaches a recall, and the recall.
        progress is as with train."""
        rows, _ = vectors(queries, self.dim, "queries")
        nprobe, reached = c_size_t(), c_double()
        _telling(
            progress,
            lib.siamese_index_tune_nprobe_with_progress,
            self._pointer,
            address(rows),
            len(rows),
            k,
            recall,
            last=(byref(nprobe), byref(reached)),
        )
        return nprobe.value, reached.value

    @property
    def nprobe(self) -> int:
        """The lists that a query reads."""
        return int(self.info["nprobe"])

    @nprobe.setter
    def nprobe(self, value: int) -> None:
        check(lib.siamese_index_set_nprobe(self._pointer, value))

    # ---- one collection in several indexes ----

    @property
    def centroids(self) -> "NDArray[np.float32]":
        """[lists][dim], the vectors of the coarse quantiser. Setting them trains
        an index without vectors, so that the indexes that have the same ones
        are shards of one: merge_hits."""
        needed = c_size_t()
        out = np.empty(0, np.float32)
        while True:
            get = lib.siamese_index_get_centroids
            status = get(self._pointer, address(out), out.size, byref(needed))
            if not status:
                return out.reshape(-1, self.dim)
            if needed.value <= out.size:
                raise failure(status)
            out = np.empty(needed.value, np.float32)

    @centroids.setter
    def centroids(self, values: "ArrayLike") -> None:
        rows = floats(values, "centroids")
        if rows.ndim != 2:
            raise ArgumentError(
                "centroids: an array of %d dimensions, not of two" % rows.ndim
            )
        check(
            lib.siamese_index_set_centroids(
                self._pointer, address(rows), len(rows), rows.shape[1]
            )
        )

    # ---- what it holds ----

    def __len__(self) -> int:
        count: int = lib.siamese_index_count(self._pointer)
        return count

    def __contains__(self, id: int) -> bool:
        count = c_size_t()
        check(lib.siamese_index_contains(self._pointer, id, byref(count)))
        return count.value > 0

    def reconstruct(self, id: int) -> "NDArray[np.float32]":
        """The vector of an id."""
        out = np.empty(self.dim, np.float32)
        check(lib.siamese_index_reconstruct(self._pointer, id, address(out), out.size))
        return out

    def to_numpy(self) -> "Tuple[NDArray[np.int64], NDArray[np.float32]]":
        """(ids, vectors) of all that the index holds, by ascending id. Not
        for an index in which an id stands for several vectors."""
        ids, vectors_ = self._stored()
        if (ids[1:] == ids[:-1]).any():
            raise ArgumentError("an id of this index stands for several vectors")
        return ids, vectors_

    def ids(self) -> "NDArray[np.int64]":
        """The ids that have vectors, each once, ascending."""
        needed = c_size_t(len(self))
        while True:
            out = np.empty(needed.value, np.int64)
            try:
                get = lib.siamese_index_get_ids
                check(get(self._pointer, address(out), len(out), byref(needed)))
                return out[: needed.value]
            except RangeError:  # adds of other threads: try again
                pass

    def vectors(self, id: int) -> "NDArray[np.float32]":
        """[vectors][dim] of an id, of which there is one at least."""
        needed = c_size_t(self.dim)
        while True:
            out = np.empty(needed.value, np.float32)
            try:
                get = lib.siamese_index_get_vectors
                check(get(self._pointer, id, address(out), out.size, byref(needed)))
                return out[: needed.value].reshape(-1, self.dim)
            except RangeError:
                pass

    def _stored(self) -> "Tuple[NDArray[np.int64], NDArray[np.float32]]":
        """All ids, ascending, an id as often as it has vectors, and those."""
        ids = self.ids()
        each = [self.vectors(id) for id in ids.tolist()]
        counts = [len(rows) for rows in each]
        empty = np.empty((0, self.dim), np.float32)
        return np.repeat(ids, counts), np.concatenate([empty] + each)

    @property
    def info(self) -> Dict[str, Any]:
        """What the index is at the moment: dim, count, nlist, nprobe, metric,
        and memory, the bytes that it takes."""
        info = IndexInfo()
        check(lib.siamese_index_get_info(self._pointer, byref(info)))
        found = {one[0]: getattr(info, one[0]) for one in info._fields_[1:]}
        found["metric"] = self.options["metric"]
        return found

    @property
    def options(self) -> Dict[str, Any]:
        """The options that the index was created with, by name."""
        pointer = self._pointer
        return read("index", lambda to: lib.siamese_index_get_options(pointer, to))

    # ---- other programs ----

    def export_faiss(self, path: "Path") -> None:
        """Writes the index as a file of FAISS's own format."""
        status = lib.siamese_index_export_faiss(self._pointer, path_of(path))
        check(status, os.fspath(path))

    def to_faiss(self) -> Any:
        """The same index as an object of faiss-cpu, which must be installed."""
        try:
            faiss: Any = importlib.import_module("faiss")
        except ImportError as error:
            raise ImportError(
                "to_faiss needs faiss-cpu: pip install 'libsiamese[faiss]'"
            ) from error
        import tempfile  # three times as slow to import as all of this

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "index.faiss")
            self.export_faiss(path)
            return faiss.read_index(path)

    def __repr__(self) -> str:
        if self.closed:
            return "Index(closed)"
        return "Index(%d vectors of %d)" % (len(self), self.dim)


def _telling(
    progress: Optional[Callable[[float], Any]],
    function: Callable[..., int],
    *arguments: Any,
    last: Tuple[Any, ...] = (),
) -> None:
    """function(*arguments, a callback, NULL, *last); what progress raises is
    raised here."""
    raised: List[BaseException] = []

    def hear(_user: Any, done: float) -> int:
        try:
            assert progress is not None
            return 1 if progress(done) else 0
        except BaseException as error:  # may not pass through C
            raised.append(error)
            return 1

    callback = None if progress is None else _TOLD(hear)
    status = function(*arguments, callback, None, *last)
    if raised:
        raise raised[0]
    check(status)


def _options(
    nprobe: int,
    exact: bool,
    min_score: Optional[float],
    dedupe: bool,
    strict_nprobe: bool = False,
) -> Any:
    if min_score is None and not (nprobe or exact or dedupe or strict_nprobe):
        return None
    return shared(
        "search",
        ("nprobe", nprobe),
        ("exact", exact),
        ("min_score", min_score),
        ("dedupe", dedupe),
        ("strict_nprobe", strict_nprobe),
    )
