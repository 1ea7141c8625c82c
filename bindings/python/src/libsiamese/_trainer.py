"""A trainer: towers that learn from pairs."""

from __future__ import annotations

from ctypes import addressof, byref, c_double, c_size_t
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

import numpy as np

from ._arrays import address, ids_of, numbers
from ._errors import ArgumentError, SiameseError
from ._exchange import Exchange, cause_of, set_exchange
from ._history import History
from ._library import check, failure, lib, word_of
from ._options import OptionValue, make, read, text_of
from ._progress import Progress, ProgressLike, run
from ._saved import Saved
from ._source import Reading, set_source
from ._structs import Pairs as PairsStruct
from ._structs import Progress as ProgressStruct
from ._structs import Step as StepStruct
from ._texts import LIMIT, Rows, rows_of
from ._tower import Tower

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from ._option_types import TrainerOptions
    from ._texts import TextsLike

    Negatives = Union[Sequence[Sequence[str]], Tuple[TextsLike, ArrayLike]]

__all__ = ["Pairs", "Step", "Trainer"]

_Self = TypeVar("_Self", bound="Trainer")
_SIDES = ("query", "item")


class Step(NamedTuple):
    """The figures of one step."""

    step: int
    pairs: int
    loss_sum: float
    loss_mean: float


class Pairs:
    """Pairs of texts that belong together, or items alone where queries is
    None: columns of texts, and a number each for what a pair has beside them.

    negatives are a list of items for each pair, or (items, offsets): those of
    pair i are ``items[offsets[i]:offsets[i + 1]]``.
    """

    def __init__(
        self,
        queries: "Optional[TextsLike]",
        items: "TextsLike",
        *,
        item_ids: "Optional[ArrayLike]" = None,
        weights: "Optional[ArrayLike]" = None,
        item_probabilities: "Optional[ArrayLike]" = None,
        negatives: "Optional[Negatives]" = None,
        negative_ids: "Optional[ArrayLike]" = None,
        negative_probabilities: "Optional[ArrayLike]" = None,
    ) -> None:
        self.items = rows_of(items, "items")
        self.queries = None if queries is None else rows_of(queries, "queries")
        self.count = len(self.items)
        if self.queries is not None and len(self.queries) != self.count:
            raise ArgumentError(
                "queries: %d of them, for %d items" % (len(self.queries), self.count)
            )
        self.item_ids = _column(item_ids, np.int64, "item_ids", self.count)
        self.weights = _column(weights, np.float32, "weights", self.count)
        self.probabilities = _column(
            item_probabilities, np.float32, "item_probabilities", self.count
        )
        self.negatives: Optional[Rows] = None
        self.offsets: Any = None
        known = 0
        if negatives is not None:
            self.negatives, self.offsets = _negatives(negatives, self.count)
            known = len(self.negatives)
        self.negative_ids = _column(negative_ids, np.int64, "negative_ids", known)
        self.negative_probabilities = _column(
            negative_probabilities, np.float32, "negative_probabilities", known
        )

    def _windows(self, whole: bool) -> Iterator[Tuple[int, PairsStruct, Any]]:
        """Structs of C, each with the rows that fit into a buffer, or one with
        all of them, and what keeps their texts alive."""
        start = 0
        limit = None if whole else LIMIT
        while start < self.count or (whole and start == 0):
            items, keep = self.items.read(start, self.count - start, limit)
            count = len(items)
            queries, more = None, None
            if self.queries is not None:
                queries, more = self.queries.read(start, count, limit)
                count = min(count, len(queries))
            struct = self._struct(start, count, queries, items)
            yield start, struct, (keep, more)
            start += max(count, 1)

    def _struct(self, start: int, count: int, queries: Any, items: Any) -> Any:
        def part(column: Any) -> Any:
            return None if column is None else column[start : start + count]

        ids, weights = part(self.item_ids), part(self.weights)
        probabilities = part(self.probabilities)
        struct = PairsStruct(
            queries=address(queries),
            items=address(items),
            query_fields=1 if self.queries is None else self.queries.fields,
            item_fields=self.items.fields,
            item_ids=address(ids),
            weights=address(weights),
            item_probabilities=address(probabilities),
            count=count,
        )
        keep = [queries, items, ids, weights, probabilities]
        if self.negatives is not None:
            keep += self._add_negatives(struct, start, count)
        struct.keep = keep  # alive as long as the struct
        return struct

    def _add_negatives(self, struct: Any, start: int, count: int) -> List[Any]:
        assert self.negatives is not None
        offsets = self.offsets[start : start + count + 1]
        first, last = int(offsets[0]), int(offsets[-1])
        texts, keep = self.negatives.read(first, last - first, None)
        offsets = offsets - np.uint64(first)
        ids, probabilities = (
            None if column is None else column[first:last]
            for column in (self.negative_ids, self.negative_probabilities)
        )
        if texts.size == 0:  # a pointer, where there are no negatives at all
            texts = np.zeros((1, 2), np.uint64)
        struct.negatives = address(texts)
        struct.negative_offsets = address(offsets)
        struct.negative_ids = address(ids)
        struct.negative_probabilities = address(probabilities)
        return [texts, keep, offsets, ids, probabilities]


def _column(values: Any, dtype: Any, name: str, count: int) -> Any:
    if values is None:
        return None
    array = ids_of(values, name) if dtype is np.int64 else numbers(values, dtype, name)
    if len(array) != count:
        raise ArgumentError("%s: %d of them, for %d rows" % (name, len(array), count))
    return array


def _negatives(negatives: Any, count: int) -> Tuple[Rows, Any]:
    if isinstance(negatives, tuple) and len(negatives) == 2:
        rows, offsets = (
            rows_of(negatives[0], "negatives"),
            numbers(negatives[1], np.uint64, "negative offsets"),
        )
    else:
        ends = np.cumsum([0] + [len(row) for row in negatives], dtype=np.uint64)
        rows, offsets = (
            rows_of([text for row in negatives for text in row], "negatives"),
            ends,
        )
    if len(offsets) != count + 1:
        raise ArgumentError(
            "negatives: of %d pairs, for %d pairs" % (len(offsets) - 1, count)
        )
    if (
        int(offsets[0]) != 0
        or int(offsets[-1]) != len(rows)
        or (offsets[1:] < offsets[:-1]).any()
    ):
        raise ArgumentError("negatives: the offsets do not fit %d texts" % len(rows))
    return rows, offsets


class Trainer(Saved):
    """Learns two towers, or one that both sides share, from pairs.

    >>> trainer = Trainer(tower, epochs=10, temperature=0.05)
    >>> trainer.add_pairs(queries, titles).fit(progress=True)
    >>> query_tower, item_tower = trainer.snapshot()

    It works on copies of the towers. The options are those of
    docs/training.md; ``describe("trainer")`` lists them.

    One thread trains; any other may cancel, and take snapshots meanwhile.
    Pickle and copy keep all but the pairs: add them again.
    """

    _kind = "trainer"
    _part = "trainer"
    _reading: Optional[Reading] = None

    def __init__(
        self,
        query: Tower,
        item: Optional[Tower] = None,
        **options: "Unpack[TrainerOptions]",
    ) -> None:
        pointer = self._pointer_of()
        check(
            lib.siamese_trainer_create(
                byref(pointer),
                query._pointer,
                (item or query)._pointer,
                make("trainer", options),
            )
        )
        self._pointer = pointer

    # ---- what it learns from ----

    def add_pairs(
        self: _Self, queries: "TextsLike", items: "TextsLike", **columns: Any
    ) -> _Self:
        """Adds training pairs, which are copied; the other columns are those of
        Pairs. If a row is not valid, the error's ``rows_added`` says how many
        rows before it were added."""
        return self._add(
            lib.siamese_trainer_add_pairs, Pairs(queries, items, **columns)
        )

    def add_items(self: _Self, items: "TextsLike", **columns: Any) -> _Self:
        """Adds items of the catalogue, for negatives and self_supervision."""
        return self._add(lib.siamese_trainer_add_items, Pairs(None, items, **columns))

    def _add(self: _Self, function: Any, pairs: Pairs) -> _Self:
        for start, struct, _keep in pairs._windows(False):
            status = function(self._pointer, byref(struct))
            if status:
                error = failure(status)
                error.rows_added = start  # type: ignore[attr-defined]
                if start:
                    error.args = ("%s (counted from row %d)" % (error, start),)
                raise error
        return self

    @property
    def pair_count(self) -> int:
        """The number of pairs added so far."""
        count: int = lib.siamese_trainer_pair_count(self._pointer)
        return count

    @property
    def item_count(self) -> int:
        """The number of items of the catalogue."""
        count: int = lib.siamese_trainer_item_count(self._pointer)
        return count

    def set_source(
        self: _Self, begin: "Optional[Callable[[], Iterable[Pairs]]]"
    ) -> _Self:
        """Learns from pairs that are more than fit into memory, in place of those
        of add_pairs and to the same bits: begin() begins an epoch's pairs and
        gives Pairs, as many at once as it likes, the same ones in each epoch. It
        is called once more, to count them, before the first. None takes the
        source away.

        >>> trainer.set_source(lambda: map(read_part, sorted(glob("log/*.csv"))))

        What needs all pairs at once, as metrics and mined_negatives, raises an
        error. What begin or its iterator raises is the cause of what fit
        raises."""
        reading = None
        if begin is not None:
            reading = Reading(begin, lambda pairs: pairs._windows(False))
        set_source(self._pointer, reading)
        self._reading = reading
        return self

    def set_validation(
        self: _Self,
        pairs: Optional[Pairs],
        candidates: "Optional[Union[Pairs, TextsLike]]" = None,
    ) -> _Self:
        """Sets pairs that training does not see, for fit to validate with; None
        ends validation. candidates are what their items are ranked among."""
        with _Structs() as structs:
            check(
                lib.siamese_trainer_set_validation(
                    self._pointer,
                    structs.of(pairs),
                    structs.of(_as_items(candidates)),
                )
            )
        return self

    # ---- training ----

    def fit(self: _Self, progress: ProgressLike = None) -> _Self:
        """Trains until the epochs are done; a second call goes on.

        progress is True for a bar (by tqdm, where it is installed), or a
        function that receives a Progress after each step; if it returns
        something true, fit raises CancelledError. After Ctrl-C, a cancel or an
        error of that function, the trainer stands after a whole step, and the
        next fit goes on to the same bits.
        """
        try:
            run(
                lib.siamese_trainer_fit,
                (self._pointer,),
                self.cancel,
                self.forget_cancel,
                progress,
                history=self.history,
            )
        except SiameseError as failed:
            error = self._reading.error if self._reading else None
            raise failed from error or cause_of(self._pointer)
        return self

    def set_exchange(self: _Self, exchange: Optional[Exchange]) -> _Self:
        """Makes each fit and step from here on, and each training of the model
        that the trainer is of, one of several ranks: processes that train one
        model together, all with the same options and pairs. The weights have
        the bits of a training without an exchange. It has a rank, a size and
        all_gather(buffer, counts); see Exchange. It stays until another is
        set; None ends it."""
        set_exchange(self._pointer, exchange)
        return self

    def step(self, rows: "ArrayLike") -> Step:
        """Trains one step on pairs that you choose, by their numbers in the
        order in which they were added."""
        batch = numbers(rows, np.uint64, "rows")
        done = StepStruct()
        try:
            check(
                lib.siamese_trainer_step(
                    self._pointer, address(batch), len(batch), byref(done)
                )
            )
        except SiameseError as error:
            raise error from cause_of(self._pointer)
        return Step(done.step, done.pairs, done.loss_sum, done.loss_mean)

    def cancel(self) -> None:
        """Makes a running fit, step or evaluate raise CancelledError soon, or
        the next one, if none is running. Any thread may call it."""
        check(lib.siamese_trainer_cancel(self._pointer))

    def forget_cancel(self) -> None:
        """Forgets a cancel that waits for the next run."""
        check(lib.siamese_trainer_forget_cancel(self._pointer))

    # ---- what it has learned ----

    def snapshot(self) -> Tuple[Tower, Tower]:
        """Copies of the towers as they are now, (query, item), which never
        change; any thread may take them while fit runs."""
        query, item = Tower._pointer_of(), Tower._pointer_of()
        check(lib.siamese_trainer_snapshot(self._pointer, byref(query), byref(item)))
        return Tower._own(query), Tower._own(item)

    def evaluate(
        self,
        pairs: Optional[Pairs] = None,
        candidates: "Optional[Union[Pairs, TextsLike]]" = None,
        *,
        ks: Sequence[int] = (1, 5, 10, 50, 100),
    ) -> Dict[int, float]:
        """FactorizedTopK: for each k the share of pairs whose item is among the
        k best candidates. Without arguments of the training pairs."""
        wanted = numbers(list(ks), np.uint64, "ks")
        found = (c_double * len(wanted))()
        with _Structs() as structs:
            arguments = (
                self._pointer,
                structs.of(pairs),
                structs.of(_as_items(candidates)),
                address(wanted),
                len(wanted),
                found,
                len(found),
            )
            run(
                lib.siamese_trainer_evaluate,
                arguments,
                self.cancel,
                self.forget_cancel,
                told_last=False,
            )
        return dict(zip((int(k) for k in wanted), found))

    @property
    def history(self) -> History:
        """What fit has gone through so far; history.plot() draws it."""
        found: History = self.__dict__.setdefault("_history", History())
        return found

    @property
    def progress(self) -> Progress:
        """Where training stands, also while fit runs on another thread."""
        raw = ProgressStruct()
        check(lib.siamese_trainer_get_progress(self._pointer, byref(raw)))
        return Progress._of(raw)

    def gradient(self, name: str, *, side: str = "query") -> "NDArray[np.float32]":
        """The gradient of the last step's loss for a parameter of a tower."""
        tower = self.snapshot()[_SIDES.index(_side(side))]
        shape = tower.parameters().get(name, (0,))
        values = np.empty(shape, np.float32)
        needed = c_size_t()
        check(
            lib.siamese_trainer_get_gradient(
                self._pointer,
                _SIDES.index(side),
                word_of(name),
                address(values),
                values.size,
                byref(needed),
            )
        )
        return values

    # ---- changing a trainer ----

    def set_option(self, name: str, value: OptionValue) -> None:
        """Changes epochs, learning_rate, max_steps, metrics, min_steps,
        patience or threads; a progress function may call it."""
        check(
            lib.siamese_trainer_set_option(
                self._pointer, word_of(name), text_of(name, value)
            )
        )

    @property
    def options(self) -> Dict[str, Any]:
        """The options in force, by name."""
        pointer = self._pointer
        return read("trainer", lambda to: lib.siamese_trainer_get_options(pointer, to))

    def grow(self, vocab: Any, *, side: str = "query", field: int = 0) -> None:
        """Gives a tower of the trainer a grown vocabulary (Vocab.grow)."""
        check(
            lib.siamese_trainer_grow(
                self._pointer, _SIDES.index(_side(side)), field, vocab._pointer
            )
        )

    def __repr__(self) -> str:
        if self.closed:
            return "Trainer(closed)"
        return "Trainer(%d pairs, %d steps)" % (self.pair_count, self.progress.step)


def _side(side: str) -> str:
    if side not in _SIDES:
        raise ArgumentError("side: %r is neither 'query' nor 'item'" % side)
    return side


def _as_items(candidates: Any) -> Optional[Pairs]:
    if candidates is None or isinstance(candidates, Pairs):
        return candidates
    return Pairs(None, candidates)


class _Structs:
    """Whole pairs as structs, alive while a call reads them."""

    def __init__(self) -> None:
        self.keep: List[Any] = []

    def __enter__(self) -> "_Structs":
        return self

    def __exit__(self, *rest: object) -> None:
        self.keep.clear()

    def of(self, pairs: Optional[Pairs]) -> Optional[int]:
        if pairs is None:
            return None
        window = next(pairs._windows(True))
        self.keep.append(window)
        return addressof(window[1])
