"""Labels that models which did not see the row find unlikely (confident learning).

Probabilities are those of models of different kinds, averaged, each asked about rows that it did
not learn from; rows of one person are never on both sides. A row is suspicious if its own label is
unlikely, and another is as likely as it is for rows that have that other label. Source: C.
Northcutt, L. Jiang and I. Chuang, Confident learning, JAIR 70 (2021); the averaging and the
threshold are ours, chosen on Adult (docs/screening.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.result import Found, Suspicion, found, not_made
from anonymize.gates.poisoning.table import ScreenTable

NAME = "labels"
FOLDS = 5
MANY_ROWS = 200_000
"""Rows from which on there are `FOLDS_OF_MANY`: each model learns from a sample anyway."""
FOLDS_OF_MANY = 3
MOST_LEARNED = 40_000
"""Rows that each model learns from; of more, a sample."""
UNLIKELY = 0.1
"""A label with less probability is suspicious."""
LEAST_OF_LABEL = 2 * FOLDS
LEAST_ROWS = 100
TRIAL = 20_000
"""Rows of the trial that measures the power."""
FLIPPED = 0.05
MOST_CATEGORIES = 250
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """The probability of each row's own label."""

    own: Floats
    """Per row, NaN where it was not judged."""
    unlikely: npt.NDArray[np.bool_]
    """Which rows are suspicious."""
    learned: int
    """Rows that each model learned from, at most."""


def labels(table: ScreenTable) -> tuple[Found, npt.NDArray[np.float32] | None]:
    """Return the rows whose label is unlikely, and per row how unlikely it is."""
    if why := table.label_why_not:
        return not_made(NAME, why), None
    if not _installed():
        return not_made(NAME, "scikit-learn, of the extra train, is not installed"), None
    if not (table.features or table.texts):
        return not_made(NAME, "no column that tells rows apart"), None
    usable, left_out = _usable(table)
    if len(usable) < LEAST_ROWS:
        return not_made(NAME, f"fewer than {LEAST_ROWS} rows can be judged", *left_out), None
    part = table if len(usable) == table.rows else table.take(usable)
    if part.label_why_not:
        return not_made(NAME, f"too few rows have a second label: {part.label_why_not}"), None
    judged = judge(part)
    if judged is None:
        return not_made(NAME, "too few people for folds that keep a person's rows together"), None
    if judged.learned == MOST_LEARNED:
        left_out.append(f"each model learned from {judged.learned} of the rows; all were judged")
    scores = np.full(table.rows, np.nan, np.float32)
    scores[usable] = 1 - judged.own
    suspicion = Suspicion(usable[judged.unlikely], "labels: models find the label unlikely")
    apart = "" if table.subject is None else "; no model learned from rows of the same person"
    power = f"{_power(part)}{apart}"
    return found(NAME, [suspicion], len(usable), power, left_out), scores


def _installed() -> bool:
    try:
        import sklearn  # noqa: F401
    except ImportError:
        return False
    return True


def _usable(table: ScreenTable) -> tuple[Ints, list[str]]:
    """Return the rows that can be judged, and why others cannot."""
    assert table.label is not None  # label_why_not was asked
    counts = np.bincount(table.label.codes, minlength=table.label.distinct)
    left_out = []
    if counts[0]:
        left_out.append("rows without a label")
    few = (counts < LEAST_OF_LABEL) & (counts > 0)
    few[0] = False
    if few.any():
        left_out.append(f"rows of labels that fewer than {LEAST_OF_LABEL} rows have")
    taken = ~few
    taken[0] = False
    return np.flatnonzero(taken[table.label.codes]), left_out


def judge(table: ScreenTable, folds: int | None = None, *, quick: bool = False) -> Judged | None:
    """Return what models make of each row's label; None if people are too few for folds.

    ``quick`` takes one kind of model instead of all. scikit-learn must be installed.
    """
    assert table.label is not None  # label_why_not was asked
    if folds is None:
        folds = FOLDS_OF_MANY if table.rows > MANY_ROWS else FOLDS
    classes, target = np.unique(table.label.codes, return_inverse=True)
    if table.subject is not None and len(np.unique(table.subject)) < 4 * folds:
        return None
    chances = np.zeros((table.rows, len(classes)))
    learned = 0
    places = _places(table, target, folds)
    for fold in range(folds):
        learns, asked = np.flatnonzero(places != fold), np.flatnonzero(places == fold)
        if len(learns) > MOST_LEARNED:
            draw = np.random.default_rng(fold)
            learns = np.sort(draw.choice(learns, MOST_LEARNED, replace=False))
        learned = max(learned, len(learns))
        chances[asked] = _chances(table, target, len(classes), learns, asked, quick=quick)
    own = chances[np.arange(table.rows), target]
    return Judged(own, _unlikely(chances, target, own), learned)


def _places(table: ScreenTable, target: Ints, folds: int) -> Ints:
    """Return each row's fold: people whole, otherwise each label spread evenly."""
    draw = np.random.default_rng(0)
    if table.subject is not None:
        nobody = table.subject == 0
        group = np.where(nobody, table.subject.max() + 1 + np.arange(table.rows), table.subject)
        _, group = np.unique(group, return_inverse=True)
        return draw.permutation(int(group.max()) + 1)[group] % folds
    places = np.empty(table.rows, np.int64)
    for label in range(int(target.max()) + 1):
        rows = np.flatnonzero(target == label)
        places[draw.permutation(rows)] = np.arange(len(rows)) % folds
    return places


def _unlikely(chances: Floats, target: Ints, own: Floats) -> npt.NDArray[np.bool_]:
    """Return which labels are unlikely where another is likely."""
    usual = np.array([own[target == label].mean() for label in range(chances.shape[1])])
    other = chances.copy()
    other[np.arange(len(own)), target] = -1
    best = other.argmax(axis=1)
    return np.asarray(
        (own < UNLIKELY) & (other[np.arange(len(own)), best] >= np.minimum(usual[best], 0.5))
    )


def _chances(
    table: ScreenTable, target: Ints, classes: int, learns: Ints, asked: Ints, *, quick: bool
) -> Floats:
    """Return the mean of all models' probabilities, shape (asked, classes)."""
    from threadpoolctl import threadpool_limits

    made = []
    with threadpool_limits(1):  # threads that wait for busy cores take longer than one
        if table.features:
            for model, rows in _models(table, quick=quick):
                model.fit(rows[learns], target[learns])
                made.append(_aligned(model, rows, asked, classes))
        for rows in _words(table):
            model = _linear().fit(rows[learns], target[learns])
            made.append(_aligned(model, rows, asked, classes))
    return np.asarray(np.mean(made, axis=0))


def _aligned(model: Any, rows: Any, asked: Ints, classes: int) -> Floats:
    """Return probabilities with a column for every class, also for those that no fold has."""
    chances = np.zeros((len(asked), classes))
    for start in range(0, len(asked), 100_000):
        some = asked[start : start + 100_000]
        chances[start : start + len(some)][:, model.classes_] = model.predict_proba(rows[some])
    return chances


def _models(table: ScreenTable, *, quick: bool) -> Iterator[tuple[Any, Any]]:
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    columns, is_category = [], []
    for one in table.features:
        number = one.numbers is not None
        codes = one.numbers if number else one.binned(MOST_CATEGORIES)[0]
        columns.append(np.asarray(codes, np.float32))
        is_category.append(not number)
    rows = np.stack(columns, axis=1)
    boosted = HistGradientBoostingClassifier(
        max_iter=60 if quick else 150,
        learning_rate=0.1 if quick else 0.05,
        max_leaf_nodes=12,
        min_samples_leaf=min(40, max(2, table.rows // 50)),
        l2_regularization=5,
        early_stopping=False,
        random_state=0,
        categorical_features=np.array(is_category) if any(is_category) else None,
    )
    yield boosted, rows
    if not quick:
        trees = ExtraTreesClassifier(60, min_samples_leaf=8, random_state=0, n_jobs=1)
        yield trees, np.nan_to_num(rows, nan=-1.0)


def _words(table: ScreenTable) -> Iterator[Any]:
    """Yield a sparse matrix of words per column of text."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    for text in table.texts:
        width = 1 << 18
        weights = 1 / np.sqrt(np.maximum(1, np.repeat(np.diff(text.starts), np.diff(text.starts))))
        yield csr_matrix(
            (weights, (text.words % width).astype(np.int32), text.starts),
            shape=(table.rows, width),
        )


def _linear() -> Any:
    from sklearn.linear_model import SGDClassifier

    return SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=20, tol=1e-3, random_state=0)


def _power(table: ScreenTable) -> str:
    """Return which share of labels changed for a trial is found, measured on some of the rows."""
    assert table.label is not None  # label_why_not was asked
    draw = np.random.default_rng(1)
    rows = np.arange(table.rows)
    if table.rows > TRIAL:
        rows = np.sort(draw.choice(table.rows, TRIAL, replace=False))
    part = table.take(rows)
    assert part.label is not None  # the table has one
    there = np.unique(part.label.codes)
    if len(there) < 2:
        return "not measured: a sample of the rows has one label"
    flipped = np.sort(draw.choice(len(rows), max(1, int(len(rows) * FLIPPED)), replace=False))
    codes = part.label.codes.copy()
    codes[flipped] = _others(codes[flipped], there, draw)
    trial = judge(replace(part, label=replace(part.label, codes=codes)), 3, quick=True)
    if trial is None:
        return "not measured: too few people"
    share = trial.unlikely[flipped].mean()
    return (
        f"{share:.0%} of wrong labels, in a trial for which {FLIPPED:.0%} of the labels were"
        " changed at random"
    )


def _others(codes: npt.NDArray[np.int32], there: Sequence[int] | Any, draw: Any) -> Any:
    """Return for each code another one of those that are there."""
    places = np.searchsorted(there, codes)
    return np.asarray(there)[(places + draw.integers(1, len(there), len(codes))) % len(there)]
