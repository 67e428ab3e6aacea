"""A text that stands for nobody is no person of a class, and a value that is hardly one person is
told.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from anonymize.errors import GateError
from anonymize.names import ColumnName
from anonymize.pipeline.frame import anonymize_frame
from anonymize.plan.recurring import recurring_in
from anonymize.privacy import ClassCounts, persons
from anonymize.privacy.digests import OF_PROCESS
from tests.plan.helpers import policy_of

VILLAGES = "ABCDEFGHIJ"
MARKERS = [
    "k.A.",
    "keine Angabe",
    "Not  Available",
    "unbekannt",
    "не указано",
    "(leer)",
    "N / A",
    "-1",
]
COLUMNS = "  who: {action: keep, accept: made up}\n  place: {action: keep}\n"
PRIVACY = "subject: who\nprivacy: {quasi_identifiers: [place], k: 5, max_suppressed: 0.9}\n"


def villages(markers: list[str]) -> pd.DataFrame:
    """Return villages with one person each and rows of nobody, and a town with people enough."""
    rows = [(f"P-{at:03d}", f"village {VILLAGES[at]}") for at in range(10)]
    rows += [(marker, f"village {VILLAGES[at]}") for at in range(10) for marker in markers]
    rows += [(f"T-{at:03d}", "town") for at in range(60)]
    return pd.DataFrame(rows, columns=["who", "place"])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_rows_of_nobody_make_no_class_large_enough() -> None:
    """One patient and eight markers in a village were nine people, so all of them were
    published.
    """
    out = anonymize_frame(villages(MARKERS), policy_of(COLUMNS, PRIVACY))
    assert set(out["place"]) == {"town"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_refusal_tells_how_many_rows_that_are() -> None:
    """It is the same number whatever the markers say."""
    with pytest.raises(GateError, match="90 of 150 rows"):
        anonymize_frame(villages(MARKERS), policy_of(COLUMNS, PRIVACY.replace("0.9", "0")))


def test_a_value_that_no_list_knows_is_told_where_it_is_hardly_one_person() -> None:
    """It counts as one person in each class, because nothing says that it is not; so it must not be
    silent.
    """
    frame = villages(["Laufkundschaft"] * 5)
    with pytest.warns(
        UserWarning, match="most frequent value of who is a person: it stands in 42% of the rows"
    ):
        anonymize_frame(frame, policy_of(COLUMNS, PRIVACY.replace("k: 5", "k: 2")))


@pytest.mark.parametrize(("rows_of_one", "implausible"), [(1, False), (8, False), (200, True)])
def test_people_with_rows_like_others_are_plausible(rows_of_one: int, implausible: bool) -> None:
    """Four rows each is the rule here; twice as many is somebody, fifty times as many is not."""
    who = ["x"] * rows_of_one + [f"P{at % 200}" for at in range(800)]
    people = persons(OF_PROCESS, pa.array(who))
    counts = ClassCounts.of([pa.array(np.arange(len(who)) % 7)], people)
    assert counts.most_frequent().implausible is implausible


@pytest.mark.parametrize(
    ("top", "others", "told"),
    [(40, [1] * 400, 1), (40, [2] * 200, 1), (10, [1] * 400, 0), (40, [30] * 20, 0)],
)
def test_values_far_above_the_others_are_counted(top: int, others: list[int], told: int) -> None:
    """A column of people's values whose rows are many and one value's far more."""
    texts = ["the same"] * top + [f"v{at}" for at, count in enumerate(others) for _ in range(count)]
    found = recurring_in(
        pa.RecordBatch.from_pydict({"c": [*texts, *["N/A"] * 90]}), [ColumnName("c")]
    )
    assert found.get(ColumnName("c"), (0, 0.0))[0] == told
