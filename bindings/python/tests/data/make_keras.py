"""Writes small models of Keras and what they compute, for test_keras.py.

usage: python make_keras.py FOLDER    with Keras 2.15 and TensorFlow 2.15, and
                                      again with Keras 3.15 and TensorFlow 2.21
All texts are invented.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

FIT = [
    "Oak writing desk, 60 in.",
    "glass computer desk",
    "red velvet sofa",
    "Brass kitchen faucet",
    "grey corner sofa",
    "cordless 12-volt drill",
    "Café table for two",
    "red cordless lamp",
    "desk lamp",
    "sofa table",
]
ASKED = FIT + [
    "",
    "?!",
    "unknown words only",
    "DESK sofa RED",
    "ß 日本 café",
    "x " * 40,
]
L = keras.layers


def vectorization(**options):
    options = {"max_tokens": 40, "output_sequence_length": 6, **options}
    layer = L.TextVectorization(**options)
    layer.adapt(FIT)
    return layer


def models():
    text = vectorization()
    yield (
        "bilstm",
        keras.Sequential([text, L.Embedding(41, 4), L.Bidirectional(L.LSTM(3))]),
    )
    text = vectorization(standardize="lower")
    start = keras.Input((), dtype="string")
    x = L.Embedding(40, 5, mask_zero=True)(text(start))
    x = L.Dropout(0.3)(x)
    x = L.GRU(3)(L.GRU(3, return_sequences=True)(x))
    x = L.Dense(2)(L.Dense(4, activation="relu")(x))
    yield "gru", keras.Model(start, L.UnitNormalization()(x))
    text = vectorization(ngrams=2, max_tokens=None, standardize="strip_punctuation")
    rows = len(text.get_vocabulary())
    yield (
        "mean",
        keras.Sequential(
            [
                text,
                L.Embedding(rows, 4),
                L.GlobalAveragePooling1D(),
                L.Dense(3, activation="tanh", use_bias=False),
            ]
        ),
    )
    text = vectorization(split="character", output_sequence_length=20)
    inner = keras.Sequential(
        [
            L.Embedding(60, 4),
            L.Bidirectional(L.LSTM(2, return_sequences=True, use_bias=False)),
            L.Bidirectional(L.LSTM(2, use_bias=False)),
        ]
    )
    yield "nested", keras.Sequential([text, inner, L.Dense(3, activation="gelu")])


class Towers(keras.Model):
    """As Recommenders' models are: layers as attributes of a class."""

    def __init__(self, query, item):
        super().__init__()
        self.query, self.item = query, item

    def call(self, texts):
        return self.query(texts) + self.item(texts)


def spread(model):
    """Weights that are not near 0, biases too."""
    rng = np.random.default_rng(5)
    for weight in model.trainable_variables:
        weight.assign(rng.normal(0, 0.5, weight.shape).astype(np.float32))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    place = os.path.join(folder, "")
    kept = {}
    for name, model in models():
        model(tf.constant(ASKED))
        spread(model)
        np.save(place + name + ".npy", model(tf.constant(ASKED)).numpy())
        model.save(place + name + ".keras")
        kept[name] = model
    kept["bilstm"].save_weights(place + "bilstm.weights.h5")
    kept["gru"].save_weights(place + "gru.weights.h5")
    with open(place + "gru.json", "w") as file:
        file.write(kept["gru"].to_json())
    both = Towers(kept["bilstm"], kept["gru"])
    both.query(tf.constant(ASKED)), both.item(tf.constant(ASKED))
    both.built = True
    both.save_weights(place + "both.weights.h5")
    layer = kept["bilstm"].layers[0]
    other = keras.Sequential(
        [layer, L.Embedding(41, 4), L.Conv1D(3, 2), L.GlobalMaxPooling1D()]
    )
    other(tf.constant(ASKED))
    other.save(place + "conv.keras")
    with open(place + "texts.json", "w") as file:
        vocabulary = layer.get_vocabulary()
        json.dump({"asked": ASKED, "vocabulary": vocabulary}, file)


if __name__ == "__main__":
    main(sys.argv[1])
