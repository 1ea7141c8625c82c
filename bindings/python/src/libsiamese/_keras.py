"""Layers of Keras to a vocabulary and a tower that compute the same vectors.

What has no equal here is an error that names the layer, so that nothing is
imported that computes something else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._errors import ArgumentError, FormatError, UnsupportedError
from ._keras_file import (
    KerasFile,
    Layer,
    read_archive,
    read_config,
    read_weights,
    reading,
)
from ._tower import Tower
from ._vocab import Vocab

if TYPE_CHECKING:
    from ._saved import Path

__all__ = ["tower_from_keras"]

_IDENTITY = (  # what does nothing but in training
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "InputLayer",
    "Masking",
    "SpatialDropout1D",
)
_RECURRENT = ("LSTM", "GRU", "Bidirectional")


def tower_from_keras(
    path: "Path",
    *,
    vocab: Optional[Union[Vocab, Sequence[str]]] = None,
    sequence_length: Optional[int] = None,
    config: Optional[str] = None,
    part: Optional[str] = None,
    **tower: Any,
) -> Tower:
    """A tower that computes what a model of Keras does.

    path     a .keras archive, or a .weights.h5 file
    vocab    for what has no TextVectorization layer: a vocabulary, or the list
             of its get_vocabulary(); with sequence_length then
    config   for weights alone: the model's to_json(). Without it the layers
             are told by their arrays, and tower has what arrays do not tell,
             e.g. mask_zero=True or project_activation="relu"
    part     for weights alone: where the tower is, e.g. "query_model"
    """
    name = os.fspath(path)
    if not os.path.exists(name):
        raise FileNotFoundError(2, "there is no such file", name)
    with reading(name):
        if name.endswith(".h5") or name.endswith(".hdf5"):
            file = read_config(config, name) if config else read_weights(name, part)
            told = bool(config)
        else:
            file, told = read_archive(name), True
        plan = _Plan(file.layers, told)
    vocabulary = _vocabulary(file, plan, vocab, sequence_length)
    return plan.build(vocabulary, tower)


# ---- the vocabulary ----


def _vocabulary(
    file: KerasFile,
    plan: "_Plan",
    given: Optional[Union[Vocab, Sequence[str]]],
    length: Optional[int],
) -> Vocab:
    if isinstance(given, Vocab):
        return given
    rows = len(plan.embedding)
    layer = plan.vectorization
    if layer is not None and given is None:
        options = _text_options(layer)
        if file.tokens is None:
            raise ArgumentError(
                "vocab: is needed, since weights alone hold no vocabulary; give the "
                "list of the layer's get_vocabulary()"
            )
        tokens: List[Any] = list(file.tokens)
    elif given is not None:
        options = {} if layer is None else _text_options(layer)
        tokens = list(given)
        if length is None and layer is None:
            raise ArgumentError("sequence_length: is needed beside a list of tokens")
    else:
        raise ArgumentError(
            "vocab: is needed, since the model has no TextVectorization layer"
        )
    if length is not None:
        options["sequence_length"] = length
    if len(tokens) > rows:
        raise FormatError(
            "the embedding has %d rows for %d tokens" % (rows, len(tokens))
        )
    options["max_tokens"] = max(rows - 1, len(tokens), 2)
    return Vocab.from_tokens(tokens, **options)


def _refuse(layer: Layer, setting: str, value: Any, why: str = "") -> UnsupportedError:
    return UnsupportedError(
        "%s: %s=%r has no equal in libsiamese%s" % (layer, setting, value, why)
    )


def _text_options(layer: Layer) -> Dict[str, Any]:
    """TextVectorization's settings as options of a vocabulary."""
    with reading(str(layer)):
        return _options_of(layer, layer.config)


def _options_of(layer: Layer, config: Dict[str, Any]) -> Dict[str, Any]:
    options: Dict[str, Any] = {}
    for name, known in (
        (
            "standardize",
            {
                None: "none",
                "lower_and_strip_punctuation": "lower_and_strip_punctuation",
                "lower": "lower",
                "strip_punctuation": "strip_punctuation",
            },
        ),
        (
            "split",
            {None: "none", "whitespace": "whitespace", "character": "character"},
        ),
    ):
        value = config.get(name)
        if isinstance(value, (dict, list)) or value not in known:
            raise _refuse(layer, name, value, ": a function of yours is not known")
        options[name] = known[value]
    ngrams = config.get("ngrams")
    if isinstance(ngrams, int):
        options["ngrams"] = "1-%d" % ngrams if ngrams > 1 else "1"
    elif ngrams is not None:
        options["ngrams"] = ",".join(str(int(n)) for n in ngrams)
    for name, wanted in (
        ("output_mode", "int"),
        ("ragged", False),
        ("sparse", False),
        ("encoding", "utf-8"),
    ):
        if config.get(name, wanted) != wanted:
            raise _refuse(layer, name, config[name], " before an embedding")
    options["sequence_length"] = int(config.get("output_sequence_length") or 0)
    if not options["sequence_length"]:
        raise _refuse(
            layer,
            "output_sequence_length",
            None,
            ": it pads to the longest text of a batch, so a vector depends on the "
            "others beside it; give sequence_length",
        )
    return options


# ---- the layers ----


class _Plan:
    """What a tower is to be: its options and its weights."""

    def __init__(self, layers: List[Layer], told: bool) -> None:
        self.told = told  # whether settings are known
        self.options: Dict[str, Any] = {}
        self.weights: Dict[str, Any] = {}
        self.vectorization: Optional[Layer] = None
        self.embedding: Any = None
        self.recurrent: List[Layer] = []
        self.pooled = False
        self.dense: List[Layer] = []
        for layer in layers:
            self._take(layer)
        if self.embedding is None:
            raise UnsupportedError("the model has no Embedding layer")
        if self.recurrent:
            self._recurrent()
        elif not self.pooled and told:
            raise UnsupportedError(
                "the model has neither LSTM, GRU nor GlobalAveragePooling1D behind "
                "its embedding"
            )
        else:
            self.options.update(encoder="bag", pooling="mean")
        self._dense()

    def _take(self, layer: Layer) -> None:
        kind, config = layer.kind, layer.config
        policy = config.get("dtype")
        if isinstance(policy, dict):
            policy = policy.get("config", {}).get("name")
        if policy not in (None, "float32", "string", "int64", "int32"):
            raise _refuse(layer, "dtype", policy)
        if self.options.get("normalize") and kind not in _IDENTITY:
            raise UnsupportedError("%s: stands behind UnitNormalization" % layer)
        if kind == "TextVectorization" and self.embedding is None:
            self.vectorization = layer
        elif kind == "Embedding" and self.embedding is None:
            self._embedding(layer)
        elif kind in _IDENTITY and _is_identity(layer):
            pass
        elif self.embedding is None:
            raise UnsupportedError("%s: stands before an embedding" % layer)
        elif kind in _RECURRENT and not (self.pooled or self.dense):
            self.recurrent.append(layer)
        elif kind == "GlobalAveragePooling1D" and not (self.recurrent or self.dense):
            if config.get("keepdims"):
                raise _refuse(layer, "keepdims", True)
            self.pooled = True
        elif kind == "Dense":
            self.dense.append(layer)
        elif kind == "UnitNormalization":
            if config.get("axis", -1) not in (-1, 1, [-1], [1]):
                raise _refuse(layer, "axis", config["axis"])
            self.options["normalize"] = True
        else:
            raise UnsupportedError(
                "%s: has no equal in libsiamese, or not in this place" % layer
            )

    def _embedding(self, layer: Layer) -> None:
        self.embedding = _array(layer, "vars/0", 2)
        self.options["embedding_dim"] = self.embedding.shape[1]
        if layer.config.get("mask_zero"):
            self.options["mask_zero"] = True
        if layer.config.get("lora_rank"):
            raise _refuse(layer, "lora_rank", layer.config["lora_rank"])

    # LSTMs and GRUs, one or both directions, one upon the other.

    def _recurrent(self) -> None:
        shapes = set()
        for number, layer in enumerate(self.recurrent):
            last = number == len(self.recurrent) - 1
            prefix = "" if number == 0 else "layer%d_" % (number + 1)
            both = layer.kind == "Bidirectional"
            inner = layer
            if both:
                inner = self._of_both(layer)
            self._check(inner, last)
            for short, place in (
                (("fw", "forward_layer/"), ("bw", "backward_layer/"))
                if both
                else (("fw", ""),)
            ):
                kind, units = self._cell(layer, place, prefix + short, inner.kind)
                shapes.add((kind, units, both))
        if len(shapes) != 1:
            raise UnsupportedError(
                "%s: layers of one kind, size and direction are wanted, one upon the "
                "other" % self.recurrent[-1]
            )
        kind, units, both = shapes.pop()
        self.options.update(
            encoder=kind.lower(),
            units=units,
            bidirectional=both,
            layers=len(self.recurrent),
        )

    def _of_both(self, layer: Layer) -> Layer:
        """The layer inside a Bidirectional."""
        if not self.told:
            return layer
        config = layer.config
        if config.get("merge_mode", "concat") != "concat":
            raise _refuse(layer, "merge_mode", config["merge_mode"])
        inner = config["layer"]
        back = config.get("backward_layer")
        kinds = {inner["class_name"]} | ({back["class_name"]} if back else set())
        if len(kinds) != 1 or not kinds <= {"LSTM", "GRU"}:
            raise _refuse(layer, "layer", sorted(kinds))
        if back is not None:
            self._check(Layer(back["class_name"], layer.name, back["config"], {}), None)
        return Layer(inner["class_name"], layer.name, inner["config"], {})

    def _check(self, layer: Layer, last: Optional[bool]) -> None:
        if not self.told:
            return
        config = layer.config
        for name, wanted in (
            ("activation", "tanh"),
            ("recurrent_activation", "sigmoid"),
            ("return_state", False),
            ("stateful", False),
            ("time_major", False),
            ("reset_after", True),
            ("return_sequences", not last),
        ):
            if name == "return_sequences" and last is None:
                continue
            if config.get(name, wanted) != wanted:
                raise _refuse(layer, name, config[name], " here")
        if last is not None and config.get("go_backwards"):
            raise _refuse(layer, "go_backwards", True)

    def _cell(
        self, layer: Layer, place: str, prefix: str, kind: str
    ) -> Tuple[str, int]:
        kernel = _array(layer, place + "cell/vars/0", 2)
        recurrent = _array(layer, place + "cell/vars/1", 2)
        units = recurrent.shape[0]
        gates = {4 * units: "LSTM", 3 * units: "GRU"}.get(recurrent.shape[1])
        if gates is None or (self.told and gates != kind):
            raise FormatError(
                "%s: recurrent weights of the shape %s" % (layer, recurrent.shape)
            )
        shape = (4 * units,) if gates == "LSTM" else (2, 3 * units)
        bias = layer.weights.get(place + "cell/vars/2")
        if bias is None:
            bias = np.zeros(shape, np.float32)
        if bias.shape != shape:
            raise FormatError("%s: a bias of the shape %s" % (layer, bias.shape))
        self.weights[prefix + "_kernel"] = kernel
        self.weights[prefix + "_recurrent"] = recurrent
        self.weights[prefix + "_bias"] = bias
        return gates, units

    # Up to two dense layers behind them.

    def _dense(self) -> None:
        if len(self.dense) > 2:
            raise UnsupportedError(
                "%s: is the third Dense layer; a tower has two" % self.dense[2]
            )
        names = [("project", "dense")]
        if len(self.dense) == 2:
            names.insert(0, ("hidden", "hidden"))
        for layer, (option, short) in zip(self.dense, names):
            kernel = _array(layer, "vars/0", 2)
            bias = layer.weights.get("vars/1")
            if bias is None:
                bias = np.zeros(kernel.shape[1], np.float32)
            self.options[option] = kernel.shape[1]
            self.options[option + "_activation"] = _activation(layer)
            self.weights[short + "_kernel"] = kernel
            self.weights[short + "_bias"] = bias

    def build(self, vocab: Vocab, tower: Dict[str, Any]) -> Tower:
        built = Tower(vocab, **{**self.options, **tower})
        shapes = built.parameters()
        rows = shapes["embedding"][0]
        known = len(vocab)
        if known > len(self.embedding):
            raise FormatError(
                "the embedding has %d rows for %d tokens" % (len(self.embedding), known)
            )
        table = np.zeros((rows, self.embedding.shape[1]), np.float32)
        count = min(rows, len(self.embedding))
        table[:count] = self.embedding[:count]
        built.set("embedding", table)
        extra = set(shapes) ^ {"embedding", *self.weights}
        if extra:
            raise FormatError("weights that do not fit: %s" % ", ".join(sorted(extra)))
        built.set_weights(self.weights)
        return built


def _is_identity(layer: Layer) -> bool:
    if layer.kind != "Activation":
        return layer.kind != "Masking"
    return layer.config.get("activation") in (None, "linear")


def _activation(layer: Layer) -> str:
    value = layer.config.get("activation", "linear")
    known = {
        None: "none",
        "linear": "none",
        "relu": "relu",
        "tanh": "tanh",
        "gelu": "gelu",
    }
    if isinstance(value, dict) or value not in known:
        raise _refuse(layer, "activation", value)
    return known[value]


def _array(layer: Layer, place: str, rank: int) -> Any:
    found = layer.weights.get(place)
    if found is None or found.ndim != rank:
        raise FormatError(
            "%s: has no weights of %d dimensions at %r" % (layer, rank, place)
        )
    if found.dtype.kind != "f":
        raise _refuse(layer, "weights of type", str(found.dtype))
    return found
