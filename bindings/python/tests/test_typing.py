"""The package and a user's program, checked by mypy and run."""

import os
import subprocess
import sys

import pytest

import libsiamese

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "sample.py")


def checked(*arguments, cache):
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *arguments],
        capture_output=True,
        text=True,
        cwd=cache,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_package_is_strictly_typed(tmp_path):
    package = os.path.dirname(libsiamese.__file__)
    assert os.path.exists(os.path.join(package, "py.typed"))
    code, text = checked("-p", "libsiamese", cache=str(tmp_path))
    assert code == 0, text


def test_a_program_is_strictly_typed_and_runs(tmp_path):
    code, text = checked(SAMPLE, cache=str(tmp_path))
    assert code == 0, text
    out = subprocess.check_output([sys.executable, SAMPLE], text=True)
    assert out.startswith("['red sofa'") and out.endswith("(3,) (3, 2)\n")


@pytest.mark.parametrize(
    "line, text",
    [
        ('libsiamese.Vocab(max_tokens="many")', "max_tokens"),
        ('libsiamese.Tower(encoder="cnn")', "Literal"),
        ("libsiamese.Model(no_such_option=1)", "no_such_option"),
        ("libsiamese.Index(16).search([[1.0]], k='ten')", "int"),
        ("libsiamese.Model().search('x')[0].price", "price"),
        ("libsiamese.Model().map(method='som')", "Literal"),
    ],
)
def test_mistakes_are_found_before_they_run(tmp_path, line, text):
    program = tmp_path / "wrong.py"
    program.write_text("import libsiamese\n\n%s\n" % line)
    code, out = checked(str(program), cache=str(tmp_path))
    assert code == 1 and text in out
