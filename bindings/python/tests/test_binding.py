"""The tables of the package against the headers of the library: functions by
their arguments, structs by size and offsets, options by what is described."""

import ctypes
import glob
import os
import re
import shutil
import subprocess

import pytest

from libsiamese import _library, _options, _structs

INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../include")

pytestmark = pytest.mark.skipif(
    not os.path.isdir(INCLUDE), reason="the headers are not here"
)

SCALARS = {
    "size_t": "z",
    "int32_t": "i",
    "siamese_status": "i",
    "int64_t": "q",
    "float": "f",
    "double": "d",
    "uint64_t": "u",
}


def headers():
    text = ""
    for path in sorted(glob.glob(os.path.join(INCLUDE, "siamese", "*.h"))):
        with open(path) as file:
            text += file.read()
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def letter(argument):
    argument = re.sub(r"\s+", " ", argument.strip())
    if re.match(r"const char \*\w*$", argument):
        return "s"
    if "*" in argument or re.search(r"_fn \w+$", argument):
        return "p"
    return SCALARS[argument.split(" ")[0]]


def declared():
    found = {}
    pattern = r"SIAMESE_API\s+([\w\s]+?\*?)\s*\bsiamese_(\w+)\s*\(([^;]*?)\)\s*;"
    for result, name, arguments in re.findall(pattern, headers()):
        result = " ".join(result.split()) + " "
        kind = {
            "siamese_status ": "",
            "void ": "v",
            "const char * ": "s",
            "size_t ": "z",
            "int32_t ": "i",
            "const size_t * ": "Z",
            "const float * ": "F",
            "const int64_t * ": "Q",
        }[result]
        given = [] if arguments.strip() == "void" else arguments.split(",")
        letters = [letter(one) for one in given]
        found[name] = ("".join(letters), kind)
    return found


def test_functions_have_the_arguments_of_the_headers():
    known = declared()
    assert len(known) > 140
    for line in filter(None, _library._FUNCTIONS.split("\n")):
        left, _, result = line.partition(" -> ")
        name, _, arguments = left.strip().partition(" ")
        wanted, kind = known[name]
        # bytes are given as a pointer where they may hold a NUL
        for have, want in zip(arguments, wanted):
            assert have == want or (have, want) == ("p", "s"), name
        assert len(arguments) == len(wanted), name
        assert result == kind, name


def test_every_kind_of_options_is_known():
    kinds = set(re.findall(r"siamese_(\w+)_options_init", headers()))
    assert kinds == set(_library._OPTIONS.split())


def c_name(name):
    return "siamese_" + re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_structs_have_the_layout_of_the_headers(tmp_path):
    lines, wanted = [], []
    for name, struct in vars(_structs).items():
        if not isinstance(struct, type) or name in ("Sized", "Structure"):
            continue
        if not issubclass(struct, ctypes.Structure):
            continue
        lines.append('printf("%%zu\\n", sizeof(%s));' % c_name(name))
        wanted.append(ctypes.sizeof(struct))
        for member, _ in struct._fields_:
            lines.append(
                'printf("%%zu\\n", offsetof(%s, %s));' % (c_name(name), member)
            )
            wanted.append(getattr(struct, member).offset)
    source = tmp_path / "layout.c"
    source.write_text(
        "#include <stddef.h>\n#include <stdio.h>\n#include <siamese/siamese.h>\n"
        "int main(void)\n{\n%s\nreturn 0;\n}\n" % "\n".join(lines)
    )
    program = str(tmp_path / "layout")
    subprocess.check_call(["cc", "-I", INCLUDE, "-o", program, str(source)])
    found = subprocess.check_output([program], text=True).split()
    assert [int(number) for number in found] == wanted


def test_types_of_options_are_those_that_are_described():
    tools = os.path.join(os.path.dirname(__file__), "..", "tools", "option_types.py")
    space = {"__name__": "option_types"}
    with open(tools) as file:
        exec(compile(file.read(), tools, "exec"), space)
    from libsiamese import _option_types

    with open(_option_types.__file__) as file:
        assert file.read() == space["text"]()


def test_options_come_back_as_they_were_given():
    from libsiamese import Vocab

    vocab = Vocab(
        max_tokens=77, ngrams=[1, 3], standardize="lower", threads=2, compounds=False
    )
    options = vocab.options
    assert options["max_tokens"] == 77 and options["ngrams"] == (1, 3)
    assert options["standardize"] == "lower" and options["threads"] == 2
    assert {o.name for o in _options.describe("vocab")} == set(options)
