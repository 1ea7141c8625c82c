"""Columns of texts by Arrow's C data interface, from any library that offers
it (pyarrow, polars, DuckDB, nanoarrow, pandas), and without any of them.

An exporter hands out capsules (the Arrow PyCapsule interface) with the structs
below; a column's texts are then read where they lie. Text becomes an array of
(pointer, size) by numpy, never a Python object a row.
https://arrow.apache.org/docs/format/CDataInterface.html
"""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from typing import Any, List, Optional, Tuple

import numpy as np

from ._errors import ArgumentError, FormatError

__all__ = ["ArrowChunk", "is_arrow", "read"]


class ArrowSchema(ctypes.Structure):
    pass


ArrowSchema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    ("release", CFUNCTYPE(None, c_void_p)),
    ("private_data", c_void_p),
]


class ArrowArray(ctypes.Structure):
    pass


ArrowArray._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    ("release", CFUNCTYPE(None, c_void_p)),
    ("private_data", c_void_p),
]


class ArrowArrayStream(ctypes.Structure):
    _fields_ = [
        ("get_schema", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("get_next", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("get_last_error", CFUNCTYPE(c_char_p, c_void_p)),
        ("release", CFUNCTYPE(None, c_void_p)),
        ("private_data", c_void_p),
    ]


_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_capsule.argtypes = [ctypes.py_object, c_char_p]
_capsule.restype = c_void_p

_INDICES = {
    b"c": np.int8,
    b"C": np.uint8,
    b"s": np.int16,
    b"S": np.uint16,
    b"i": np.int32,
    b"I": np.uint32,
    b"l": np.int64,
    b"L": np.uint64,
}
_ZERO = np.zeros(1, np.uint8)  # what a column of empty texts points to


class _Owned:
    """Structs that must be released when nobody reads them any more."""

    def __init__(self, struct: Any, keep: Any = None) -> None:
        self.struct, self.keep = struct, keep

    def __del__(self) -> None:
        if self.struct.release:
            self.struct.release(ctypes.addressof(self.struct))


def is_arrow(column: Any) -> bool:
    """Whether an object hands out its data by Arrow's capsules."""
    return hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__")


def _numbers(place: Optional[int], dtype: Any, start: int, count: int) -> Any:
    """Numbers at an address, from one of them on."""
    if count == 0 or not place:
        return np.empty(0, dtype)
    size = np.dtype(dtype).itemsize
    raw = (ctypes.c_char * (count * size)).from_address(place + start * size)
    return np.frombuffer(raw, dtype, count)


class ArrowChunk:
    """One array of texts, with what keeps it alive."""

    def __init__(
        self, schema: ArrowSchema, array: ArrowArray, keep: Any, skip: int, length: int
    ) -> None:
        self.format: bytes = schema.format
        self.array, self.keep = array, keep
        self.length = length
        self.first = array.offset + skip  # of our rows, in the buffers
        self.values: Optional[ArrowChunk] = None
        self._whole: Any = None
        if schema.dictionary:
            if self.format not in _INDICES:
                raise FormatError("an Arrow dictionary with keys %r" % self.format)
            inner = array.dictionary[0]
            self.values = ArrowChunk(schema.dictionary[0], inner, keep, 0, inner.length)
        elif self.format not in (b"u", b"U", b"vu", b"z", b"Z", b"vz", b"n"):
            raise ArgumentError(
                "an Arrow column of the format %r holds no texts" % self.format.decode()
            )

    def _buffer(self, i: int) -> Optional[int]:
        place: Optional[int] = self.array.buffers[i]
        return place

    def missing(self, start: int, count: int) -> Any:
        """Which rows are null: None, or bools."""
        if self.format == b"n":
            return np.ones(count, bool)
        found = None
        bits = self._buffer(0) if self.array.null_count else None
        if bits:
            at = self.first + start
            packed = _numbers(bits, np.uint8, at // 8, (at % 8 + count + 7) // 8)
            valid = np.unpackbits(packed, bitorder="little")
            found = valid[at % 8 : at % 8 + count] == 0
        if self.values is not None:
            inner = self.values.missing(0, self.values.length)
            if inner is not None and inner.any():
                keys = self._keys(start, count)
                if found is not None:  # a null's key may be anything
                    keys = np.where(found, 0, keys)
                found = inner[keys] if found is None else found | inner[keys]
        return found if found is not None and found.any() else None

    def _keys(self, start: int, count: int) -> Any:
        dtype = _INDICES[self.format]
        return _numbers(self._buffer(1), dtype, self.first + start, count)

    def table(self, start: int, count: int) -> Any:
        """[count][2]: where each text is, and its size."""
        out = np.zeros((count, 2), np.uint64)
        if count == 0 or self.format == b"n":
            return out
        if self.values is not None:
            self._from_dictionary(start, count, out)
        elif self.format.startswith(b"v"):
            self._from_views(start, count, out)
        else:
            dtype = np.int32 if self.format in b"uz" else np.int64
            at = _numbers(self._buffer(1), dtype, self.first + start, count + 1)
            base = self._buffer(2) or _ZERO.ctypes.data
            out[:, 0] = at[:-1]
            out[:, 0] += np.uint64(base)
            out[:, 1] = at[1:] - at[:-1]
        return out

    def _from_dictionary(self, start: int, count: int, out: Any) -> None:
        assert self.values is not None
        keys = self._keys(start, count)
        null = self.missing(start, count)
        if null is not None:
            keys = np.where(null, 0, keys)
        if self.values.length == 0:
            return
        if keys.size and (keys.min() < 0 or keys.max() >= self.values.length):
            raise FormatError("an Arrow dictionary's key is outside of it")
        if self._whole is None:
            self._whole = self.values.table(0, self.values.length)
        out[:] = self._whole[keys]

    def _from_views(self, start: int, count: int, out: Any) -> None:
        """Views of 16 bytes: up to 12 bytes are inside, others stand in the
        buffer that the view names."""
        place = self._buffer(1)
        assert place is not None
        first = place + 16 * (self.first + start)
        views = _numbers(first, np.int32, 0, 4 * count).reshape(count, 4)
        size = views[:, 0]
        out[:, 0] = np.arange(first + 4, first + 4 + 16 * count, 16, dtype=np.uint64)
        out[:, 1] = size
        outside = np.flatnonzero(size > 12)
        if outside.size:
            buffers = np.array(
                [self._buffer(i) or 0 for i in range(2, int(self.array.n_buffers) - 1)],
                np.uint64,
            )
            out[outside, 0] = buffers[views[outside, 2]] + views[outside, 3].astype(
                np.uint64
            )


def _structs(column: Any) -> Tuple[ArrowSchema, List[Tuple[ArrowArray, Any]], Any]:
    """The schema and the arrays that an object hands out."""
    if hasattr(column, "__arrow_c_stream__"):
        return _streamed(column.__arrow_c_stream__())
    schema_capsule, array_capsule = column.__arrow_c_array__()
    schema = ArrowSchema.from_address(_capsule(schema_capsule, b"arrow_schema"))
    array = ArrowArray.from_address(_capsule(array_capsule, b"arrow_array"))
    keep = (column, schema_capsule, array_capsule)
    return schema, [(array, keep)], keep


def _streamed(
    capsule: Any,
) -> Tuple[ArrowSchema, List[Tuple[ArrowArray, Any]], Any]:
    place = _capsule(capsule, b"arrow_array_stream")
    stream = ArrowArrayStream.from_address(place)

    def failed(code: int) -> None:
        if code:
            text = stream.get_last_error(place) or b""
            raise FormatError(
                "an Arrow stream failed: %s" % text.decode("utf-8", "replace")
            )

    schema = ArrowSchema()
    failed(stream.get_schema(place, ctypes.addressof(schema)))
    keep = _Owned(schema)
    arrays: List[Tuple[ArrowArray, Any]] = []
    while True:
        array = ArrowArray()
        failed(stream.get_next(place, ctypes.addressof(array)))
        if not array.release:
            return schema, arrays, keep
        arrays.append((array, _Owned(array, (keep, capsule))))


def read(column: Any) -> List[List[ArrowChunk]]:
    """The columns of an object, each as its chunks: one for an array of texts,
    one for each child of an array of structs."""
    schema, arrays, keep = _structs(column)
    if schema.format != b"+s":
        return [
            [
                ArrowChunk(schema, array, (keep, owner), 0, array.length)
                for array, owner in arrays
            ]
        ]
    for array, _ in arrays:
        if array.null_count > 0:
            raise ArgumentError("an Arrow column of structs has nulls")
    columns: List[List[ArrowChunk]] = []
    for i in range(schema.n_children):
        columns.append(
            [
                ArrowChunk(
                    schema.children[i][0],
                    array.children[i][0],
                    (keep, owner),
                    array.offset,
                    array.length,
                )
                for array, owner in arrays
            ]
        )
    return columns
