"""Archives of Keras, for libFuzzer by atheris: config.json, the vocabulary and the
archive's bytes as the input says, beside weights of Keras's own files and some
that no Keras writes. Whatever it is, Tower.from_keras gives a tower that
encodes, or raises one of the package's errors.

HDF5's own bytes are not changed, since how HDF5 takes them is not ours: its files
stay open, and what is read at a place of one is remembered, so that an input costs
what it changes.

The first byte chooses the weights, the second one whether the rest is config.json
(1: and a vocabulary behind a NUL), or the archive whole.

usage: fuzz_keras.py DATA FOUND [libFuzzer's options]

DATA has the archives of bindings/python/tests/data/keras, from which it begins.
"""

import io
import json
import os
import random
import sys
import zipfile

import atheris

with atheris.instrument_imports(include=["libsiamese"]):
    import libsiamese
    import libsiamese._keras
    import libsiamese._keras_file

import h5py
import numpy as np

NAMES = ["bilstm", "gru", "mean", "nested", "conv"]
VOCABULARY = "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt"
WEIGHTS = []
ARCHIVE = os.fdopen(os.memfd_create("input.keras"), "wb", buffering=0)
PATH = "/proc/self/fd/%d" % ARCHIVE.fileno()


def odd_weights():
    """A group where an array is wanted, arrays of other ranks and types, one
    that has no bytes, and links."""
    for kind in range(5):
        data = io.BytesIO()
        with h5py.File(data, "w") as h5:
            for layer in ("embedding", "dense", "lstm"):
                place = "layers/%s/" % layer
                if kind == 0:
                    h5[place + "vars/0/deeper"] = np.ones((2, 2), np.float32)
                elif kind == 1:
                    h5[place + "vars/0"] = np.ones((2, 2, 2), np.int32)
                elif kind == 2:
                    h5.create_dataset(
                        place + "vars/0",
                        (1 << 30, 1 << 10),
                        np.float32,
                        chunks=(1024, 1024),
                    )
                elif kind == 3:
                    h5[place + "vars"] = h5py.SoftLink("/layers")
                    h5[place + "cell"] = h5py.ExternalLink("other.h5", "/")
                else:
                    h5["layers/" + layer] = np.ones(3, np.float32)
        yield data.getvalue()


def load(folder, found):
    for release in ("2.15", "3.15"):
        for name in NAMES:
            path = os.path.join(folder, release, name + ".keras")
            with zipfile.ZipFile(path) as archive:
                seed = bytes([len(WEIGHTS), 1]) + archive.read("config.json")
                seed += b"\0" + archive.read(VOCABULARY)
                WEIGHTS.append(archive.read("model.weights.h5"))
            with open(os.path.join(found, release + "_" + name), "wb") as out:
                out.write(seed)
    WEIGHTS.extend(odd_weights())


# ---- what is read of weights, once ----


class Kept:
    """A file of weights that stays open behind a `with`, and what was read of it:
    groups by their places, their arrays by their names."""

    def __init__(self, h5):
        self.h5, self.groups, self.arrays = h5, {}, {}

    def __enter__(self):
        return self.h5

    def __exit__(self, *error):
        pass


def keep(reader):
    """In place of the package's functions that open weights, look for a group and
    read its arrays: for weights that stand in WEIGHTS what these gave before."""
    open_file, group_at, datasets = reader._open, reader._group_at, reader._datasets
    kept = dict.fromkeys(WEIGHTS)
    now = None

    def open_once(path, data):
        nonlocal now
        now, weights = None, data.getvalue()
        if weights not in kept:
            return open_file(path, data)
        if kept[weights] is None:
            kept[weights] = Kept(open_file(path, data))
        now = kept[weights]
        return now

    def group_once(h5, place):
        found = now and now.groups.get(place)
        if found is None:
            found = group_at(h5, place)
            if now and found is not None:
                now.groups[place] = found
        return found

    def datasets_once(group):
        found = now and now.arrays.get(group.name)
        if found is None:
            found = datasets(group)
            if now:
                now.arrays[group.name] = found
        return dict(found)

    reader._open, reader._group_at = open_once, group_once
    reader._datasets = datasets_once


def archive_of(data):
    how = data[1] % 4 if len(data) > 1 else 0
    if how == 3:
        return data[2:]
    weights = WEIGHTS[data[0] % len(WEIGHTS)] if data else WEIGHTS[0]
    config, _, tokens = data[2:].partition(b"\0")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", weights)
        if how == 1:
            archive.writestr(VOCABULARY, tokens)
    return out.getvalue()


# ---- changes of the config as the tree that it is ----

ODD = [None, True, 0, -1, 2, 1 << 40, 1.5, "", "linear", "LSTM", "Dense", [], {}, [1]]


def places(tree, found):
    """Every place of the tree: what holds it, and its key there."""
    for key in tree if isinstance(tree, dict) else range(len(tree)):
        found.append((tree, key))
        if isinstance(tree[key], (dict, list)):
            places(tree[key], found)
    return found


def change(tree, chance):
    all_places = places(tree, [])
    if not all_places:
        return
    holder, key = chance.choice(all_places)
    how = chance.randrange(5)
    if how == 0:
        holder[key] = chance.choice(ODD)
    elif how == 1:
        del holder[key]
    elif how == 2 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif how == 3:
        other, its = chance.choice(all_places)
        holder[key] = json.loads(json.dumps(other[its]))
    elif isinstance(holder[key], dict):
        holder[key][chance.choice(["name", "class_name", "config"])] = 1
    elif isinstance(holder[key], int):
        holder[key] += chance.choice([-1, 1])
    else:
        holder[key] = [holder[key]]


def mutate(data, max_size, seed):
    chance = random.Random(seed)
    config, zero, tokens = data[2:].partition(b"\0")
    if len(data) < 2 or chance.randrange(8) == 0:
        return atheris.Mutate(data, max_size)
    head = bytearray(data[:2])
    if chance.randrange(4) == 0:
        head[0] = chance.randrange(len(WEIGHTS))
    try:
        tree = [json.loads(config)]
        for _ in range(chance.randrange(4)):
            change(tree, chance)
        config = json.dumps(tree[0] if tree else 0).encode()
    except (ValueError, RecursionError, IndexError, KeyError, TypeError):
        config = atheris.Mutate(config, max(1, len(config)))
    if chance.randrange(6) == 0 and tokens:
        tokens = atheris.Mutate(tokens, len(tokens) + 8)
    return (bytes(head) + config + zero + tokens)[:max_size]


# ---- the entry ----


def one_input(data):
    ARCHIVE.seek(0)
    ARCHIVE.truncate()
    ARCHIVE.write(archive_of(data))
    try:
        tower = libsiamese.Tower.from_keras(PATH, threads=1)
    except libsiamese.SiameseError:
        return
    vectors = tower.encode(["red lamp", "", "a b"])
    assert vectors.shape[0] == 3


if __name__ == "__main__":
    load(sys.argv[1], sys.argv[2])
    keep(libsiamese._keras_file)
    arguments = [sys.argv[0]] + sys.argv[2:]
    atheris.Setup(arguments, one_input, custom_mutator=mutate)
    atheris.Fuzz()
