"""Pairs that a trainer reads anew in each epoch, from a function that begins
them."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    addressof,
    byref,
    c_int32,
    c_size_t,
    c_void_p,
    cast,
    memmove,
    sizeof,
)
from itertools import count
from typing import Any, Callable, Dict, Iterable, Iterator, Optional

from ._library import check, lib
from ._structs import Pairs as PairsStruct
from ._structs import Source as SourceStruct

__all__ = ["Reading", "set_source"]


class Reading:
    """A source as the library sees it, by its number."""

    def __init__(
        self,
        begin: Callable[[], Iterable[Any]],
        windows_of: Callable[[Any], Iterator[Any]],
    ) -> None:
        self.begin = begin
        self.windows_of = windows_of
        self.pairs: Optional[Iterator[Any]] = None
        self.windows: Iterator[Any] = iter(())
        self.keep: Any = None  # what the library reads until the next call
        self.error: Optional[BaseException] = None

    def rewind(self) -> None:
        self.keep, self.windows = None, iter(())
        self.pairs = iter(self.begin())

    def read(self, out: int) -> None:
        self.keep = None
        while self.pairs is not None:
            window = next(self.windows, None)
            if window is not None:
                self.keep = window
                memmove(out, addressof(window[1]), sizeof(PairsStruct))
                return
            pairs = next(self.pairs, None)
            if pairs is None:
                self.pairs = None
            else:
                self.windows = self.windows_of(pairs)

    def caught(
        self, call: Callable[..., None], arguments: Any, text: int, size: int
    ) -> int:
        self.error = None
        try:
            call(*arguments)
        except BaseException as error:  # goes on as the cause of what fit raises
            self.error = error
            said = ("%s: %s" % (type(error).__name__, error)).encode("utf-8", "replace")
            said = said[: size - 1] + b"\0"
            memmove(text, said, len(said))
            return 1
        return 0


# Until the library says that nobody will read them any more.
_READINGS: Dict[int, Reading] = {}
_NUMBERS = count(1)


def _read(context: int, out: int, text: int, size: int) -> int:
    reading = _READINGS[context]
    return reading.caught(reading.read, (out,), text, size)


def _rewind(context: int, text: int, size: int) -> int:
    reading = _READINGS[context]
    return reading.caught(reading.rewind, (), text, size)


def _release(context: int) -> None:
    _READINGS.pop(context, None)


_READ = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_size_t)(_read)
_REWIND = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)(_rewind)
_RELEASE = CFUNCTYPE(None, c_void_p)(_release)


def set_source(pointer: Any, reading: Optional[Reading]) -> None:
    """Gives a trainer the source, or takes it away."""
    if reading is None:
        check(lib.siamese_trainer_set_source(pointer, None))
        return
    number = next(_NUMBERS)
    _READINGS[number] = reading
    source = SourceStruct(
        context=number,
        read=cast(_READ, c_void_p),
        rewind=cast(_REWIND, c_void_p),
        release=cast(_RELEASE, c_void_p),
    )
    try:
        check(lib.siamese_trainer_set_source(pointer, byref(source)))
    except BaseException:
        del _READINGS[number]
        raise
