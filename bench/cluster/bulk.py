"""What bulk.sh measures.

usage: python bulk.py DIRECTORY PRESET COUNT RUNS PAGE SPARK
"""

import os
import shutil
import statistics
import sys
import tempfile
import time

import dask.dataframe as dd
import libsiamese
import pyarrow.parquet as pq
from dask.distributed import Client, LocalCluster
from libsiamese.dask import embed, to_npy
from runner import block
from titles import shop, titles, uneven

MODEL = "shop.siamese"
PARTS, ROWS = 17, 32768


def local():
    LOCAL.encode(COLUMN, side="item")


def parquet():
    vectors = embed(dd.read_parquet("items"), MODEL, keep=["id"], rows=ROWS)
    vectors.to_parquet("vectors", use_dictionary=False, compression=None)


def npy():
    vectors = embed(dd.read_parquet("items"), MODEL, output="array", rows=ROWS)
    to_npy(vectors, "vectors.npy")


def spark():
    shutil.rmtree("vectors", ignore_errors=True)
    exec(RECIPE, {"spark": SPARK})


def measured(ways):
    """The median texts a second of each way, in turn."""
    rates = {way.__name__: [] for way in ways}
    for run in range(RUNS + 1):
        for way in ways:
            start = time.perf_counter()
            way()
            if run:  # the first one opens models and fills caches
                rates[way.__name__].append(COUNT / (time.perf_counter() - start))
        print("run %d of %d" % (run, RUNS), file=sys.stderr)
    first = statistics.median(rates[ways[0].__name__])
    for name, found in rates.items():
        middle = statistics.median(found)
        print(
            "%s %s: %.0f texts/s (%.0f to %.0f), %.2f of local"
            % (PRESET, name, middle, min(found), max(found), middle / first),
            flush=True,
        )


def by_dask():
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster):
        measured([local, npy, parquet])


def by_spark():
    global SPARK
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    SPARK = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    SPARK.sparkContext.setLogLevel("ERROR")
    measured([local, spark])
    SPARK.stop()


if __name__ == "__main__":
    PRESET, COUNT, RUNS = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    RECIPE = block(sys.argv[5], "spark")
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    COLUMN = titles(COUNT)
    shop("items", COLUMN, uneven(COUNT, PARTS))
    some = COLUMN[: min(20000, COUNT)]
    fresh = libsiamese.Model(PRESET, max_steps=50, metrics="none")
    fresh.fit(some, some).save(MODEL, finished=True)
    LOCAL = libsiamese.Model.load(MODEL, threads=2)
    COLUMN = pq.read_table("items", columns=["title"])["title"]
    by_dask()
    if sys.argv[6] != "no":
        by_spark()
