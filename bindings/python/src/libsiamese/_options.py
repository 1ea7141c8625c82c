"""Options by name: Python values to the library's structs, and back.

The layout of the structs stays the library's own business: a buffer of 1024
bytes holds options of any kind (docs/abi.md), and values go in and come out as
text.
"""

from __future__ import annotations

import ctypes
import functools
from ctypes import byref, c_size_t, create_string_buffer
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple, Union, cast

from ._errors import NotFoundError, OptionError
from ._library import check, lib, word_of
from ._structs import OptionInfo, PresetInfo, PresetSetting

__all__ = [
    "Option",
    "OptionValue",
    "apply_preset",
    "describe",
    "make",
    "presets",
    "read",
    "shared",
    "text_of",
]

#: What an option may be given as; all but numbers and words become text.
OptionValue = Union[str, int, float, bool, Tuple[int, ...], List[int], None]

_SIZE = 1024
_Buffer = ctypes.c_uint64 * (_SIZE // 8)


class Option(NamedTuple):
    """An option of the library, as it describes itself."""

    name: str
    type: str  #: "float", "integer", "choice", "flag" or "list"
    default: Any
    range: str  #: e.g. "> 0" or "none | lower"
    help: str


def text_of(name: str, value: object) -> bytes:
    """The text of a value, as the library reads it."""
    if isinstance(value, str):
        return word_of(value)
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, (list, tuple)):
        return ",".join(str(int(one)) for one in value).encode() or b"none"
    if hasattr(value, "__index__"):
        return str(int(cast(Any, value))).encode()
    if hasattr(value, "__float__"):
        return repr(float(cast(Any, value))).encode()
    raise OptionError(
        "%s: a value of type %s; an option is a word, a number, a bool, or a "
        "list of numbers" % (name, type(value).__name__)
    )


def _value_of(kind: str, text: str) -> Any:
    if kind == "integer":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "flag":
        return text == "1"
    if kind == "list":
        numbers: List[int] = []
        for part in () if text == "none" else text.split(","):
            first, _, last = part.partition("-")
            numbers.extend(range(int(first), int(last or first) + 1))
        return tuple(numbers)
    return text


@functools.lru_cache(maxsize=None)
def describe(kind: str) -> Tuple[Option, ...]:
    """All options of a kind: "vocab", "tower", "field", "trainer", "index",
    "search", "ranker", "evaluator", "save" or "load"."""
    function = getattr(lib, "siamese_%s_options_describe" % kind, None)
    if function is None:
        raise OptionError("there are no options of the kind %r" % kind)
    found: List[Option] = []
    while True:
        info = OptionInfo()
        try:
            check(function(len(found), byref(info)))
        except NotFoundError:
            return tuple(found)
        type_ = info.type.decode()
        found.append(
            Option(
                info.name.decode(),
                type_,
                _value_of(type_, info.default_value.decode()),
                info.range.decode(),
                info.help.decode(),
            )
        )


def make(kind: str, values: Mapping[str, object]) -> Any:
    """A struct of options of a kind; a value of None is the default."""
    buffer = _Buffer()
    check(getattr(lib, "siamese_%s_options_init" % kind)(buffer, _SIZE))
    put = getattr(lib, "siamese_%s_options_set" % kind)
    for name, value in values.items():
        if value is not None:
            check(put(buffer, word_of(name), text_of(name, value)))
    return buffer


@functools.lru_cache(maxsize=256)
def shared(kind: str, *values: Tuple[str, Any]) -> Any:
    """A struct that is made once; the library only reads it."""
    return make(kind, dict(values))


def read(kind: str, getter: Callable[[Any], int]) -> Dict[str, Any]:
    """All options that a handle has, by name, from its getter."""
    buffer = make(kind, {})
    check(getter(buffer))
    return dict(_values(kind, buffer))


def _values(kind: str, buffer: Any) -> List[Tuple[str, Any]]:
    get = getattr(lib, "siamese_%s_options_get" % kind)
    room = create_string_buffer(256)
    needed = c_size_t()
    found = []
    for option in describe(kind):
        check(get(buffer, option.name.encode(), room, len(room), byref(needed)))
        found.append((option.name, _value_of(option.type, room.value.decode())))
    return found


def presets() -> Dict[str, str]:
    """The names of the library's presets, and what each is for."""
    found: Dict[str, str] = {}
    while True:
        info = PresetInfo()
        try:
            check(lib.siamese_preset_describe(len(found), byref(info)))
        except NotFoundError:
            return found
        found[info.name.decode()] = info.help.decode()


def apply_preset(name: str) -> Dict[str, Dict[str, Any]]:
    """What a preset sets: options by name for "vocab", "tower", "trainer",
    "index" and "ranker", as the classes of these names take them."""
    check(lib.siamese_preset_apply(word_of(name), None, None, None, None))
    settings: Dict[str, Dict[str, Any]] = {
        kind: {} for kind in ("vocab", "tower", "trainer", "index", "ranker")
    }
    types = {
        (kind, option.name): option.type
        for kind in settings
        for option in describe(kind)
    }
    count = 0
    while True:
        one = PresetSetting()
        try:
            check(lib.siamese_preset_get(name.encode(), count, byref(one)))
        except NotFoundError:
            return settings
        kind, option = one.kind.decode(), one.name.decode()
        settings[kind][option] = _value_of(types[kind, option], one.value.decode())
        count += 1
