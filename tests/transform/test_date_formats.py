"""Dates in text by formats: read as they are meant, moved and written back, or refused before the
first row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.bind.rule_context import RuleError
from anonymize.transform.date_formats import read_written, write_as
from anonymize.transform.interface import BadValuesError, Row

FORMATS = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%e %B %Y",
    "%d %b %Y",
    "%Y%m%d",
    "%j/%Y",
    "%A, %d %B %Y",
    "%F %T",
    "%Y-%m-%d %H:%M:%S.%f",
    "%d.%m.%Y %H:%M:%S,%f",
    "%I:%M:%S %p %d.%m.%Y",
    "100%% %d-%m-%Y",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "(%d) [%m] %Y",
]


def shifted(
    transform: Callable[..., Any], texts: list[str], subjects: list[str], **said: Any
) -> list[str | None]:
    """Return ``texts`` moved; null where they are bad."""
    shift = transform(action="shift_dates", by="id", **said)
    row = Row(before={ColumnName("id"): pa.array(subjects)}, after={})
    try:
        return shift(pa.array(texts), row).to_pylist()
    except BadValuesError as error:
        return error.values.to_pylist()


@pytest.mark.parametrize("written", FORMATS)
@given(at=st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)))
def test_a_date_is_read_as_python_wrote_it(written: str, at: datetime) -> None:
    """And written again as it was."""
    text = at.strftime(
        written.replace("%e", "%d").replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S")
    )
    read = read_written(pa.array([text]), written)
    assert read[0].as_py().date() == at.date()
    again = write_as(read, written, pa.array([text]), exact=True)
    assert again[0].as_py() == (text if "%e" not in written else text.removeprefix("0"))


NO_DATES = [
    ("%d/%m/%Y", "01/02/24"),
    ("%d/%m/%Y", "30/02/2024"),
    ("%Y-%m-%d", "2024-02-01x"),
    ("%Y-%m-%d %H:%M:%S.%f", "2024-02-01 10:00:00"),
    ("%Y-%m-%d %H:%M:%S.%f", "2024-02-30 10:00:00.5"),
    ("%e %B %Y", "32 March 2024"),
    ("%A %d %B %Y", "Monday 29 February 2024"),
]


@pytest.mark.parametrize("written,text", NO_DATES)
def test_what_is_not_written_so_is_no_date(written: str, text: str) -> None:
    """Two digits are no year of the first century, and a day that does not exist is none."""
    assert read_written(pa.array([text]), written).to_pylist() == [None]


def test_single_digit_days_and_a_year_with_its_zeros_are_read() -> None:
    """With or without a blank or a zero before them."""
    days = read_written(pa.array(["2 March 2024", " 2 March 2024", "02 March 2024"]), "%e %B %Y")
    assert {day.as_py() for day in days} == {datetime(2024, 3, 2)}
    assert read_written(pa.array(["01/02/0024"]), "%d/%m/%Y")[0].as_py() == datetime(24, 2, 1)


@pytest.mark.parametrize("written", ["%Y-%m", "%m/%Y", "%Y", "%d.%m", "%H:%M", "day", "%d %Y"])
def test_a_format_that_does_not_hold_a_day_is_no_date_that_can_move(
    transform: Any, written: str
) -> None:
    """It would come out as it was, or hop by a month."""
    with pytest.raises(RuleError, match="does not say the"):
        transform(action="shift_dates", by="id", within_days=5, format=written)


@pytest.mark.parametrize(
    "written", ["%G-W%V-%u", "%d.%m.%Y %Z", "%Y-%m-%dT%H:%M:%S%z", "%f %Y-%m-%d", "%s", "%Y-%-m-%d"]
)
@pytest.mark.parametrize(
    "rule",
    [
        {"action": "shift_dates", "by": "id", "within_days": 5},
        {"action": "generalize", "to": "day"},
    ],
)
def test_a_directive_that_cannot_be_read_is_refused(
    transform: Any, rule: dict[str, Any], written: str
) -> None:
    """Every value would be a bad one, or another day."""
    with pytest.raises(ValueError, match="cannot be read; it takes"):
        transform(**rule, format=written)


@pytest.mark.parametrize(
    "to,written",
    [
        ("day", "%m/%Y"),
        ("month", "%Y"),
        ("quarter", "%d %Y"),
        ("year", "%d.%m."),
        ("week", "%Y-%m"),
    ],
)
def test_a_period_needs_a_format_that_says_it(transform: Any, to: str, written: str) -> None:
    """Dates without a month would all be in January."""
    with pytest.raises(ValueError, match="does not say the"):
        transform(action="generalize", to=to, format=written)


def test_a_year_is_enough_for_a_year(transform: Any) -> None:
    """Coarse dates may be made coarser."""
    assert transform(action="generalize", to="year", format="%Y")(
        pa.array(["1987"])
    ).to_pylist() == [1987]
    assert transform(action="generalize", to="decade", format="%m/%Y")(
        pa.array(["09/1987"])
    ).to_pylist() == ["1980s"]


@given(
    start=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    days=st.integers(0, 400),
    written=st.sampled_from(FORMATS),
)
def test_intervals_of_a_subject_stay_exact(start: datetime, days: int, written: str) -> None:
    """In every format that is accepted."""
    from tests.transform.conftest import RULE, Context, transform_for

    rule = RULE.validate_python(
        {"action": "shift_dates", "by": "id", "within_days": 30, "format": written}
    )
    shift = transform_for(rule, ColumnName("c"), pa.string(), Context())
    python = written.replace("%e", "%d").replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S")
    texts = [at.strftime(python) for at in (start, start + timedelta(days=days))]
    moved = shift(
        pa.array(texts), Row(before={ColumnName("id"): pa.array(["a", "a"])}, after={})
    ).to_pylist()
    first, second = (datetime.strptime(text, python) for text in moved)
    assert second - first == timedelta(days=days)
    assert moved[0] != texts[0]


def test_two_digits_of_a_year_never_jump_a_century(transform: Any) -> None:
    """A date that would leave the hundred years that they tell apart is a bad value."""
    texts = ["30.12.68", "02.01.69", "15.06.99"] * 30
    subjects = [f"p{at}" for at in range(90)]
    moved = shifted(transform, texts, subjects, within_days=20, format="%d.%m.%y")
    for old, new in zip(texts, moved, strict=True):
        if new is not None:
            apart = datetime.strptime(new, "%d.%m.%y") - datetime.strptime(old, "%d.%m.%y")
            assert abs(apart.days) <= 20
    assert None in moved[0::3]
    assert None in moved[1::3]
    assert None not in moved[2::3]


def test_fractions_of_a_second_stay_or_are_cut(transform: Any) -> None:
    """As ``clock`` says, digits and mark as they were."""
    said = {"within_days": 3, "format": "%Y-%m-%d %H:%M:%S,%f"}
    assert shifted(transform, ["2024-03-01 10:20:30,125"], ["a"], **said)[0][10:] == " 10:20:30,125"
    assert (
        shifted(transform, ["2024-03-01 10:20:30,125"], ["a"], **said, clock="minute")[0][10:]
        == " 10:20:00,000"
    )
