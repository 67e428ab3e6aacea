"""Scores a model that predicts a target from quasi-identifiers, before and after recoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anonymize.privacy.coded import CodedColumn, Codes, Floats, Recoding
from anonymize.privacy.utility.covered import Covered, Ints, sums
from anonymize.privacy.utility.encoded import Features, features
from anonymize.privacy.utility.models import Kind, Score, check_installed, drawn, score, unfit


@dataclass(frozen=True)
class Scores:
    """Scores of one kind of model, each over five folds of the same table."""

    kind: Kind
    """What the model does."""
    rows: int
    """Rows with a target that took part, of a large table a part."""
    raw: Score | None = None
    """Learned from raw rows and asked about raw rows."""
    released: Score | None = None
    """Learned from released rows and asked about released rows: what those get who have no others.
    Rows that are suppressed take no part.
    """
    on_raw: Score | None = None
    """Learned from released rows, and asked about all raw rows of the other folds, suppressed ones
    too: what the model is worth on people whose exact values are known.
    """
    why_not: str = ""
    """Why there are no scores; empty if there are."""


def scores_of(
    columns: Sequence[CodedColumn],
    codes: Codes,
    rows: Ints,
    made: Recoding,
    combination: Ints,
    target: Floats,
    counts: Ints,
    kind: Kind,
    known: Scores | None = None,
) -> Scores:
    """Return the scores of a model on raw and on released rows.

    Args:
        columns: The quasi-identifiers, shape (n,): all that the model sees.
        codes: Distinct combinations, shape (combinations, n).
        rows: Rows of each.
        made: What is published instead.
        combination: The combination of each count.
        target: Its value of the target: a class, or a number; NaN where it is missing.
        counts: Its rows.
        kind: What the model does.
        known: Scores of the same table with another recoding, whose raw ones are taken over.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    check_installed()
    there = np.flatnonzero(np.isfinite(target))
    keys = [codes[combination[there], at] for at in range(codes.shape[1])]
    there = there[np.lexsort([target[there], *keys])]
    at = np.repeat(there, counts[there])
    at = at[drawn(len(at))]
    wanted, of, published = target[at], combination[at], made.kept[combination[at]]
    if why := unfit(wanted, kind) or unfit(wanted[published], kind):
        return Scores(kind, len(at), why_not=why)
    before, after = _features(columns, codes, rows, made)
    raw = known.raw if known and known.raw else score(before.of(of), wanted, kind)
    released = score(after.of(of), wanted, kind, published=published)
    on_raw = score(after.of(of), wanted, kind, before.of(of), published)
    return Scores(kind, len(at), raw, released, on_raw)


def _features(
    columns: Sequence[CodedColumn], codes: Codes, rows: Ints, made: Recoding
) -> tuple[Features, Features]:
    """Return the features of each combination as it was, and as it is published."""
    kept = made.kept
    weights = [sums(codes[:, at], rows, column.values) for at, column in enumerate(columns)]
    alone = [Covered.alone(column.values) for column in columns]
    raw = features(columns, alone, codes, weights)
    cells = made.cells[kept, : len(columns)].astype(np.int64)
    covered = [
        Covered.of(column, codes[kept, at].astype(np.int64), cells[:, at], made.labels[at])
        for at, column in enumerate(columns)
    ]
    found = features(columns, covered, cells, weights)
    values = np.full(raw.values.shape, np.nan)
    values[kept] = found.values
    return raw, Features(values, raw.categories)
