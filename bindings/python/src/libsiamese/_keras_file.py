"""Keras's files, read without Keras or TensorFlow: an archive (.keras of Keras
2.13 to 3) or weights alone (.weights.h5) in; the layers with their settings and
weights, and the table of the TextVectorization layer out.

HDF5 is h5py's to read: pip install 'libsiamese[keras]'.
"""

from __future__ import annotations

import importlib
import io
import json
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ._errors import FormatError, SiameseError, UnsupportedError

__all__ = [
    "KerasFile",
    "Layer",
    "read_archive",
    "read_config",
    "read_weights",
    "reading",
]

#: How many times its bytes in a file a thing may take: deflate packs no better.
_MOST_GROWTH = 1032


@contextmanager
def reading(path: str) -> Iterator[None]:
    """A file that is otherwise than Keras writes it: one error, whatever it is
    that shows it."""
    try:
        yield
    except (SiameseError, ImportError):
        raise
    except OSError as error:
        if error.errno is not None:  # of the system, and not of the bytes
            raise
        raise FormatError("%s: is damaged: %s" % (path, error)) from error
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        RuntimeError,  # of zipfile, and RecursionError, NotImplementedError
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise FormatError(
            "%s: is not as Keras writes it: %r" % (path, error)
        ) from error


@dataclass(frozen=True)
class Layer:
    """A layer as its file has it."""

    kind: str  #: Keras's class, e.g. "Embedding"
    name: str
    config: Dict[str, Any]
    weights: Dict[str, Any]  #: place below the layer, e.g. "cell/vars/0"

    def __str__(self) -> str:
        return "layer %r (%s)" % (self.name, self.kind)


class KerasFile(NamedTuple):
    layers: List[Layer]
    tokens: Optional[List[bytes]]  #: of the TextVectorization layer


def _h5py() -> Any:
    try:
        return importlib.import_module("h5py")
    except ImportError as error:
        raise ImportError(
            "Keras's weights are HDF5 files, which need h5py: "
            "pip install 'libsiamese[keras]'"
        ) from error


def _open(path: str, data: Any) -> Any:
    h5py = _h5py()
    try:
        return h5py.File(data, "r")
    except OSError as error:
        if not isinstance(data, str) or zipfile.is_zipfile(data):
            raise FormatError(
                "%s: its weights are no HDF5: %s" % (path, error)
            ) from error
        if isinstance(error, FileNotFoundError):
            raise
        raise FormatError("%s: is no HDF5 file: %s" % (path, error)) from error


def _datasets(group: Any) -> Dict[str, Any]:
    """All arrays below a group, by their paths."""
    found: Dict[str, Any] = {}
    h5py = _h5py()

    def visit(name: str, one: Any) -> None:
        if isinstance(one, h5py.Dataset):
            found[name] = _values(one)

    group.visititems(visit)
    return found


def _values(one: Any) -> Any:
    """The array, of this file alone, and no larger than it can be."""
    if one.is_virtual or one.external:
        raise UnsupportedError("%s: its numbers are in another file" % one.name)
    if one.nbytes > _MOST_GROWTH * one.id.get_storage_size() + 1024:
        raise FormatError(
            "%s: has the shape %s, and %d bytes"
            % (one.name, one.shape, one.id.get_storage_size())
        )
    return one[()]


def _group_at(h5: Any, place: str) -> Any:
    """The group, without a link that leads elsewhere; None: there is none."""
    h5py = _h5py()
    group = h5
    for part in place.split("/"):
        link = group.get(part, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise UnsupportedError("%s: is a link to elsewhere" % place)
        group = group[part]
    return group


# ---- an archive ----


def read_archive(path: str) -> KerasFile:
    """The layers of a .keras file, and its vocabulary."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _from_zip(path, archive)
    except zipfile.BadZipFile as error:
        raise FormatError("%s: is no .keras archive: %s" % (path, error)) from error


def _member(path: str, archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FormatError("%s: has no %s" % (path, name)) from None
    if info.file_size > _MOST_GROWTH * info.compress_size + 1024:
        raise FormatError("%s: %s has %d bytes" % (path, name, info.file_size))
    return archive.read(info)


def _from_zip(path: str, archive: zipfile.ZipFile) -> KerasFile:
    model = _json(path, _member(path, archive, "config.json"))
    names = set(archive.namelist())
    with _open(path, io.BytesIO(_member(path, archive, "model.weights.h5"))) as h5:
        placed = _layers_of(path, model, h5)
    tokens = None
    for layer, place in placed:
        if layer.kind == "TextVectorization":
            tokens = _tokens(path, archive, names, place, layer)
    return KerasFile([layer for layer, _ in placed], tokens)


def _json(path: str, data: Any) -> Dict[str, Any]:
    try:
        model = json.loads(data)
        model["config"], model["class_name"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(
            "%s: its config is none of a Keras model (%r)" % (path, error)
        ) from error
    found: Dict[str, Any] = model
    return found


def read_config(config: str, path: str) -> KerasFile:
    """The layers of weights alone, by the model's to_json()."""
    model = _json("config", config)
    with _open(path, path) as h5:
        return KerasFile([one for one, _ in _layers_of(path, model, h5)], None)


def _tokens(
    path: str, archive: zipfile.ZipFile, names: Any, place: str, layer: Layer
) -> List[bytes]:
    """The table: of the archive's assets, or of the layer's own settings."""
    given = layer.config.get("vocabulary")
    if given is not None:
        if not isinstance(given, list) or not all(isinstance(t, str) for t in given):
            raise UnsupportedError("%s: its vocabulary is no list of texts" % layer)
        if given[:2] != ["", "[UNK]"]:
            given = ["", "[UNK]", *given]
        return [token.encode() for token in given]
    for tail in ("/_lookup_layer/vocabulary.txt", "/vocabulary.txt"):
        if "assets/" + place + tail in names:
            data = _member(path, archive, "assets/" + place + tail)
            tokens = data.split(b"\n")
            size = layer.config.get("vocabulary_size")
            if isinstance(size, int) and size != len(tokens):
                raise FormatError(
                    "%s: %s has %d tokens and its file %d lines; a token with a "
                    "line feed inside cannot be read" % (path, layer, size, len(tokens))
                )
            return tokens
    raise FormatError("%s: %s has no vocabulary in the archive" % (path, layer))


# ---- layers in their order ----


def _layers_of(path: str, model: Any, h5: Any) -> List[Tuple[Layer, str]]:
    """The layers that a text passes, with their places in the weights."""
    kind = model.get("class_name")
    if kind not in ("Sequential", "Functional", "Model"):
        raise UnsupportedError(
            "%s: the model is of the class %s, whose config does not say what it "
            "computes; save the tower inside it, a Sequential or functional model"
            % (path, kind)
        )
    return _chain(model, h5, "")


def _chain(model: Any, h5: Any, prefix: str) -> List[Tuple[Layer, str]]:
    config = model["config"]
    nodes = config["layers"] if isinstance(config, dict) else config
    used: Dict[str, int] = {}
    places: Dict[str, str] = {}
    by_name: Dict[str, Any] = {}
    for node in nodes:
        name = node.get("name") or node["config"].get("name") or node["class_name"]
        snake = _snake(node["class_name"])
        used[snake] = used.get(snake, -1) + 1
        number = "_%d" % used[snake] if used[snake] else ""
        places[name] = "%slayers/%s%s" % (prefix, snake, number)
        by_name[name] = node
    order = list(by_name)
    if model["class_name"] != "Sequential":
        order = _path_of(config, by_name)
    found: List[Tuple[Layer, str]] = []
    for name in order:
        node, place = by_name[name], places[name]
        if node["class_name"] in ("Sequential", "Functional", "Model"):
            found.extend(_chain(node, h5, place + "/"))
        elif node["class_name"] != "InputLayer":
            group = _group_at(h5, place)
            weights = {} if group is None else _datasets(group)
            layer = Layer(node["class_name"], name, node["config"], weights)
            found.append((layer, place))
    return found


def _snake(name: str) -> str:
    """The name of a class as Keras writes it into its files."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _path_of(config: Any, by_name: Dict[str, Any]) -> List[str]:
    """From the one input of a functional model to its one output."""
    outputs = _histories(config.get("output_layers"))
    if len(outputs) != 1:
        raise UnsupportedError(
            "the model has %d outputs; a tower has one" % len(outputs)
        )
    order: List[str] = []
    name = outputs[0]
    while True:
        if name in order or name not in by_name:
            raise FormatError("the config's layer %r does not lead to an input" % name)
        order.append(name)
        node = by_name[name]
        if node["class_name"] == "InputLayer":
            return order[::-1]
        before = _histories(_arguments(node.get("inbound_nodes") or []))
        if len(before) != 1:
            raise UnsupportedError(
                "layer %r (%s): has %d inputs; a tower is a chain of layers"
                % (name, node["class_name"], len(before))
            )
        name = before[0]


def _arguments(nodes: Any) -> Any:
    """What a layer is called with, without keywords such as a mask: of Keras
    3 the "args" of its first call, of Keras 2 the list itself."""
    first = nodes[0] if nodes else []
    return first.get("args", []) if isinstance(first, dict) else first


def _histories(value: Any) -> List[str]:
    """The layers named in a call or in the model's outputs."""
    if isinstance(value, dict):
        config = value.get("config")
        if isinstance(config, dict) and "keras_history" in config:
            return [config["keras_history"][0]]
        return []
    if isinstance(value, list):
        if value and isinstance(value[0], str):
            return [value[0]]
        return [name for one in value for name in _histories(one)]
    return []


# ---- weights alone ----


def read_weights(path: str, part: Optional[str]) -> KerasFile:
    """The layers of a .weights.h5 file, told by their arrays."""
    with _open(path, path) as h5:
        if "layer_names" in h5.attrs or "model_weights" in h5:
            raise UnsupportedError(
                "%s: is in the older format of Keras (.h5); save it again by "
                "model.save_weights('NAME.weights.h5')" % path
            )
        arrays = _datasets(h5)
        normalizes = _groups(h5)
    return KerasFile(_told_by_arrays(path, arrays, normalizes, part), None)


def _groups(h5: Any) -> List[str]:
    found: List[str] = []
    h5.visit(found.append)
    return [
        name for name in found if name.split("/")[-1].startswith("unit_normalization")
    ]


def _natural(name: str) -> List[Any]:
    return [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)]


def _told_by_arrays(
    path: str, arrays: Dict[str, Any], normalizes: List[str], part: Optional[str]
) -> List[Layer]:
    owners: Dict[str, Dict[str, Any]] = {}
    for name, array in arrays.items():
        match = re.match(
            r"(.*?)/?((?:(?:forward|backward)_layer/)?(?:cell/)?vars/\d+)$", name
        )
        if match is None:
            raise FormatError("%s: %s is no weight of a layer" % (path, name))
        owners.setdefault(match.group(1), {})[match.group(2)] = array
    embeddings = [
        place
        for place, weights in owners.items()
        if _kind_of(weights) == "Embedding" and (part is None or _is_in(place, part))
    ]
    if len(embeddings) != 1:
        raise _no_embedding(path, embeddings, part)
    home = embeddings[0].rpartition("/")[0]
    found: Dict[str, List[Layer]] = {
        "Embedding": [],
        "Bidirectional": [],
        "LSTM": [],
        "GRU": [],
        "Dense": [],
    }
    for place in sorted(owners, key=_natural):
        if place.rpartition("/")[0] != home:
            continue
        kind = _kind_of(owners[place])
        if kind is None:
            raise UnsupportedError(
                "%s: the weights of %s are those of no layer that a tower has"
                % (path, place)
            )
        name = place.rpartition("/")[2]
        found[kind].append(Layer(kind, name, {}, owners[place]))
    layers = [layer for kind in found for layer in found[kind]]
    if any(name.rpartition("/")[0] == home for name in normalizes):
        layers.append(Layer("UnitNormalization", "unit_normalization", {}, {}))
    return layers


def _is_in(place: str, part: str) -> bool:
    return ("/%s/" % place).find("/%s/" % part.strip("/")) >= 0


def _no_embedding(
    path: str, embeddings: List[str], part: Optional[str]
) -> SiameseError:
    if embeddings:
        return UnsupportedError(
            "%s: has %d embeddings (%s); name the part that is the tower, e.g. "
            "part=%r"
            % (
                path,
                len(embeddings),
                ", ".join(embeddings),
                embeddings[0].split("/")[0],
            )
        )
    where = " below %r" % part if part else ""
    return FormatError("%s: holds no embedding%s" % (path, where))


def _kind_of(weights: Dict[str, Any]) -> Optional[str]:
    """The class of a layer by the arrays that it has."""
    names = sorted(weights)
    if names[0].startswith(("backward_layer", "forward_layer")):
        return "Bidirectional"
    if names[0].startswith("cell"):
        kernel, recurrent = weights["cell/vars/0"], weights.get("cell/vars/1")
        if recurrent is None or kernel.ndim != 2 or recurrent.ndim != 2:
            return None
        gates = recurrent.shape[1] / max(recurrent.shape[0], 1)
        return {4.0: "LSTM", 3.0: "GRU"}.get(gates)
    shapes = [weights[name].ndim for name in names]
    if shapes == [2]:
        return "Embedding"
    return "Dense" if shapes == [2, 1] else None
