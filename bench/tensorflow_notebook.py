#!/usr/bin/env python3
"""The notebook's two-tower model in TensorFlow and TensorFlow Recommenders.

    tensorflow_notebook.py FILE.csv [--encoding NAME] [--stages vocab,train,...]

Times its stages from text: vocab (adapt), train (warm steps of fit, the dataset
cached as the notebook has it), topk (the same with FactorizedTopK over all titles
in each step, a few steps of an epoch), encode (predict of all items) and query
(one text through a tf.function). Prints one JSON object.
"""
import argparse
import json
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow_recommenders as tfrs

from peer_data import read_pairs

parser = argparse.ArgumentParser()
parser.add_argument("csv")
parser.add_argument("--encoding", default="utf-8")
parser.add_argument("--stages", default="vocab,train,encode,query")
for name, value in dict(embed=8, units=8, batch=256, vocab=1000, length=15,
                        epochs=3, topk_steps=12, threads=2).items():
    parser.add_argument("--" + name.replace("_", "-"), type=int, default=value)
a = parser.parse_args()
stages = a.stages.split(",")
unknown = set(stages) - {"vocab", "train", "topk", "encode", "query"}
if unknown:
    parser.error("--stages: there is no %s" % ", ".join(sorted(unknown)))
tf.config.threading.set_intra_op_parallelism_threads(a.threads)
tf.config.threading.set_inter_op_parallelism_threads(a.threads)
out = {"peer": "TensorFlow %s, Recommenders %s" % (tf.__version__,
                                                   tfrs.__version__)}

queries, titles, items = read_pairs(a.csv, a.encoding)
pairs = tf.data.Dataset.from_tensor_slices(
    {"search_term": queries, "product_title": titles})
title_texts = pairs.map(lambda row: row["product_title"])
query_texts = pairs.map(lambda row: row["search_term"])

vectorization = tf.keras.layers.TextVectorization(
    max_tokens=a.vocab, output_mode="int", output_sequence_length=a.length)
begin = time.perf_counter()
vectorization.adapt(title_texts.concatenate(query_texts).batch(256))
out["vocab_s"] = time.perf_counter() - begin
tower = tf.keras.Sequential([
    vectorization,
    tf.keras.layers.Embedding(a.vocab + 1, a.embed),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(a.units)),
])
tower(tf.constant(["desk"]))


class TwoTower(tfrs.Model):
    def __init__(self, measures):
        super().__init__()
        self.tower = tower
        self.measures = measures
        metrics = [tfrs.metrics.FactorizedTopK(
            title_texts.batch(128).map(tower))] if measures else []
        self.task = tfrs.tasks.Retrieval(metrics=metrics)

    def compute_loss(self, row, training=False):
        return self.task(self.tower(row["search_term"]),
                         self.tower(row["product_title"]),
                         compute_metrics=self.measures)


class Clock(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(time.perf_counter())


def train(measures):
    """Steps of later epochs; of a single one, those behind the first three."""
    model, clock = TwoTower(measures), Clock()
    model.compile(optimizer="adam")
    data = pairs.shuffle(1000).batch(a.batch).cache()
    steps = -(-len(queries) // a.batch)
    if measures:
        data = data.take(a.topk_steps + 3)
    model.fit(data, epochs=1 if measures else a.epochs, verbose=0,
              callbacks=[clock])
    seconds = np.diff(np.array(clock.ends))
    seconds = seconds[3:] if measures or a.epochs == 1 else seconds[steps:]
    median = float(np.median(seconds))
    out["step_ms_median"] = 1e3 * median
    out["pairs_per_s"] = min(a.batch, len(queries)) / median
    out["epoch_s"] = float(np.mean(seconds)) * steps


if "train" in stages:
    train(False)
if "topk" in stages:
    train(True)
if "encode" in stages:
    data = tf.data.Dataset.from_tensor_slices(items).batch(256)
    tower.predict(data.take(2), verbose=0)
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        tower.predict(data, verbose=0)
        seconds.append(time.perf_counter() - begin)
    out["items_per_s"] = len(items) / min(seconds)
if "query" in stages:
    function = tf.function(
        tower, input_signature=[tf.TensorSpec([None], tf.string)])
    distinct = [tf.constant([text]) for text in list(dict.fromkeys(queries))]
    for text in distinct[:50]:
        function(text)
    seconds = []
    for i in range(1000):
        begin = time.perf_counter()
        function(distinct[i % len(distinct)]).numpy()
        seconds.append(time.perf_counter() - begin)
    out["query_us_median"] = 1e6 * statistics.median(seconds)
print(json.dumps(out))
