"""Files of Keras that were damaged or made up: one error of the package each, and
no more memory than a file of their size can need."""

import io
import json
import os
import zipfile

import numpy as np
import pytest

import libsiamese

h5py = pytest.importorskip("h5py")

DATA = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "data", "keras", "3.15", "mean.keras"
)
VOCABULARY = "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt"


def member(name):
    with zipfile.ZipFile(DATA) as archive:
        return archive.read(name)


def write(path, config=None, weights=None, deflated=False):
    kind = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("config.json", config or member("config.json"))
        archive.writestr("model.weights.h5", weights or member("model.weights.h5"))
        archive.writestr(VOCABULARY, member(VOCABULARY))
    return str(path)


def embedding_of(make):
    """The weights with another thing in the embedding's place."""
    data = io.BytesIO(member("model.weights.h5"))
    with h5py.File(data, "a") as h5:
        del h5["layers/embedding/vars/0"]
        make(h5)
    return data.getvalue()


def without(tree, key):
    """The tree without this key, wherever it stands."""
    if isinstance(tree, dict):
        return {k: without(v, key) for k, v in tree.items() if k != key}
    if isinstance(tree, list):
        return [without(one, key) for one in tree]
    return tree


@pytest.mark.parametrize("key", ["class_name", "config", "layers", "name", "vocabulary"])
def test_a_config_that_lacks_something_is_one_error(tmp_path, key):
    config = json.dumps(without(json.loads(member("config.json")), key))
    try:
        libsiamese.Tower.from_keras(write(tmp_path / "m.keras", config))
    except libsiamese.SiameseError as error:
        assert str(error)


@pytest.mark.parametrize(
    "config",
    [
        b"\xff\xfe",
        b"[]",
        b"{" * 3000,
        b'{"class_name": "Sequential", "config": {"layers": 7}}',
        b'{"class_name": "Sequential", "config": {"layers": [{}]}}',
        b'{"class_name": "Sequential", "config": {"layers": [[1]]}}',
        b'{"class_name": [], "config": {"layers": []}}',
    ],
)
def test_a_config_of_another_shape_is_a_format_error(tmp_path, config):
    path = write(tmp_path / "m.keras", config)
    with pytest.raises((libsiamese.FormatError, libsiamese.UnsupportedError)):
        libsiamese.Tower.from_keras(path)


def test_an_array_without_its_bytes_takes_no_memory(tmp_path):
    weights = embedding_of(
        lambda h5: h5.create_dataset(
            "layers/embedding/vars/0", (1 << 30, 1 << 10), np.float32, chunks=(64, 64)
        )
    )
    with pytest.raises(libsiamese.FormatError, match="0 bytes"):
        libsiamese.Tower.from_keras(write(tmp_path / "m.keras", None, weights))


def test_numbers_of_other_files_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(1 << 16))
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as h5:
        h5["0"] = np.ones((8, 4), np.float32)
    layout = h5py.VirtualLayout((8, 4), np.float32)
    layout[:] = h5py.VirtualSource(str(other), "0", (8, 4))

    def external(h5):
        h5.create_dataset(
            "layers/embedding/vars/0",
            (8, 4),
            np.float32,
            external=[(str(secret), 0, 128)],
        )

    def virtual(h5):
        h5.create_virtual_dataset("layers/embedding/vars/0", layout)

    def link(h5):
        del h5["layers/embedding"]
        h5["layers/embedding"] = h5py.ExternalLink(str(other), "/")

    for make in (external, virtual, link):
        path = write(tmp_path / "m.keras", None, embedding_of(make))
        with pytest.raises(libsiamese.UnsupportedError, match="another file|elsewhere"):
            libsiamese.Tower.from_keras(path)


def test_a_member_that_is_damaged_is_a_format_error(tmp_path):
    path = write(tmp_path / "m.keras", deflated=True)
    data = bytearray(open(path, "rb").read())
    for at in range(40, len(data), 97):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        with open(path, "wb") as out:
            out.write(damaged)
        try:
            libsiamese.Tower.from_keras(path)
        except libsiamese.SiameseError as error:
            assert str(error)
