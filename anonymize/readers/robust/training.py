"""Adversarial training around any classifier that has ``fit`` and ``predict_proba``.

Rounds of an attack on the training rows, and of learning again from those rows beside the clean
ones (Szegedy et al., "Intriguing properties of neural networks", 2014; around models that are no
networks Kantchelian et al., "Evasion and hardening of tree ensemble classifiers", ICML 2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anonymize.errors import ArgumentError
from anonymize.readers.robust.interface import Changes, Model, together
from anonymize.readers.robust.search import Search, attack


@dataclass(frozen=True)
class Round:
    """What one round of adversarial training found, in its training rows."""

    clean: float
    """The share of the clean rows that the model of the round before is right about, 0 to 1."""
    attacked: float
    """The share that it is right about when they are attacked."""
    learned_from: int
    """Rows that the model of this round learned from, attacked ones among them."""


@dataclass(frozen=True)
class Robust:
    """A model that learned from attacked rows, too."""

    model: Any
    """The fitted model of the last round."""
    rounds: tuple[Round, ...]
    """What each round found. These are training rows: measure accuracy on others."""


def train_robustly(
    fresh: Callable[[], Model],
    changes: Changes,
    rows: Any,
    labels: Any,
    *,
    rounds: int = 3,
    search: Search | None = None,
) -> Robust:
    """Return a model that learned from ``rows`` and from what attacks make of them.

    Each round attacks the clean rows under the model so far, adds what was found to those of
    earlier rounds, and lets a fresh model learn from all. Rows for which the attack found nothing
    are not added twice. It needs no rows but these; none is written anywhere.

    Args:
        fresh: Makes an unfitted model, the same each time.
        changes: What an attacker can do.
        rows: Training rows; those that accuracy is measured on must be apart, see `split_apart`.
        labels: The label of each, shape (n,).
        rounds: How often, at least 1.
        search: How hard the attacks look; by default `Search("worst_of")`. Its seed moves on by
            one with each round.

    Raises:
        ArgumentError: there are no rows, ``rounds`` is below 1, or see `attack`.
    """
    labels, search = np.asarray(labels), search or Search("worst_of")
    if rounds < 1 or len(rows) == 0:
        raise ArgumentError("give one round and one row or more", place="rounds, rows")
    if labels.shape != (len(rows),):
        raise ArgumentError(f"are not one for each of {len(rows)} rows", place="labels")
    model, found = _fitted(fresh, changes, [rows], [labels]), list[Round]()
    more, more_labels = [rows], [labels]
    for number in range(rounds):
        one = replace(search, seed=search.seed + number)
        attacked = attack(model, changes, rows, labels, one)
        new = np.flatnonzero(attacked.choices.any(axis=1))
        more.append(attacked.rows.take(new))
        more_labels.append(labels[new])
        model = _fitted(fresh, changes, more, more_labels)
        count = sum(map(len, more))
        found.append(Round(attacked.accuracy_before, attacked.accuracy, count))
    return Robust(model, tuple(found))


def _fitted(
    fresh: Callable[[], Model], changes: Changes, rows: list[Any], labels: list[Any]
) -> Any:
    model = fresh()
    model.fit(changes.given(together(rows)), np.concatenate(labels))
    return model
