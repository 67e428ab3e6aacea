"""Scores of a model that learns from released rows, beside one that learns from raw ones.

Gradient boosting of histograms (scikit-learn; the method of Ke et al., "LightGBM", NeurIPS 2017),
60 iterations, learning rate 0.15, over five folds with a fixed seed, stratified by class where it
predicts one. Rows are put in an order that only their values decide, so equal tables get equal
scores, whatever the order of their rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from anonymize.errors import MissingExtraError
from anonymize.privacy.coded import Floats
from anonymize.privacy.utility.covered import Ints
from anonymize.privacy.utility.encoded import Features

FOLDS = 5
ITERATIONS = 60
MOST_ROWS = 50_000
"""Rows that take part; of a larger table so many, drawn with a fixed seed."""
MOST_CLASSES = 50
"""Classes of a target to predict; more are refused."""
Kind = Literal["classify", "regress"]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    """How well a model predicts the target; means over the folds."""

    accuracy: float | None = None
    """Of classes: the share predicted right, 0 to 1."""
    auc: float | None = None
    """Of classes: the area under the ROC curve, 0 to 1, 0.5 by chance; with more than two classes
    the mean over each against the rest.
    """
    r2: float | None = None
    """Of numbers: the share of the variance that is explained, at most 1."""


def check_installed() -> None:
    """Check that scikit-learn can be imported.

    Raises:
        MissingExtraError: it cannot.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise MissingExtraError.of("scoring a model", "train") from None


def unfit(target: Floats, kind: Kind) -> str:
    """Return why a model cannot be scored on these values of the target; empty if it can."""
    values, counts = np.unique(target, return_counts=True)
    if len(target) < 10 * FOLDS:
        return f"fewer than {10 * FOLDS} rows have a target"
    if len(values) < 2:
        return "the target has one value"
    if kind == "classify" and len(values) > MOST_CLASSES:
        return (
            f"the target has more than {MOST_CLASSES} classes; say kind: regress if it is a number"
        )
    if kind == "classify" and int(counts.min()) < FOLDS:
        return f"a class of the target has fewer than {FOLDS} rows"
    return ""


def score(
    train: Features,
    target: Floats,
    kind: Kind,
    test: Features | None = None,
    published: Mask | None = None,
) -> Score:
    """Return the score of a model over folds, whose rows are in canonical order.

    Args:
        train: Features of the rows that it learns from.
        target: What it predicts: the class, or the number, of each row.
        kind: Which of the two.
        test: Features of the same rows as the model is asked about them; ``train`` by default.
        published: Rows that it may learn from; without ``test`` it is asked about no others either.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    check_installed()
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # threads that wait for busy cores take longer than one
        found = list(_over_folds(train, target, kind, test, published))
    names = found[0].keys()
    return Score(**{name: fmean(one[name] for one in found) for name in names})


def _over_folds(
    train: Features, target: Floats, kind: Kind, test: Features | None, published: Mask | None
) -> Iterator[dict[str, float]]:
    from sklearn.model_selection import KFold, StratifiedKFold

    asked = np.arange(len(target))
    if test is None and published is not None:
        asked = asked[published]
    split = (StratifiedKFold if kind == "classify" else KFold)(FOLDS, shuffle=True, random_state=0)
    of = train if test is None else test
    for learns, tests in split.split(asked, target[asked]):
        learned, tested = asked[learns], asked[tests]
        if published is not None:
            learned = learned[published[learned]]
        says = np.isfinite(train.values[learned]).any(axis=0)
        if not says.any():  # every cell is *: a model that knows nothing of anybody
            says[:1], learned_from = True, np.zeros((len(learned), 1))
        else:
            learned_from = train.values[learned][:, says]
        model = _model(kind, train.categories[says]).fit(learned_from, target[learned])
        yield _scored(model, of.values[tested][:, says], target[tested], kind)


def _model(kind: Kind, categories: Mask) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    made = HistGradientBoostingClassifier if kind == "classify" else HistGradientBoostingRegressor
    return made(
        max_iter=ITERATIONS,
        learning_rate=0.15,
        early_stopping=False,
        random_state=0,
        categorical_features=categories if categories.any() else None,
    )


def _scored(model: Any, rows: Floats, target: Floats, kind: Kind) -> dict[str, float]:
    from sklearn.metrics import r2_score, roc_auc_score

    if kind == "regress":
        return {"r2": float(r2_score(target, model.predict(rows)))}
    chances = model.predict_proba(rows)
    right = float((model.classes_[chances.argmax(axis=1)] == target).mean())
    by_class = chances[:, 1] if chances.shape[1] == 2 else chances
    area = roc_auc_score(target, by_class, multi_class="ovr", labels=model.classes_)
    return {"accuracy": right, "auc": float(area)}


def drawn(rows: int) -> Ints:
    """Return which of ``rows`` take part, ascending."""
    if rows <= MOST_ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
