"""A model's scores: the features it sees, folds that hang on values alone, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from anonymize.privacy.coded import CodedColumn, Level, Recoding
from anonymize.privacy.utility import Scores, scores_of
from anonymize.privacy.utility.covered import Covered
from anonymize.privacy.utility.encoded import features
from anonymize.privacy.utility.objective import LEAST, _information, weights_for

AGES = CodedColumn(
    "age",
    (
        Level(np.arange(4, dtype=np.int32), ["20", "25", "30", None], np.zeros(4)),
        Level(np.array([0, 0, 1, 2], np.int32), ["20–29", "30–39", None], np.zeros(3)),
        Level(np.zeros(4, np.int32), ["*"], np.ones(1)),
    ),
    np.array([20, 25, 30, np.nan]),
)
TOWNS = CodedColumn(
    "town",
    (
        Level(np.arange(3, dtype=np.int32), ["10", "11", "20"], np.zeros(3)),
        Level(np.array([0, 0, 1], np.int32), ["1*", "2*"], np.zeros(2)),
        Level(np.zeros(3, np.int32), ["*"], np.ones(1)),
    ),
)


def test_a_cell_is_what_is_known_of_it_at_each_level() -> None:
    """A mean for numbers; for others the group at each level, and nothing where it is coarser."""
    ages = Covered.of(AGES, np.arange(4), np.array([0, 0, 1, 2]), ("20–29", "30", "*"))
    towns = Covered.of(TOWNS, np.arange(3), np.array([0, 1, 2]), ("10", "1*", "*"))
    cells = np.array([[0, 0], [1, 1], [2, 2]])
    weights = [np.array([1.0, 1, 1, 1]), np.array([5.0, 9, 20])]
    made = features([AGES, TOWNS], [ages, towns], cells, weights)
    assert made.categories.tolist() == [False, True, True]
    assert made.values[:, 0] == pytest.approx([22.5, 30, np.nan], nan_ok=True)
    assert made.values[:, 1] == pytest.approx([2, np.nan, np.nan], nan_ok=True)
    assert made.values[:, 2] == pytest.approx([1, 1, np.nan], nan_ok=True)


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of nine combinations need no more."""
    monkeypatch.setattr("anonymize.privacy.utility.models.ITERATIONS", 6)


def table(rows: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Return a combination for each of ``rows`` counts, and a class that hangs on it."""
    draw = np.random.default_rng(6)
    which = draw.integers(0, 9, rows)
    return which, (draw.random(rows) < np.where(which % 3 == 0, 0.9, 0.2)).astype(float)


COLUMNS = (
    CodedColumn("a", (Level(np.arange(3, dtype=np.int32), list("xyz"), np.zeros(3)),)),
    CodedColumn("b", (Level(np.arange(3, dtype=np.int32), list("uvw"), np.zeros(3)),)),
)
CODES = np.stack(np.divmod(np.arange(9), 3), axis=1).astype(np.int32)
EXACT = Recoding(CODES, (list("xyz"), list("uvw")), np.ones(9, np.bool_))


def scored(which: np.ndarray, target: np.ndarray, made: Recoding = EXACT) -> Scores:
    """Return the scores of a table of single rows."""
    ones = np.ones(len(which), np.int64)
    return scores_of(COLUMNS, CODES, np.bincount(which), made, which, target, ones, "classify")


def test_what_changed_nothing_scores_as_the_raw_table() -> None:
    """All three, and whatever the order of rows."""
    which, target = table()
    found, order = scored(which, target), np.random.default_rng(1).permutation(len(which))
    assert found.raw == found.released == found.on_raw
    assert found.raw is not None
    assert found.raw.auc is not None
    assert found.raw.auc > 0.75
    assert scored(which[order], target[order]) == found


def test_a_table_without_any_detail_scores_as_chance() -> None:
    """Also where the model is asked about exact rows, because it learned nothing."""
    which, target = table()
    blank = CodedColumn(
        "a", (COLUMNS[0].levels[0], Level(np.zeros(3, np.int32), ["*"], np.ones(1)))
    )
    made = Recoding(np.zeros((9, 2), np.int32), (["*"], ["*"]), np.ones(9, np.bool_))
    ones = np.ones(len(which), np.int64)
    found = scores_of(
        [blank, blank], CODES, np.bincount(which), made, which, target, ones, "classify"
    )
    assert found.released is not None
    assert found.on_raw is not None
    assert found.released.auc == found.on_raw.auc == 0.5


def test_suppressed_rows_are_learned_from_by_nobody_but_asked_about() -> None:
    """What the release lacks cannot be known of it, and people like them are still there."""
    which, target = table()
    target[which == 0], target[which == 1] = np.arange((which == 0).sum()) % 2, 1.0
    kept = which != 0
    found = scored(which, target, Recoding(CODES, EXACT.labels, np.arange(9) != 0))
    others = scored(which[kept], target[kept])
    assert found.released == others.released
    assert found.on_raw is not None
    assert others.on_raw is not None
    assert found.on_raw.accuracy != others.on_raw.accuracy
    assert found.raw != others.raw


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda which, target: (which[:40], target[:40]), "fewer than 50 rows"),
        (lambda which, target: (which, target * 0), "has one value"),
        (lambda which, target: (which, np.arange(len(which)) % 60.0), "more than 50 classes"),
        (lambda which, target: (which, (np.arange(len(which)) < 3) * 1.0), "fewer than 5 rows"),
    ],
)
def test_targets_that_no_fold_can_hold_are_said(change: object, why: str) -> None:
    """In place of a score, not as an error."""
    assert callable(change)
    found = scored(*change(*table()))
    assert why in found.why_not
    assert found.raw is found.released is found.on_raw is None


def test_rows_without_a_target_take_no_part() -> None:
    """As if they were not there."""
    which, target = table()
    target[::3] = np.nan
    known = np.isfinite(target)
    counts = np.bincount(which)
    ones = np.ones(len(which), np.int64)
    found = scores_of(COLUMNS, CODES, counts, EXACT, which, target, ones, "classify")
    ones = ones[known]
    alone = scores_of(COLUMNS, CODES, counts, EXACT, which[known], target[known], ones, "classify")
    assert found == alone
    assert found.rows == known.sum()


def test_weights_follow_what_columns_tell_of_the_target() -> None:
    """Mutual information as scikit-learn has it; chance alone weighs next to nothing."""
    draw = np.random.default_rng(7)
    codes = draw.integers(0, 3, (20_000, 2)).astype(np.int32)
    target = ((codes[:, 0] == 1) ^ (draw.random(20_000) < 0.1)).astype(np.int64)
    rows = np.arange(20_000)
    found = weights_for(COLUMNS, codes, rows, target, np.ones(20_000, np.int64))
    assert found == pytest.approx([2, LEAST], abs=0.01)
    told = _information(codes[:, 0], 3, target, np.ones(20_000, np.int64))
    assert told == pytest.approx(mutual_info_score(codes[:, 0], target), abs=1e-4)
