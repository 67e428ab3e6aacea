"""The first pass reads what its facts hang on, and no other column."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.errors import PlanError, SourceError
from anonymize.keys import Keyring
from anonymize.plan import PlanWithKeys

from .helpers import plan_of

TABLE = pa.table(
    {
        "country": ["DE", "DE", "US"],
        "name": ["Ana", "Bo", "Cy"],
        "age": [30, 31, 32],
        "born": ["1984-01-01", "x", "1990-01-01"],
        "in": [{"zip": "1"}, {"zip": "1"}, {"zip": "2"}],
    }
)
FITTED = "  country: {action: generalize, rare: 2}\n"
OTHERS = "  name: {action: mask}\n  born: {action: generalize, to: year}\n"


@pytest.mark.parametrize(
    ("columns", "extra", "read"),
    [
        (OTHERS, "", ()),
        (FITTED + OTHERS, "", ("country",)),
        (FITTED + OTHERS, "rows: {where: [[age, '>', 30]]}\n", ("country", "age")),
        ("  in.zip: {action: generalize, rare: 2}\n" + OTHERS, "", ("in",)),
        (
            FITTED + OTHERS,
            "privacy: {quasi_identifiers: [country], k: 2}\n",
            ("country", "name", "born"),
        ),
    ],
)
def test_a_pass_reads_fitted_columns_and_what_its_filter_asks(
    columns: str, extra: str, read: tuple[str, ...]
) -> None:
    """Where classes are counted all are read: a row that is set aside for any column is missing
    from its class.
    """
    assert plan_of(TABLE, columns, extra).measured_columns == read


@pytest.mark.parametrize("extra", ["", "rows: {where: [[age, '>', 30]]}\n"])
def test_facts_are_the_same_without_the_other_columns(extra: str) -> None:
    """The plan that is fitted with them publishes the same rows."""
    plan, batch = plan_of(TABLE, FITTED + OTHERS, extra), TABLE.to_batches()[0]
    some = PlanWithKeys(plan, None).measure_all([batch.select(list(plan.measured_columns))])
    one, other = (
        PlanWithKeys(plan.fit(part), None).apply(batch).batch
        for part in (some, plan.measure(batch))
    )
    assert one == other
    assert one["country"].to_pylist()[-1] != "US"


def test_a_batch_that_lacks_a_column_is_refused_in_the_first_pass_too() -> None:
    """Whoever measures batches by hand is told at the first of them, not after a pass over all."""
    with pytest.raises(SourceError, match="born"):
        plan_of(TABLE, FITTED + OTHERS).measure(TABLE.drop_columns(["born"]).to_batches()[0])


@pytest.mark.parametrize(
    ("columns", "extra"),
    [
        (FITTED + OTHERS, ""),
        (OTHERS, "privacy: {quasi_identifiers: [born], k: 2}\n"),
    ],
)
def test_a_plan_without_its_first_pass_says_so(columns: str, extra: str, keyring: Keyring) -> None:
    """A transform that knows nothing yet was called, and failed with an internal error."""
    plan = plan_of(TABLE, columns, extra, keyring=keyring)
    with pytest.raises(PlanError, match="needs a first pass: measure every batch"):
        PlanWithKeys(plan, keyring).apply(TABLE.to_batches()[0])
