"""What all objects of the library have in common: a pointer that is freed with
the object, ``with`` blocks, and an error after ``close``.

A call holds a reference to the pointer while it runs. So close() of an object
that another thread is using frees it when that call has returned, not before.
"""

from __future__ import annotations

from ctypes import c_void_p
from types import TracebackType
from typing import Any, Optional, Type, TypeVar

from ._errors import StateError
from ._library import lib

__all__ = ["Handle", "Pointer"]

_Self = TypeVar("_Self", bound="Handle")


class Pointer(c_void_p):
    """A pointer of C that owns what it points to."""

    free: Any = None

    def __del__(self) -> None:
        if self.value and self.free is not None:
            self.free(self)
            self.value = None


def _pointer_type(kind: str) -> Type[Pointer]:
    free = getattr(lib, "siamese_%s_free" % kind)
    return type(kind + "_pointer", (Pointer,), {"free": staticmethod(free)})


class Handle:
    """The base of every class that stands for a handle of the library."""

    _kind: str
    _pointer_of: Type[Pointer]
    _pointer: Pointer

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if "_kind" in cls.__dict__:
            cls._pointer_of = _pointer_type(cls._kind)

    @classmethod
    def _own(cls: Type[_Self], pointer: Pointer) -> _Self:
        """An object for a pointer that C has given out."""
        self = cls.__new__(cls)
        self._pointer = pointer
        return self

    def __getattr__(self, name: str) -> Any:
        # Only for what is not there: the pointer, once it is closed.
        if name == "_pointer":
            raise StateError("this %s is closed" % type(self).__name__)
        raise AttributeError(
            "%r object has no attribute %r" % (type(self).__name__, name)
        )

    @property
    def closed(self) -> bool:
        """Whether close() has been called."""
        return "_pointer" not in self.__dict__

    def close(self) -> None:
        """Frees what the object holds; it cannot be used afterwards. An object
        that is dropped is freed as well."""
        self.__dict__.pop("_pointer", None)

    def __enter__(self: _Self) -> _Self:
        self._pointer  # noqa: B018  raises if it is closed
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
