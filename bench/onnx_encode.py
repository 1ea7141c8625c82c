#!/usr/bin/env python3
"""Embedding and BiLSTM in ONNX Runtime, from ids: one query, and in batches.

    onnx_encode.py [--vocab 1001 --embed 8 --units 8 --length 15 --threads 1]

The graph is time-major, as its LSTM is, so that nothing is transposed but the
ids; texts_per_s is that of the best batch size. The text work is left out. Prints
one JSON object.
"""
import argparse
import json
import statistics
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

parser = argparse.ArgumentParser()
for name, value in dict(vocab=1001, embed=8, units=8, length=15,
                        threads=1).items():
    parser.add_argument("--" + name, type=int, default=value)
a = parser.parse_args()
random = np.random.default_rng(7)


def weights(name, *shape):
    values = random.standard_normal(shape).astype("f4") / 4
    return numpy_helper.from_array(values, name)


E, H = a.embed, a.units
graph = helper.make_graph(
    [helper.make_node("Transpose", ["ids"], ["by_time"], perm=[1, 0]),
     helper.make_node("Gather", ["table", "by_time"], ["tokens"]),
     helper.make_node("LSTM", ["tokens", "W", "R", "B"], ["", "last"],
                      hidden_size=H, direction="bidirectional"),
     helper.make_node("Transpose", ["last"], ["by_row"], perm=[1, 0, 2]),
     helper.make_node("Reshape", ["by_row", "shape"], ["vector"])],
    "tower",
    [helper.make_tensor_value_info("ids", TensorProto.INT64,
                                   ["batch", a.length])],
    [helper.make_tensor_value_info("vector", TensorProto.FLOAT,
                                   ["batch", 2 * H])],
    [weights("table", a.vocab, E), weights("W", 2, 4 * H, E),
     weights("R", 2, 4 * H, H), weights("B", 2, 8 * H),
     numpy_helper.from_array(np.array([-1, 2 * H]), "shape")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
onnx.checker.check_model(model)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = a.threads
session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                       providers=["CPUExecutionProvider"])


def median(batch, calls):
    ids = random.integers(1, a.vocab, (batch, a.length))
    seconds = []
    for _ in range(calls + 3):
        begin = time.perf_counter()
        session.run(None, {"ids": ids})
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[3:])


rates = {batch: batch / median(batch, calls)
         for batch, calls in ((256, 100), (1024, 30), (4096, 8))}
batch = max(rates, key=rates.get)
print(json.dumps({"peer": "ONNX Runtime " + onnxruntime.__version__,
                  "query_us_median": 1e6 * median(1, 2000),
                  "items_per_s": rates[batch], "batch": batch}))
