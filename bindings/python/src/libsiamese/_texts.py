"""Texts of Python to siamese_text of C.

Comes in: a text, a list, a numpy array, a pandas or polars column, anything
that speaks Arrow; one column, or several of them as the fields of rows. Goes
out: windows of rows, each an array of (pointer, size) in C's layout.

Arrow's texts are read where they lie. Those of Python objects are joined into
a buffer of at most 1 MB, which the next windows replace: there is never a
second copy of a whole column.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

import numpy as np

from . import _arrow
from ._arrays import address
from ._errors import ArgumentError
from ._structs import Text

if TYPE_CHECKING:
    from typing import Protocol

    from numpy.typing import NDArray

    class ArrowArrayExporter(Protocol):
        def __arrow_c_array__(
            self, requested_schema: Optional[object] = None
        ) -> Tuple[object, object]: ...

    class ArrowStreamExporter(Protocol):
        def __arrow_c_stream__(
            self, requested_schema: Optional[object] = None
        ) -> object: ...

    class SeriesLike(Protocol):
        @property
        def dtype(self) -> Any: ...

        @property
        def array(self) -> Any: ...

        def to_numpy(self) -> Any: ...

    class FrameLike(Protocol):
        @property
        def columns(self) -> Any: ...

        def __getitem__(self, name: Any) -> Any: ...

    Column = Union[
        Sequence[str],
        Sequence[bytes],
        NDArray[Any],
        SeriesLike,
        ArrowArrayExporter,
        ArrowStreamExporter,
        "Texts",
    ]
    TextsLike = Union[str, Column, "Columns", FrameLike]

__all__ = [
    "Columns",
    "Texts",
    "Window",
    "each_window",
    "rows_of",
    "single",
    "windows",
]

LIMIT = 1 << 20  # bytes of joined texts
_ROWS = 1 << 14  # of a first window of objects
_ARROW_ROWS = 1 << 16  # whose pointers and sizes take 1 MB


class Texts:
    """A column of texts, and how its missing values (None, NaN, null) are read:
    "error" refuses them and names the first, "empty" takes them as ""."""

    def __init__(self, column: "Column", *, missing: str = "error") -> None:
        if missing not in ("error", "empty"):
            raise ArgumentError("missing: %r is neither 'error' nor 'empty'" % missing)
        self.column = column
        self.missing = missing

    def __len__(self) -> int:
        return _reader(self, "texts").length


class Columns:
    """Rows of several fields, a column for each, in the order of the tower's
    fields: ``Columns(titles, brands)``."""

    def __init__(self, *columns: "Column") -> None:
        if not columns:
            raise ArgumentError("Columns: there is none")
        self.columns = columns


class Window(NamedTuple):
    """Some rows in C's layout."""

    start: int
    stop: int
    address: Optional[int]  #: of siamese_text[stop - start][fields]
    keep: Any  #: what the pointers lead to


def single(text: str) -> Text:
    """One text; its bytes live as long as the struct does."""
    data = text.encode()
    return Text(data, len(data))


# ---- one column ----


class _Objects:
    """Python's strings, or bytes that are UTF-8."""

    def __init__(self, column: Any, name: str, empty: bool) -> None:
        self.column, self.name, self.empty = column, name, empty
        self.length = len(column)
        self.rows = _ROWS

    def read(
        self, start: int, count: int, limit: Optional[int] = LIMIT
    ) -> Tuple[Any, Any]:
        """At most count rows from start on, fewer if they are more than limit
        bytes, at least one: their (pointer, size), and the bytes."""
        count = min(count, self.length - start)
        if limit is not None:
            count = min(count, self.rows)
        while True:
            part = self.column[start : start + count]
            if not isinstance(part, (list, tuple)):
                part = part.tolist() if hasattr(part, "tolist") else list(part)
            data, table, lacking = self._joined(part, start)
            if limit is None or len(data) <= limit or count == 1:
                break
            count = self.rows = max(1, count * limit // len(data))
        if self.rows < _ROWS and len(data) < LIMIT // 2:
            self.rows *= 2
        keep = np.frombuffer(data or b"\0", np.uint8)
        table[:, 0] += np.uint64(keep.__array_interface__["data"][0])
        if lacking:
            table[lacking] = 0  # no pointer: missing, and not only empty
        return table, keep

    def _joined(self, part: Sequence[Any], start: int) -> Tuple[bytes, Any, List[int]]:
        """The bytes of all texts, where each begins and its size, and which of
        them are missing."""
        lacking: List[int] = []
        try:
            data = "\0".join(part).encode()
        except UnicodeEncodeError:
            raise self._not_unicode(part, start) from None
        except TypeError:
            texts = self._of_others(part, start, lacking)
        else:
            # The NULs between texts are found faster than sizes are asked for.
            ends = (np.frombuffer(data, np.uint8) == 0).nonzero()[0]
            if len(ends) == len(part) - 1:
                return data, _between(ends, len(data)), lacking
            texts = [text.encode() for text in part]  # some have a NUL inside
        table = np.empty((len(texts), 2), np.uint64)
        table[:, 1] = np.fromiter(map(len, texts), np.uint64, len(texts))
        np.cumsum(table[:, 1], out=table[:, 0])
        table[:, 0] -= table[:, 1]
        return b"".join(texts), table, lacking

    def _of_others(
        self, part: Sequence[Any], start: int, lacking: List[int]
    ) -> List[bytes]:
        """Texts among which there are bytes, or missing ones."""
        texts: List[bytes] = []
        for i, value in enumerate(part):
            if isinstance(value, str):
                texts.append(value.encode())
            elif isinstance(value, bytes):
                texts.append(value)
            elif not _is_missing(value):
                raise ArgumentError(
                    "%s: row %d is of type %s and no text: %.60r"
                    % (self.name, start + i, type(value).__name__, value)
                )
            elif self.empty:
                lacking.append(i)
                texts.append(b"")
            else:
                raise _missing(self.name, start + i)
        return texts

    def _not_unicode(self, part: Sequence[str], start: int) -> ArgumentError:
        for i, text in enumerate(part):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                return ArgumentError(
                    "%s: row %d is no Unicode: %s" % (self.name, start + i, error)
                )
        return ArgumentError("%s: no Unicode" % self.name)


def _between(ends: Any, size: int) -> Any:
    """Where texts with a NUL between each two begin, and their sizes; written
    in place, since a batch of a thousand feels every pass."""
    table = np.empty((len(ends) + 1, 2), np.int64)
    starts, sizes = table[:, 0], table[:, 1]
    starts[0] = 0
    np.add(ends, 1, out=starts[1:])
    np.subtract(ends, starts[:-1], out=sizes[:-1])
    sizes[-1] = size - starts[-1]
    return table.view(np.uint64)


class _Arrow:
    """Chunks of Arrow's arrays."""

    def __init__(self, chunks: List[_arrow.ArrowChunk], name: str, empty: bool) -> None:
        self.chunks, self.name, self.empty = chunks, name, empty
        self.firsts = np.cumsum([0] + [chunk.length for chunk in chunks])
        self.length = int(self.firsts[-1])

    def read(
        self, start: int, count: int, limit: Optional[int] = LIMIT
    ) -> Tuple[Any, Any]:
        if limit is not None:
            count = min(count, _ARROW_ROWS)
        i = int(np.searchsorted(self.firsts, start, side="right")) - 1
        parts: List[Any] = []
        stop = min(start + count, self.length)
        while start < stop:
            chunk, first = self.chunks[i], int(self.firsts[i])
            i += 1
            some = min(chunk.length, stop - first) - (start - first)
            if some <= 0:
                continue
            parts.append(self._table(chunk, start - first, some, start))
            start += some
            if limit is not None:
                break
        if len(parts) == 1:
            return parts[0], self.chunks
        if not parts:
            return np.empty((0, 2), np.uint64), None
        return np.concatenate(parts), self.chunks

    def _table(self, chunk: _arrow.ArrowChunk, at: int, count: int, row: int) -> Any:
        table = chunk.table(at, count)
        null = chunk.missing(at, count)
        if null is not None:
            if not self.empty:
                raise _missing(self.name, row + int(np.argmax(null)))
            table[null] = 0
        return table


def _is_missing(value: Any) -> bool:
    """None, NaN, pandas.NA and NaT."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA
        return type(value).__name__ == "NAType"


def _missing(name: str, row: int) -> ArgumentError:
    return ArgumentError(
        "%s: row %d is missing (None, NaN or null); "
        "Texts(column, missing='empty') reads such rows as ''" % (name, row)
    )


_Reader = Union[_Objects, _Arrow]


def _reader(column: Any, name: str) -> _Reader:
    """The reader of one column."""
    empty = False
    while isinstance(column, Texts):
        empty = column.missing == "empty"
        column = column.column
    if hasattr(column, "to_numpy") and hasattr(column, "array"):
        return _of_series(column, name, empty)
    if not isinstance(column, np.ndarray) and _arrow.is_arrow(column):
        columns = _arrow.read(column)
        if len(columns) != 1:
            raise ArgumentError(
                "%s: %d columns of Arrow where one is wanted" % (name, len(columns))
            )
        return _Arrow(columns[0], name, empty)
    if isinstance(column, np.ndarray):
        if column.ndim != 1:
            raise ArgumentError("%s: an array of %d dimensions" % (name, column.ndim))
        if column.dtype.kind not in "OUST":
            raise ArgumentError(
                "%s: an array of %s holds no texts" % (name, column.dtype)
            )
    elif isinstance(column, (str, bytes)):
        raise ArgumentError("%s: is one text where a column is wanted" % name)
    elif not isinstance(column, (list, tuple)):
        if not isinstance(column, Iterable):
            raise ArgumentError(
                "%s: is of type %s and no texts" % (name, type(column).__name__)
            )
        column = list(column)
    return _Objects(column, name, empty)


def _of_series(series: Any, name: str, empty: bool) -> _Reader:
    """A pandas series, by what its values are kept as."""
    dtype = series.dtype
    storage = getattr(dtype, "storage", None)
    if storage == "pyarrow" or hasattr(dtype, "pyarrow_dtype"):
        return _Arrow(_arrow.read(series.array.__arrow_array__())[0], name, empty)
    if hasattr(dtype, "categories"):
        return _Categories(series, name, empty)
    if storage == "python":
        return _Objects(series.array.to_numpy(dtype=object), name, empty)
    return _reader_of_numpy(series.to_numpy(), name, empty)


def _reader_of_numpy(values: Any, name: str, empty: bool) -> _Reader:
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "OUST":
        raise ArgumentError(
            "%s: a column of %s holds no texts" % (name, getattr(values, "dtype", "?"))
        )
    return _Objects(values, name, empty)


class _Categories(_Objects):
    """A pandas categorical: its categories, and a code for each row."""

    def __init__(self, series: Any, name: str, empty: bool) -> None:
        values = series.dtype.categories.to_numpy()
        super().__init__(values, name, empty)
        self.codes = series.array.codes
        self.categories: Any = np.zeros((1, 2), np.uint64)
        self.bytes: Any = None
        if len(values):
            self.categories, self.bytes = super().read(0, len(values), None)
        self.length = len(self.codes)

    def read(
        self, start: int, count: int, limit: Optional[int] = LIMIT
    ) -> Tuple[Any, Any]:
        if limit is not None:
            count = min(count, _ARROW_ROWS)
        codes = self.codes[start : start + count]
        null = codes < 0
        table = self.categories[np.where(null, 0, codes)]
        if null.any():
            if not self.empty:
                raise _missing(self.name, start + int(np.argmax(null)))
            table[null] = 0
        return table, self.bytes


# ---- rows of several columns ----


class Rows:
    """Columns side by side, as siamese_text[count][fields]."""

    def __init__(self, readers: Sequence[_Reader], name: str) -> None:
        self.readers, self.name = readers, name
        self.fields = len(readers)
        self.length = readers[0].length
        for reader in readers:
            if reader.length != self.length:
                raise ArgumentError(
                    "%s: columns of %d and of %d rows"
                    % (name, self.length, reader.length)
                )

    def __len__(self) -> int:
        return self.length

    def read(
        self, start: int, count: int, limit: Optional[int] = LIMIT
    ) -> Tuple[Any, Any]:
        """At most count rows: [n][fields][2], and what keeps them alive."""
        if self.fields == 1:
            return self.readers[0].read(start, count, limit)
        tables, keeps = [], []
        for reader in self.readers:
            table, keep = reader.read(start, count, limit)
            count = min(count, len(table))
            tables.append(table)
            keeps.append(keep)
        joined = np.empty((count, self.fields, 2), np.uint64)
        for i, table in enumerate(tables):
            joined[:, i] = table[:count]
        return joined, keeps


def rows_of(texts: Any, name: str) -> Rows:
    """Rows of one field or several, from all that is taken for them."""
    if isinstance(texts, Rows):
        return texts
    if isinstance(texts, Columns):
        return Rows([_reader(one, name) for one in texts.columns], name)
    if hasattr(texts, "columns") and hasattr(texts, "__getitem__"):
        if hasattr(texts, "iloc"):  # a pandas frame, whose names may repeat
            series = [texts.iloc[:, i] for i in range(len(texts.columns))]
            return Rows([_reader(one, name) for one in series], name)
    if isinstance(texts, np.ndarray) and texts.ndim == 2:
        return Rows([_reader(texts[:, i], name) for i in range(texts.shape[1])], name)
    if not isinstance(texts, (list, tuple, np.ndarray, Texts)) and not hasattr(
        texts, "array"
    ):
        if _arrow.is_arrow(texts):
            columns = _arrow.read(texts)
            return Rows([_Arrow(one, name, False) for one in columns], name)
    return Rows([_reader(texts, name)], name)


def windows(rows: Rows) -> Iterator[Window]:
    """All rows, a window after the other."""
    start = 0
    while start < rows.length:
        table, keep = rows.read(start, rows.length - start)
        stop = start + len(table)
        yield Window(start, stop, address(table), (table, keep))
        start = stop


def each_window(rows: Rows, call: Callable[[Window], None]) -> None:
    """Calls C for window after window, on a second thread while this one gets
    the next window ready; two buffers are then in use."""
    ready = windows(rows)
    first = next(ready, None)
    if first is None or first.stop == rows.length:
        if first is not None:
            call(first)
        return
    given: "SimpleQueue[Optional[Window]]" = SimpleQueue()
    begun: "SimpleQueue[None]" = SimpleQueue()
    done: "SimpleQueue[Optional[BaseException]]" = SimpleQueue()

    def give(window: Window) -> None:
        """Hands a window over, and waits until its call runs: until then the
        other thread needs the interpreter's lock, which this one would keep."""
        given.put(window)
        begun.get()

    def work() -> None:
        while True:
            window = given.get()
            if window is None:
                return
            begun.put(None)
            try:
                call(window)
                done.put(None)
            except BaseException as error:
                done.put(error)

    thread = threading.Thread(target=work, name="libsiamese texts")
    thread.start()
    try:
        give(first)
        del first
        for window in ready:
            error = done.get()
            if error is not None:
                raise error
            give(window)
        error = done.get()
        if error is not None:
            raise error
    finally:
        given.put(None)
        thread.join()
