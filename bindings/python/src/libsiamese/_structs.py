"""The structs of the C headers that the package fills in or reads. Those of
options are never laid out here: options are set and read by name.

A test compares sizes and offsets with the headers.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    c_char,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)
from typing import Any

TOPK = (1, 5, 10, 50, 100)


class Text(ctypes.Structure):
    _fields_ = [("data", c_char_p), ("size", c_size_t)]


class Sized(ctypes.Structure):
    """A struct that begins with its size."""

    def __init__(self, **values: Any) -> None:
        super().__init__(struct_size=sizeof(self), **values)


class OptionInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("type", c_char_p),
        ("default_value", c_char_p),
        ("range", c_char_p),
        ("help", c_char_p),
    ]


class VocabStats(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("texts", c_uint64),
        ("tokens", c_uint64),
        ("unknown_tokens", c_uint64),
        ("texts_cut", c_uint64),
        ("tokens_cut", c_uint64),
    ]


class ParameterInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char * 64),
        ("rank", c_size_t),
        ("shape", c_size_t * 4),
        ("count", c_size_t),
        ("precision", c_int32),
    ]


class Pairs(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("queries", c_void_p),
        ("items", c_void_p),
        ("query_fields", c_size_t),
        ("item_fields", c_size_t),
        ("item_ids", c_void_p),
        ("weights", c_void_p),
        ("item_probabilities", c_void_p),
        ("count", c_size_t),
        ("negatives", c_void_p),
        ("negative_offsets", c_void_p),
        ("negative_ids", c_void_p),
        ("negative_probabilities", c_void_p),
    ]


class Source(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("context", c_void_p),
        ("read", c_void_p),
        ("rewind", c_void_p),
        ("release", c_void_p),
    ]


class Progress(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("stage", c_int32),
        ("topk_known", c_int32),
        ("step", c_uint64),
        ("epoch", c_size_t),
        ("epochs", c_size_t),
        ("epoch_step", c_size_t),
        ("epoch_steps", c_size_t),
        ("pairs", c_size_t),
        ("loss_mean", c_double),
        ("loss_batch_sum", c_double),
        ("pairs_per_second", c_double),
        ("seconds", c_double),
        ("seconds_left", c_double),
        ("stage_done", c_double),
        ("topk", c_double * len(TOPK)),
        ("validation_step", c_uint64),
        ("validation_loss", c_double),
        ("validation_topk", c_double * len(TOPK)),
        ("best_step", c_uint64),
        ("best_value", c_double),
        ("validations_without_best", c_size_t),
        ("stopped_early", c_int32),
        ("best_restored", c_int32),
        ("validation_tied", c_size_t),
        ("learning_rate", c_double),
    ]


class Step(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("step", c_uint64),
        ("pairs", c_size_t),
        ("loss_sum", c_double),
        ("loss_mean", c_double),
    ]


class Exchange(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("rank", c_size_t),
        ("size", c_size_t),
        ("context", c_void_p),
        ("all_gather", c_void_p),
    ]


class IndexInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("dim", c_size_t),
        ("count", c_size_t),
        ("nlist", c_size_t),
        ("nprobe", c_size_t),
        ("metric", c_int32),
        ("memory", c_size_t),
    ]


class PresetInfo(Sized):
    _fields_ = [("struct_size", c_size_t), ("name", c_char_p), ("help", c_char_p)]


class PresetSetting(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_char_p),
        ("name", c_char_p),
        ("value", c_char_p),
    ]


class Judgements(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("queries", c_size_t),
        ("offsets", c_void_p),
        ("ids", c_void_p),
        ("grades", c_void_p),
    ]


class Vectors(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("dim", c_size_t),
        ("queries", c_void_p),
        ("items", c_void_p),
        ("item_ids", c_void_p),
        ("item_count", c_size_t),
    ]


class Rankings(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("depth", c_size_t),
        ("ids", c_void_p),
        ("found", c_void_p),
        ("scores", c_void_p),
    ]


class EvaluatorCounts(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("queries", c_size_t),
        ("relevant", c_size_t),
        ("relevant_items", c_size_t),
        ("gaining", c_size_t),
        ("tied", c_size_t),
    ]


class SectionInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char * 64),
        ("user", c_int32),
        ("version", c_uint32),
        ("stored_size", c_uint64),
        ("size", c_uint64),
        ("crc32", c_uint32),
    ]


class ColumnValues(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("texts", c_void_p),
        ("integers", c_void_p),
        ("numbers", c_void_p),
        ("present", c_void_p),
    ]


class ItemRows(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("count", c_size_t),
        ("ids", c_void_p),
        ("text_ids", c_void_p),
        ("titles", c_void_p),
        ("columns", ctypes.POINTER(ColumnValues)),
        ("column_count", c_size_t),
    ]


class ItemsInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("count", c_size_t),
        ("next_row", c_int64),
        ("columns", c_size_t),
        ("ids", c_int32),
        ("repeats", c_int32),
        ("bytes", c_uint64),
    ]


class ColumnInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char * 64),
        ("type", c_int32),
    ]


class SearchRequest(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("texts", c_void_p),
        ("fields", c_size_t),
        ("vectors", c_void_p),
        ("count", c_size_t),
        ("k", c_size_t),
        ("min_score", c_double),
        ("filter", c_void_p),
        ("nprobe", c_size_t),
        ("exact", c_int32),
        ("dedupe", c_int32),
        ("dim", c_size_t),
        ("scan", c_int32),
        ("rerank", c_int32),
        ("spelling", c_int32),
        ("feedback", c_int32),
        ("explain", c_int32),
        ("collapse_titles", c_int32),
        ("min_confidence", c_double),
        ("strict_nprobe", c_int32),
    ]


class RankerInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("features", c_size_t),
        ("learned_queries", c_uint64),
        ("uses_learned", c_int32),
    ]


class RankerFeature(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("help", c_char_p),
        ("weight", c_double),
    ]


class ModelInfo(Sized):
    _fields_ = [
        ("struct_size", c_size_t),
        ("dim", c_size_t),
        ("items", c_size_t),
        ("vectors", c_size_t),
        ("pairs", c_size_t),
        ("generation", c_uint64),
        ("trained", c_int32),
        ("training", c_int32),
    ]
