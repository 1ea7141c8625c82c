"""One collection in the indexes of several workers of Dask, its shards: each is
an actor, built in place from partitions; a search asks all and merges."""

from __future__ import annotations

import asyncio
import threading
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
)

import numpy as np

from .._arrays import floats, ids_of
from .._arrays import vectors as rows_of
from .._errors import ArgumentError, NotFoundError, StateError
from .._index import Index, Neighbours, RangeNeighbours
from .._shards import merge_hits
from ._engine import engine
from ._shard import Shard, dim_of

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import ArrayLike, NDArray

__all__ = ["MissingShardError", "ShardedIndex"]

_Self = TypeVar("_Self", bound="ShardedIndex")
_PATIENCE = 1.0  # seconds between two looks at whether a worker is still there
# What calls of an actor raise when its worker is gone; what the shard itself
# raises comes as an answer. Dask of 2024 has a ValueError there.
_GONE = (OSError, RuntimeError, ValueError)
_PER_LIST = 256  # vectors of the sample that k-means sees


class MissingShardError(NotFoundError):
    """Shards have not answered; ``shards`` has the number of each and the
    address of the worker that had it."""

    def __init__(self, text: str, shards: Optional[Dict[int, str]] = None) -> None:
        super().__init__(text)
        self.shards: Dict[int, str] = shards or {}


class _Placed(NamedTuple):
    """A shard where it is."""

    worker: str
    actor: Any


class ShardedIndex:
    """An index whose vectors are with the workers of a Dask cluster.

    >>> vectors = embed(shop, "shop.siamese", keep=["id"])
    >>> index = ShardedIndex(vectors, ids="id", nlist=4096, metric="cosine")
    >>> ids, scores = index.search(model.encode("red couch"), k=10)

    Ids and scores have the bits of one Index that has the same options,
    centroids and vectors. A search of which a shard is missing raises
    MissingShardError, which names it; ``rebuild`` builds it anew.

    Any threads of this process may search at once, and change it.
    """

    def __init__(
        self,
        data: Any,
        *,
        ids: str = "id",
        vectors: str = "embedding",
        shards: Optional[int] = None,
        centroids: "Optional[ArrayLike]" = None,
        client: Any = None,
        **options: Any,
    ) -> None:
        """Builds the shards and waits for them.

        data is a lazy Dask dataframe with a column of integer ids, and one of
        vectors as embed gives them for output="list", or columns of numbers as for
        "columns". Partition p goes to shard p modulo shards, of which there is
        one on each worker by default. A worker computes its partitions itself, as
        many at once as it has threads.

        options are those of Index, which every shard gets; threads is by default
        what the worker has. centroids, if given, are the lists' (Index.centroids).
        Otherwise nlist lists are trained on a sample of all shards; without
        either, a search reads all vectors.
        """
        distributed = engine("distributed")
        dataframe = engine("dask.dataframe")
        if not isinstance(data, dataframe.DataFrame):
            raise ArgumentError(
                "data: is of type %s and no Dask dataframe" % type(data).__name__
            )
        if distributed.futures_of(data):
            raise ArgumentError(
                "data: is persisted; give the lazy dataframe, so that a worker "
                "can compute its partitions, and again when a shard is lost"
            )
        self._client = distributed.get_client() if client is None else client
        self._data, self._columns = data, (ids, vectors)
        self._dim = dim_of(data, ids, vectors)
        self._options = options
        Index(self._dim, **options)  # an error of an option is one here
        workers = self._workers()
        if not workers:
            raise StateError("the cluster has no worker")
        count = len(workers) if shards is None else shards
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ArgumentError("shards: %r is not 1 or more" % (shards,))
        addresses = sorted(workers)
        self._lock = threading.RLock()  # of changes, and of where shards are
        self._changes: List[Tuple[str, Any, Any]] = []
        self._centroids: Any = None
        self._shards: List[_Placed] = [
            self._placed(number, count, addresses[number % len(addresses)])
            for number in range(count)
        ]
        given = None if centroids is None else floats(centroids, "centroids")
        nlist = options.get("nlist") or 0
        if given is None and nlist <= 1:
            given = np.zeros((1, self._dim), np.float32)
        counts = self._all("build", given)
        self._centroids = self._trained(counts, nlist) if given is None else given
        if given is None:
            self._all("fill", self._centroids)
        self._all("open")

    def _workers(self) -> Dict[str, int]:
        """The addresses of all workers, and how many threads each has."""
        found: Dict[str, int] = self._client.nthreads()
        return found

    def _placed(self, number: int, count: int, worker: str) -> _Placed:
        """A new shard on a worker, which knows what to build and has not yet
        begun."""
        parts = list(range(number, self._data.npartitions, count))
        options = {"threads": self._workers().get(worker, 1), **self._options}
        future = self._client.submit(
            Shard,
            self._data.partitions[parts] if parts else None,
            *self._columns,
            self._dim,
            options,
            workers=[worker],
            allow_other_workers=False,
            actor=True,
            pure=False,
        )
        while True:
            try:
                return _Placed(worker, future.result(timeout=_PATIENCE))
            except (TimeoutError, asyncio.TimeoutError):
                if worker not in self._workers():
                    raise MissingShardError(
                        "shard %d has no place, its worker %s is gone"
                        % (number, worker),
                        {number: worker},
                    ) from None

    def _trained(self, counts: Sequence[int], nlist: int) -> Any:
        """Centroids of the lists, from a sample of every shard."""
        share = min(1.0, _PER_LIST * nlist / max(1, sum(counts)))
        wanted = [-int(-count * share // 1) for count in counts]
        asked = [(number, (some,)) for number, some in enumerate(wanted)]
        sample = np.concatenate(self._ask("sample", asked))
        index = Index(self._dim, **self._options)
        index.train(sample)
        return index.centroids

    # ---- asking ----

    def _all(
        self, method: str, *arguments: Any, missing: Optional[List[int]] = None
    ) -> List[Any]:
        """What every shard answers; None of those that are missing, which are
        an error unless there is a list for their numbers."""
        asked = [(number, arguments) for number in range(len(self._shards))]
        return self._ask(method, asked, missing)

    def _ask(
        self,
        method: str,
        asked: Sequence[Tuple[int, Tuple[Any, ...]]],
        missing: Optional[List[int]] = None,
    ) -> List[Any]:
        places = list(self._shards)
        if not places:
            raise StateError("this ShardedIndex is closed")
        calls: List[Any] = []
        for number, arguments in asked:
            try:
                calls.append(places[number].actor.ask(method, *arguments))
            except _GONE:  # Dask knows already
                calls.append(None)
        lost: Dict[int, str] = {}
        answers: List[Any] = []
        for (number, _), call in zip(asked, calls):
            answer = self._answer(places[number].worker, call)
            if answer is None:
                lost[number] = places[number].worker
                answers.append(None)
                continue
            if answer[1] is not None:
                raise answer[1]
            answers.append(answer[0])
        if missing is not None:
            missing[:] = sorted(lost)
        elif lost:
            named = ", ".join(
                "shard %d of %d is missing, its worker %s is gone"
                % (number, len(places), worker)
                for number, worker in sorted(lost.items())
            )
            raise MissingShardError("%s; rebuild() builds it anew" % named, lost)
        return answers

    def _answer(self, worker: str, call: Any) -> Any:
        """What a shard has answered; None if its worker is gone. A call to one
        that died may wait forever for Dask to run the actor again."""
        while call is not None:
            try:
                return call.result(timeout=_PATIENCE)
            except (TimeoutError, asyncio.TimeoutError):
                if worker not in self._workers():
                    return None
            except _GONE:
                return None
        return None

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
        within: "Optional[ArrayLike]" = None,
        exclude: "Optional[ArrayLike]" = None,
        missing: Optional[List[int]] = None,
    ) -> Neighbours:
        """The k best vectors of one query or of many, as Index.search finds
        them. within or exclude: ids that are searched alone, or left out.

        missing: a list, which receives the numbers of shards that have not
        answered, and the results are those of the others; without it they are
        a MissingShardError.
        """
        rows, one = rows_of(queries, self._dim, "queries")
        keep, leave = _ids_of_filter(within, exclude)
        how: Dict[str, Any] = {
            "nprobe": nprobe,
            "exact": exact,
            "min_score": min_score,
            "dedupe": dedupe,
        }
        found: Neighbours = self._merged("search", rows, k, keep, leave, how, missing)
        # One index reads all lists where a filter leaves too few in those that
        # it has read; a shard cannot know whether all together have too few.
        filtered = dedupe or keep is not None or leave is not None
        few = np.flatnonzero(found.ids[:, -1] < 0)
        if filtered and not exact and len(few):
            how.update(nprobe=0, exact=True)
            gone: Optional[List[int]] = None if missing is None else []
            more: Neighbours = self._merged(
                "search", rows[few], k, keep, leave, how, gone
            )
            found.ids[few], found.scores[few] = more.ids, more.scores
            if missing is not None:
                missing[:] = sorted({*missing, *(gone or [])})
        if not one:
            return found
        count = int(np.count_nonzero(found.ids[0] >= 0))
        return Neighbours(found.ids[0, :count], found.scores[0, :count])

    def range_search(
        self,
        queries: "ArrayLike",
        min_score: float,
        *,
        nprobe: int = 0,
        exact: bool = False,
        dedupe: bool = False,
        within: "Optional[ArrayLike]" = None,
        exclude: "Optional[ArrayLike]" = None,
        missing: Optional[List[int]] = None,
    ) -> RangeNeighbours:
        """All vectors that score at least min_score, as Index.range_search
        finds them; the other arguments are those of search."""
        rows, _ = rows_of(queries, self._dim, "queries")
        keep, leave = _ids_of_filter(within, exclude)
        how = {"nprobe": nprobe, "exact": exact, "dedupe": dedupe}
        found: RangeNeighbours = self._merged(
            "range_search", rows, min_score, keep, leave, how, missing
        )
        return found

    def _merged(
        self,
        method: str,
        rows: Any,
        what: Any,
        keep: Any,
        leave: Any,
        how: Dict[str, Any],
        missing: Optional[List[int]],
    ) -> Any:
        found = self._all(method, rows, what, keep, leave, how, missing=missing)
        gone: Optional[List[int]] = None if missing is None else []
        return merge_hits(found, dedupe=how["dedupe"], missing=gone)

    # ---- changing ----

    def add(self, ids: "ArrayLike", vectors: "ArrayLike") -> None:
        """Adds vectors, each to the shard that its id names, all of them or
        none, unless a shard is lost meanwhile: then MissingShardError says so,
        and rebuild() brings what it lacks."""
        self._change("add", ids, vectors)

    def update(self, ids: "ArrayLike", vectors: "ArrayLike") -> int:
        """Replaces every vector of some ids by the given ones, and says how many
        went. A search meanwhile may see neither."""
        return self._change("update", ids, vectors)

    def remove(self, ids: "ArrayLike") -> int:
        """Removes every vector of some ids, and says how many there were."""
        return self._change("remove", ids, None)

    def _change(self, kind: str, ids: "ArrayLike", vectors: Any) -> int:
        array = ids_of(ids)
        rows = None
        if vectors is not None:
            rows, _ = rows_of(vectors, self._dim, "vectors")
            if len(rows) != len(array):
                raise ArgumentError(
                    "ids: %d of them, for %d vectors" % (len(array), len(rows))
                )
            # What one index would refuse must change none.
            Index(self._dim, **self._options).add(array, rows)
        with self._lock:
            self._all("info")  # all shards are there
            self._changes.append((kind, array, rows))
            gone = 0
            if kind != "add":
                gone = sum(self._all("remove", array))
            if rows is not None:
                self._ask("add", self._divided(array, rows))
            return gone

    def _divided(self, ids: Any, rows: Any) -> List[Tuple[int, Tuple[Any, Any]]]:
        """What each shard gets of some vectors."""
        owner = ids % len(self._shards)
        return [
            (number, (ids[owner == number], rows[owner == number]))
            for number in np.unique(owner).tolist()
        ]

    # ---- shards ----

    def rebuild(self, number: Optional[int] = None, *, worker: Any = None) -> None:
        """Builds a shard anew, or all that are missing, on a worker, by default
        the one that has fewest shards: from the partitions, and what was added
        and removed since. Searches wait for nothing and see the old shards
        until then."""
        with self._lock:
            lost: List[int] = []
            if number is None:
                self._all("info", missing=lost)
            elif not 0 <= number < len(self._shards):
                raise ArgumentError(
                    "number: %d is none of the %d shards" % (number, len(self._shards))
                )
            if worker is not None and worker not in self._workers():
                raise ArgumentError("worker: the cluster has none at %s" % worker)
            for one in lost if number is None else [number]:
                self._rebuild(one, self._free(one) if worker is None else worker)

    def _rebuild(self, number: int, worker: str) -> None:
        self._shards[number] = self._placed(number, len(self._shards), worker)
        self._ask("build", [(number, (self._centroids,))])
        for kind, ids, rows in self._changes:
            if kind != "add":
                self._ask("remove", [(number, (ids,))])
            if rows is not None:
                parts = self._divided(ids, rows)
                self._ask("add", [part for part in parts if part[0] == number])
        self._ask("open", [(number, ())])

    def _free(self, number: int) -> str:
        """The worker that has fewest of the other shards."""
        there = dict.fromkeys(sorted(self._workers()), 0)
        for other, place in enumerate(self._shards):
            if other != number and place.worker in there:
                there[place.worker] += 1
        if not there:
            raise StateError("the cluster has no worker")
        return min(there, key=lambda worker: there[worker])

    @property
    def shards(self) -> List[Dict[str, Any]]:
        """Of each shard the address of its worker, and what Index.info says,
        or missing=True."""
        missing: List[int] = []
        infos = self._all("info", missing=missing)
        return [
            {"worker": place.worker, "missing": info is None, **(info or {})}
            for place, info in zip(self._shards, infos)
        ]

    @property
    def centroids(self) -> "NDArray[np.float32]":
        """[lists][dim], those of every shard; an Index that is given them finds
        the same as all shards."""
        found: "NDArray[np.float32]" = self._centroids.copy()
        return found

    @property
    def dim(self) -> int:
        """The size of a vector."""
        return self._dim

    def __len__(self) -> int:
        return sum(info["count"] for info in self._all("info"))

    def close(self) -> None:
        """Lets the workers drop their shards."""
        self._shards = []

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: "Optional[TracebackType]",
    ) -> None:
        self.close()


def _ids_of_filter(within: Any, exclude: Any) -> Tuple[Any, Any]:
    if within is not None and exclude is not None:
        raise ArgumentError("within and exclude: give one of them")
    return (
        None if within is None else ids_of(within, "within"),
        None if exclude is None else ids_of(exclude, "exclude"),
    )
