"""What a model is made of: its options, its files and its parts. _model.py
has what it does."""

from __future__ import annotations

import os
from ctypes import byref
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Mapping,
    Optional,
    Tuple,
    Type,
    TypeVar,
)

from ._errors import ArgumentError
from ._handle import Handle
from ._index import Index
from ._items import COLUMN_TYPES, Items
from ._library import check, lib, path_of, word_of
from ._map import Map, Method, draw
from ._options import make, shared, text_of
from ._ranker import Ranker
from ._saved import Bundle
from ._structs import ModelInfo
from ._tower import Tower
from ._trainer import Trainer
from ._vocab import Vocab

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from ._option_types import FieldOptions, ModelOptions
    from ._saved import Path

__all__ = ["ModelBase", "set_option"]

_Self = TypeVar("_Self", bound="ModelBase")


class ModelBase(Handle):
    """A model of C, with the arguments that it was made with."""

    _kind = "model"

    def __init__(
        self,
        preset: str = "default",
        *,
        threads: int = 0,
        repeats: bool = False,
        **options: "Unpack[ModelOptions]",
    ) -> None:
        self._params: Dict[str, Any] = {
            "preset": preset,
            "threads": threads,
            "repeats": repeats,
            **options,
        }
        self._fields: Dict[str, Dict[str, Any]] = {}
        self._pointer = self._made()

    def _made(self) -> Any:
        """A model of C that knows nothing yet."""
        params = dict(self._params)
        preset = params.pop("preset")
        own = make(
            "model",
            {"threads": params.pop("threads"), "repeats": params.pop("repeats")},
        )
        pointer = self._pointer_of()
        check(lib.siamese_model_create(byref(pointer), word_of(preset), own))
        for name, value in params.items():
            set_option(pointer, name, value)
        for name, options in self._fields.items():
            _add_field(pointer, name, options)
        return pointer

    # ---- what it reads ----

    def add_field(self: _Self, name: str, **options: "Unpack[FieldOptions]") -> _Self:
        """Makes the towers read a column of the items too, as one more field
        beside the title."""
        _add_field(self._pointer, name, options)
        self._fields[name] = dict(options)
        return self

    def add_column(self: _Self, name: str, type: str = "text") -> _Self:
        """Adds a column of the items: "text", "integer" or "number"."""
        if type not in COLUMN_TYPES:
            raise ArgumentError("type: %r is none of %s" % (type, COLUMN_TYPES))
        check(
            lib.siamese_model_add_column(
                self._pointer, word_of(name), COLUMN_TYPES.index(type)
            )
        )
        return self

    # ---- files ----

    def save(
        self, path: "Path", *, compression: int = 1, finished: bool = False
    ) -> None:
        """Saves to a file, which is the old one or the new one at any moment.
        With finished the trainer stays out of it."""
        options = shared("save", ("compression", compression), ("finished", finished))
        status = lib.siamese_model_save(self._pointer, path_of(path), options)
        check(status, os.fspath(path))

    @classmethod
    def load(
        cls: Type[_Self], path: "Path", *, threads: int = 0, map: bool = False
    ) -> _Self:
        """Opens a file that save wrote, or any checkpoint. With map the vectors of
        the items stay in the file."""
        pointer = cls._pointer_of()
        options = shared("load", ("threads", threads), ("map", map))
        check(
            lib.siamese_model_open(byref(pointer), path_of(path), options),
            os.fspath(path),
        )
        return cls._of(pointer, threads)

    def reload(self, path: "Path", *, threads: int = 0) -> None:
        """Puts another file in the place of all that the model is, while
        others search: each search has the old model or the new one."""
        options = shared("load", ("threads", threads))
        check(
            lib.siamese_model_reload(self._pointer, path_of(path), options),
            os.fspath(path),
        )

    @classmethod
    def _of(cls: Type[_Self], pointer: Any, threads: int = 0) -> _Self:
        self = cls._own(pointer)
        self._params = {"preset": "default", "threads": threads, "repeats": False}
        self._fields = {}
        return self

    @classmethod
    def from_bundle(cls: Type[_Self], bundle: Bundle) -> _Self:
        """A model of the parts of a bundle."""
        pointer = cls._pointer_of()
        check(lib.siamese_model_from_bundle(byref(pointer), bundle._pointer))
        return cls._of(pointer)

    @classmethod
    def from_towers(
        cls: Type[_Self], query: Tower, item: Optional[Tower] = None
    ) -> _Self:
        """A model of towers that are there, without items yet."""
        return cls.from_bundle(Bundle(query_tower=query, item_tower=item or query))

    @classmethod
    def from_keras(
        cls: Type[_Self], path: "Path", *, item: "Optional[Path]" = None, **how: Any
    ) -> _Self:
        """A model of a tower of Keras, or of two, one for the items. See
        Tower.from_keras, which has the other arguments."""
        query = Tower.from_keras(path, **how)
        return cls.from_towers(
            query, None if item is None else Tower.from_keras(item, **how)
        )

    def to_bundle(self) -> Bundle:
        """All that save would write, to add sections of your own to it."""
        pointer = Bundle._pointer_of()
        check(lib.siamese_model_get_bundle(self._pointer, byref(pointer)))
        return Bundle._own(pointer)

    # ---- its parts ----

    def _part(self, name: str, kind: Any) -> Any:
        pointer = kind._pointer_of()
        get = getattr(lib, "siamese_model_get_" + name)
        check(get(self._pointer, byref(pointer)))
        return kind._own(pointer)

    @property
    def vocab(self) -> Vocab:
        """The vocabulary."""
        part: Vocab = self._part("vocab", Vocab)
        return part

    @property
    def query_tower(self) -> Tower:
        """The tower of the queries."""
        part: Tower = self._part("query_tower", Tower)
        return part

    @property
    def item_tower(self) -> Tower:
        """The tower of the items."""
        part: Tower = self._part("item_tower", Tower)
        return part

    @property
    def trainer(self) -> Trainer:
        """The trainer."""
        part: Trainer = self._part("trainer", Trainer)
        return part

    @property
    def index(self) -> Index:
        """The index, of vectors under the numbers of rows."""
        part: Index = self._part("index", Index)
        return part

    @property
    def items(self) -> Items:
        """The items."""
        part: Items = self._part("items", Items)
        return part

    @property
    def ranker(self) -> Ranker:
        """The ranker, which goes on to follow the model's items; NotFoundError
        if it has none."""
        part: Ranker = self._part("ranker", Ranker)
        return part

    @property
    def info(self) -> Dict[str, int]:
        """What the model is at the moment: dim, items, vectors, pairs, ..."""
        info = ModelInfo()
        check(lib.siamese_model_get_info(self._pointer, byref(info)))
        return {one[0]: getattr(info, one[0]) for one in info._fields_[1:]}

    def __len__(self) -> int:
        """The number of rows of items."""
        return self.info["items"]

    def __bool__(self) -> bool:
        return True

    def to_numpy(self) -> "Tuple[Any, NDArray[np.float32]]":
        """(ids, vectors) of all items: the ids as an array, or a list of texts."""
        rows, found = self.index.to_numpy()
        return self.items.ids(rows), found

    def to_faiss(self) -> Any:
        """The vectors as an index of faiss-cpu, which must be installed; its
        ids are the numbers of rows, as ``model.items.ids(rows)`` reads them."""
        return self.index.to_faiss()

    def map(
        self,
        path: "Optional[Path]" = None,
        *,
        color: Optional[str] = None,
        method: Method = "pca",
        seed: int = 1,
        **options: Any,
    ) -> Map:
        """Puts all items into two dimensions, and, with a path, onto a page of
        HTML that opens from disk: titles under the pointer, a search, and the
        colours of a column of the items.

        method is "pca", "tsne" (scikit-learn's) or "umap" (umap-learn's), to
        which options go; ``pip install 'libsiamese[map]'`` has both. They take
        seconds for thousands of items and minutes for many more; ``seconds`` of
        what comes back, and the page, tell how long.
        """
        return draw(self, path, color, method, seed, options)

    # ---- as an object ----

    def __reduce__(self) -> Tuple[Callable[..., Any], Tuple[Any, ...]]:
        data = None
        if self.info["trained"] or self.info["items"]:
            data = self.to_bundle().to_bytes()
        return _restored, (type(self), self._params, self._fields, data)

    def __repr__(self) -> str:
        if self.closed:
            return "Model(closed)"
        params = ", ".join(
            "%s=%r" % one
            for one in self._params.items()
            if one[1] != {"preset": "default", "threads": 0}.get(one[0], False)
        )
        info = self.info
        return "Model(%s)%s" % (
            params,
            " of %d items, %d numbers a vector" % (info["items"], info["dim"])
            if info["trained"]
            else "",
        )


def _restored(
    cls: Type[ModelBase], params: Dict[str, Any], fields: Any, data: Optional[bytes]
) -> ModelBase:
    if data is None:
        model = cls(**params)
        for name, options in fields.items():
            model.add_field(name, **options)
        return model
    model = cls.from_bundle(Bundle.from_bytes(data, threads=params["threads"]))
    model._params, model._fields = params, fields
    return model


def set_option(pointer: Any, name: str, value: object) -> None:
    if value is not None:
        option = name.replace("__", ".")
        check(lib.siamese_model_set(pointer, word_of(option), text_of(name, value)))


def _add_field(pointer: Any, name: str, options: Mapping[str, object]) -> None:
    check(lib.siamese_model_add_field(pointer, word_of(name), make("field", options)))
