"""What a training tells of itself, and how it is shown."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import time
from ctypes import CFUNCTYPE, c_int32, c_void_p
from queue import Empty, SimpleQueue
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, Union

from ._errors import CancelledError
from ._history import History
from ._library import check
from ._structs import TOPK
from ._structs import Progress as ProgressStruct

__all__ = ["Progress", "ProgressLike", "run"]

_STAGES = ("train", "evaluate", "validate", "mine", "embed", "rank")


class Progress(NamedTuple):
    """Where training stands."""

    stage: str  #: "train", "evaluate", "validate", "mine", "embed" or "rank"
    step: int  #: steps done in all
    epoch: int  #: whole epochs done
    epochs: int  #: epochs wanted
    epoch_step: int  #: steps done of the running epoch
    epoch_steps: int  #: steps of an epoch
    pairs: int  #: pairs done of the running epoch
    loss_mean: float  #: the mean loss per pair over the epoch so far
    loss_batch_sum: float  #: the sum over the last batch
    pairs_per_second: float  #: in training steps only
    seconds: float  #: since fit began
    seconds_left: float  #: an estimate; < 0 if it is not known
    stage_done: float  #: the share of this stage that is done, 0 .. 1
    topk: Dict[int, float]  #: accuracies at 1, 5, 10, 50, 100, if known
    validation_step: int  #: the step of the last validation; 0: none yet
    validation_loss: float  #: its mean loss per pair
    validation_topk: Dict[int, float]
    best_step: int  #: the step of the best validation; 0: none yet
    best_value: float  #: the monitored figure at that step
    validations_without_best: int
    stopped_early: bool
    best_restored: bool
    validation_tied: int
    learning_rate: float  #: that of the last step; 0: none yet

    @classmethod
    def _of(cls, raw: Any) -> "Progress":
        values = {name: getattr(raw, name) for name in cls._fields if name != "stage"}
        stage = raw.stage
        values["stage"] = _STAGES[stage] if stage < len(_STAGES) else str(stage)
        known = raw.topk_known
        values["topk"] = dict(zip(TOPK, raw.topk)) if known else {}
        seen = raw.validation_step
        values["validation_topk"] = dict(zip(TOPK, raw.validation_topk)) if seen else {}
        for flag in ("stopped_early", "best_restored"):
            values[flag] = bool(values[flag])
        return cls(**values)


#: What fit takes: True for a progress bar, or a function that receives each
#: Progress and may return something true to cancel.
ProgressLike = Union[bool, None, Callable[[Progress], Any]]


class _Bar:
    """A bar by tqdm where it is installed, else a line on stderr an epoch."""

    def __init__(self) -> None:
        try:
            self.tqdm: Any = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            self.tqdm = None
        self.bar: Any = None
        self.epoch = -1
        self.loss = 0.0
        self.shown = 0.0

    def __call__(self, now: Progress) -> None:
        if self.tqdm is None:
            self._print(now)
            return
        if self.bar is None:
            self.bar = self.tqdm(total=1.0, unit="", bar_format=_FORMAT)
        last = now.epoch_step == now.epoch_steps and now.epoch + 1 >= now.epochs
        if not last and time.monotonic() - self.shown < 0.1:
            return
        self.shown = time.monotonic()
        epochs = max(now.epochs, 1)
        done = min((now.epoch + now.epoch_step / max(now.epoch_steps, 1)) / epochs, 1)
        self.bar.n = now.stage_done if now.stage in ("embed", "rank") else done
        self.bar.set_description_str(
            "%s, epoch %d/%d" % (now.stage, min(now.epoch + 1, epochs), epochs),
            refresh=False,
        )
        self.bar.set_postfix_str(
            "loss %.4f, %.0f pairs/s" % (now.loss_mean, now.pairs_per_second),
            refresh=False,
        )
        self.bar.update(0)

    def _print(self, now: Progress) -> None:
        if now.epoch > max(self.epoch, 0):
            sys.stderr.write(
                "epoch %d/%d: loss %.4f, %.0f pairs/s\n"
                % (now.epoch, now.epochs, self.loss, now.pairs_per_second)
            )
        self.epoch = now.epoch
        if now.stage == "train":
            self.loss = now.loss_mean

    def close(self) -> None:
        if self.bar is not None:
            self.bar.refresh()
            self.bar.close()


_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}, {postfix}"
# A signal just before a thread goes to sleep does not wake it.
_LISTEN = 0.1
_CALLBACK = CFUNCTYPE(c_int32, c_void_p, c_void_p)
_Told = Callable[[Progress], Any]


def run(
    function: Callable[..., int],
    arguments: Tuple[Any, ...],
    cancel: Callable[[], None],
    forget: Callable[[], None],
    progress: ProgressLike = None,
    *,
    told_last: bool = True,
    history: Optional[History] = None,
) -> None:
    """A run of the library that may take long: function(*arguments), followed
    by a callback and NULL if told_last.

    From the main thread it goes to a thread of its own while this one waits,
    so that Ctrl-C is heard at once and not only when C calls back; what
    progress raises, and KeyboardInterrupt, ends the run after a whole step and
    is raised here. progress is always called on the thread that asked; history
    takes its figures on the one that runs.
    """
    bar = _Bar() if progress is True else None
    told: Optional[_Told] = bar if bar is not None else progress or None  # type: ignore[assignment]
    if history is not None:
        history._begin()
    try:
        if threading.current_thread() is threading.main_thread():
            _in_thread(function, arguments, cancel, forget, told, told_last, history)
        else:
            _here(function, arguments, told, told_last, history)
    finally:
        if bar is not None:
            bar.close()


def _here(
    function: Callable[..., int],
    arguments: Tuple[Any, ...],
    told: Optional[_Told],
    told_last: bool,
    history: Optional[History],
) -> None:
    """The run on this thread; no signal is handled here."""
    raised: List[BaseException] = []

    def hear(_user: Any, place: int) -> int:
        try:
            if history is not None:
                history._add(ProgressStruct.from_address(place))
            return 1 if told is not None and told(_read(place)) else 0
        except BaseException as error:  # may not pass through C
            raised.append(error)
            return 1

    hears = told is not None or history is not None
    callback = _CALLBACK(hear) if hears else None
    status = function(*arguments, *((callback, None) if told_last else ()))
    if raised:
        raise raised[0]
    check(status)


def _in_thread(
    function: Callable[..., int],
    arguments: Tuple[Any, ...],
    cancel: Callable[[], None],
    forget: Callable[[], None],
    told: Optional[_Told],
    told_last: bool,
    history: Optional[History],
) -> None:
    news: "SimpleQueue[Any]" = SimpleQueue()  # progress, or how it ended
    answers: "SimpleQueue[int]" = SimpleQueue()

    def hear(_user: Any, place: int) -> int:
        if history is not None:
            history._add(ProgressStruct.from_address(place))
        if told is None:
            return 0
        news.put(_read(place))
        return answers.get()

    def work() -> None:
        hears = told is not None or history is not None
        callback = _CALLBACK(hear) if hears else None
        try:
            status = function(*arguments, *((callback, None) if told_last else ()))
            check(status)
        except BaseException as error:
            news.put(error)
        else:
            news.put(None)

    thread = threading.Thread(target=work, name="libsiamese")
    over = owing = False
    try:
        _start(thread)
        while True:
            try:
                one = news.get(timeout=_LISTEN)
            except Empty:
                continue
            if one is None or isinstance(one, BaseException):
                over = True
                break
            owing = True
            answers.put(1 if told is not None and told(one) else 0)
            owing = False
    except BaseException:
        if owing:
            answers.put(1)  # which cancels
        elif not over and news.empty():
            cancel()
        if not _end(thread, news, answers) and not over:
            forget()  # it came too late, and is not meant for the next run
        raise
    thread.join()
    if one is not None:
        raise one


def _start(thread: threading.Thread) -> None:
    """Starts a thread that no signal reaches; one that comes meanwhile is
    handled when it runs."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(
    thread: threading.Thread, news: "SimpleQueue[Any]", answers: "SimpleQueue[int]"
) -> bool:
    """Waits for a run that is cancelled, however often Ctrl-C is pressed; whether
    it took the cancel."""
    last: Any = None
    while thread.is_alive() or not news.empty():
        try:
            thread.join(_LISTEN)
            if not news.empty():
                last = news.get()
            if isinstance(last, Progress):
                answers.put(1)
                last = None
        except KeyboardInterrupt:
            pass
    return isinstance(last, CancelledError)


def _read(place: int) -> Progress:
    return Progress._of(ProgressStruct.from_address(place))
