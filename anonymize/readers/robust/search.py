"""Attacks: searches of a perturbation set for rows that a model gets wrong.

The search knows the model's probabilities for whatever row it asks about, and the true labels: more
than most attackers have, so what it finds is near the worst that somebody finds who has less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from anonymize.errors import ArgumentError
from anonymize.readers.robust.interface import Changes, Floats, Ints, Model

Method = Literal["greedy", "worst_of"]
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Search:
    """How hard an attack looks."""

    method: Method = "greedy"
    """``worst_of``: ``tries`` rows drawn at random from the set, of which the worst counts.
    ``greedy``: each slot of a row is tried once, then the slots that hurt most are changed one by
    one, each to the worst of ``tries`` options (after Gao et al., "Black-box generation of
    adversarial text sequences", 2018).
    """
    tries: int = 8
    """Rows, or options of a slot, that are asked about."""
    seed: int = 0
    """What draws them."""

    def __post_init__(self) -> None:
        """Refuse fewer than one try and unknown methods.

        Raises:
            ArgumentError: either.
        """
        if self.tries < 1 or self.seed < 0:
            raise ArgumentError("give tries from 1 and a seed from 0", place="tries, seed")
        if self.method not in ("greedy", "worst_of"):
            raise ArgumentError("is not one of greedy, worst_of", place="method")


@dataclass(frozen=True)
class Attacked:
    """What an attack made of rows."""

    rows: Any = field(repr=False)
    """The rows, each as the model likes it least among those asked about."""
    choices: Ints
    """What was changed of each, shape (rows, slots); see `Changes`."""
    right_before: npt.NDArray[np.bool_]
    """Whether the model is right about each row as it was."""
    right: npt.NDArray[np.bool_]
    """Whether it is still right about it now."""
    asked: int
    """How many rows the model was asked about."""

    @property
    def accuracy(self) -> float:
        """Return the share of rows that the model is still right about; NaN without rows."""
        return float(self.right.mean()) if len(self.right) else float("nan")

    @property
    def accuracy_before(self) -> float:
        """Return the share that it was right about."""
        return float(self.right_before.mean()) if len(self.right_before) else float("nan")


def attack(
    model: Model, changes: Changes, rows: Any, labels: Any, search: Search | None = None
) -> Attacked:
    """Return the rows as an attacker would hand them in to ``model``, each within ``changes``.

    A row that the model gets wrong already stays as it is, and so does one for which nothing in the
    set was found that makes the model less sure. A label that the model never saw counts as wrong.

    Args:
        model: A fitted classifier.
        changes: What an attacker can do.
        rows: A column of text, or a table, as ``changes`` wants it.
        labels: The true label of each row, shape (n,).
        search: How hard to look; by default greedily.

    Raises:
        ArgumentError: rows and labels differ in number, or ``changes`` refuses the rows.
    """
    labels, search = np.asarray(labels), search or Search()
    if labels.shape != (len(rows),):
        raise ArgumentError(f"are not one for each of {len(rows)} rows", place="labels")
    options = changes.options(rows)
    asked = _Asked(model, changes, rows, labels)
    best = np.zeros(options.shape, np.int64)
    margin = asked.margins(np.arange(len(rows)), best)
    before = margin > 0
    if options.any():
        found = _greedy if search.method == "greedy" else _worst_of
        found(asked, options, best, margin, search)
    return Attacked(changes.changed(rows, best), best, before, margin > 0, asked.count)


class _Asked:
    """The model's margins: how much surer it is of the true class than of the next, -1 to 1."""

    def __init__(self, model: Model, changes: Changes, rows: Any, labels: Any) -> None:
        self.changes, self.count = changes, 0
        self._model, self._rows = model, rows
        classes = np.asarray(model.classes_)
        place = {label: at for at, label in enumerate(classes.tolist())}
        self._truth = np.array([place.get(label, -1) for label in labels.tolist()], np.int64)

    def margins(self, at: Ints, choices: Ints) -> Floats:
        """Return the margin of the rows ``at``, changed by ``choices``, shape (len(at), slots)."""
        parts = [
            self._some(at[start : start + _ROWS_AT_ONCE], choices[start : start + _ROWS_AT_ONCE])
            for start in range(0, len(at), _ROWS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _some(self, at: Ints, choices: Ints) -> Floats:
        self.count += len(at)
        rows = self.changes.changed(self._rows.take(at), choices)
        likely = np.array(self._model.predict_proba(self.changes.given(rows)), np.float64)
        each, truth = np.arange(len(at)), self._truth[at]
        own = np.where(truth < 0, -1.0, likely[each, truth])
        likely[each[truth >= 0], truth[truth >= 0]] = -1.0
        # Of two classes as likely as each other the first is predicted; that is no safe answer.
        other = np.maximum(likely.max(axis=1), 0.0)
        return np.asarray(own - other)


def _worst_of(asked: _Asked, options: Ints, best: Ints, margin: Floats, search: Search) -> None:
    """Keep in ``best`` and ``margin`` the worst of ``tries`` random rows of each row's set."""
    draw = np.random.default_rng(search.seed)
    for _ in range(search.tries):
        at = np.flatnonzero((margin > 0) & options.any(axis=1))
        choices = random_choices(options[at], asked.changes.most, draw)
        _keep_worse(at, choices, asked.margins(at, choices), best, margin)


def random_choices(options: Ints, most: int, draw: np.random.Generator) -> Ints:
    """Return a random option for 1 to ``most`` slots of each row, shape as ``options``: slots that
    have options, as far as there are.
    """
    rank = np.where(options > 0, draw.random(options.shape), 2.0).argsort(axis=1).argsort(axis=1)
    count = draw.integers(1, most + 1, (len(options), 1))
    picked = 1 + (draw.random(options.shape) * options).astype(np.int64)
    return np.where((rank < count) & (options > 0), picked, 0)


def _greedy(asked: _Asked, options: Ints, best: Ints, margin: Floats, search: Search) -> None:
    """Change the slots that hurt most, one by one, in ``best``; see `Search`."""
    draw = np.random.default_rng(search.seed)
    order = _slots_by_hurt(asked, options, best, margin, draw)
    for place in range(min(options.shape[1], 2 * asked.changes.most)):
        at = np.flatnonzero((margin > 0) & ((best > 0).sum(axis=1) < asked.changes.most))
        slot = order[at, place]
        at, slot = at[options[at, slot] > 0], slot[options[at, slot] > 0]
        for option in _some_options(options[at, slot], search.tries, draw):
            some = option > 0
            choices = best[at[some]]
            choices[np.arange(len(choices)), slot[some]] = option[some]
            found = asked.margins(at[some], choices)
            _keep_worse(at[some], choices, found, best, margin)


def _slots_by_hurt(
    asked: _Asked, options: Ints, best: Ints, margin: Floats, draw: np.random.Generator
) -> Ints:
    """Return the slots of each row, shape as ``options``: first the one of which a random option
    lowers the margin most.
    """
    hurt = np.full(options.shape, -np.inf)
    at, slot = np.nonzero((options > 0) & (margin > 0)[:, None])
    for start in range(0, len(at), _ROWS_AT_ONCE):
        row, where = at[start : start + _ROWS_AT_ONCE], slot[start : start + _ROWS_AT_ONCE]
        choices = best[row]
        picked = 1 + (draw.random(len(row)) * options[row, where]).astype(np.int64)
        choices[np.arange(len(row)), where] = picked
        hurt[row, where] = margin[row] - asked.margins(row, choices)
    return np.asarray((-hurt).argsort(axis=1, kind="stable"))


def _some_options(options: Ints, tries: int, draw: np.random.Generator) -> Iterator[Ints]:
    """Yield up to ``tries`` different options of each row, 0 for a row that has no more."""
    most = int(options.max(initial=0))
    rank = np.where(
        np.arange(most) < options[:, None], draw.random((len(options), most)), 2.0
    ).argsort(axis=1)
    for place in range(min(tries, most)):
        yield np.where(place < options, rank[:, place] + 1, 0)


def _keep_worse(at: Ints, choices: Ints, found: Floats, best: Ints, margin: Floats) -> None:
    worse = found < margin[at]
    best[at[worse]], margin[at[worse]] = choices[worse], found[worse]
