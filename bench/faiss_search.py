#!/usr/bin/env python3
"""IVF-flat in faiss-cpu: single queries, all of them in one batch, the build.

    faiss_search.py base.npy query.npy [--nlist 1024 --nprobe 32 --k 10
                    --threads 1]

Inner product. Prints one JSON object, the recall against exact search with it.
"""
import argparse
import json
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("query")
for name, value in dict(nlist=1024, nprobe=32, k=10, threads=1).items():
    parser.add_argument("--" + name, type=int, default=value)
a = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(a.threads)

import faiss
import numpy as np

faiss.omp_set_num_threads(a.threads)
base, query = np.load(a.base), np.load(a.query)
dim = base.shape[1]
begin = time.perf_counter()
quantizer = faiss.IndexFlatIP(dim)
index = faiss.IndexIVFFlat(quantizer, dim, a.nlist, faiss.METRIC_INNER_PRODUCT)
index.train(base)
index.add(base)
build = time.perf_counter() - begin
index.nprobe = a.nprobe


def median(queries, calls):
    seconds = []
    for i in range(calls + 3):
        batch = queries(i)
        begin = time.perf_counter()
        index.search(batch, a.k)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[3:])


one = median(lambda i: query[i % len(query):][:1], 1000)
many = median(lambda i: query, 5)
found = index.search(query, a.k)[1]
exact = faiss.IndexFlatIP(dim)
exact.add(base)
best = exact.search(query, a.k)[1]
hits = sum(len(np.intersect1d(f, b)) for f, b in zip(found, best))
print(json.dumps({"peer": "faiss-cpu " + faiss.__version__, "build_s": build,
                  "one_us": 1e6 * one, "batch_qps": len(query) / many,
                  "recall": hits / best.size}))
