"""Ranks that train one model together, over a transport of the caller's."""

from __future__ import annotations

import threading
from ctypes import CFUNCTYPE, POINTER, byref, c_int32, c_size_t, c_ubyte, c_void_p, cast
from typing import Any, Dict, List, Optional, Protocol, Tuple

from ._errors import ArgumentError
from ._library import check, lib
from ._structs import Exchange as ExchangeStruct

__all__ = ["Exchange", "cause_of", "set_exchange"]

_GATHER = CFUNCTYPE(c_int32, c_void_p, c_void_p, POINTER(c_size_t))


class Exchange(Protocol):
    """What Trainer.set_exchange takes: a rank's place among those that train
    one model together, and its way to them. The package has no transport."""

    rank: int  #: of this process, 0 .. size - 1
    size: int  #: ranks that train together

    def all_gather(self, buffer: memoryview, counts: List[int]) -> Any:
        """Gathers bytes of all ranks: the part of rank r has counts[r] bytes,
        and they stand one behind the other in the buffer. The own part is
        filled, and the others are to be. It is called on the thread of the
        library that trains, and must raise where a rank is lost, after a
        time-out."""


# Those in use and what each raised last, by the address of C's trainer: a model
# and a bundle have the same one.
_lock = threading.Lock()
_in_use: Dict[int, Tuple[Any, List[BaseException]]] = {}


def set_exchange(pointer: Any, exchange: Optional[Exchange]) -> None:
    """Gives a trainer an exchange, or ends it."""
    if exchange is None:
        check(lib.siamese_trainer_set_exchange(pointer, None))
        with _lock:
            _in_use.pop(pointer.value, None)
        return
    rank, size = int(exchange.rank), int(exchange.size)
    if rank < 0 or size < 0:
        raise ArgumentError("exchange: rank %d of %d" % (rank, size))
    raised: List[BaseException] = []
    gather = exchange.all_gather

    def hear(_context: Any, place: int, counts: Any) -> int:
        try:
            sizes = list(counts[:size])
            total = sum(sizes)
            buffer = (c_ubyte * total).from_address(place) if total else b""
            gather(memoryview(buffer).cast("B"), sizes)
        except BaseException as error:  # may not pass through C
            raised[:] = [error]
            return 1
        return 0

    callback = _GATHER(hear)
    raw = ExchangeStruct(rank=rank, size=size, all_gather=cast(callback, c_void_p))
    check(lib.siamese_trainer_set_exchange(pointer, byref(raw)))
    with _lock:
        _in_use[pointer.value] = (callback, raised)


def cause_of(pointer: Any) -> Optional[BaseException]:
    """What all_gather raised in the run that failed, once."""
    with _lock:
        _, raised = _in_use.get(pointer.value, (None, []))
    return raised.pop() if raised else None
