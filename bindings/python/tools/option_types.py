"""Writes src/libsiamese/_option_types.py: the options that the library
describes, as types for checkers and editors. A test compares the two.

usage: python tools/option_types.py > src/libsiamese/_option_types.py
"""

from libsiamese import describe

KINDS = ("vocab", "field", "tower", "trainer", "index", "ranker", "evaluator")
PARTS = ("vocab", "field", "tower", "trainer", "index", "ranker")
TYPES = {
    "integer": "int",
    "float": "float",
    "flag": "bool",
    "list": "Union[str, Sequence[int]]",
}


def type_of(option):
    if option.type != "choice":
        return TYPES[option.type]
    words = ['"%s"' % word for word in option.range.split(" | ")]
    line = "Literal[%s]" % ", ".join(words)
    if len(line) + len(option.name) + 6 <= 80:
        return line
    rows = "".join("        %s,\n" % word for word in words)
    return "Literal[\n%s    ]" % rows


def text():
    out = [
        '"""The options of each class as types: made by tools/option_types.py."""\n\n'
        "from typing import Literal, Sequence, TypedDict, Union\n"
    ]
    for kind in KINDS:
        out.append("\n\nclass %sOptions(TypedDict, total=False):\n" % kind.title())
        for option in describe(kind):
            out.append("    %s: %s\n" % (option.name, type_of(option)))
            said = [option.help.rstrip("."), option.range]
            if option.type == "choice":  # whose range is its type
                said.pop()
            help_ = "%s; default %s" % ("; ".join(said), option.default)
            line = ""
            for word in help_.split():
                if len(line) + len(word) > 74:
                    out.append("    #%s\n" % line)
                    line = ""
                line += " " + word
            out.append("    #%s\n" % line)
    out.append(of_models())
    return "".join(out)


def of_models():
    """The options of all parts together; one that several have can be set in
    one of them by its name with the part's before it."""
    types, kinds = {}, {}
    for kind in PARTS:
        for option in describe(kind):
            types.setdefault(option.name, set()).add(type_of(option))
            kinds.setdefault(option.name, []).append(kind)
    out = ["\n\nclass ModelOptions(TypedDict, total=False):\n"]
    for name, found in types.items():
        if name == "threads":  # the model's own
            continue
        one = found.pop() if len(found) == 1 else "Union[%s]" % ", ".join(sorted(found))
        out.append("    %s: %s\n" % (name, one))
        for kind in kinds[name] if len(kinds[name]) > 1 else ():
            option = next(o for o in describe(kind) if o.name == name)
            out.append("    %s__%s: %s\n" % (kind, name, type_of(option)))
    return "".join(out)


if __name__ == "__main__":
    print(text(), end="")
