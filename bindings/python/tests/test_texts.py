"""Texts of every kind give the vectors that single texts give."""

import numpy as np
import pytest

import libsiamese
from libsiamese import _texts

TEXTS = ["oak writing desk", "Café für zwei", "", "日本 sofa", "x" * 40, "red 𝒳 sofa"]


def columns():
    yield "list", TEXTS
    yield "tuple", tuple(TEXTS)
    yield "bytes", [text.encode() for text in TEXTS]
    yield "generator", (text for text in TEXTS)
    yield "numpy U", np.array(TEXTS)
    yield "numpy object", np.array(TEXTS, object)
    yield (
        "numpy of every second",
        np.array([t for x in TEXTS for t in (x, 1)], object)[::2],
    )
    pd = pytest.importorskip("pandas")
    yield "pandas", pd.Series(TEXTS)
    yield "pandas object", pd.Series(TEXTS, dtype=object)
    yield "pandas python", pd.Series(TEXTS, dtype="string[python]")
    yield "pandas pyarrow", pd.Series(TEXTS, dtype="string[pyarrow]")
    yield "pandas category", pd.Series(TEXTS, dtype="category")
    yield "pandas index", pd.Series(TEXTS, index=range(9, 3, -1))
    yield "pandas frame", pd.DataFrame({"a": TEXTS})
    pa = pytest.importorskip("pyarrow")
    yield "pandas of arrow", pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string()))
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        yield "arrow %s" % kind, pa.array(TEXTS, kind)
        yield "arrow slice %s" % kind, pa.array(["q", *TEXTS, "q"], kind).slice(1, 6)
    yield "arrow dictionary", pa.array(TEXTS).dictionary_encode()
    yield "arrow chunks", pa.chunked_array([TEXTS[:2], [], TEXTS[2:]])
    yield "arrow table", pa.table({"a": TEXTS})
    yield "arrow batch slice", pa.record_batch({"a": pa.array(["q", *TEXTS])}).slice(1)
    pl = pytest.importorskip("polars")
    yield "polars", pl.Series(TEXTS)
    yield "polars category", pl.Series(TEXTS, dtype=pl.Categorical)
    yield "polars frame", pl.DataFrame({"a": TEXTS})


@pytest.fixture(scope="module")
def small():
    return libsiamese.Tower(libsiamese.Vocab.from_texts(TEXTS, split="character"))


@pytest.fixture(scope="module")
def wanted(small):
    return np.stack([small.encode(text) for text in TEXTS])


COLUMNS = list(columns())


@pytest.mark.parametrize("column", [c for _, c in COLUMNS], ids=[n for n, _ in COLUMNS])
def test_every_kind_of_column_gives_the_same_vectors(small, wanted, column):
    assert (small.encode(column) == wanted).all()


def missing():
    pd = pytest.importorskip("pandas")
    pa = pytest.importorskip("pyarrow")
    pl = pytest.importorskip("polars")
    texts = ["oak", None, "desk"]
    yield texts
    yield ["oak", float("nan"), "desk"]
    yield pd.Series(texts)
    yield pd.Series(texts, dtype="category")
    yield pd.Series(texts, dtype="string[python]")
    yield pd.Series(texts, dtype="string[pyarrow]")
    yield pa.array(texts)
    yield pa.array(texts, pa.string_view())
    yield pa.array(texts).dictionary_encode()
    yield pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(texts))
    yield pa.array(["q", *texts]).slice(1)
    yield pl.Series(texts)


@pytest.mark.parametrize("column", list(missing()), ids=lambda c: type(c).__name__)
def test_a_missing_text_is_refused_by_its_row_or_empty(small, column):
    with pytest.raises(libsiamese.ArgumentError, match="row 1 is missing"):
        small.encode(column)
    found = small.encode(libsiamese.Texts(column, missing="empty"))
    assert (found == small.encode(["oak", "", "desk"])).all()


@pytest.mark.parametrize(
    "column, text",
    [
        ([1, 2], "row 0 is of type int"),
        (np.zeros(3), "array of float64"),
        (7, "of type int"),
        (["ok", "\ud800"], "row 1 is no Unicode"),
    ],
)
def test_what_is_no_text_is_refused(small, column, text):
    with pytest.raises(libsiamese.ArgumentError, match=text):
        small.encode(column)


def test_arrow_numbers_are_refused(small):
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(libsiamese.ArgumentError, match="holds no texts"):
        small.encode(pa.array([1, 2]))


def test_many_rows_go_through_windows(small):
    texts = ["número %d café" % i if i % 3 else "plain %d" % i for i in range(40000)]
    found = small.encode(texts)
    for row in (0, 1, 16383, 16384, 16385, 32767, 32768, 39999):
        assert (found[row] == small.encode(texts[row])).all()


def test_long_rows_keep_the_buffer_small():
    long = ["y" * 700000, "é" * 500000, "oak", "z" * 1200000] * 3
    rows = _texts.rows_of(long, "texts")
    sizes, stop = [], 0
    for window in _texts.windows(rows):
        assert window.start == stop
        stop = window.stop
        sizes.append((window.stop - window.start, window.keep[1].nbytes))
    assert stop == len(long)
    assert all(count == 1 or size <= 1 << 20 for count, size in sizes)


def test_a_column_of_objects_is_never_copied_whole(small):
    tracemalloc = pytest.importorskip("tracemalloc")
    texts = np.array(["title number %d of a long column" % i for i in range(400000)])
    texts = texts.astype(object)
    out = np.empty((len(texts), small.dim), np.float32)
    tracemalloc.start()
    small.encode(texts, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 << 20, peak  # two buffers; the texts take 14 MB


def test_rows_of_several_fields(vocab):
    pd = pytest.importorskip("pandas")
    pa = pytest.importorskip("pyarrow")
    titles, brands = ["oak desk", "red sofa"], ["acme", ""]
    tower = libsiamese.Tower(vocab).add_field("brand", kind="id", buckets=16)
    wanted = tower.encode(libsiamese.Columns(titles, brands))
    frame = pd.DataFrame({"title": titles, "brand": brands})
    for rows in (
        frame,
        pa.Table.from_pandas(frame),
        np.array([titles, brands]).T,
        np.array([titles, brands], object).T,
    ):
        assert (tower.encode(rows) == wanted).all()
    assert not (tower.encode(titles)[0] == wanted[0]).all()
    with pytest.raises(libsiamese.ArgumentError, match="columns of 2 and of 1 rows"):
        tower.encode(libsiamese.Columns(titles, brands[:1]))
