"""Items: rows of ids, titles and columns, into the library and out of it."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_size_t, cast
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple, Union

import numpy as np

from ._arrays import address, ids_of
from ._errors import ArgumentError, NotFoundError, RangeError
from ._handle import Handle
from ._library import check, lib, word_of
from ._structs import ColumnInfo, ColumnValues, ItemRows, ItemsInfo
from ._texts import Rows, Texts, rows_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ._texts import Column

    Ids = Union[ArrayLike, Column]

__all__ = ["ItemColumns", "Items", "are_integers", "column_names", "id_arrays"]

COLUMN_TYPES = ("text", "integer", "number")


def are_integers(ids: Any) -> bool:
    """Whether ids are integers, or else texts."""
    dtype = getattr(ids, "dtype", None)
    if dtype is not None and hasattr(dtype, "kind"):
        if dtype.kind in "iu":
            return True
        if dtype.kind in "US":
            return False
    for one in ids:
        return hasattr(one, "__index__")
    return True


class ItemColumns:
    """What is known of some items, ready to be handed over by windows."""

    def __init__(self, titles: Any, ids: Optional[Any], columns: Any) -> None:
        self.titles = rows_of(titles, "titles")
        if self.titles.fields != 1:
            raise ArgumentError("titles: are one column; others belong to columns")
        self.count = len(self.titles)
        self.ids: Any = None
        self.text_ids: Optional[Rows] = None
        if ids is not None and are_integers(ids):
            self.ids = ids_of(ids)
            self._same("ids", len(self.ids))
        elif ids is not None:
            self.text_ids = rows_of(ids, "ids")
            self._same("ids", len(self.text_ids))
        self.texts: List[Tuple[bytes, Rows]] = []
        self.numbers: List[Tuple[bytes, str, Any, Any]] = []
        for name, values in columns.items() if columns is not None else ():
            self._column(str(name), values)

    def _same(self, name: str, count: int) -> None:
        if count != self.count:
            raise ArgumentError(
                "%s: %d of them, for %d titles" % (name, count, self.count)
            )

    def _column(self, name: str, values: Any) -> None:
        array, present = _numbers_of(values)
        if array is None:
            rows = rows_of(Texts(values, missing="empty"), name)
            self._same(name, len(rows))
            self.texts.append((word_of(name), rows))
            return
        if array.ndim != 1:
            raise ArgumentError("%s: has %d dimensions" % (name, array.ndim))
        self._same(name, len(array))
        kind = "integers" if array.dtype.kind in "iub" else "numbers"
        wanted = np.int64 if kind == "integers" else np.float64
        self.numbers.append(
            (word_of(name), kind, np.ascontiguousarray(array, wanted), present)
        )

    def windows(self) -> Iterator[Tuple[int, ItemRows, Any]]:
        """Structs of C with the rows that fit into a buffer, each with the
        number of its first row and what keeps it alive."""
        start = 0
        while start < self.count or start == 0:
            titles, keep = self.titles.read(start, self.count - start)
            count = len(titles)
            parts: List[Any] = [keep]
            tables: List[Any] = []
            readers = [rows for _, rows in self.texts]
            if self.text_ids is not None:
                readers.append(self.text_ids)
            for rows in readers:
                table, more = rows.read(start, count)
                count = min(count, len(table))
                tables.append(table)
                parts.append(more)
            struct = self._struct(start, count, titles, tables, parts)
            yield start, struct, (titles, tables, parts)
            start += max(count, 1)

    def _struct(
        self, start: int, count: int, titles: Any, tables: List[Any], parts: List[Any]
    ) -> ItemRows:
        rows = ItemRows(count=count, titles=address(titles))
        if self.ids is not None:
            ids = self.ids[start : start + count]
            parts.append(ids)
            rows.ids = address(ids)
        if self.text_ids is not None:
            rows.text_ids = address(tables[-1])
        values: List[ColumnValues] = []
        for (name, _), table in zip(self.texts, tables):
            present = (table[:count, 0] != 0).astype(np.uint8)
            parts.append(present)
            values.append(
                ColumnValues(name=name, texts=address(table), present=address(present))
            )
        for name, kind, array, known in self.numbers:
            part = array[start : start + count]
            one = ColumnValues(name=name, **{kind: address(part)})
            parts.append(part)
            if known is not None:
                here = known[start : start + count]
                parts.append(here)
                one.present = address(here)
            values.append(one)
        if values:
            columns = (ColumnValues * len(values))(*values)
            parts.append(columns)
            rows.columns = cast(columns, POINTER(ColumnValues))
            rows.column_count = len(values)
        return rows


def _numbers_of(values: Any) -> Tuple[Any, Any]:
    """A column of numbers, and where it has values; None if it is of texts."""
    dtype = getattr(values, "dtype", None)
    mask = getattr(getattr(values, "array", None), "_mask", None)
    if mask is not None and dtype is not None and dtype.kind in "iufb":  # of pandas
        filled = values.fillna(0).to_numpy(
            dtype=np.float64 if dtype.kind == "f" else np.int64
        )
        return filled, (~values.isna().to_numpy()).astype(np.uint8)
    if dtype is None or not hasattr(dtype, "kind"):
        if hasattr(values, "__arrow_c_stream__") or hasattr(
            values, "__arrow_c_array__"
        ):
            return _arrow_numbers(values)
        if isinstance(values, (list, tuple)):
            if not all(isinstance(v, (int, float)) for v in values[:100]):
                return None, None
        values = np.asarray(values)
    if values.dtype.kind not in "iufb":
        return None, None
    return np.asarray(values), None


def _arrow_numbers(values: Any) -> Tuple[Any, Any]:
    if not hasattr(values, "to_numpy"):
        return None, None
    array = values.to_numpy()
    return (array, None) if array.dtype.kind in "iufb" else (None, None)


def id_arrays(ids: Any) -> Tuple[Any, Any, int, Any]:
    """Ids as arguments of C: integers or None, texts or None, their number,
    and what keeps them alive."""
    if isinstance(ids, (str, int, np.integer)):
        ids = [ids]
    if are_integers(ids):
        array = ids_of(ids)
        return address(array), None, len(array), array
    rows = rows_of(ids, "ids")
    table, keep = rows.read(0, len(rows), None)
    return None, address(table), len(table), (table, keep)


class Items(Handle):
    """What a model knows of its items; columns are read as arrays and lists."""

    _kind = "items"

    def __len__(self) -> int:
        count: int = lib.siamese_items_count(self._pointer)
        return count

    def _info(self) -> ItemsInfo:
        info = ItemsInfo()
        check(lib.siamese_items_get_info(self._pointer, byref(info)))
        return info

    @property
    def columns(self) -> Dict[str, str]:
        """The columns beside id and title: "text", "integer" or "number"."""
        return column_names(self._pointer)

    def rows(self) -> "NDArray[np.int64]":
        """The numbers of all rows, which are the ids of the index."""
        needed = c_size_t()
        rows = np.empty(len(self), np.int64)
        while True:
            try:
                check(
                    lib.siamese_items_get_rows(
                        self._pointer, address(rows), len(rows), byref(needed)
                    )
                )
                return rows[: needed.value]
            except RangeError:
                rows = np.empty(needed.value, np.int64)

    def ids(self, rows: "Optional[ArrayLike]" = None) -> Any:
        """The ids of rows, by default of all: an array of integers, or a list
        of texts."""
        return self.column("id", rows)

    def titles(self, rows: "Optional[ArrayLike]" = None) -> List[str]:
        """The titles of rows, by default of all."""
        found: List[str] = self.column("title", rows)
        return found

    def column(self, name: str, rows: "Optional[ArrayLike]" = None) -> Any:
        """A column of rows, by default of all: a list of texts with None where
        one is missing, or an array of numbers; missing are NaN."""
        numbers = self.rows() if rows is None else ids_of(rows, "rows")
        kind = self.columns.get(name, "text")
        if name == "id" and self._info().ids == 0:
            kind = "integer"
        if kind == "text":
            return self._texts(name, numbers)
        values = np.empty(len(numbers), np.int64 if kind == "integer" else np.float64)
        present = np.ones(len(numbers), np.uint8)
        read = getattr(lib, "siamese_items_get_%ss" % kind)
        check(
            read(
                self._pointer,
                word_of(name),
                address(numbers),
                len(numbers),
                address(values),
                len(values),
                address(present),
            )
        )
        if kind == "integer" and not present.all():
            return np.where(present, values, np.nan)
        return values

    def _texts(self, name: str, numbers: Any) -> List[Optional[str]]:
        count = len(numbers)
        offsets = np.zeros(count + 1, np.uint64)
        present = np.ones(count, np.uint8)
        needed, room = c_size_t(), ctypes.create_string_buffer(64 * count + 1)
        while True:
            try:
                check(
                    lib.siamese_items_get_texts(
                        self._pointer,
                        word_of(name),
                        address(numbers),
                        count,
                        address(offsets),
                        room,
                        len(room),
                        byref(needed),
                        address(present),
                    )
                )
                break
            except RangeError:
                room = ctypes.create_string_buffer(needed.value + 1)
        data = room.raw
        ends = offsets.tolist()
        return [
            data[start:stop].decode("utf-8", "replace") if known else None
            for start, stop, known in zip(ends, ends[1:], present.tolist())
        ]

    def __repr__(self) -> str:
        return "Items(closed)" if self.closed else "Items(%d rows)" % len(self)


def column_names(pointer: Any) -> Dict[str, str]:
    """The columns of items, with their types."""
    found: Dict[str, str] = {}
    while True:
        info = ColumnInfo()
        try:
            check(lib.siamese_items_get_column(pointer, len(found), byref(info)))
        except NotFoundError:
            return found
        found[info.name.decode()] = COLUMN_TYPES[info.type]
