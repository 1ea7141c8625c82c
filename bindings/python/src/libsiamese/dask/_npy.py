"""One file of numpy's from the chunks of a Dask array, each written where it
belongs by the worker that has it."""

from __future__ import annotations

import io
import math
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, BinaryIO, Tuple

import numpy as np

from .._errors import ArgumentError, StateError
from ._engine import engine

if TYPE_CHECKING:
    from .._saved import Path

__all__ = ["to_npy"]

array = engine("dask.array")

# Bytes go to the disk while the next block is computed.
_flusher = ThreadPoolExecutor(1, "libsiamese npy")


def to_npy(data: Any, path: "Path") -> None:
    """Computes a Dask array and writes it as one .npy file, which
    numpy.load(path, mmap_mode="r") maps.

    Each worker writes its rows into a file beside path, which takes its place
    when all of them are there: path is whole, or what it was before. All workers
    and this process must see the same folder. The rows of each chunk must be known:
    ask embed for lengths=True.
    """
    if not isinstance(data, array.Array):
        raise ArgumentError(
            "data: is of type %s and no Dask array; embed(..., output='array') "
            "gives one" % type(data).__name__
        )
    if any(math.isnan(size) for size in data.shape):
        raise ArgumentError(
            "data: the rows of its chunks are not known; embed(..., "
            "output='array', lengths=True) counts them"
        )
    if data.ndim == 0 or data.dtype.hasobject:
        raise ArgumentError(
            "data: an array of %d dimensions of %s" % (data.ndim, data.dtype)
        )
    whole = data.rechunk({axis: -1 for axis in range(1, data.ndim)})
    path = os.path.abspath(os.fspath(path))
    folder, name = os.path.split(path)
    target = _Target(
        os.path.join(folder, ".%s.%s.partial" % (name, uuid.uuid4().hex)),
        data.shape,
        data.dtype.str,
    )
    try:
        # It is kept open, so that it hears of every block that did not reach the
        # disk, whoever wrote it.
        with open(target.path, "xb") as file:
            target.create(file)
            array.store(whole, target, lock=False)
            os.fsync(file.fileno())
        os.replace(target.path, path)
        _flush(os.open(folder, os.O_RDONLY))
    except BaseException:
        target.remove()
        raise


class _Target:
    """The file as Dask stores into it: target[first:last, ...] = numbers."""

    def __init__(self, path: str, shape: Tuple[int, ...], dtype: str) -> None:
        self.path, self.shape, self.dtype = path, shape, dtype

    def _header(self) -> bytes:
        file = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            file, {"descr": self.dtype, "fortran_order": False, "shape": self.shape}
        )
        return file.getvalue()

    def create(self, file: BinaryIO) -> None:
        """The header, and room for the rows."""
        header = self._header()
        size = math.prod(self.shape) * np.dtype(self.dtype).itemsize
        file.write(header)
        file.truncate(len(header) + size)

    def __setitem__(self, place: Any, block: Any) -> None:
        rows = place[0] if isinstance(place, tuple) else place
        numbers = np.ascontiguousarray(block, np.dtype(self.dtype))
        if numbers.shape != (rows.stop - rows.start, *self.shape[1:]):
            raise StateError(
                "rows %d to %d were promised, and a block of the shape %s came: the "
                "data changed since its rows were counted"
                % (rows.start, rows.stop, numbers.shape)
            )
        row = math.prod(self.shape[1:]) * numbers.itemsize
        left: Any = numbers.reshape(-1).view(np.uint8)
        at = len(self._header()) + rows.start * row
        file = os.open(self.path, os.O_WRONLY)
        try:
            while left.size:
                done = os.pwrite(file, left, at)
                left, at = left[done:], at + done
            _flusher.submit(_flush, os.dup(file))
        finally:
            os.close(file)

    def remove(self) -> None:
        try:
            os.remove(self.path)
        except FileNotFoundError:
            pass


def _flush(file: int) -> None:
    try:
        os.fsync(file)
    finally:
        os.close(file)
