"""Checkpoints: objects to bytes and files, and back. Pickle and copy go the
same way, so that what they keep is what a checkpoint keeps."""

from __future__ import annotations

import os
from ctypes import (
    CFUNCTYPE,
    byref,
    c_int32,
    c_size_t,
    c_uint32,
    c_void_p,
    create_string_buffer,
    string_at,
)
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from ._errors import RangeError
from ._handle import Handle
from ._library import check, lib, path_of, word_of
from ._options import shared
from ._structs import SectionInfo

if TYPE_CHECKING:
    from ._index import Index
    from ._ranker import Ranker
    from ._tower import Tower
    from ._trainer import Trainer
    from ._vocab import Vocab

    Path = Union[str, os.PathLike[str]]

__all__ = ["Bundle", "Saved", "sections"]

_Self = TypeVar("_Self", bound="Saved")
_SelfBundle = TypeVar("_SelfBundle", bound="Bundle")
_WRITE = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)


def _restore(cls: "Type[Saved]", data: bytes) -> "Saved":
    return cls.from_bytes(data)


class Bundle(Handle):
    """Everything that one checkpoint file holds: a vocabulary, towers, a
    trainer, an index, a ranker, and sections of your own bytes."""

    _kind = "bundle"

    def __init__(
        self,
        *,
        vocab: "Optional[Vocab]" = None,
        query_tower: "Optional[Tower]" = None,
        item_tower: "Optional[Tower]" = None,
        trainer: "Optional[Trainer]" = None,
        index: "Optional[Index]" = None,
        ranker: "Optional[Ranker]" = None,
        sections: Optional[Dict[str, bytes]] = None,
    ) -> None:
        pointer = self._pointer_of()
        check(lib.siamese_bundle_create(byref(pointer)))
        self._pointer = pointer
        for part, handle in (
            ("vocab", vocab),
            ("query_tower", query_tower),
            ("item_tower", item_tower),
            ("trainer", trainer),
            ("index", index),
            ("ranker", ranker),
        ):
            if handle is not None:
                self._set(part, handle)
        for name, data in (sections or {}).items():
            self.set_section(name, data)

    def _set(self, part: str, handle: Handle) -> None:
        put = getattr(lib, "siamese_bundle_set_" + part)
        check(put(self._pointer, handle._pointer))

    def _get(self, part: str, kind: Any) -> Any:
        pointer = kind._pointer_of()
        get = getattr(lib, "siamese_bundle_get_" + part)
        check(get(self._pointer, byref(pointer)))
        return kind._own(pointer)

    def vocab(self) -> "Vocab":
        """The vocabulary, or that of a tower's first field."""
        from ._vocab import Vocab

        found: Vocab = self._get("vocab", Vocab)
        return found

    def query_tower(self) -> "Tower":
        """The tower of the queries; of a trainer its snapshot."""
        from ._tower import Tower

        found: Tower = self._get("query_tower", Tower)
        return found

    def item_tower(self) -> "Tower":
        """The tower of the items; of a trainer its snapshot."""
        from ._tower import Tower

        found: Tower = self._get("item_tower", Tower)
        return found

    def trainer(self) -> "Trainer":
        """The trainer, without its pairs, which a file does not keep."""
        from ._trainer import Trainer

        found: Trainer = self._get("trainer", Trainer)
        return found

    def index(self) -> "Index":
        """The index."""
        from ._index import Index

        found: Index = self._get("index", Index)
        return found

    def ranker(self) -> "Ranker":
        """The ranker."""
        from ._ranker import Ranker

        found: Ranker = self._get("ranker", Ranker)
        return found

    def set_section(self, name: str, data: bytes) -> None:
        """Sets a section of your own bytes."""
        check(
            lib.siamese_bundle_set_section(
                self._pointer, word_of(name), data, len(data)
            )
        )

    def section(self, name: str) -> bytes:
        """The bytes of a section of your own."""
        needed = c_size_t()
        get = lib.siamese_bundle_get_section
        try:
            check(get(self._pointer, word_of(name), None, 0, byref(needed)))
        except RangeError:
            pass
        room = create_string_buffer(needed.value or 1)
        check(get(self._pointer, word_of(name), room, needed.value, None))
        return room.raw[: needed.value]

    def save(
        self, path: "Path", *, compression: int = 1, finished: bool = False
    ) -> None:
        """Saves to a file, which is the old one or the new one at any moment.
        With finished a trainer is saved as its snapshot alone."""
        options = shared("save", ("compression", compression), ("finished", finished))
        status = lib.siamese_checkpoint_save(path_of(path), self._pointer, options)
        check(status, os.fspath(path))

    @classmethod
    def load(
        cls: Type[_SelfBundle],
        path: "Path",
        *,
        threads: int = 0,
        max_bytes: int = 0,
        finished: bool = False,
        map: bool = False,
    ) -> _SelfBundle:
        """Loads a file; max_bytes limits what it may take unpacked. With map the
        vectors of an index stay in the file."""
        pointer = cls._pointer_of()
        check(
            lib.siamese_checkpoint_load(
                byref(pointer),
                path_of(path),
                _load_options(threads, max_bytes, finished, map),
            ),
            os.fspath(path),
        )
        return cls._own(pointer)

    def to_bytes(self, *, compression: int = 1, finished: bool = False) -> bytes:
        """The bytes of a checkpoint file."""
        parts: List[bytes] = []
        raised: List[BaseException] = []

        def write(_user: Any, data: int, size: int) -> int:
            try:
                parts.append(string_at(data, size))
            except BaseException as error:  # may not pass through C
                raised.append(error)
                return 1
            return 0

        options = shared("save", ("compression", compression), ("finished", finished))
        callback = _WRITE(write)
        status = lib.siamese_checkpoint_write(callback, None, self._pointer, options)
        if raised:
            raise raised[0]
        check(status)
        return b"".join(parts)

    @classmethod
    def from_bytes(
        cls: Type[_SelfBundle],
        data: bytes,
        *,
        threads: int = 0,
        max_bytes: int = 0,
        finished: bool = False,
    ) -> _SelfBundle:
        """Loads the bytes of a checkpoint file."""
        pointer = cls._pointer_of()
        check(
            lib.siamese_checkpoint_load_memory(
                byref(pointer),
                data,
                len(data),
                _load_options(threads, max_bytes, finished),
            )
        )
        return cls._own(pointer)

    def __reduce__(self) -> Tuple[Callable[..., Any], Tuple[Any, ...]]:
        return type(self).from_bytes, (self.to_bytes(),)


def _load_options(
    threads: int, max_bytes: int, finished: bool, map: bool = False
) -> Any:
    return shared(
        "load",
        ("threads", threads),
        ("max_bytes", max_bytes),
        ("finished", finished),
        ("map", map),
    )


class Saved(Handle):
    """What is saved as the one part of a checkpoint."""

    _part: str

    def _bundle(self) -> Bundle:
        bundle = Bundle()
        bundle._set(self._part, self)
        return bundle

    def save(self, path: "Path", *, compression: int = 1) -> None:
        """Saves to a checkpoint file of its own."""
        self._bundle().save(path, compression=compression)

    @classmethod
    def load(cls: Type[_Self], path: "Path", *, threads: int = 0) -> _Self:
        """Loads what a checkpoint file holds of this kind."""
        found: _Self = Bundle.load(path, threads=threads)._get(cls._part, cls)
        return found

    def to_bytes(self, *, compression: int = 1) -> bytes:
        """The bytes of a checkpoint of its own."""
        return self._bundle().to_bytes(compression=compression)

    @classmethod
    def from_bytes(cls: Type[_Self], data: bytes, *, threads: int = 0) -> _Self:
        """Loads the bytes of a checkpoint."""
        found: _Self = Bundle.from_bytes(data, threads=threads)._get(cls._part, cls)
        return found

    def __reduce__(self) -> Tuple[Callable[..., Any], Tuple[Any, ...]]:
        return _restore, (type(self), self.to_bytes())


def verify(path: "Path") -> None:
    """Checks every byte of a file; the error names the section that is damaged. A
    load with map leaves the vectors of an index unchecked."""
    check(lib.siamese_checkpoint_verify(path_of(path)), os.fspath(path))


def sections(path: "Path") -> List[Dict[str, Any]]:
    """What a file holds, without loading it: of each section its name, whether
    it is a user's own, its version, sizes and CRC32."""
    needed, version = c_size_t(), c_uint32()
    infos: Any = None
    while True:
        try:
            check(
                lib.siamese_checkpoint_info(
                    path_of(path),
                    infos,
                    len(infos) if infos else 0,
                    byref(needed),
                    byref(version),
                ),
                os.fspath(path),
            )
            break
        except RangeError:
            infos = (SectionInfo * needed.value)()
            for info in infos:
                info.__init__()
    return [
        {
            "name": info.name.decode(),
            "user": bool(info.user),
            "version": info.version,
            "stored_size": info.stored_size,
            "size": info.size,
            "crc32": info.crc32,
        }
        for info in infos or ()
    ]
