"""Models of Keras, read from their files, against what Keras computed: see
data/make_keras.py."""

import json
import os
import zipfile

import numpy as np
import pytest

import libsiamese

pytest.importorskip("h5py")

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "keras")
RELEASES = ["2.15", "3.15"]


def place(release, name):
    return os.path.join(DATA, release, name)


def texts(release):
    with open(place(release, "texts.json")) as file:
        return json.load(file)


def wanted(release, name):
    return np.load(place(release, name + ".npy"))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ["bilstm", "gru", "mean", "nested"])
def test_an_archive_gives_the_vectors_of_keras(release, name):
    tower = libsiamese.Tower.from_keras(place(release, name + ".keras"))
    vectors = tower.encode(texts(release)["asked"])
    np.testing.assert_allclose(vectors, wanted(release, name), rtol=0, atol=1e-6)


@pytest.mark.parametrize("release", RELEASES)
def test_weights_alone_need_the_vocabulary(release):
    asked = texts(release)
    path = place(release, "bilstm.weights.h5")
    with pytest.raises(libsiamese.ArgumentError, match="vocab: is needed"):
        libsiamese.Tower.from_keras(path)
    with pytest.raises(libsiamese.ArgumentError, match="sequence_length"):
        libsiamese.Tower.from_keras(path, vocab=asked["vocabulary"])
    tower = libsiamese.Tower.from_keras(
        path, vocab=asked["vocabulary"], sequence_length=6
    )
    np.testing.assert_allclose(
        tower.encode(asked["asked"]), wanted(release, "bilstm"), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("release", RELEASES)
def test_weights_with_the_config_need_no_options(release):
    path = place(release, "gru.weights.h5")
    archive = libsiamese.Tower.from_keras(place(release, "gru.keras"))
    tokens = archive.vocab().tokens()
    with open(place(release, "gru.json")) as file:
        config = file.read()
    told = libsiamese.Tower.from_keras(path, vocab=tokens, config=config)
    untold = libsiamese.Tower.from_keras(
        path,
        vocab=archive.vocab(),
        mask_zero=True,
        hidden_activation="relu",
    )
    asked = texts(release)["asked"]
    assert (told.encode(asked) == archive.encode(asked)).all()
    assert (untold.encode(asked) == archive.encode(asked)).all()


@pytest.mark.parametrize("release", RELEASES)
def test_a_part_of_the_weights_of_a_model_of_two_towers(release):
    asked = texts(release)
    path = place(release, "both.weights.h5")
    with pytest.raises(libsiamese.UnsupportedError, match="2 embeddings") as caught:
        libsiamese.Tower.from_keras(path, vocab=asked["vocabulary"], sequence_length=6)
    part = "query" if "query" in str(caught.value) else "sequential"
    tower = libsiamese.Tower.from_keras(
        path, vocab=asked["vocabulary"], sequence_length=6, part=part
    )
    np.testing.assert_allclose(
        tower.encode(asked["asked"]), wanted(release, "bilstm"), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("release", RELEASES)
def test_a_layer_without_an_equal_is_named(release):
    with pytest.raises(libsiamese.UnsupportedError, match="'conv1d.*Conv1D"):
        libsiamese.Tower.from_keras(place(release, "conv.keras"))


def changed(tmp_path, change):
    """bilstm.keras with another config."""
    path = str(tmp_path / "changed.keras")
    with zipfile.ZipFile(place("3.15", "bilstm.keras")) as source:
        with zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == "config.json":
                    config = json.loads(data)
                    layers = {
                        layer["class_name"]: layer["config"]
                        for layer in config["config"]["layers"]
                    }
                    change(layers)
                    data = json.dumps(config).encode()
                target.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "layer, setting, value, text",
    [
        ("TextVectorization", "standardize", {"class_name": "f"}, "standardize"),
        ("TextVectorization", "output_mode", "tf_idf", "output_mode='tf_idf'"),
        ("TextVectorization", "output_sequence_length", None, "longest text"),
        ("Bidirectional", "merge_mode", "sum", "merge_mode='sum'"),
        ("Embedding", "dtype", "float16", "dtype='float16'"),
    ],
)
def test_a_setting_without_an_equal_is_named(tmp_path, layer, setting, value, text):
    path = changed(tmp_path, lambda layers: layers[layer].update({setting: value}))
    with pytest.raises(libsiamese.UnsupportedError, match=text) as caught:
        libsiamese.Tower.from_keras(path)
    assert layer in str(caught.value)


def test_a_recurrent_setting_without_an_equal_is_named(tmp_path):
    def change(layers):
        layers["Bidirectional"]["layer"]["config"]["recurrent_activation"] = "relu"

    with pytest.raises(libsiamese.UnsupportedError, match="recurrent_activation"):
        libsiamese.Tower.from_keras(changed(tmp_path, change))


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "a.keras"
    path.write_bytes(b"no archive")
    with pytest.raises(libsiamese.FormatError, match="no .keras archive"):
        libsiamese.Tower.from_keras(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "[]")
    with pytest.raises(libsiamese.FormatError, match="config"):
        libsiamese.Tower.from_keras(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", '{"class_name": "Sequential", "config": {}}')
    with pytest.raises(libsiamese.FormatError, match="model.weights.h5"):
        libsiamese.Tower.from_keras(str(path))
    weights = tmp_path / "a.weights.h5"
    weights.write_bytes(b"no HDF5")
    with pytest.raises(libsiamese.FormatError, match="no HDF5"):
        libsiamese.Tower.from_keras(str(weights))
    with pytest.raises(FileNotFoundError):
        libsiamese.Tower.from_keras(str(tmp_path / "none.keras"))
