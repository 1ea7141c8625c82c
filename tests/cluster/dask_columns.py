"""What columns and outputs may be, what is opened and sent, and what is refused."""

import os
import pickle
import subprocess
import sys
import tempfile

import dask
import dask.array as da
import dask.dataframe as dd
import libsiamese
import numpy as np
import pandas as pd
import pyarrow as pa
from libsiamese.dask import _model_file, embed, to_npy
from runner import run
from titles import bits, titles

COUNT = 3000


def raises(kind, text, function, *arguments, **named):
    try:
        result = function(*arguments, **named)
        getattr(result, "compute", int)()
    except kind as error:
        assert text in str(error), error
        return error
    raise AssertionError("no %s: %s" % (kind.__name__, text))


def local(*columns, side="item"):
    columns = libsiamese.Columns(*columns)
    return libsiamese.Model.load("model.siamese").encode(columns, side=side)


def numbers(column):
    """The vectors of a column of lists."""
    return np.stack([np.asarray(one, np.float32) for one in column])


def test_any_kind_of_text_column_has_the_bits_of_the_local_call():
    wanted = bits(local(TITLES))
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        column = TITLES.cast(kind) if kind != TITLES.type else TITLES
        series = pd.Series(pd.arrays.ArrowExtensionArray(column), name="title")
        data = dd.from_pandas(series, npartitions=4, sort=False)
        found = embed(data, "model.siamese", output="array").compute()
        assert (bits(found) == wanted).all(), kind
    with dask.config.set({"dataframe.convert-string": False}):
        for series in (
            pd.Series(TITLES.to_pylist(), name="title", dtype=object),
            pd.Series(TITLES.to_pylist(), name="title", dtype="category"),
        ):
            data = dd.from_pandas(series, npartitions=4, sort=False)
            found = embed(data, "model.siamese", output="array").compute()
            assert (bits(found) == wanted).all(), series.dtype


def test_chunks_slices_and_nulls_are_read_where_they_lie():
    some = TITLES.slice(7, 500).to_pylist()
    some[3] = some[250] = None
    whole = pa.chunked_array(
        [pa.array(["x", "y", *some[:201]]).slice(2), pa.array([], pa.string())]
        + [pa.array([*some[201:], "z"]).slice(0, 299)]
    )
    series = pd.Series(pd.arrays.ArrowExtensionArray(whole), name="title")
    data = dd.from_pandas(series, npartitions=3, sort=False)
    found = embed(data, "model.siamese", output="array", missing="empty").compute()
    assert (bits(found) == bits(local([text or "" for text in some]))).all()
    raises(
        libsiamese.ArgumentError,
        "title: row 83 of partition 0 (index 250) is missing",
        embed,
        data.partitions[1],
        "model.siamese",
    )


def test_fields_are_found_by_their_names():
    wanted = bits(local(TITLES, BRANDS))
    for frame in (FRAME, FRAME[["brand", "id", "title"]]):
        found = embed(frame, "model.siamese", output="array").compute()
        assert (bits(found) == wanted).all()
    named = FRAME.rename(columns={"title": "a", "brand": "b"})
    found = embed(named, "model.siamese", columns=["a", "b"], output="array")
    assert (bits(found.compute()) == wanted).all()
    found = embed(named, "model.siamese", columns="a", output="array").compute()
    assert (bits(found) == bits(local(TITLES))).all()
    raises(
        libsiamese.ArgumentError,
        "no column 'brand' for the field 'brand'; there are ['id', 'title']",
        embed,
        FRAME[["id", "title"]],
        "model.siamese",
    )
    raises(
        libsiamese.ArgumentError,
        "3 of them, where the item tower has the fields ['text', 'brand']",
        embed,
        FRAME,
        "model.siamese",
        columns=["title", "brand", "title"],
    )


def test_outputs_have_the_types_that_were_promised():
    wanted = local(TITLES, BRANDS)
    for keep, kept in ((None, ["id", "title", "brand"]), (["id"], ["id"]), ([], [])):
        lists = embed(FRAME, "model.siamese", keep=keep, into="v")
        assert list(lists.columns) == [*kept, "v"]
        found = lists.compute()
        assert dict(found.dtypes) == dict(lists.dtypes)
        assert found["v"].dtype.pyarrow_dtype == pa.list_(pa.float32(), 8)
        assert (numbers(found["v"]) == wanted).all()
        assert (found.index == np.arange(COUNT)).all()
        columns = embed(FRAME, "model.siamese", keep=keep, output="columns")
        found = columns.compute()
        assert dict(found.dtypes) == dict(columns.dtypes)
        vectors = found[["embedding_%d" % i for i in range(8)]].to_numpy()
        assert (bits(vectors) == bits(wanted)).all()
    for dtype in ("float16", "float64"):
        array = embed(FRAME, "model.siamese", output="array", dtype=dtype)
        assert array.dtype == dtype and array.shape[1] == 8
        assert (array.compute() == wanted.astype(dtype)).all()
        lists = embed(FRAME, "model.siamese", dtype=dtype).compute()
        assert (np.stack(lists["embedding"]) == wanted.astype(dtype)).all()
    array = embed(FRAME, "model.siamese", output="array", lengths=True)
    assert array.shape == (COUNT, 8) and len(array.chunks[0]) == FRAME.npartitions
    series = embed(FRAME["title"], "model.siamese").compute()
    assert list(series.columns) == ["embedding"]


def test_a_frame_of_empty_partitions_has_no_vectors():
    nothing = FRAME[FRAME["id"] < 0]
    assert embed(nothing, "model.siamese", output="array").compute().shape == (0, 8)
    assert len(embed(nothing, "model.siamese").compute()) == 0
    for how in ({"lengths": True}, {"rows": 10}):
        array = embed(nothing, "model.siamese", output="array", **how)
        to_npy(array, "empty.npy")
        assert np.load("empty.npy").shape == (0, 8)


def test_large_partitions_become_pieces_of_the_same_bits():
    wanted = bits(local(TITLES, BRANDS))
    for rows, most in ((1, 1), (97, 86), (600, 600), (10**6, 600)):
        array = embed(FRAME, "model.siamese", output="array", rows=rows)
        assert max(array.chunks[0]) == most and sum(array.chunks[0]) == COUNT
        if rows > 1:
            assert (bits(array.compute()) == wanted).all()
    lists = embed(FRAME, "model.siamese", rows=250, keep=["id"])
    assert lists.npartitions == 15
    found = lists.compute()
    assert (found["id"] == np.arange(COUNT)).all()
    assert (bits(numbers(found["embedding"])) == wanted).all()
    assert dict(found.dtypes) == dict(lists.dtypes)
    uneven = FRAME[(FRAME["id"] < 700) | (FRAME["id"] == 2999)]
    found = embed(uneven, "model.siamese", output="array", rows=200)
    assert found.chunks[0] == (200, 200, 200, 100, 1)
    assert (bits(found.compute()) == wanted[[*range(700), 2999]]).all()
    lacking = FRAME.assign(title=FRAME["title"].where(FRAME["id"] != 1234))
    raises(
        libsiamese.ArgumentError,
        "title: row 34 of partition 2 (index 1234) is missing",
        embed,
        lacking,
        "model.siamese",
        rows=100,
    )


def test_a_process_opens_a_model_once_and_a_task_is_small():
    opened = []
    real = _model_file.ModelFile._open

    def counted(self):
        opened.append(self)
        return real(self)

    _model_file.ModelFile._open = counted
    _model_file._opened.clear()
    try:
        work = embed(FRAME.repartition(npartitions=16), "model.siamese")
        work.compute(scheduler="threads", num_workers=8)
        work.compute(scheduler="threads", num_workers=8)
    finally:
        _model_file.ModelFile._open = real
    assert len(opened) == 1 and opened[0].threads == 1
    assert opened[0].tower().options["threads"] == 1
    assert len(pickle.dumps(opened[0])) < 1000


def test_the_same_model_gives_the_same_tasks_and_another_gives_others():
    first = embed(FRAME, "model.siamese")
    assert first._name == embed(FRAME, "model.siamese")._name
    other = embed(FRAME, "model.siamese", side="query", columns="title")
    assert first._name != other._name


def test_what_cannot_be_read_or_sent_is_refused():
    refused = libsiamese.ArgumentError
    raises(FileNotFoundError, "none.siamese", embed, FRAME, "none.siamese")
    model = libsiamese.Model.load("model.siamese")
    raises(refused, "in the memory of this process", embed, FRAME, model)
    raises(refused, "from_pandas", embed, FRAME.compute(), "model.siamese")
    for wrong, text in (
        ({"side": "both"}, "side: 'both'"),
        ({"output": "json"}, "output: 'json'"),
        ({"dtype": "int8"}, "dtype: 'int8'"),
        ({"missing": "drop"}, "missing: 'drop'"),
        ({"threads": 0}, "threads: 0"),
        ({"rows": 0}, "rows: 0"),
        ({"lengths": True}, "for output='array', or with rows"),
        ({"output": "array", "lengths": [1]}, "lengths: 1 of them"),
        ({"columns": "heading"}, "no column 'heading'; there are"),
        ({"keep": ["price"]}, "no column 'price'"),
        ({"keep": "id"}, "keep: is one name"),
        ({"columns": ["id"]}, "id: a column of int64 holds no texts"),
    ):
        raises(refused, text, embed, FRAME, "model.siamese", **wrong)


def test_a_file_of_vectors_is_whole_or_as_it_was():
    np.save("old.npy", np.zeros(3))
    lacking = FRAME.assign(title=FRAME["title"].where(FRAME["id"] != 2999))
    vectors = embed(lacking, "model.siamese", output="array", lengths=True)
    raises(libsiamese.ArgumentError, "row 599", to_npy, vectors, "old.npy")
    assert np.load("old.npy").shape == (3,)
    wrong = embed(FRAME, "model.siamese", output="array", lengths=[600] * 4 + [601])
    raises(libsiamese.StateError, "were promised", to_npy, wrong, "old.npy")
    assert np.load("old.npy").shape == (3,)
    assert not [name for name in os.listdir() if "partial" in name]
    to_npy(embed(FRAME, "model.siamese", output="array", lengths=True), "old.npy")
    assert (bits(np.load("old.npy")) == bits(local(TITLES, BRANDS))).all()
    ids = da.arange(1000, chunks=300)
    to_npy(ids, "ids.npy")
    assert (np.load("ids.npy") == np.arange(1000)).all()
    square = da.ones((50, 60), chunks=(20, 25)) * da.arange(60, chunks=25)
    to_npy(square, "square.npy")
    assert (np.load("square.npy") == np.arange(60) * np.ones((50, 1))).all()
    unknown = embed(FRAME, "model.siamese", output="array")
    raises(libsiamese.ArgumentError, "lengths=True", to_npy, unknown, "x.npy")
    raises(libsiamese.ArgumentError, "no Dask array", to_npy, np.zeros(3), "x.npy")


def test_a_missing_engine_is_named_with_what_installs_it():
    for package, use in (("dask", ""), ("distributed", "ShardedIndex(None)")):
        program = (
            "import sys; sys.modules[%r] = None\n"
            "from libsiamese.dask import ShardedIndex\n%s" % (package, use)
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True
        )
        last = done.stderr.strip().split("\n")[-1]
        named = "ImportError: libsiamese.dask needs the package %s " % package
        assert last.startswith(named), done.stderr
        assert last.endswith("pip install 'libsiamese[dask]'"), last


if __name__ == "__main__":
    os.chdir(tempfile.mkdtemp(dir=sys.argv[1]))
    dask.config.set(scheduler="threads")
    TITLES = titles(COUNT)
    BRANDS = pa.array(["brand %d" % (i % 7) for i in range(COUNT)])
    vocab = libsiamese.Vocab(max_tokens=900).add(TITLES).add(BRANDS).finish()
    towers = [
        libsiamese.Tower(vocab, encoder="bag", embedding_dim=8, seed=seed)
        for seed in (1, 2)
    ]
    for tower in towers:
        tower.add_field("brand", vocab)
    libsiamese.Model.from_towers(*towers).save("model.siamese")
    FRAME = dd.from_pandas(
        pd.DataFrame(
            {
                "id": np.arange(COUNT),
                "title": pd.arrays.ArrowExtensionArray(TITLES),
                "brand": pd.arrays.ArrowExtensionArray(BRANDS),
            }
        ),
        npartitions=5,
    )
    run(globals())
