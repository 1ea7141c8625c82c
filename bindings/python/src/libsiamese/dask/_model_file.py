"""A model as a worker knows it: the path of its file, and what must be in it.

A process opens it once, and the threads of the process share its tower. What is
pickled are the path and a digest.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import ArgumentError, StateError
from .._model import Model
from .._saved import sections

if TYPE_CHECKING:
    from .._saved import Path
    from .._tower import Tower

__all__ = ["ModelFile"]

_MOST = 4  # models that a process keeps open
_opened: "OrderedDict[ModelFile, Tower]" = OrderedDict()
_lock = threading.Lock()


def _renew() -> None:
    """In a forked child no thread is there that would unlock."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew)


class ModelFile(NamedTuple):
    """Which tower of which file, and how many threads encode with it."""

    path: str
    digest: str  #: of the file's table of sections, which has their CRC32
    side: str
    threads: int

    @classmethod
    def of(cls, model: "Path", side: str, threads: int) -> "ModelFile":
        """The file as it is now."""
        if isinstance(model, bytes) or not isinstance(model, (str, os.PathLike)):
            raise ArgumentError(
                "model: is of type %s, in the memory of this process; save it to a "
                "file that every worker can read, and give its path"
                % type(model).__name__
            )
        if side not in ("query", "item"):
            raise ArgumentError("side: %r is neither 'query' nor 'item'" % side)
        if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
            raise ArgumentError("threads: %r is not 1 or more" % (threads,))
        path = os.path.abspath(os.fspath(model))
        return cls(path, _digest(path), side, threads)

    def tower(self) -> "Tower":
        """The tower, opened by the first thread of the process that asks."""
        with _lock:
            tower = _opened.get(self)
            if tower is None:
                tower = self._open()
                _opened[self] = tower
                if len(_opened) > _MOST:
                    _opened.popitem(last=False)
            else:
                _opened.move_to_end(self)
            return tower

    def _open(self) -> "Tower":
        # The model's own tower: a file of a running training has others beside.
        with Model.load(self.path, threads=self.threads, map=True) as model:
            tower = model.query_tower if self.side == "query" else model.item_tower
        if _digest(self.path) != self.digest:
            raise StateError(
                "model: %s is not the file that it was when the embedding was "
                "asked for; keep it, and save new models beside it" % self.path
            )
        return tower


def _digest(path: str) -> str:
    found: Any = [sorted(section.items()) for section in sections(path)]
    return hashlib.sha256(repr(found).encode()).hexdigest()
