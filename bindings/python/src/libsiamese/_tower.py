"""A tower: rows of texts to vectors."""

from __future__ import annotations

from ctypes import byref, c_size_t, create_string_buffer
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

import numpy as np

from ._arrays import address, floats, ids_of, numbers, out_floats
from ._errors import ArgumentError
from ._library import check, failure, lib, word_of
from ._options import describe, make, read
from ._saved import Saved
from ._structs import ParameterInfo
from ._texts import Window, each_window, rows_of, single
from ._vocab import Vocab

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._option_types import FieldOptions, TowerOptions
    from ._saved import Path
    from ._texts import TextsLike

__all__ = ["Tower"]

_Self = TypeVar("_Self", bound="Tower")
_encode = lib.siamese_tower_encode


class Tower(Saved):
    """Turns texts, or rows of several fields, into vectors.

    >>> tower = Tower(vocab, encoder="bag", embedding_dim=64)
    >>> vectors = tower.encode(["oak desk", "red sofa"])

    With a vocabulary the tower has one field of texts, "text"; ``add_field``
    adds others. The options are those of docs/towers.md; ``describe("tower")``
    lists them.
    """

    _kind = "tower"
    _part = "query_tower"

    def __init__(
        self, vocab: Optional[Vocab] = None, **options: "Unpack[TowerOptions]"
    ) -> None:
        pointer = self._pointer_of()
        check(lib.siamese_tower_create(byref(pointer), make("tower", options)))
        self._pointer = pointer
        if vocab is not None:
            self.add_field("text", vocab)

    @classmethod
    def from_keras(
        cls,
        path: "Path",
        *,
        vocab: "Optional[Union[Vocab, Sequence[str]]]" = None,
        sequence_length: Optional[int] = None,
        config: Optional[str] = None,
        part: Optional[str] = None,
        **options: "Unpack[TowerOptions]",
    ) -> "Tower":
        """A tower that computes what a model of Keras does, read from its file
        without TensorFlow; h5py must be installed.

        path is a .keras archive, or a .weights.h5 file. vocab, for what has no
        TextVectorization layer, is a vocabulary or the list of the layer's
        get_vocabulary(), with its sequence_length. For weights alone config is
        the model's to_json(); without it the layers are told by their arrays,
        and options say what arrays do not tell, such as mask_zero=True. part
        is where the tower stands among them, e.g. "query_model".
        """
        from ._keras import tower_from_keras

        return tower_from_keras(
            path,
            vocab=vocab,
            sequence_length=sequence_length,
            config=config,
            part=part,
            **options,
        )

    def add_field(
        self: _Self,
        name: str,
        vocab: Optional[Vocab] = None,
        **options: "Unpack[FieldOptions]",
    ) -> _Self:
        """Adds a field, and returns the tower. Rows have a text more then."""
        check(
            lib.siamese_tower_add_field(
                self._pointer,
                word_of(name),
                None if vocab is None else vocab._pointer,
                make("field", options),
            )
        )
        return self

    # ---- from texts to vectors ----

    @property
    def dim(self) -> int:
        """The size of a vector."""
        dim: int = lib.siamese_tower_dim(self._pointer)
        return dim

    def encode(
        self,
        texts: "Union[str, TextsLike]",
        *,
        out: "Optional[NDArray[np.float32]]" = None,
    ) -> "NDArray[np.float32]":
        """The vectors of texts: [count][dim], or [dim] for one text.

        texts is a list, a numpy array, a pandas or polars column, or anything
        that speaks Arrow; rows of several fields are a frame, a table, an
        array of two dimensions, or Columns.
        out, if given, is an array of float32 that receives the vectors.
        """
        pointer = self._pointer
        dim: int = lib.siamese_tower_dim(pointer)
        if isinstance(texts, str):
            one = np.empty(dim, np.float32) if out is None else out_floats(out, dim)
            status = _encode(pointer, byref(single(texts)), 1, 1, address(one), dim)
            if status:
                raise failure(status)
            return one
        rows = rows_of(texts, "texts")
        result = out_floats(out, len(rows), dim)

        def call(window: Window) -> None:
            part = result[window.start : window.stop]
            status = _encode(
                pointer,
                window.address,
                len(part),
                rows.fields,
                address(part),
                part.size,
            )
            if status:
                raise _of_row(failure(status), window.start)

        each_window(rows, call)
        return result

    def encode_ids(
        self,
        ids: "ArrayLike",
        offsets: "Optional[ArrayLike]" = None,
        *,
        out: "Optional[NDArray[np.float32]]" = None,
    ) -> "NDArray[np.float32]":
        """The vectors of rows of token ids: an array of two dimensions, or
        those of row r are ``ids[offsets[r]:offsets[r + 1]]``."""
        array = np.asarray(ids)
        if offsets is None:
            if array.ndim != 2:
                raise ArgumentError("ids: has %d dimensions; give offsets" % array.ndim)
            ends = np.arange(array.shape[0] + 1, dtype=np.uint64) * np.uint64(
                array.shape[1]
            )
            array = array.reshape(-1)
        else:
            ends = numbers(offsets, np.uint64, "offsets")
            if ends.size == 0 or int(ends[-1]) > array.size:
                raise ArgumentError("offsets: do not fit %d ids" % array.size)
        flat = ids_of(array)
        result = out_floats(out, len(ends) - 1, self.dim)
        check(
            lib.siamese_tower_encode_ids(
                self._pointer,
                address(flat),
                address(ends),
                len(ends) - 1,
                address(result),
                result.size,
            )
        )
        return result

    # ---- what a tower is ----

    @property
    def options(self) -> Dict[str, Any]:
        """The options in force, by name."""
        pointer = self._pointer
        return read("tower", lambda to: lib.siamese_tower_get_options(pointer, to))

    @property
    def fields(self) -> int:
        """The number of fields, which is the number of texts per row."""
        count: int = lib.siamese_tower_field_count(self._pointer)
        return count

    @property
    def field_names(self) -> List[str]:
        """The names of the fields, in the order of a row's texts."""
        get, pointer = lib.siamese_tower_get_field_name, self._pointer
        room = create_string_buffer(64)
        names: List[str] = []
        for field in range(self.fields):
            check(get(pointer, field, room, len(room), None))
            names.append(room.value.decode())
        return names

    def vocab(self, field: int = 0) -> Vocab:
        """The vocabulary of a field."""
        pointer = Vocab._pointer_of()
        check(lib.siamese_tower_get_vocab(self._pointer, field, byref(pointer)))
        return Vocab._own(pointer)

    # ---- parameters ----

    def parameters(self) -> Dict[str, Tuple[int, ...]]:
        """The names and shapes of all parameters."""
        found: Dict[str, Tuple[int, ...]] = {}
        for i in range(lib.siamese_tower_parameter_count(self._pointer)):
            info = ParameterInfo()
            check(lib.siamese_tower_parameter_info(self._pointer, i, byref(info)))
            found[info.name.decode()] = tuple(info.shape[: info.rank])
        return found

    def get(self, name: str) -> "NDArray[np.float32]":
        """The values of a parameter."""
        needed = c_size_t()
        get = lib.siamese_tower_parameter_get
        shape = self.parameters().get(name)
        if shape is None:  # the library's own words for it
            check(get(self._pointer, word_of(name), None, 0, byref(needed)))
            raise KeyError(name)
        values = np.empty(shape, np.float32)
        check(get(self._pointer, word_of(name), address(values), values.size, None))
        return values

    def set(self, name: str, values: "ArrayLike") -> None:
        """Sets the values of a parameter, of its shape."""
        array = floats(values, name)
        shape = self.parameters().get(name)
        if shape is not None and array.shape != shape:
            raise ArgumentError(
                "%s: values of the shape %s where the parameter has %s"
                % (name, array.shape, shape)
            )
        check(
            lib.siamese_tower_parameter_set(
                self._pointer, word_of(name), address(array), array.size
            )
        )

    def get_weights(self) -> "Dict[str, NDArray[np.float32]]":
        """All parameters, by name."""
        return {name: self.get(name) for name in self.parameters()}

    def set_weights(self, weights: "Mapping[str, ArrayLike]") -> None:
        """Sets parameters, by name."""
        for name, values in weights.items():
            self.set(name, values)

    # ---- copies ----

    def quantize(self, precision: str = "int8") -> "Tower":
        """A copy whose tables are "float32", "float16" or "int8"."""
        words = next(o for o in describe("tower") if o.name == "table_precision")
        known = words.range.split(" | ")
        if precision not in known:
            raise ArgumentError(
                "precision: %r is none of %s" % (precision, words.range)
            )
        pointer = self._pointer_of()
        check(
            lib.siamese_tower_quantize(
                byref(pointer), self._pointer, known.index(precision)
            )
        )
        return type(self)._own(pointer)

    def grow(self, vocab: Vocab, *, field: int = 0) -> "Tower":
        """A copy with a grown vocabulary (Vocab.grow) in a field."""
        pointer = self._pointer_of()
        check(
            lib.siamese_tower_grow(byref(pointer), self._pointer, field, vocab._pointer)
        )
        return type(self)._own(pointer)

    def __repr__(self) -> str:
        if self.closed:
            return "Tower(closed)"
        return "Tower(%d fields, vectors of %d)" % (self.fields, self.dim)


def _of_row(error: Any, start: int) -> Any:
    """Says where the rows of a window begin, if it is not the first."""
    if start:
        error.args = ("%s (rows count from row %d of all)" % (error, start),)
    return error
