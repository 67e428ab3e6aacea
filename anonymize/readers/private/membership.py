"""Attacks a way of training: does a model tell who was trained on? By shadow models, as LiRA does.

Carlini, Chien, Nasr, Song, Terzis, Tramèr: Membership inference attacks from first principles,
2022. Each of several models is trained on a random half of the people. For each of them in turn the
others are shadows: how sure they are of a person's label is Gaussian, with one mean if they had
seen the person and another if not; the likelihood ratio of the attacked model's own confidence says
how much like a member the person looks. The attacker knows the people's rows and the way of
training, which is more than most know.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymize.arguments import checked
from anonymize.errors import ArgumentError
from anonymize.readers.private.features import Encoded
from anonymize.readers.private.measured import Floats, area_under_curve, confidence

Scores = Callable[[npt.NDArray[np.float32]], Floats]
"""A trained model: rows × numbers to rows × classes."""
Fit = Callable[[Encoded], Scores]
_ROWS_AT_ONCE = 65_536
_LEAST_MODELS = 8
_T = {7: 2.365, 9: 2.262, 11: 2.201, 15: 2.131, 19: 2.093, 31: 2.040}
"""97.5 % points of Student's distribution by degrees of freedom."""


@dataclass(frozen=True)
class Attacked:
    """How well the attack tells people who were trained on from others."""

    auc: float
    """Mean over the attacked models; 0.5 is guessing."""
    low: float
    high: float
    """Ends of the 95 % interval of that mean."""
    caught: float
    """Share of members that it names while it wrongly names 1 in 100 of the others."""
    models: int
    people: int

    def __str__(self) -> str:
        """Return ``0.512 (0.507 to 0.517)``."""
        return f"{self.auc:.3f} ({self.low:.3f} to {self.high:.3f})"


@checked
def attack(fit: Fit, rows: Encoded, *, models: int = 16, seed: int = 0) -> Attacked:
    """Train ``models`` models by ``fit`` on random halves of the people, and attack each.

    The models and the figure come from the rows without a price: they are for the data owner, to
    judge a way of training by, and not for those who get the model.

    Raises:
        ArgumentError: fewer than 8 models, or fewer than 20 people.
    """
    if models < _LEAST_MODELS or rows.people < 20:
        raise ArgumentError(f"needs {_LEAST_MODELS} models and 20 people at least")
    chance = np.random.default_rng(seed)
    members = np.zeros((models, rows.people), np.bool_)
    sure = np.empty((models, rows.people))
    for at in range(models):
        members[at, chance.permutation(rows.people)[: rows.people // 2]] = True
        sure[at] = _sureness(fit(rows.of(np.flatnonzero(members[at]))), rows)
    found = [_attacked(at, sure, members) for at in range(models)]
    aucs = np.array([area_under_curve(one, members[at]) for at, one in enumerate(found)])
    caught = [_caught(one, members[at]) for at, one in enumerate(found)]
    mean, spread = float(aucs.mean()), float(aucs.std(ddof=1)) / math.sqrt(models)
    reach = _student(models - 1) * spread
    return Attacked(mean, mean - reach, mean + reach, float(np.mean(caught)), models, rows.people)


def _sureness(scores: Scores, rows: Encoded) -> Floats:
    """Return how sure a model is of each person's labels: the mean over the person's rows."""
    found = np.empty(len(rows.labels))
    for begin in range(0, len(found), _ROWS_AT_ONCE):
        some = np.arange(begin, min(begin + _ROWS_AT_ONCE, len(found)))
        found[some] = confidence(scores(rows.matrix(some)), rows.labels[some])
    counts = np.diff(rows.starts)
    means: Floats = np.add.reduceat(np.clip(found, -50, 50), rows.starts[:-1]) / counts
    return means


def _attacked(at: int, sure: Floats, members: npt.NDArray[np.bool_]) -> Floats:
    """Return the likelihood ratio of each person for one model, the others being shadows. Spreads
    are pooled over people: few models tell none for each.
    """
    others = np.arange(len(sure)) != at
    shadows, inside = sure[others], members[others]
    logs = np.zeros(sure.shape[1])
    for seen, sign in ((inside, 1), (~inside, -1)):
        counts = np.maximum(seen.sum(axis=0), 1)
        means = np.where(seen, shadows, 0).sum(axis=0) / counts
        off = np.where(seen, shadows - means, 0)
        spread = math.sqrt(float((off**2).sum()) / max(1, int((seen.sum(axis=0) - 1).sum()))) + 1e-9
        logs += sign * (-((sure[at] - means) ** 2) / (2 * spread**2) - math.log(spread))
    # a person whom all shadows saw, or none, tells nothing
    return np.where(inside.any(axis=0) & (~inside).any(axis=0), logs, 0.0)


def _caught(ratios: Floats, members: npt.NDArray[np.bool_]) -> float:
    threshold = np.quantile(ratios[~members], 0.99)
    return float((ratios[members] > threshold).mean())


def _student(freedom: int) -> float:
    """Return the point for the next smaller listed number, which is not too narrow."""
    return _T[max(one for one in _T if one <= freedom)]
