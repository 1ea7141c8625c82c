"""A shard as it stands in a worker: an index, filled from the worker's own
partitions. _shards.py asks it."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .._errors import ArgumentError
from .._index import IdFilter, Index, Neighbours, RangeNeighbours
from ._engine import engine

__all__ = ["Shard", "dim_of", "read"]


def _numbers(columns: List[Any], vectors: str) -> List[str]:
    """The columns "NAME_0", "NAME_1" and so on that are there."""
    names: List[str] = []
    while "%s_%d" % (vectors, len(names)) in columns:
        names.append("%s_%d" % (vectors, len(names)))
    return names


def dim_of(data: Any, ids: str, vectors: str) -> int:
    """The size of the vectors of a Dask dataframe, which also is found to have
    the columns."""
    there = list(data.columns)
    numbers = _numbers(there, vectors)
    if ids not in there:
        raise ArgumentError("ids: there is no column %r; there are %s" % (ids, there))
    if vectors not in there and not numbers:
        raise ArgumentError(
            "vectors: there is no column %r, nor %r; there are %s"
            % (vectors, vectors + "_0", there)
        )
    if vectors not in there:
        return len(numbers)
    kind = getattr(data[vectors].dtype, "pyarrow_dtype", None)
    if kind is not None and hasattr(kind, "list_size"):
        return int(kind.list_size)
    first = data[[vectors]].head(1, npartitions=-1)
    if not len(first):
        raise ArgumentError("vectors: there is none, so their size is not known")
    return len(first[vectors].iloc[0])


def read(part: Any, ids: str, vectors: str, dim: int) -> Tuple[Any, Any]:
    """The ids and vectors of a partition, without copies where Arrow has them."""
    if vectors not in part.columns:
        names = _numbers(list(part.columns), vectors)
        return part[ids].to_numpy(), part[names].to_numpy(np.float32)
    column = part[vectors]
    if column.isna().any():
        row = int(np.asarray(column.isna()).argmax())
        raise ArgumentError(
            "%s: row %d (index %s) is missing" % (vectors, row, column.index[row])
        )
    if hasattr(column.dtype, "pyarrow_dtype"):
        lists = engine("pyarrow").chunked_array(column.array.__arrow_array__())
        flat = lists.combine_chunks().flatten()
        numbers = flat.to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    else:
        numbers = np.concatenate([np.empty(0, np.float32), *column.to_list()])
    if numbers.size != len(part) * dim:
        raise ArgumentError("%s: not all are vectors of %d numbers" % (vectors, dim))
    return part[ids].to_numpy(), numbers.reshape(-1, dim)


class Shard:
    """The actor. Dask runs its methods one after the other; ``ask`` is the only
    one that is called from outside."""

    def __init__(
        self, data: Any, ids: str, vectors: str, dim: int, options: Dict[str, Any]
    ) -> None:
        self.data, self.columns, self.dim = data, (ids, vectors), dim
        self.threads = max(1, options["threads"])
        self.index = Index(dim, **options)
        self.waiting: List[Tuple[Any, Any]] = []
        self.built = self.is_open = False

    def ask(self, method: str, *arguments: Any) -> Optional[Tuple[Any, Any]]:
        """(what a method returns, None), or (None, what it raises), so that an
        error of the transport is never taken for one of the shard. None from
        an actor that Dask has made anew, which has nothing."""
        if not self.built and method not in ("build", "sample", "fill"):
            return None
        try:
            return getattr(self, method)(*arguments), None
        except Exception as error:
            return None, error

    # ---- building ----

    def build(self, centroids: Any) -> int:
        """Computes the partitions, as many at once as there are threads. With
        centroids their vectors go into the index, otherwise they wait for some.
        Says how many there are."""
        if centroids is not None:
            self.index.centroids = centroids
        count, dask = 0, engine("dask")
        parts = [] if self.data is None else self.data.to_delayed()
        for first in range(0, len(parts), self.threads):
            some = parts[first : first + self.threads]
            for part in dask.compute(
                *some, scheduler="threads", num_workers=self.threads
            ):
                ids, vectors = read(part, *self.columns, self.dim)
                count += len(ids)
                if centroids is None:
                    self.waiting.append((ids, vectors))
                else:
                    self.index.add(ids, vectors)
        self.built = True
        return count

    def sample(self, count: int) -> Any:
        """That many of the vectors that wait, evenly from first to last."""
        total = sum(len(ids) for ids, _ in self.waiting)
        rows = np.arange(count) * total // max(1, count)
        parts, first = [np.empty((0, self.dim), np.float32)], 0
        for ids, vectors in self.waiting:
            inside = rows[(rows >= first) & (rows < first + len(ids))] - first
            parts.append(vectors[inside])
            first += len(ids)
        return np.concatenate(parts)

    def fill(self, centroids: Any) -> None:
        """Puts the vectors that wait into their lists."""
        self.index.centroids = centroids
        while self.waiting:
            self.index.add(*self.waiting.pop())

    def open(self) -> None:
        """From here on it is searched."""
        self.is_open = True

    # ---- searching ----

    def search(
        self, queries: Any, k: int, within: Any, exclude: Any, how: Dict[str, Any]
    ) -> Neighbours:
        return self.index.search(
            queries, k, within=_filter(within, exclude), strict_nprobe=True, **how
        )

    def range_search(
        self, queries: Any, score: float, within: Any, exclude: Any, how: Dict[str, Any]
    ) -> RangeNeighbours:
        return self.index.range_search(
            queries, score, within=_filter(within, exclude), **how
        )

    # ---- changing ----

    def add(self, ids: Any, vectors: Any) -> None:
        self.index.add(ids, vectors)

    def remove(self, ids: Any) -> int:
        return self.index.remove(ids)

    def info(self) -> Dict[str, Any]:
        return self.index.info


def _filter(within: Any, exclude: Any) -> Optional[IdFilter]:
    if within is not None:
        return IdFilter(within)
    return None if exclude is None else IdFilter(exclude, exclude=True)
