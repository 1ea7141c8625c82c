"""Errors are what a Python program expects, with the status of the library."""

import errno

import numpy as np
import pytest

import libsiamese


@pytest.mark.parametrize(
    "kind, builtin, status",
    [
        ("ArgumentError", ValueError, -1),
        ("OptionError", ValueError, -2),
        ("RangeError", ValueError, -3),
        ("StateError", RuntimeError, -4),
        ("NotFoundError", LookupError, -5),
        ("OutOfMemoryError", MemoryError, -6),
        ("FileError", OSError, -7),
        ("MissingFileError", FileNotFoundError, -7),
        ("FormatError", ValueError, -8),
        ("VersionError", ValueError, -9),
        ("LimitError", ValueError, -10),
        ("CancelledError", Exception, -11),
        ("UnsupportedError", NotImplementedError, -12),
        ("NotFiniteError", ArithmeticError, -13),
        ("InternalError", RuntimeError, -14),
    ],
)
def test_each_status_has_its_class(kind, builtin, status):
    error = getattr(libsiamese, kind)
    assert issubclass(error, builtin) and issubclass(error, libsiamese.SiameseError)
    assert error.status == status
    name = libsiamese._library.lib.siamese_status_name(status).decode()
    assert error.name == name


def test_an_option_names_itself_and_its_range():
    with pytest.raises(ValueError, match="'often'.*0 .all. .. 1000000"):
        libsiamese.Vocab(sequence_length="often")
    with pytest.raises(libsiamese.OptionError, match="it has: max_tokens"):
        libsiamese.Vocab(max_token=3)
    with pytest.raises(libsiamese.OptionError, match="stemmer: a value of type dict"):
        libsiamese.Vocab(stemmer={})


def test_a_file_that_is_missing_is_file_not_found(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        libsiamese.Tower.load(tmp_path / "none")
    assert caught.value.errno == errno.ENOENT
    assert caught.value.filename == str(tmp_path / "none")
    assert caught.value.status == -7 and "none" in str(caught.value)


def test_a_folder_that_is_missing_is_an_oserror(tmp_path, tower):
    with pytest.raises(OSError, match="none/x: "):
        tower.save(tmp_path / "none" / "x")


def test_damage_is_named(tmp_path, tower):
    data = bytearray(tower.to_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises(libsiamese.FormatError):
        libsiamese.Tower.from_bytes(bytes(data))


def test_numbers_that_are_not_finite_are_refused(tower):
    with pytest.raises(libsiamese.NotFiniteError):
        tower.set("fw_bias", np.full(tower.get("fw_bias").shape, np.inf))


def test_vectors_of_another_size_are_refused():
    index = libsiamese.Index(4)
    with pytest.raises(ValueError, match="4 numbers"):
        index.add([1], np.zeros((1, 3)))
    with pytest.raises(ValueError, match="1 of them, for 2 vectors"):
        index.add([1], np.zeros((2, 4)))
    with pytest.raises(ValueError, match="no vectors"):
        index.search(["text"])
    with pytest.raises(ValueError, match="do not become"):
        index.add([0.5], np.zeros((1, 4)))
