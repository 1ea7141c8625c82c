"""A search request of C, from what a caller says of a search."""

from __future__ import annotations

from ctypes import c_double, c_int32, c_size_t
from typing import Any, List, Optional

from ._arrays import address, vectors
from ._errors import ArgumentError
from ._index import IdFilter
from ._structs import SearchRequest
from ._texts import rows_of

__all__ = ["set_how", "set_queries"]


def set_how(
    model: Any,
    request: SearchRequest,
    *,
    min_score: Optional[float] = None,
    within: Any = None,
    exclude: Any = None,
    where: Optional[str] = None,
    nprobe: int = 0,
    exact: bool = False,
    dedupe: bool = False,
    rerank: Optional[bool] = None,
    spelling: Optional[bool] = None,
    feedback: Optional[bool] = None,
    explain: bool = False,
    collapse_titles: bool = False,
    min_confidence: float = 0.0,
    strict_nprobe: bool = False,
) -> Any:
    """Sets how a request searches, and returns what it points to."""
    if min_score is not None:
        request.min_score = c_double(min_score)
    request.nprobe = c_size_t(nprobe)
    request.exact, request.dedupe = c_int32(exact), c_int32(dedupe)
    request.rerank, request.spelling = _stage(rerank), _stage(spelling)
    request.feedback, request.explain = _stage(feedback), c_int32(explain)
    request.collapse_titles = c_int32(collapse_titles)
    request.min_confidence = c_double(min_confidence)
    request.strict_nprobe = c_int32(strict_nprobe)
    if within is not None and exclude is not None:
        raise ArgumentError("within, exclude: give one of them")
    chosen = within if within is not None else exclude
    if chosen is None and where is None:
        return None
    if chosen is not None and not isinstance(chosen, IdFilter):
        chosen = model.filter(chosen, exclude=exclude is not None)
    elif exclude is not None:
        raise ArgumentError("exclude: is a filter; make it with exclude=True")
    if where is not None:
        chosen = model.where(where, within=chosen)
    request.filter = chosen._pointer
    return chosen


def _stage(wanted: Optional[bool]) -> c_int32:
    """A stage as C has it: as the ranker says; off; on."""
    return c_int32(0 if wanted is None else 2 if wanted else 1)


def set_queries(
    request: SearchRequest, queries: Any, dim: int, keep: List[Any]
) -> None:
    """Sets what a request searches."""
    if getattr(getattr(queries, "dtype", None), "kind", "") == "f":
        rows, _ = vectors(queries, dim, "queries")
        keep.append(rows)
        request.vectors, request.count = address(rows), len(rows)
        request.dim = dim
        return
    texts = rows_of(queries, "queries")
    table, owner = texts.read(0, len(texts), None)
    keep.extend((table, owner))
    request.texts, request.count = address(table), len(table)
    request.fields = texts.fields
