"""A ranker: what a search does beyond finding the nearest vectors."""

from __future__ import annotations

from ctypes import byref
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Tuple

from ._errors import NotFoundError
from ._library import check, lib
from ._options import make, read
from ._saved import Saved
from ._structs import RankerFeature, RankerInfo

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._option_types import RankerOptions

__all__ = ["Feature", "Ranker"]


class Feature(NamedTuple):
    """A number of a query and a title that a ranker ranks by: a score is the sum
    of all of them, each times its weight."""

    name: str
    help: str
    weight: float


class Ranker(Saved):
    """Corrects the words of queries that are not known, scans a second time and
    ranks the first results anew, word by word. ``describe("ranker")`` lists the
    options.

    The models of the presets "default" and "small" have one: ``model.ranker``,
    whose options a model is made with, as ``Model(ranker__feedback=0)``. A
    ranker of one's own goes into a Bundle. It never changes by itself; that of a
    model follows the model's items.
    """

    _kind = "ranker"
    _part = "ranker"

    def __init__(self, **options: "Unpack[RankerOptions]") -> None:
        pointer = self._pointer_of()
        check(lib.siamese_ranker_create(byref(pointer), make("ranker", options)))
        self._pointer = pointer

    @property
    def options(self) -> Dict[str, Any]:
        """All options, by name."""
        return read(
            "ranker", lambda o: lib.siamese_ranker_get_options(self._pointer, o)
        )

    @property
    def info(self) -> Dict[str, Any]:
        """features, their number; learned_queries, from which weights were
        learned, 0 if none are; uses_learned, whether it ranks by those weights
        and not by cosine and maxsim."""
        info = RankerInfo()
        check(lib.siamese_ranker_get_info(self._pointer, byref(info)))
        return {
            "features": info.features,
            "learned_queries": info.learned_queries,
            "uses_learned": bool(info.uses_learned),
        }

    @property
    def features(self) -> Tuple[Feature, ...]:
        """What it ranks by, each with the weight that is in force, in the order
        of Hits.shares()."""
        found: List[Feature] = []
        describe = lib.siamese_ranker_describe_feature
        while True:
            one = RankerFeature()
            try:
                check(describe(self._pointer, len(found), byref(one)))
            except NotFoundError:
                return tuple(found)
            found.append(Feature(one.name.decode(), one.help.decode(), one.weight))

    def __repr__(self) -> str:
        if self.closed:
            return "Ranker(closed)"
        return "Ranker(%d features)" % self.info["features"]
