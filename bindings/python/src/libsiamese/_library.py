"""The shared library: where it is, its functions with their argument types,
and calls that raise. Everything of C that the package uses passes through here.

ctypes releases the interpreter's lock during each call, so other threads run.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_void_p,
)
from typing import TYPE_CHECKING, Any, Dict, Optional

from ._errors import ArgumentError, SiameseError, error_of

if TYPE_CHECKING:
    from ._saved import Path

__all__ = ["check", "failure", "lib", "path_of", "version", "word_of"]

# What each function takes, after "siamese_": p pointer, s text with a NUL,
# z size_t, i int32, q int64, f float, d double. Its result is a status unless
# "->" says otherwise: v is none, Z, Q and F are pointers to z, q and f. A test
# compares this with the headers.
_FUNCTIONS = """
last_error -> s
status_name i -> s
status_text i -> s
version -> s
vocab_create pp
vocab_add ppz
vocab_finish p
vocab_free p -> v
vocab_size p -> z
vocab_tokenize ppzpzpp
vocab_encode ppzpz
vocab_token pqpzp
vocab_lookup ppzp
vocab_get_options pp
vocab_get_stats pp
vocab_measure ppzp
vocab_set_tokens ppz
vocab_set_idf pppz
vocab_get_idf ppz
vocab_grow pppz
vocab_load_sentencepiece ppzp
vocab_train_sentencepiece ppzp
vocab_get_sentencepiece ppzp
tower_create pp
tower_add_field pspp
tower_free p -> v
tower_dim p -> z
tower_encode ppzzpz
tower_encode_ids pppzpz
tower_get_options pp
tower_field_count p -> z
tower_get_vocab pzp
tower_get_field_name pzpzp
tower_parameter_count p -> z
tower_parameter_info pzp
tower_parameter_get pspzp
tower_parameter_set pspz
tower_quantize ppi
tower_grow ppzp
trainer_create pppp
trainer_free p -> v
trainer_add_pairs pp
trainer_add_items pp
trainer_pair_count p -> z
trainer_item_count p -> z
trainer_set_validation ppp
trainer_set_source pp
trainer_fit ppp
trainer_cancel p
trainer_forget_cancel p
trainer_set_exchange pp
trainer_step ppzp
trainer_snapshot ppp
trainer_evaluate ppppzpz
trainer_get_progress pp
trainer_get_gradient pispzp
trainer_set_option pss
trainer_get_options pp
trainer_grow pizp
index_create pzp
index_add pppz
index_remove ppzp
index_update pppzp
index_contains pqp
index_get_ids ppzp
index_get_vectors pqpzp
index_train_with_progress ppzpp
index_free p -> v
index_search_filtered ppzzppppzp
index_range_search_filtered ppzfpppppzp
id_filter_create pipz
id_filter_free p -> v
index_tune_nprobe_with_progress ppzzdpppp
index_set_nprobe pz
index_count p -> z
index_reconstruct pqpz
index_get_info pp
index_get_options pp
index_get_centroids ppzp
index_set_centroids ppzz
hits_merge ppzzzippzpp
hits_merge_range pppzzipppzpp
index_export_faiss ps
ranker_create pp
ranker_free p -> v
ranker_get_options pp
ranker_get_info pp
ranker_describe_feature pzp
preset_apply spppp
preset_describe zp
preset_get szp
evaluator_create pppz
evaluator_add_vectors ppppz
evaluator_add_rankings ppppz
evaluator_get_means ppzp
evaluator_free p -> v
ranking_name i -> s
bundle_create p
bundle_set_vocab pp
bundle_set_query_tower pp
bundle_set_item_tower pp
bundle_set_trainer pp
bundle_set_index pp
bundle_set_ranker pp
bundle_set_section pspz
bundle_free p -> v
checkpoint_save spp
checkpoint_write pppp
checkpoint_load psp
checkpoint_load_memory ppzp
bundle_get_vocab pp
bundle_get_query_tower pp
bundle_get_item_tower pp
bundle_get_trainer pp
bundle_get_index pp
bundle_get_ranker pp
bundle_get_section pspzp
checkpoint_verify s
checkpoint_info spzpp
items_free p -> v
items_count p -> z
items_get_info pp
items_get_column pzp
items_get_rows ppzp
items_get_texts pspzppzpp
items_get_integers pspzpzp
items_get_numbers pspzpzp
items_create_filter ppippzp
items_create_where_filter ppspp
search_request_init pz
hits_free p -> v
hits_query_count p -> z
hits_count pz -> z
hits_offsets p -> Z
hits_known pz -> i
hits_scores pz -> F
hits_ids pz -> Q
hits_vector_scores pz -> F
hits_confidences pz -> F
hits_get_shares pzzpzp
hits_corrected pz -> s
hits_title pzz -> s
hits_text_id pzz -> s
hits_get_texts psppzp
hits_get_integers psppzp
hits_get_numbers psppzp
model_create psp
model_free p -> v
model_set pss
model_add_column psi
model_add_field psp
model_add_pairs pp
model_set_validation ppp
model_set_vocab pp
model_train ppp
model_resume ppp
model_prepare p
model_cancel p
model_forget_cancel p
model_grow pz
model_rebuild ppp
model_finish p
model_add_items pp
model_update_items pp
model_remove_items pppzp
model_search_text pszp
model_search ppp
model_encode pipzzpz
model_save psp
model_open psp
model_reload psp
model_get_info pp
model_get_vocab pp
model_get_query_tower pp
model_get_item_tower pp
model_get_trainer pp
model_get_index pp
model_get_items pp
model_get_ranker pp
model_get_bundle pp
model_from_bundle pp
"""

_OPTIONS = (
    "vocab tower field trainer index search ranker evaluator save load items model"
)

_TYPES: Dict[str, Any] = {
    "p": c_void_p,
    "s": c_char_p,
    "z": c_size_t,
    "i": c_int32,
    "q": c_int64,
    "f": c_float,
    "d": c_double,
    "v": None,
    "Z": POINTER(c_size_t),
    "F": POINTER(c_float),
    "Q": POINTER(c_int64),
}

_NAMES = {"darwin": "libsiamese.0.dylib", "win32": "siamese.dll"}
_NAME = _NAMES.get(sys.platform, "libsiamese.so.0")


def _load() -> ctypes.CDLL:
    """The library beside this file, as in a wheel, else the system's."""
    inside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib", _NAME)
    name = inside if os.path.exists(inside) else _NAME
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise ImportError(
            "libsiamese: the shared library %s was not found or does not load "
            "(%s); install a wheel, or the system's package of the library"
            % (_NAME, error)
        ) from error


def _declare(library: ctypes.CDLL) -> None:
    for line in _FUNCTIONS.split("\n"):
        if not line:
            continue
        left, _, result = line.partition(" -> ")
        name, _, arguments = left.strip().partition(" ")
        function = getattr(library, "siamese_" + name)
        function.argtypes = [_TYPES[letter] for letter in arguments]
        function.restype = _TYPES[result] if result else c_int32
    for kind in _OPTIONS.split():
        start = "siamese_%s_options_" % kind
        for name, arguments in (
            ("init", "pz"),
            ("set", "pss"),
            ("get", "pspzp"),
            ("describe", "zp"),
        ):
            function = getattr(library, start + name)
            function.argtypes = [_TYPES[letter] for letter in arguments]
            function.restype = c_int32


#: The loaded library; lib.siamese_X are its functions.
lib: Any = _load()
_declare(lib)


def failure(status: int, path: Optional[str] = None) -> SiameseError:
    """The exception of this thread's last call, which gave ``status``."""
    text: bytes = lib.siamese_last_error()
    return error_of(status, text.decode("utf-8", "replace"), path)


def check(status: int, path: Optional[str] = None) -> None:
    """Raises unless a call succeeded."""
    if status:
        raise failure(status, path)


def word_of(text: str) -> bytes:
    """The bytes of a name or a value. C ends it at the first NUL, so that one
    with a NUL inside would be taken for another."""
    return _whole(text.encode())


def path_of(path: "Path") -> bytes:
    """The bytes of a path."""
    return _whole(os.fsencode(path))


def _whole(data: bytes) -> bytes:
    if b"\0" in data:
        raise ArgumentError("%r: has a NUL inside" % data)
    return data


def version() -> str:
    """The version of the shared library that runs."""
    text: bytes = lib.siamese_version()
    return text.decode()
