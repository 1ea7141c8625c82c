"""Files that cannot be written or read: what is there stays, and the error is the
one that Python's own open would give."""

import errno
import os

import pytest

import libsiamese


@pytest.fixture(scope="module")
def model():
    model = libsiamese.Model("small", epochs=1, threads=1)
    return model.fit(["couch", "tap"], ["red velvet sofa", "brass kitchen faucet"])


def savers(model):
    yield model.save
    yield model.to_bundle().save
    yield model.query_tower.save
    yield model.index.export_faiss


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_the_systems_own_error(model):
    for save in savers(model):
        with pytest.raises(OSError, match="/dev/full: .*No space left") as caught:
            save("/dev/full")
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.filename == "/dev/full"


def test_a_disk_that_fills_up_leaves_the_old_file(model, tmp_path):
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    path = tmp_path / "m.siamese"
    model.save(path)
    old = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(old) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="m.siamese: .*too large") as caught:
            model.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == old and os.listdir(tmp_path) == ["m.siamese"]


def test_a_folder_where_nothing_can_be_made(model, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    places = [tmp_path / "none"]  # and, since root may write anywhere:
    places += [folder] if os.geteuid() else []
    for place in places:
        for save in savers(model):
            with pytest.raises(OSError, match="m.siamese: .*folder"):
                save(place / "m.siamese")
    assert os.listdir(folder) == []


def test_a_file_of_a_newer_format_says_so(model, tmp_path):
    path = tmp_path / "m.siamese"
    model.save(path)
    data = bytearray(path.read_bytes())
    data[8:12] = (2).to_bytes(4, "little")  # the format's version: docs/format.md
    path.write_bytes(data)
    before = model.search("couch", 1)[0]
    for read in (
        libsiamese.Model.load,
        libsiamese.Bundle.load,
        libsiamese.Tower.load,
        libsiamese.sections,
        model.reload,
    ):
        with pytest.raises(
            libsiamese.VersionError, match="m.siamese: .*version 2 is newer"
        ):
            read(path)
    with pytest.raises(libsiamese.VersionError, match="version 2 is newer"):
        libsiamese.Bundle.from_bytes(bytes(data))
    assert model.search("couch", 1)[0] == before


def test_no_name_is_cut_at_a_nul(model, tmp_path):
    path = tmp_path / "m.siamese"
    model.save(path)
    for call in (
        lambda: model.save(str(path) + "\0.bak"),
        lambda: libsiamese.Model.load(str(path) + "\0.bak"),
        lambda: model.reload(str(path) + "\0.bak"),
        lambda: libsiamese.sections(str(path) + "\0"),
        lambda: libsiamese.Model("small\0er"),
        lambda: libsiamese.Model(standardize="lower\0case"),
        lambda: libsiamese.apply_preset("small\0er"),
        lambda: model.add_items(["bed"], None, {"brand\0": ["acme"]}),
        lambda: model.add_column("brand\0"),
        lambda: model.items.column("title\0"),
        lambda: model.search("couch").column("title\0"),
        lambda: model.query_tower.get("embedding\0"),
    ):
        with pytest.raises(libsiamese.ArgumentError, match="has a NUL inside"):
            call()
    assert os.listdir(tmp_path) == ["m.siamese"]
