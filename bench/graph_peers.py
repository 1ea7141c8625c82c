"""Recall against the time of a query: graphs beside exact search.

    graph_peers.py ITEMS.npy QUERIES.npy SIAMESE [COUNT]

ITEMS and QUERIES are `siamese embed` output, SIAMESE the command. One thread a
query, 10 results, medians over COUNT queries (400); graphs are built on two
threads, with 16 neighbours and 200 candidates. Prints lines of

    NAME  SETTING  RECALL@10  MICROSECONDS A QUERY  SECONDS OF THE BUILD

Needs numpy, hnswlib and usearch.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import hnswlib
import numpy as np
from usearch.index import Index

K = 10
BREADTHS = (50, 100, 200, 400, 800, 1200, 1600)


def show(name, setting, recall, times, build):
    print(name, setting, "%.4f" % recall, "%.1f" % (1e6 * np.median(times)),
          "%.3f" % build, sep="\t", flush=True)


def measure(search, queries, truth):
    times, hits = [], 0
    for query, true in zip(queries, truth):
        begin = time.perf_counter()
        found = search(query)
        times.append(time.perf_counter() - begin)
        hits += len(np.intersect1d(found, true))
    return hits / truth.size, times


def ours(siamese, items, queries):
    """Exact search by floats, as it is without codes, and by bounds."""
    for scan in ("float", "bounded"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "queries.npy")
            np.save(path, queries)
            figures = json.loads(subprocess.run(
                [siamese, "bench", "search", "--base", items, "--query", path,
                 "--nlist", "1", "--nprobe", "1", "-k", str(K), "--quiet",
                 "--set", "index.scan=" + scan],
                check=True, capture_output=True, text=True).stdout)
        show("siamese", scan, figures["recall"], [figures["one_us"] / 1e6],
             figures["build_s"])


def main(items_path, queries_path, siamese, count=400):
    items = np.load(items_path)
    queries = np.unique(np.load(queries_path), axis=0)
    chosen = np.random.default_rng(1).permutation(len(queries))[:int(count)]
    queries = np.ascontiguousarray(queries[chosen])
    truth = np.argsort(-(queries @ items.T), axis=1)[:, :K]
    ours(siamese, items_path, queries)

    begin = time.time()
    graph = hnswlib.Index("ip", items.shape[1])
    graph.init_index(len(items), M=16, ef_construction=200)
    graph.set_num_threads(2)
    graph.add_items(items)
    build = time.time() - begin
    graph.set_num_threads(1)
    for breadth in BREADTHS:
        graph.set_ef(breadth)
        recall, times = measure(lambda q: graph.knn_query(q, K)[0][0], queries,
                                truth)
        show("hnswlib", breadth, recall, times, build)

    for kind in ("f32", "i8"):
        begin = time.time()
        graph = Index(ndim=items.shape[1], dtype=kind, connectivity=16,
                      metric="ip" if kind == "f32" else "cos",
                      expansion_add=200)
        graph.add(np.arange(len(items)), items, threads=2)
        build = time.time() - begin
        for breadth in BREADTHS:
            graph.expansion_search = breadth
            recall, times = measure(
                lambda q: graph.search(q, K, threads=1).keys, queries, truth)
            show("usearch-" + kind, breadth, recall, times, build)


if __name__ == "__main__":
    main(*sys.argv[1:])
