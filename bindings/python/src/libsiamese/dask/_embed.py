"""Columns of texts to vectors, a partition at once, on Dask's workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from .._errors import ArgumentError, SiameseError
from .._texts import Rows, Texts, _reader
from ._engine import engine
from ._model_file import ModelFile

if TYPE_CHECKING:
    from .._saved import Path
    from .._tower import Tower

__all__ = ["embed"]

dataframe = engine("dask.dataframe")

_DTYPES = ("float32", "float16", "float64")
_OUTPUTS = ("list", "columns", "array")
# What a frame calls the texts that a model calls "text", its first field.
_FIRST = {"item": "title", "query": "query"}


def embed(
    data: Any,
    model: "Path",
    *,
    columns: Optional[Union[str, Sequence[str]]] = None,
    side: str = "item",
    output: str = "list",
    keep: Optional[Sequence[str]] = None,
    into: str = "embedding",
    dtype: str = "float32",
    missing: str = "error",
    threads: int = 1,
    lengths: Union[None, bool, Sequence[int]] = None,
    rows: Optional[int] = None,
) -> Any:
    """The vectors of a Dask dataframe or series of texts, lazily: a row each,
    in the same partitions, with the bits that Model.encode gives for the texts.

    model is the path of a saved model, which every worker can read. side is the
    tower that encodes: "item", as for a catalogue, or "query".

    columns names the columns of texts, one for each field of the tower, in the
    tower's order; fields beyond are absent. By default a series is the only
    field, and a frame's columns are found by the names of the fields
    (Tower.field_names); the first one, a model's texts, is its only column, or
    "title", or for queries "query".

    output says what comes back:

    "list"     a dataframe with a column ``into``, whose values are Arrow's lists
               of a fixed size; to_parquet writes it
    "columns"  a dataframe with a column of numbers for each dimension, named
               ``into`` with "_0", "_1" and so on
    "array"    a Dask array [rows][dim] alone; to_npy writes it, with
               lengths=True

    The dataframes keep index and divisions, and all columns, or those that
    ``keep`` names; other columns are then not read at all. dtype is "float32",
    or "float16" or "float64", to which vectors are converted.

    lengths=True counts the rows of the partitions now, or they may be given; an
    array then knows its shape. With ``rows`` they are known too, and a partition
    of more rows than that becomes several, each a task of its own: where
    partitions are uneven, no worker is left alone with the last large one.

    missing="error" makes a missing text an error that names column, partition
    and row; "empty" reads it as "". Each task encodes with ``threads`` threads of
    the library: as Dask runs a task on each thread of a worker, 1 uses all that
    the workers were given, and more is for workers of few threads on many
    processors.
    """
    if output not in _OUTPUTS:
        raise ArgumentError("output: %r is none of %s" % (output, ", ".join(_OUTPUTS)))
    if dtype not in _DTYPES:
        raise ArgumentError("dtype: %r is none of %s" % (dtype, ", ".join(_DTYPES)))
    if missing not in ("error", "empty"):
        raise ArgumentError("missing: %r is neither 'error' nor 'empty'" % missing)
    counted = lengths is not None and lengths is not False
    if counted and output != "array" and rows is None:
        raise ArgumentError("lengths: are for output='array', or with rows")
    if rows is not None and (not isinstance(rows, int) or rows < 1):
        raise ArgumentError("rows: %r is not 1 or more" % (rows,))
    file = ModelFile.of(model, side, threads)
    names, kept = _named(data, file.tower(), side, columns, keep, output)
    task = _Task(file, names, kept, output, into, np.dtype(dtype).name, missing)
    if kept is not None and names is not None:
        data = data[list(dict.fromkeys([*names, *kept]))]
    known = _counted(data, lengths) if counted or rows is not None else None
    if rows is not None and known is not None:
        return _in_pieces(data, task, known, rows)
    vectors = data.map_partitions(task, meta=task(data._meta))
    if known is not None:
        vectors._chunks = (known, vectors._chunks[1])
    return vectors


def _counted(data: Any, lengths: Any) -> Tuple[int, ...]:
    """The rows of each partition."""
    if lengths is None or isinstance(lengths, bool):
        lengths = data.map_partitions(len, meta=("rows", "int64")).compute()
    known = tuple(int(rows) for rows in lengths)
    if len(known) != data.npartitions:
        raise ArgumentError(
            "lengths: %d of them, for %d partitions" % (len(known), data.npartitions)
        )
    return known


def _in_pieces(data: Any, task: "_Task", known: Sequence[int], rows: int) -> Any:
    """Partitions in pieces of about the same size, of at most so many rows."""
    delayed = engine("dask").delayed(task, pure=True)
    pieces, sizes = [], []
    for number, (part, length) in enumerate(zip(data.to_delayed(), known)):
        count = -(-length // rows)
        ends = [length * i // count for i in range(count + 1)] if count else []
        for first, last in zip(ends[:-1], ends[1:]):
            where = {"number": number, "first": first, "last": last}
            pieces.append(delayed(part, where))
            sizes.append(last - first)
    meta = task(data._meta)
    if not pieces:  # nothing but empty partitions
        nothing = data.map_partitions(task, meta=meta)
        if task.output == "array":
            nothing._chunks = (tuple(known), (meta.shape[1],))
        return nothing
    if task.output != "array":
        return dataframe.from_delayed(pieces, meta=meta, verify_meta=False)
    array = engine("dask.array")
    return array.concatenate(
        [
            array.from_delayed(piece, (size, meta.shape[1]), meta=meta)
            for piece, size in zip(pieces, sizes)
        ]
    )


def _named(
    data: Any,
    tower: "Tower",
    side: str,
    columns: Optional[Union[str, Sequence[str]]],
    keep: Optional[Sequence[str]],
    output: str,
) -> Tuple[Optional[List[str]], Optional[List[str]]]:
    """The columns of texts, None for a series; and those that are kept, None
    for all."""
    if isinstance(data, dataframe.Series):
        if columns is not None or keep:
            raise ArgumentError("columns and keep are for a dataframe, not a series")
        return None, []
    if not isinstance(data, dataframe.DataFrame):
        raise ArgumentError(
            "data: is of type %s, where a Dask dataframe or series is wanted; "
            "dask.dataframe.from_pandas makes one" % type(data).__name__
        )
    there = list(data.columns)
    if isinstance(columns, str):
        columns = [columns]
    names = _of_fields(there, tower, side) if columns is None else list(columns)
    kept = [] if output == "array" else None if keep is None else list(keep)
    if isinstance(keep, str):
        raise ArgumentError("keep: is one name where a list of them is wanted")
    for what, some in (("columns", names), ("keep", kept or [])):
        for name in some:
            if name not in there:
                raise ArgumentError(
                    "%s: there is no column %r; there are %s" % (what, name, there)
                )
    if not 1 <= len(names) <= tower.fields:
        raise ArgumentError(
            "columns: %d of them, where the %s tower has the fields %s"
            % (len(names), side, tower.field_names)
        )
    return names, kept


def _of_fields(there: List[str], tower: "Tower", side: str) -> List[str]:
    """The columns of all fields, by their names."""
    fields = tower.field_names
    if len(fields) == 1 and len(there) == 1:
        return there
    found = []
    for i, field in enumerate(fields):
        names = [field] if i else [field, _FIRST[side]]
        known = [name for name in names if name in there]
        if not known:
            raise ArgumentError(
                "columns: none is given, and there is no column %s for the field "
                "%r; there are %s" % (" or ".join(map(repr, names)), field, there)
            )
        found.append(known[0])
    return found


class _Task:
    """What Dask calls for each partition; it pickles to some hundred bytes."""

    def __init__(
        self,
        file: ModelFile,
        names: Optional[List[str]],
        kept: Optional[List[str]],
        output: str,
        into: str,
        dtype: str,
        missing: str,
    ) -> None:
        self.file, self.names, self.kept = file, names, kept
        self.output, self.into, self.dtype = output, into, dtype
        self.missing = missing
        self.__name__ = "embed"  # what Dask's dashboard shows

    def __dask_tokenize__(self) -> Tuple[Any, ...]:
        return (type(self).__name__, *sorted(self.__dict__.items(), key=str))

    def __call__(self, part: Any, partition_info: Any = None) -> Any:
        """partition_info is Dask's, with the partition's number; or ours, with the
        rows of the piece too."""
        where = partition_info or {}
        if "last" in where:
            part = part.iloc[where["first"] : where["last"]]
        vectors = self._vectors(part, where.get("number"), where.get("first", 0))
        if self.output == "array":
            return vectors
        if self.names is None:
            frame = part.to_frame()[[]]
        else:
            frame = part if self.kept is None else part[self.kept]
        if self.output == "list":
            return frame.assign(**{self.into: _lists(vectors)})
        pandas = engine("pandas")
        numbers = pandas.DataFrame(vectors, index=part.index, copy=False)
        numbers.columns = ["%s_%d" % (self.into, i) for i in range(vectors.shape[1])]
        if not len(frame.columns):
            return numbers
        return pandas.concat([frame, numbers], axis=1)

    def _vectors(self, part: Any, number: Optional[int], first: int) -> Any:
        columns: Dict[Any, Any] = (
            {part.name: part}
            if self.names is None
            else {name: part[name] for name in self.names}
        )
        if self.missing == "error":
            for name, column in columns.items():
                lacking = np.asarray(column.isna())
                if lacking.any():
                    row = int(lacking.argmax())
                    raise ArgumentError(
                        "%s: row %d of partition %s (index %s) is missing (None, NaN "
                        "or null); missing='empty' reads such rows as ''"
                        % (name, first + row, number, column.index[row])
                    )
        tower = self.file.tower()
        try:
            readers = [
                _reader(Texts(column, missing=self.missing), str(name))
                for name, column in columns.items()
            ]
            rows: Any = Rows(readers, "columns")
            vectors = tower.encode(rows)
        except SiameseError as error:
            if number is not None:
                text = "partition %d, from row %d: %s" % (number, first, error)
                error.args = (text,)
            raise
        return vectors.astype(self.dtype, copy=False)


def _lists(vectors: Any) -> Any:
    """Rows as Arrow's lists of a fixed size, around the same numbers."""
    arrow = engine("pyarrow")
    numbers = arrow.array(vectors.reshape(-1))
    lists = arrow.FixedSizeListArray.from_arrays(numbers, vectors.shape[1])
    return engine("pandas").arrays.ArrowExtensionArray(lists)
