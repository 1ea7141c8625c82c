"""numpy arrays to pointers of C and back, without copies where the type and
the layout are already those of C."""

from __future__ import annotations

from ctypes import addressof, c_char
from typing import TYPE_CHECKING, Any, Optional, Tuple

import numpy as np

from ._errors import ArgumentError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["address", "floats", "ids_of", "numbers", "out_floats", "vectors"]


def address(array: Any) -> Optional[int]:
    """Where the numbers of a C-contiguous array are; None if it has none."""
    if array is None or array.size == 0:
        return None
    try:  # five times as fast as array.ctypes.data
        return addressof(c_char.from_buffer(array))
    except (TypeError, ValueError):  # read-only
        place: int = array.__array_interface__["data"][0]
        return place


def numbers(values: "ArrayLike", dtype: Any, name: str) -> "NDArray[Any]":
    """One dimension of numbers of a type."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ArgumentError(
            "%s: an array of %d dimensions, not of one" % (name, array.ndim)
        )
    wanted = np.dtype(dtype)
    if array.dtype != wanted:
        kinds = "iu" if wanted.kind in "iu" else "iuf"
        if array.size and array.dtype.kind not in kinds:
            raise ArgumentError(
                "%s: numbers of type %s do not become %s" % (name, array.dtype, wanted)
            )
        array = _cast(array, wanted, name)
    return np.ascontiguousarray(array)


def _cast(array: "NDArray[Any]", wanted: Any, name: str) -> "NDArray[Any]":
    if wanted.kind in "iu" and array.dtype.kind == "u" and array.size:
        if int(array.max()) > np.iinfo(wanted).max:
            raise ArgumentError("%s: %d is too large" % (name, int(array.max())))
    if wanted.kind == "u" and array.dtype.kind == "i" and array.size:
        if int(array.min()) < 0:
            raise ArgumentError("%s: %d is less than 0" % (name, int(array.min())))
    return array.astype(wanted)


def ids_of(values: "ArrayLike", name: str = "ids") -> "NDArray[np.int64]":
    """One dimension of 64-bit ids."""
    array = np.asarray(values)
    if array.dtype == np.uint64 or array.size == 0:
        return _cast(array, np.dtype(np.int64), name).reshape(-1)
    return numbers(array, np.int64, name)


def floats(values: "ArrayLike", name: str) -> "NDArray[np.float32]":
    """An array of floats as C has them; a copy only if it is none yet."""
    array = np.asarray(values)
    if array.dtype != np.float32:
        if not np.can_cast(array.dtype, np.float32, "same_kind"):
            raise ArgumentError(
                "%s: values of type %s are no vectors" % (name, array.dtype)
            )
        array = array.astype(np.float32)
    return np.ascontiguousarray(array)


def vectors(
    values: "ArrayLike", dim: int, name: str
) -> Tuple["NDArray[np.float32]", bool]:
    """Rows of vectors, and whether only one was given."""
    array = floats(values, name)
    one = array.ndim == 1
    if one and array.size:
        array = array.reshape(1, -1)
    elif array.size == 0:
        return np.empty((0, dim), np.float32), False
    if array.ndim != 2 or array.shape[1] != dim:
        raise ArgumentError(
            "%s: an array of shape %s, where vectors have %d numbers"
            % (name, np.shape(values), dim)
        )
    return array, one


def out_floats(
    out: "Optional[NDArray[np.float32]]", *shape: int
) -> "NDArray[np.float32]":
    """The array that vectors go to: a new one, or the caller's."""
    if out is None:
        return np.empty(shape, np.float32)
    if not isinstance(out, np.ndarray) or out.dtype != np.float32:
        raise ArgumentError("out: is no numpy array of float32")
    if out.shape != shape:
        raise ArgumentError("out: has the shape %s, not %s" % (out.shape, shape))
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ArgumentError("out: is not contiguous, or not writeable")
    return out
