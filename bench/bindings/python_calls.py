"""What calls.c measures, through the package of Python.

usage: python python_calls.py MODEL TITLES QUERIES THREADS
"""

import statistics
import sys
import threading
import time

import libsiamese
import pandas as pd

BATCH, ROUNDS, K = 1000, 31, 10
now = time.perf_counter


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")[:-1]


def median(call):
    times = []
    for _ in range(ROUNDS):
        start = now()
        call()
        times.append(now() - start)
    return statistics.median(times)


def main(path, titles, queries, threads):
    titles, queries = lines(titles), lines(queries)
    model = libsiamese.Model.load(path, threads=int(threads))
    tower = model.query_tower

    def searches():
        for query in queries:
            hits = model.search(query, K)
            hits.ids, hits.scores

    def encodes():
        for query in queries:
            tower.encode(query)

    print("search_us %.3f" % (median(searches) / len(queries) * 1e6))
    print("encode_us %.3f" % (median(encodes) / len(queries) * 1e6))
    batch = titles[:BATCH]
    print("batch_ms %.4f" % (median(lambda: tower.encode(batch)) * 1e3))
    for name, column in (
        ("column_s", pd.Series(titles, dtype=object)),
        ("arrow_s", pd.Series(titles, dtype="string[pyarrow]")),
    ):
        start = now()
        tower.encode(column)
        print("%s %.4f" % (name, now() - start))
    if threads == "1":
        print("threads_gain %.3f" % gain(tower, batch))


def gain(tower, batch, threads=8, calls=400):
    """How many times as much 8 threads encode as one, in the same time."""

    def rate(count):
        def work():
            for _ in range(calls // count):
                tower.encode(batch)

        workers = [threading.Thread(target=work) for _ in range(count)]
        start = now()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return calls / (now() - start)

    rates = [(rate(1), rate(threads)) for _ in range(5)]
    return statistics.median(many / one for one, many in rates)


if __name__ == "__main__":
    main(*sys.argv[1:])
