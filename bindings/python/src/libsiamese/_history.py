"""What a training has gone through, step by step, and its picture."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

import numpy as np

from ._structs import TOPK

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["History"]

_TRAIN, _EVALUATE = 0, 1  # stages


class History:
    """The figures of a training, as it went: of each step, of the accuracies
    that were measured, and of each validation. It is kept by the object that
    trained, and in no file; an object that goes on adds to it.

    ``history.step``, ``loss`` (the mean per pair of the step's batch), ``epoch``,
    ``learning_rate`` and ``seconds`` are arrays of as many numbers as steps;
    ``validation`` and ``topk`` are dicts of arrays. ``as_dict()`` has them all
    as lists, for a data frame or JSON; ``plot()`` draws them.
    """

    def __init__(self) -> None:
        self._steps: List[Any] = []
        self._validation: List[Any] = []
        self._topk: List[Any] = []
        self._pairs = 0  #: of the running epoch, at the last step; -1: not known
        self._before = 0.0  #: seconds of the runs before this one
        self._last = 0.0
        self._best = 0

    def _begin(self) -> None:
        """A run begins, whose seconds go on where the last one's ended."""
        self._before += self._last
        self._last = 0.0
        self._pairs = -1

    def _add(self, now: Any) -> None:
        """Called by each callback of C, with its struct, so no more is read than
        what is new."""
        step = now.step
        self._last = now.seconds
        if now.stage == _TRAIN and (not self._steps or step > self._steps[-1][0]):
            pairs = now.pairs
            before = 0 if now.epoch_step <= 1 else self._pairs
            # of a run that goes on within an epoch the first batch is not known
            known = 0 <= before < pairs
            loss = now.loss_batch_sum / (pairs - before) if known else now.loss_mean
            self._steps.append(
                (
                    step,
                    now.epoch,
                    loss,
                    now.learning_rate,
                    self._before + self._last,
                )
            )
            self._pairs = pairs
        seen = now.validation_step
        if seen and (not self._validation or seen > self._validation[-1][0]):
            self._validation.append((seen, now.validation_loss, *now.validation_topk))
        if now.topk_known:
            self._add_topk(step, tuple(now.topk), now.stage, now.stage_done)
        self._best = now.best_step

    def _add_topk(
        self, step: int, figures: "Tuple[float, ...]", stage: int, done: float
    ) -> None:
        """Figures stay in the struct until there are others, and are new at the
        end of a stage that measures them, or, of each step, if they differ."""
        last = self._topk[-1] if self._topk else (0,)
        is_new = figures != last[1:] or (stage == _EVALUATE and done >= 1)
        if is_new and step > last[0]:
            self._topk.append((step, *figures))

    # ---- as arrays ----

    @property
    def step(self) -> "NDArray[np.int64]":
        """The numbers of the steps, from 1."""
        return np.array([row[0] for row in self._steps], np.int64)

    @property
    def epoch(self) -> "NDArray[np.int64]":
        """The epoch of each step, from 0."""
        return np.array([row[1] for row in self._steps], np.int64)

    @property
    def loss(self) -> "NDArray[np.float64]":
        """The mean loss per pair of each step's batch."""
        return self._numbers(2)

    @property
    def learning_rate(self) -> "NDArray[np.float64]":
        """The learning rate of each step."""
        return self._numbers(3)

    @property
    def seconds(self) -> "NDArray[np.float64]":
        """The seconds of training at the end of each step."""
        return self._numbers(4)

    def _numbers(self, place: int) -> "NDArray[np.float64]":
        return np.array([row[place] for row in self._steps], np.float64)

    @property
    def validation(self) -> "Dict[str, NDArray[Any]]":
        """Of each validation its step, its mean loss and its top-k accuracies:
        "step", "loss", "top1", "top5" and so on."""
        names = ["step", "loss", *("top%d" % k for k in TOPK)]
        return _by_name(names, self._validation)

    @property
    def topk(self) -> "Dict[str, NDArray[Any]]":
        """Of each time that training measured its own top-k accuracies, as the
        option metrics says: "step", "top1", "top5" and so on."""
        return _by_name(["step", *("top%d" % k for k in TOPK)], self._topk)

    @property
    def best_step(self) -> int:
        """The step of the best validation; 0 without one."""
        return int(self._best)

    def as_dict(self) -> Dict[str, Any]:
        """All of it as lists and dicts of lists."""
        found: Dict[str, Any] = {
            name: getattr(self, name).tolist()
            for name in ("step", "epoch", "loss", "learning_rate", "seconds")
        }
        for name in ("validation", "topk"):
            part = getattr(self, name)
            found[name] = {key: values.tolist() for key, values in part.items()}
        return found

    # ---- as a picture ----

    def plot(self, ax: Any = None) -> Any:
        """Draws the loss of each step and its mean over each epoch, and that of
        the validations with the best one, by matplotlib. ax: axes to draw on;
        by default new ones. The axes are returned."""
        if not self._steps:
            raise ValueError("history: there is no step to plot; train first")
        if ax is None:
            try:
                pyplot = importlib.import_module("matplotlib.pyplot")
            except ImportError as error:
                raise ImportError(
                    "history.plot needs matplotlib: pip install 'libsiamese[plot]'"
                ) from error
            ax = pyplot.subplots()[1]
        step, loss, epoch = self.step, self.loss, self.epoch
        ax.plot(step, loss, color="0.75", linewidth=1, label="loss of a step")
        ends = np.flatnonzero(np.append(np.diff(epoch) != 0, True))
        means = [part.mean() for part in np.split(loss, ends[:-1] + 1)]
        ax.plot(step[ends], means, marker="o", label="mean of an epoch")
        seen = self.validation
        if len(seen["step"]):
            ax.plot(seen["step"], seen["loss"], marker="s", label="validation")
        if self.best_step:
            ax.axvline(
                self.best_step, color="0.5", linestyle=":", label="best validation"
            )
        ax.set_xlabel("step")
        ax.set_ylabel("loss per pair")
        ax.legend()
        return ax

    # ---- as a text ----

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        if not self._steps:
            return "History(no steps)"
        said = "History(%d steps, %d epochs, loss %.4f to %.4f, %.1f s" % (
            len(self),
            len(set(self.epoch.tolist())),
            self.loss[0],
            self.loss[-1],
            self.seconds[-1],
        )
        if self._validation:
            said += ", validation %.4f" % self._validation[-1][1]
        return said + ")"


def _by_name(names: List[str], rows: List[Any]) -> "Dict[str, NDArray[Any]]":
    return {
        name: np.array(
            [row[i] for row in rows], np.int64 if name == "step" else np.float64
        )
        for i, name in enumerate(names)
    }
