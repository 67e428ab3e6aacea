"""What a reader sees of canaries is as of any row: no single sign of a row tells them apart.

``bench/training_canaries.py`` lets a classifier look for all signs together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from tests.pipeline.canaries.made import Made

CANARIES = 1_500
SIX_SIGMA = 6 / (12 * CANARIES) ** 0.5
"""Of the AUC of a sign that says nothing, for so many canaries among more rows."""


def _auc(sign: np.ndarray, invented: np.ndarray) -> float:
    """Return the probability that a canary's sign is greater than a real row's; ties count half."""
    ranks = pd.Series(sign).rank().to_numpy()
    count = invented.sum()
    greater = ranks[invented].sum() - count * (count + 1) / 2
    return float(greater / (count * (len(sign) - count)))


def _signs(frame: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what can be seen of each row: values, lengths, how often they occur, and where."""
    for name in frame.columns:
        column = frame[name]
        yield f"{name}: times", column.map(column.value_counts()).to_numpy(float)
        if column.dtype.kind in "iuf":
            yield f"{name}: value", column.to_numpy(float)
            yield f"{name}: last digit", (column * 100).round().to_numpy(float) % 10
        elif column.dtype.kind == "M":
            yield f"{name}: hour", column.dt.hour.to_numpy(float)
            yield f"{name}: second", column.dt.second.to_numpy(float)
            yield f"{name}: day", column.dt.dayofyear.to_numpy(float)
        else:
            yield f"{name}: length", column.str.len().to_numpy(float)
            yield f"{name}: first", column.str[0].map(ord).to_numpy(float)
            yield f"{name}: last", column.str[-1].map(ord).to_numpy(float)
    pair = frame.groupby(["region", "plan"])["born"].transform("size")
    yield "region and plan: times", pair.to_numpy(float)
    rest = frame.drop(columns=["customer", "name", "email", "card"])
    yield (
        "row without ids: times",
        rest.groupby(list(rest.columns))["born"].transform("size").to_numpy(),
    )
    yield "position", np.arange(len(frame), dtype=float)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows of a version, and which of them are invented."""
    place = Made(tmp_path_factory.mktemp("undetected"), rows=4_000)
    place.run(CANARIES)
    invented = np.zeros(4_000 + CANARIES, bool)
    for record in place.records():
        invented[record.rows["row"].to_numpy()] = True
    assert invented.sum() == CANARIES
    return place.rows().to_pandas(), invented


def test_no_sign_of_a_row_tells_a_canary(seen: tuple[pd.DataFrame, np.ndarray]) -> None:
    """Of columns and pairs, within six standard errors of chance."""
    frame, invented = seen
    told = {name: _auc(sign, invented) for name, sign in _signs(frame)}
    assert {name: auc for name, auc in told.items() if abs(auc - 0.5) > SIX_SIGMA} == {}
    assert len(told) > 20


def test_numbers_and_dates_repeat_no_more_than_real_ones(
    seen: tuple[pd.DataFrame, np.ndarray],
) -> None:
    """A search for equal rows without ids finds none that are a canary and its donor."""
    frame, _ = seen
    rest = frame.drop(columns=["customer", "name", "email", "card"])
    assert not rest.duplicated().any()
