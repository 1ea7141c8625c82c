"""A vocabulary: texts to token ids."""

from __future__ import annotations

from ctypes import (
    byref,
    c_int64,
    c_size_t,
    create_string_buffer,
)
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple, Type, TypeVar, Union

import numpy as np

from ._arrays import address, floats, out_floats
from ._errors import RangeError
from ._library import check, lib
from ._options import make, read
from ._saved import Saved
from ._structs import VocabStats
from ._texts import rows_of, windows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._option_types import VocabOptions
    from ._texts import Column, TextsLike

__all__ = ["Vocab"]

_Self = TypeVar("_Self", bound="Vocab")


class Vocab(Saved):
    """Turns texts into token ids, as Keras's TextVectorization does, or by
    Unicode words, stems, hashed features or a sentencepiece model.

    It counts first, and is then finished and never changes again:

    >>> vocab = Vocab(max_tokens=1000).add(titles).add(queries).finish()

    The options are those of docs/text.md; ``describe("vocab")`` lists them.
    """

    _kind = "vocab"
    _part = "vocab"

    def __init__(self, **options: "Unpack[VocabOptions]") -> None:
        pointer = self._pointer_of()
        check(lib.siamese_vocab_create(byref(pointer), make("vocab", options)))
        self._pointer = pointer

    @classmethod
    def from_texts(
        cls: Type[_Self], *texts: "TextsLike", **options: "Unpack[VocabOptions]"
    ) -> _Self:
        """A finished vocabulary of one column of texts or several."""
        vocab = cls(**options)
        for column in texts:
            vocab.add(column)
        vocab.finish()
        return vocab

    @classmethod
    def from_tokens(
        cls: Type[_Self],
        tokens: "Column",
        *,
        idf: "Optional[ArrayLike]" = None,
        **options: "Unpack[VocabOptions]",
    ) -> _Self:
        """A finished vocabulary of a table: tokens in the order of their ids,
        "" and "[UNK]" first ("[UNK]" alone unless output_mode is int)."""
        vocab = cls(**options)
        rows = rows_of(tokens, "tokens")
        table, keep = rows.read(0, len(rows), None)
        if idf is None:
            check(
                lib.siamese_vocab_set_tokens(vocab._pointer, address(table), len(table))
            )
        else:
            values = floats(idf, "idf")
            if values.shape != (len(table),):
                raise ValueError(
                    "idf: has the shape %s, for %d tokens" % (values.shape, len(table))
                )
            check(
                lib.siamese_vocab_set_idf(
                    vocab._pointer, address(table), address(values), len(table)
                )
            )
        del keep
        return vocab

    @classmethod
    def from_sentencepiece(
        cls: Type[_Self], model: bytes, **options: "Unpack[VocabOptions]"
    ) -> _Self:
        """A vocabulary of the bytes of a sentencepiece .model file."""
        pointer = cls._pointer_of()
        check(
            lib.siamese_vocab_load_sentencepiece(
                byref(pointer), model, len(model), make("vocab", options)
            )
        )
        return cls._own(pointer)

    @classmethod
    def train_sentencepiece(
        cls: Type[_Self], texts: "Column", **options: "Unpack[VocabOptions]"
    ) -> _Self:
        """Trains a unigram model on texts; max_tokens is its size."""
        rows = rows_of(texts, "texts")
        table, keep = rows.read(0, len(rows), None)
        pointer = cls._pointer_of()
        check(
            lib.siamese_vocab_train_sentencepiece(
                byref(pointer),
                address(table),
                len(table),
                make("vocab", options),
            )
        )
        del keep
        return cls._own(pointer)

    # ---- from texts to a table ----

    def add(self: _Self, texts: "TextsLike") -> _Self:
        """Counts the tokens of texts; call it as often as more arrive. Of
        rows of several fields the tokens of all are counted."""
        for window in windows(rows_of(_column(texts), "texts")):
            rows = window.stop - window.start
            count = rows * (window.keep[0].size // (2 * rows))
            check(lib.siamese_vocab_add(self._pointer, window.address, count))
        return self

    def finish(self: _Self) -> _Self:
        """Freezes the table: the most frequent tokens, in this order."""
        check(lib.siamese_vocab_finish(self._pointer))
        return self

    # ---- from texts to ids or rows ----

    def __len__(self) -> int:
        """The number of ids; 0 before finish."""
        size: int = lib.siamese_vocab_size(self._pointer)
        return size

    def tokenize(
        self, texts: "Union[str, TextsLike]"
    ) -> "Tuple[NDArray[np.int64], NDArray[np.uint64]]":
        """The token ids of texts, without padding, as (ids, offsets): those of
        text r are ``ids[offsets[r]:offsets[r + 1]]``."""
        rows = rows_of(_column(texts), "texts")
        offsets = np.zeros(len(rows) + 1, np.uint64)
        parts: List[NDArray[np.int64]] = []
        total = 0
        for window in windows(rows):
            part, ends = self._tokenize(window.address, window.stop - window.start)
            offsets[window.start + 1 : window.stop + 1] = ends[1:] + np.uint64(total)
            total += len(part)
            parts.append(part)
        if len(parts) == 1:
            return parts[0], offsets
        return np.concatenate(parts or [np.empty(0, np.int64)]), offsets

    def _tokenize(self, texts: Optional[int], count: int) -> Tuple[Any, Any]:
        offsets = np.zeros(count + 1, np.uint64)
        needed = c_size_t()
        ids = np.empty(16 * count, np.int64)
        while True:
            try:
                check(
                    lib.siamese_vocab_tokenize(
                        self._pointer,
                        texts,
                        count,
                        address(ids),
                        len(ids),
                        address(offsets),
                        byref(needed),
                    )
                )
                return ids[: needed.value], offsets
            except RangeError:
                ids = np.empty(needed.value, np.int64)

    def encode(
        self,
        texts: "Union[str, TextsLike]",
        *,
        out: "Optional[NDArray[np.float32]]" = None,
    ) -> "NDArray[np.float32]":
        """A row of floats for each text, with the output modes multi_hot, count
        and tf_idf."""
        rows = rows_of(_column(texts), "texts")
        width = len(self)
        if isinstance(texts, str):
            one = out_floats(out, width)
            self.encode([texts], out=one.reshape(1, -1))
            return one
        result = out_floats(out, len(rows), width)
        for window in windows(rows):
            part = result[window.start : window.stop]
            check(
                lib.siamese_vocab_encode(
                    self._pointer,
                    window.address,
                    len(part),
                    address(part),
                    part.size,
                )
            )
        return result

    def token(self, id: int) -> str:
        """The token of an id."""
        room = create_string_buffer(128)
        needed = c_size_t()
        get = lib.siamese_vocab_token
        try:
            check(get(self._pointer, id, room, len(room), byref(needed)))
        except RangeError:
            room = create_string_buffer(needed.value + 1)
            check(get(self._pointer, id, room, len(room), byref(needed)))
        return room.raw[: needed.value].decode("utf-8", "replace")

    def tokens(self) -> List[str]:
        """The whole table, in the order of the ids."""
        return [self.token(id) for id in range(len(self))]

    def lookup(self, token: str) -> int:
        """The id of a token as it stands in the table."""
        data = token.encode()
        found = c_int64()
        check(lib.siamese_vocab_lookup(self._pointer, data, len(data), byref(found)))
        return found.value

    # ---- what a vocabulary is ----

    @property
    def options(self) -> Dict[str, Any]:
        """The options in force, by name."""
        pointer = self._pointer
        return read("vocab", lambda to: lib.siamese_vocab_get_options(pointer, to))

    @property
    def stats(self) -> Dict[str, int]:
        """How much of the texts that were added the table leaves out."""
        stats = VocabStats()
        check(lib.siamese_vocab_get_stats(self._pointer, byref(stats)))
        return _of_stats(stats)

    def measure(self, texts: "TextsLike") -> Dict[str, int]:
        """How much of other texts the table leaves out."""
        sums: Dict[str, int] = dict.fromkeys(_of_stats(VocabStats()), 0)
        for window in windows(rows_of(_column(texts), "texts")):
            stats = VocabStats()
            check(
                lib.siamese_vocab_measure(
                    self._pointer,
                    window.address,
                    window.stop - window.start,
                    byref(stats),
                )
            )
            for name, value in _of_stats(stats).items():
                sums[name] += value
        return sums

    @property
    def idf(self) -> "NDArray[np.float32]":
        """The idf of every token, with the output mode tf_idf."""
        values = np.empty(len(self), np.float32)
        check(lib.siamese_vocab_get_idf(self._pointer, address(values), len(values)))
        return values

    @property
    def sentencepiece_model(self) -> bytes:
        """The bytes of the vocabulary's sentencepiece model."""
        needed = c_size_t()
        get = lib.siamese_vocab_get_sentencepiece
        try:
            check(get(self._pointer, None, 0, byref(needed)))
        except RangeError:
            pass
        room = create_string_buffer(needed.value or 1)
        check(get(self._pointer, room, needed.value, None))
        return room.raw[: needed.value]

    def grow(self, fresh: "Vocab", *, max_tokens: int = 0) -> "Vocab":
        """A vocabulary in which the tokens of this one keep their ids, and
        those of fresh follow; max_tokens 0 is no limit."""
        pointer = self._pointer_of()
        check(
            lib.siamese_vocab_grow(
                byref(pointer), self._pointer, fresh._pointer, max_tokens
            )
        )
        return type(self)._own(pointer)

    def __repr__(self) -> str:
        return "Vocab(closed)" if self.closed else "Vocab(%d ids)" % len(self)


def _column(texts: Any) -> Any:
    return [texts] if isinstance(texts, str) else texts


def _of_stats(stats: VocabStats) -> Dict[str, int]:
    return {str(name[0]): getattr(stats, name[0]) for name in stats._fields_[1:]}
