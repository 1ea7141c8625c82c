"""What a call into the library can raise, one class for each status code.

Every class is a SiameseError, with the code as ``status`` and its name as
``name``, and also the built-in exception that a Python program expects there.
"""

from __future__ import annotations

import errno
import os
from typing import Optional

__all__ = [
    "ArgumentError",
    "CancelledError",
    "FileError",
    "FormatError",
    "InternalError",
    "LimitError",
    "MissingFileError",
    "NotFiniteError",
    "NotFoundError",
    "OptionError",
    "OutOfMemoryError",
    "RangeError",
    "SiameseError",
    "StateError",
    "UnsupportedError",
    "VersionError",
]


class SiameseError(Exception):
    """The library refused or failed; ``str(error)`` says what and where."""

    #: The code of the C interface, e.g. -1.
    status: int = -14
    #: The name of that code, e.g. "SIAMESE_E_ARGUMENT".
    name: str = "SIAMESE_E_INTERNAL"


class ArgumentError(SiameseError, ValueError):
    """An argument is not valid."""

    status, name = -1, "SIAMESE_E_ARGUMENT"


class OptionError(SiameseError, ValueError):
    """An option is unknown, or its value is not accepted."""

    status, name = -2, "SIAMESE_E_OPTION"


class RangeError(SiameseError, ValueError):
    """An array that was given for results is too small."""

    status, name = -3, "SIAMESE_E_RANGE"


class StateError(SiameseError, RuntimeError):
    """The call is too early or too late, or its object is closed."""

    status, name = -4, "SIAMESE_E_STATE"


class NotFoundError(SiameseError, LookupError):
    """There is no such token, parameter, id, section or part."""

    status, name = -5, "SIAMESE_E_NOT_FOUND"


class OutOfMemoryError(SiameseError, MemoryError):
    """Memory ran out; every object is still usable."""

    status, name = -6, "SIAMESE_E_MEMORY"


class FileError(SiameseError, OSError):
    """A file could not be read or written."""

    status, name = -7, "SIAMESE_E_IO"

    def __str__(self) -> str:  # the library's text, which has the path
        return str(self.args[0]) if self.args else ""


class MissingFileError(FileError, FileNotFoundError):
    """The file, or the folder that it should go to, is not there."""


class FormatError(SiameseError, ValueError):
    """Data is damaged, or of another format."""

    status, name = -8, "SIAMESE_E_FORMAT"


class VersionError(SiameseError, ValueError):
    """Data was written by a newer version of the library."""

    status, name = -9, "SIAMESE_E_VERSION"


class LimitError(SiameseError, ValueError):
    """A limit is exceeded."""

    status, name = -10, "SIAMESE_E_LIMIT"


class CancelledError(SiameseError):
    """The run was cancelled; the trainer stands after a whole step."""

    status, name = -11, "SIAMESE_E_CANCELLED"


class UnsupportedError(SiameseError, NotImplementedError):
    """This build, or this processor, lacks what was asked for."""

    status, name = -12, "SIAMESE_E_UNSUPPORTED"


class NotFiniteError(SiameseError, ArithmeticError):
    """A number is infinite or not a number."""

    status, name = -13, "SIAMESE_E_NOT_FINITE"


class InternalError(SiameseError, RuntimeError):
    """The library contradicts itself: please report the text."""


_BY_STATUS = {
    kind.status: kind
    for kind in (
        ArgumentError,
        OptionError,
        RangeError,
        StateError,
        NotFoundError,
        OutOfMemoryError,
        FileError,
        FormatError,
        VersionError,
        LimitError,
        CancelledError,
        UnsupportedError,
        NotFiniteError,
        InternalError,
    )
}


def error_of(status: int, message: str, path: Optional[str] = None) -> SiameseError:
    """The exception of a status; ``path`` is the file that the call was about."""
    kind = _BY_STATUS.get(status, InternalError)
    if kind is not FileError:
        error = kind(message)
        error.status = status
        return error
    code = _errno_of(message)
    failed = (MissingFileError if code == errno.ENOENT else FileError)(message)
    failed.errno, failed.filename = code, path
    return failed


def _errno_of(message: str) -> Optional[int]:
    """What the system said, which ends the library's text in its words."""
    said = message.rpartition(": ")[2]
    for code in errno.errorcode:
        if os.strerror(code) == said:
            return code
    return None
