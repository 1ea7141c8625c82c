"""All that Python needs around the C API: calls that raise, texts, numbers.

The loader must find libsiamese.so.0. ctypes makes a call and the error text's
copy on one thread, so the text is this call's."""
import array
import ctypes
from ctypes import c_char_p, c_float, c_size_t, c_void_p

try:
    import numpy
except ImportError:
    numpy = None

lib = ctypes.CDLL("libsiamese.so.0")
lib.siamese_last_error.restype = c_char_p


def call(name, *args):
    """siamese_NAME(*args), where every int is a size_t to C."""
    sized = [c_size_t(a) if isinstance(a, int) else a for a in args]
    if getattr(lib, "siamese_" + name)(*sized) != 0:
        raise RuntimeError(name + ": " + lib.siamese_last_error().decode())


class Handle(c_void_p):
    """Freed with the object; kind is "vocab", "tower", ..."""

    def __init__(self, kind):
        super().__init__()
        self.free = getattr(lib, "siamese_" + kind + "_free")

    def __del__(self):
        self.free(self)


class Text(ctypes.Structure):
    _fields_ = [("data", c_char_p), ("size", c_size_t)]


class Pairs(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("queries", ctypes.POINTER(Text)),
        ("items", ctypes.POINTER(Text)), ("query_fields", c_size_t),
        ("item_fields", c_size_t), ("item_ids", ctypes.POINTER(ctypes.c_int64)),
        ("weights", c_void_p), ("item_probabilities", c_void_p),
        ("count", c_size_t)]


def texts(strings):
    """siamese_text[], whose bytes live as long as it does."""
    encoded = [s.encode() for s in strings]
    return (Text * len(encoded))(*[(s, len(s)) for s in encoded])


def floats(count):
    """Numbers to look at (numpy's where it is there), and the same to C."""
    seen = numpy.zeros(count, "f") if numpy else array.array("f", [0] * count)
    return seen, (c_float * count).from_buffer(seen)
