"""What several indexes have found, as one index of all of them finds it."""

from __future__ import annotations

from ctypes import byref, c_int32, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, List, Optional, Sequence, Tuple, TypeVar

import numpy as np

from ._arrays import address
from ._errors import ArgumentError, NotFoundError
from ._index import Neighbours, RangeNeighbours
from ._library import check, lib

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["merge_hits"]


_Found = TypeVar("_Found", Neighbours, RangeNeighbours)


def merge_hits(
    found: Sequence[Optional[_Found]],
    *,
    dedupe: bool = False,
    missing: Optional[List[int]] = None,
) -> _Found:
    """What one index of all shards would have found: of each shard what
    ``search`` of the same queries, as an array of two dimensions, and the same k
    has found, or ``range_search`` of the same min_score.

    >>> found = [shard.search(queries, k=10) for shard in shards]
    >>> ids, scores = merge_hits(found)

    A shard that has not answered is None, and an error that names it, unless
    ``missing`` is a list: then the others are merged, and it receives the numbers
    of those that are missing. dedupe: an id that several shards have is found
    once, by its best vector. docs/index.md has the recipe for filters.
    """
    there: List[Any] = [one for one in found if one is not None]
    if not there:
        raise NotFoundError("of %d shards none has answered" % len(found))
    kind = type(there[0])
    if kind not in (Neighbours, RangeNeighbours):
        raise ArgumentError("found: what Index.search or Index.range_search gives")
    if any(type(one) is not kind for one in there):
        raise ArgumentError("found: of several kinds of search")
    flags = (c_int32 * len(found))()
    told = None if missing is None else flags
    if kind is Neighbours:
        merged: Any = _merge(found, there, dedupe, told)
    else:
        merged = _merge_range(found, there, dedupe, told)
    if missing is not None:
        missing[:] = [shard for shard, flag in enumerate(flags) if flag]
    return merged  # type: ignore[no-any-return]


def _merge(
    found: Sequence[Any], there: Sequence[Any], dedupe: bool, told: Any
) -> Neighbours:
    shape = np.shape(there[0].ids)
    if len(shape) != 2:
        raise ArgumentError("found: not of an array of queries of two dimensions")
    ids, keep_ids = _arrays(found, 0, np.int64, shape)
    scores, keep_scores = _arrays(found, 1, np.float32, shape)
    out = Neighbours(np.empty(shape, np.int64), np.empty(shape, np.float32))
    check(
        lib.siamese_hits_merge(
            ids,
            scores,
            len(found),
            shape[0],
            shape[1],
            int(dedupe),
            address(out.ids),
            address(out.scores),
            out.ids.size,
            None,
            told,
        )
    )
    del keep_ids, keep_scores
    return out


def _merge_range(
    found: Sequence[Any], there: Sequence[Any], dedupe: bool, told: Any
) -> RangeNeighbours:
    queries = len(there[0].offsets) - 1
    for one in there:
        if len(one.ids) != len(one.scores) or len(one.ids) < int(one.offsets[-1]):
            raise ArgumentError("found: fewer ids or scores than offsets say")
    offsets, keep_offsets = _arrays(found, 0, np.uintp, (queries + 1,))
    ids, keep_ids = _arrays(found, 1, np.int64, None)
    scores, keep_scores = _arrays(found, 2, np.float32, None)
    most = sum(len(one.ids) for one in there)
    out = RangeNeighbours(
        np.empty(queries + 1, np.uint64),
        np.empty(most, np.int64),
        np.empty(most, np.float32),
    )
    needed = c_size_t()
    check(
        lib.siamese_hits_merge_range(
            offsets,
            ids,
            scores,
            len(found),
            queries,
            int(dedupe),
            address(out.offsets),
            address(out.ids),
            address(out.scores),
            most,
            byref(needed),
            told,
        )
    )
    del keep_offsets, keep_ids, keep_scores
    size = needed.value
    return RangeNeighbours(out.offsets, out.ids[:size], out.scores[:size])


def _arrays(
    found: Sequence[Any], member: int, dtype: Any, shape: Optional[Tuple[int, ...]]
) -> "Tuple[Any, List[NDArray[Any]]]":
    """Pointers to one member of each, and what they point to."""
    keep: List[NDArray[Any]] = []
    pointers = (c_void_p * len(found))()
    for shard, one in enumerate(found):
        if one is None:
            continue
        array = np.ascontiguousarray(one[member], dtype)
        if shape is not None and array.shape != shape:
            raise ArgumentError(
                "found: shard %d has the shape %s, others %s"
                % (shard, array.shape, shape)
            )
        keep.append(array)
        pointers[shard] = address(array)
    return pointers, keep
