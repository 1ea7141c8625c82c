"""The recipe of docs/scaling.md for Spark, with the bits of the local call."""

import os
import sys
import tempfile
import time

import libsiamese
import numpy as np
from pyspark.sql import SparkSession
from runner import block, run
from titles import bits, model, shop, titles, uneven, vectors_of

COUNT, PARTS = 200000, 17


def test_the_recipe_has_the_bits_of_the_local_call():
    recipe = block(PAGE, "spark")
    warm = SPARK.range(10).mapInPandas(lambda frames: frames, "id long")
    assert warm.count() == 10
    start = time.perf_counter()
    exec(recipe, {"spark": SPARK})
    seconds = time.perf_counter() - start
    print("# Spark, local[2]: %.0f texts/s" % (COUNT / seconds))
    local = libsiamese.Model.load("shop.siamese", threads=2)
    start = time.perf_counter()
    wanted = local.encode(COLUMN, side="item")
    seconds = time.perf_counter() - start
    print("# local, 2 threads: %.0f texts/s" % (COUNT / seconds))
    ids, vectors = vectors_of("vectors")
    assert (ids == np.arange(COUNT) + 10**9).all()
    assert (bits(vectors) == bits(wanted)).all()


def test_the_recipe_has_ten_lines():
    lines = [line for line in block(PAGE, "spark").split("\n") if line]
    imports = [line for line in lines if line.startswith("import ")]
    assert len(lines) - len(imports) <= 10


if __name__ == "__main__":
    PAGE = os.path.abspath(sys.argv[2])
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    COLUMN = titles(COUNT)
    model("shop.siamese", COLUMN[:50000])
    shop("items", COLUMN, uneven(COUNT, PARTS))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    SPARK = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.warehouse.dir", os.getcwd())
        .getOrCreate()
    )
    SPARK.sparkContext.setLogLevel("ERROR")
    run(globals())
    SPARK.stop()
