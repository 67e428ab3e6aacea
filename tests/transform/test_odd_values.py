"""Values at the edge of what an action takes: nothing raw passes, nothing breaks, nothing wraps
around.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import DataError
from anonymize.names import ColumnName
from anonymize.plan.bind.conditional import call
from anonymize.plan.bind.registry import transform_for
from anonymize.transform import BadValuesError, Row, UnsupportedTypeError
from anonymize.transform.simple.mask_forms import MaskPattern
from tests.transform.conftest import RULE, Context

BAD = "✗"
SHIFT = {"action": "shift_dates", "within_days": 30, "by": "id"}


def made(column: pa.Array, **rule: Any) -> list[Any]:
    """Return what a rule makes of a column, ``BAD`` where it calls a value bad; the type is the
    promised one.
    """
    transform: Any = transform_for(
        RULE.validate_python(rule), ColumnName("c"), column.type, Context(subject="id")
    )
    row = Row({ColumnName("id"): pa.array(range(len(column)), pa.int64())})
    kind = transform.output_type(column.type)
    transform = (
        transform.fitted(transform.measure(column, row))
        if hasattr(transform, "measure")
        else transform
    )
    try:
        result, bad = call(transform, column, row), [False] * len(column)
    except BadValuesError as error:
        result, bad = error.values, error.where.to_pylist()
    assert result.type == kind
    return [BAD if wrong else value for value, wrong in zip(result.to_pylist(), bad, strict=True)]


@pytest.mark.parametrize("rule", [SHIFT, {"action": "generalize", "to": "year"}])
def test_text_behind_a_date_is_no_date(rule: Any) -> None:
    """It would pass as it is: a shifted date keeps its time of day, and nothing else."""
    texts = [
        "2024-02-28 Jane Doe, 303-555-0142",
        "2024-02-28T10:00:00Z Jane",
        "2024-02-28Jane",
        "2024-02-28 10",
    ]
    assert made(pa.array(texts), **rule) == [BAD] * 4


@pytest.mark.parametrize(
    "clock", ["", "T10:00:00.123456Z", " 10:00", " 10:00:00+02:00", "T23:59:59-0800", " 1:05 PM"]
)
def test_a_shifted_date_keeps_its_time_of_day(clock: str) -> None:
    """In the ways that clocks and zones are written."""
    shifted = made(pa.array(["2024-02-28" + clock]), **SHIFT)[0]
    assert shifted != BAD
    assert shifted[10:] == clock
    assert shifted[:10] != "2024-02-28"


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32()),
        pa.array([2**63 - 1, -(2**63)], pa.int64()).cast(pa.timestamp("ns")),
        pa.array([2**63 - 1, -(2**63)], pa.int64()).cast(pa.timestamp("s", "UTC")),
        pa.array([date(9999, 12, 31), date(1, 1, 1)]).cast(pa.date64()),
        pa.array(["9999-12-31", "0001-01-01"]),
        pa.array(["31.12.9999", "01.01.0001"]),
    ],
    ids=lambda values: str(values.type),
)
def test_a_date_never_moves_out_of_its_type_or_of_the_calendar(values: pa.Array) -> None:
    """It neither wraps around nor stops the run: the row is bad, or the date is still one."""
    written = "%d.%m.%Y" if pa.scalar("31.12.9999").equals(values[0]) else None
    done = made(pa.concat_arrays([values] * 20), **SHIFT, format=written)
    assert BAD in done
    assert all(len(str(value)) <= len("9999-12-31 23:59:59.999999+00:00") for value in done)


def test_days_outside_the_calendar_are_bad() -> None:
    """Arrow's years are 16 bits wide: the last day of date32 would come out as the year 20599."""
    days = pa.array([2**31 - 1, 0, -(2**31)], pa.int32()).cast(pa.date32())
    assert made(days, action="generalize", to="year") == [BAD, 1970, BAD]
    assert made(days, action="generalize", to="month") == [BAD, "1970-01", BAD]


def test_days_before_1970_and_in_a_gap_of_summer_time_are_their_own() -> None:
    """Half past two of 31 March 2024 does not exist in Berlin; 1 a.m. UTC that day is three o'clock
    there.
    """
    moments = [
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2024, 3, 31, 1, tzinfo=UTC),
        None,
    ]
    for zone, first in (("UTC", date(1969, 12, 31)), ("Europe/Berlin", date(1970, 1, 1))):
        column = pa.array(moments, pa.timestamp("us", zone))
        assert made(column, action="generalize", to="day") == [first, date(2024, 3, 31), None]


NUMBER_RULES: list[dict[str, Any]] = [
    {"action": "generalize", "band": 10},
    {"action": "generalize", "nearest": 5},
    {"action": "generalize", "top": 9},
    {"action": "generalize", "quantiles": 4},
    {"action": "generalize", "grid_metres": 1000, "axis": "latitude"},
    {"action": "perturb", "scale": 1},
]


@pytest.mark.parametrize("rule", NUMBER_RULES, ids=str)
def test_a_column_without_any_value_stays_empty(rule: Any) -> None:
    """Its type is null: a CSV file's column with nothing in it."""
    assert made(pa.nulls(3), **rule) == [None] * 3


VIEWED: list[dict[str, Any]] = [
    SHIFT,
    {"action": "generalize", "postcode": "US"},
    {"action": "shuffle", "by": "id"},
    {"action": "fake", "kind": "name", "unique": True},
]


@pytest.mark.parametrize("rule", VIEWED, ids=str)
def test_views_of_text_are_taken_like_text(rule: Any) -> None:
    """Arrow cannot select rows of views, so they are plain inside."""
    texts = ["2024-02-28", "80267", None, "none"]
    assert made(pa.array(texts, pa.string_view()), **rule) == made(pa.array(texts), **rule)


@pytest.mark.parametrize("action", ["mask", "pseudonymize", "tokenize"])
def test_intervals_have_no_one_text_form(action: str) -> None:
    """Refused before the first row, not in the middle of the run."""
    with pytest.raises(UnsupportedTypeError):
        made(pa.array([(1, 2, 3)], pa.month_day_nano_interval()), action=action)


@pytest.mark.parametrize(
    "value,kind,expected",
    [
        (5, pa.date32(), pa.int64()),
        (1.5, pa.int64(), pa.float64()),
        (True, pa.int64(), pa.bool_()),
        ("abc", pa.list_(pa.string()), pa.string()),
        (300, pa.int8(), pa.int64()),
        (5, pa.decimal128(5, 2), pa.decimal128(5, 2)),
        (0.1, pa.float32(), pa.float32()),
        (date(2024, 2, 29), pa.date32(), pa.date32()),
        ("x", pa.large_string(), pa.large_string()),
    ],
)
def test_a_constant_stays_what_it_is(value: Any, kind: pa.DataType, expected: pa.DataType) -> None:
    """5 is no date, 1.5 is not 1, and text is no list of its letters; also where a batch has no
    row.
    """
    rule = RULE.validate_python({"action": "constant", "value": value})
    transform: Any = transform_for(rule, ColumnName("c"), kind, Context())
    assert transform.output_type(kind) == expected
    assert transform(pa.nulls(0, kind)).type == expected


@pytest.mark.parametrize(
    "rule,values",
    [
        (
            {"part": "domain"},
            ["jane@mail.com,Smith", "a@b;303-555-0142", "Jane <jane@mail.com>", "a@b/Smith", "a@"],
        ),
        (
            {"part": "host"},
            [
                "http://host\\jane",
                "http://Jane Doe",
                "http://[Jane]/",
                "http://host,jane",
                "http://u:p#s@h",
            ],
        ),
        ({"postcode": "GB"}, ["80267", "12345-6789", "Jane Doe", "SW1A 1AA Smith"]),
        ({"postcode": "US"}, ["3601", "Jane Doe", "8026", "802671"]),
        ({"postcode": "DE"}, ["Jane Doe", "48149;Jane"]),
    ],
)
def test_what_would_show_more_than_the_coarse_part_is_bad(rule: Any, values: list[str]) -> None:
    """A domain, host or region is shown only where it is one."""
    assert made(pa.array(values), action="generalize", **rule) == [BAD] * len(values)


def test_hosts_come_without_whoever_signs_in_there() -> None:
    """Also where the name or password holds an at sign."""
    urls = [
        "https://jane@mail.com:p@ss@host.org:80/x",
        "ftp://jane:pw@[2001:db8::1]/",
        "https://bücher.example?q=a@b",
    ]
    assert made(pa.array(urls), action="generalize", part="host") == [
        "host.org",
        "[2001:db8::1]",
        "bücher.example",
    ]


def test_an_integer_with_more_or_fewer_digits_than_its_code_is_bad() -> None:
    """Its first digits would be another area's."""
    assert made(pa.array([2139, 123456, -12]), action="generalize", prefix=3, width=5) == [
        "021",
        BAD,
        BAD,
    ]


def test_a_masked_e_mail_shows_only_a_domain() -> None:
    """What stands where a domain should is hidden with the rest when it is none."""
    cells = ["jane@mail.com,Smith", "jane@x/303-555-0142", "jane@bücher.example", "x@mail.com"]
    assert made(pa.array(cells), action="mask", form="email") == [
        "****@****.***,*****",
        "****@*/***-***-****",
        "j***@bücher.example",
        "***@mail.com",
    ]


@pytest.mark.parametrize("rule", [{}, {"hide": "letters"}])
def test_letters_in_circles_and_of_private_use_are_hidden_too(rule: Any) -> None:
    """They read as letters, or nobody knows what they read as."""
    assert made(pa.array(["Ⓙⓐⓝⓔ", "\ue000\ue001", "🄹"]), action="mask", **rule) == [
        "****",
        "**",
        "*",
    ]


def test_a_mask_whose_pattern_takes_too_long_stops_with_no_value_in_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pattern that the plan could not judge ends after the time limit."""
    monkeypatch.setattr("anonymize.transform.simple.mask_forms.PATTERN_SECONDS", 0.05)
    with pytest.raises(DataError, match="mask: the pattern took more than") as raised:
        MaskPattern("^(?P<hide>(a|aa)+)$")(pa.array(["a" * 5000 + "b"]))
    assert "aaaa" not in str(raised.value)
