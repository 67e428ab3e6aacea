"""Days that nobody shares tell whose a row is: a draft gives them a period, or says how many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.plan.draft import Drafted, Measured, Observed, draft, policy_text
from anonymize.policy import SourceSpec, parse_policy

ROWS = 120
FIRST = dt.date(2001, 3, 1)


def drafted(
    days: list[Any],
    people: int = ROWS,
    kinds: tuple[tuple[str, str], ...] = (("name", "PERSON_NAME"), ("hired", "DATE_TIME")),
) -> Drafted:
    """Return the draft of a table of ``people`` and dates."""
    texts = [f"Person {at % people}" for at in range(ROWS)]
    table = pa.table({column: days if column == "hired" else texts for column, _ in kinds})
    findings = [
        Finding(ColumnName(column), verdict, 0.9, "NONE", 1.0, None, ("why",), 60)  # type: ignore[arg-type]
        for column, verdict in kinds
    ]
    observed = Observed(findings)
    for _ in observed.watch(table.to_batches(max_chunksize=50)):
        pass
    return draft(SourceSpec(path="p.csv"), table.schema, findings, observed=observed)


def rule(of: Drafted) -> dict[str, object]:
    """Return the drafted rule of the dates."""
    return dict(of.lines[1].rule)


@pytest.mark.parametrize(
    ("apart", "to", "left"), [(800, "year", 120), (59, "year", 0), (3, "month", 0)]
)
@pytest.mark.parametrize("written", [None, "%d.%m.%Y", "%Y-%m-%d"])
def test_days_of_one_person_each_get_a_period_that_rows_share(
    apart: int, to: str, left: int, written: str | None
) -> None:
    """The finest with which few are alone, whether they are dates or text; it is said too."""
    days = [FIRST + dt.timedelta(days=apart * at) for at in range(ROWS)]
    made = drafted(days if written is None else [day.strftime(written) for day in days])
    text = {"format": written} if written == "%d.%m.%Y" else {}
    assert rule(made) == {"action": "generalize", "to": to, **text}
    said = f"generalize for hired: 120 of 120 rows are alone with their day, {left} with their {to}"
    assert made.told == (said,)
    assert said.partition(": ")[2] in policy_text(made)
    parse_policy(policy_text(made))


def test_moments_are_counted_by_their_day() -> None:
    """Their second would be alone in every table."""
    start = dt.datetime(2020, 1, 1)
    shared = [start + dt.timedelta(days=at // 4, seconds=at) for at in range(ROWS)]
    assert rule(drafted(shared)) == {"action": "generalize", "to": "day"}
    alone = [start + dt.timedelta(days=at, seconds=at) for at in range(ROWS)]
    assert rule(drafted(alone)) == {"action": "generalize", "to": "month"}


def test_days_that_rows_share_stay() -> None:
    """Also where one in twenty is alone; nothing is said then."""
    days = [FIRST + dt.timedelta(days=at // 5) for at in range(ROWS - 6)]
    days += [FIRST - dt.timedelta(days=9 * at + 1) for at in range(6)]
    made = drafted(days)
    assert (rule(made), made.told) == ({"action": "keep"}, ())


def test_days_of_events_stay_and_their_number_is_said() -> None:
    """Where people have several rows the days are what the rows are about."""
    made = drafted([FIRST + dt.timedelta(days=at) for at in range(ROWS)], people=20)
    assert rule(made) == {"action": "keep"}
    assert "120 of 120 rows are alone with their day; to: month or shift_dates" in made.told[0]


def test_dates_of_people_are_in_the_privacy_block() -> None:
    """They identify in combination, as dates of birth do, and the hint names a rule for dates."""
    days = [FIRST + dt.timedelta(days=at // 5) for at in range(ROWS)]
    made = drafted(days)
    hired = ColumnName("hired")
    assert "quasi_identifiers: [hired]" in policy_text(made, Measured((hired,), {}))
    left_out = policy_text(made, Measured((), {hired: 0.9}))
    assert (
        "# hired identifies too, and is left out of privacy: 90% of the rows would be suppressed."
        in left_out
    )
    assert "{action: generalize, to: month}?" in left_out
    events = drafted(days, people=20)
    assert "hired is not among" not in policy_text(events, Measured((), {}))


BORN = ("born", "DATE_OF_BIRTH")
HIRED = ("hired", "DATE_TIME")


@pytest.mark.parametrize("beside", [(BORN,), (BORN, ("pk", "RECORD_ID"))])
def test_days_get_a_period_where_nothing_shows_several_rows_of_a_person(
    beside: tuple[tuple[str, str], ...],
) -> None:
    """A table without names or numbers of people is taken to have a person in each row; a number
    that repeats and may be a product's shows nothing else.
    """
    days = [FIRST + dt.timedelta(days=3 * at) for at in range(ROWS)]
    made = drafted(days, people=20, kinds=(*beside, HIRED))
    assert dict(made.lines[-1].rule) == {"action": "generalize", "to": "month"}
    assert made.lines[-1].identifies


def test_numbers_of_people_that_repeat_show_several_rows_of_a_person() -> None:
    """Their days stay, and are said."""
    days = [FIRST + dt.timedelta(days=at) for at in range(ROWS)]
    made = drafted(days, people=20, kinds=(BORN, ("customer_id", "RECORD_ID"), HIRED))
    assert dict(made.lines[-1].rule) == {"action": "keep"}
    assert "120 of 120 rows are alone with their day; to: month or shift_dates" in made.told[-1]


def test_dates_without_a_century_that_nobody_shares_go() -> None:
    """They have no period, and kept they told everybody without a word. Shared ones stay, and so do
    those of events, which is said.
    """
    alone = [(FIRST + dt.timedelta(days=at)).strftime("%d-%b-%y") for at in range(ROWS)]
    made = drafted(alone)
    assert rule(made) == {"action": "redact"}
    assert "120 of 120 rows are alone with their day; no format with a century" in made.told[0]
    events = drafted(alone, people=20)
    assert rule(events) == {"action": "keep"}
    assert "120 of 120 rows are alone with their day" in events.told[0]
    shared = drafted(alone[: ROWS // 4] * 4)
    assert (rule(shared), shared.told) == ({"action": "keep"}, ())
