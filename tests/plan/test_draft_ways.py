"""The way in which a draft lets a quasi-identifier become coarser fits its verdict and values."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, Leaf
from anonymize.plan.draft.actions import DraftedRule
from anonymize.plan.draft.lines import Line
from anonymize.plan.draft.ways import Way, exact, way_of

DAYS = [dt.date(1950, 1, 1) + dt.timedelta(days=200 * at) for at in range(50)]


def line(verdict: str, kind: pa.DataType, name: str = "c", rule: DraftedRule | None = None) -> Line:
    """Return a draft's line."""
    leaf = Leaf(ColumnName(name), kind, ROOT)
    return Line(leaf, rule or {"action": "keep"}, (), verdict)


@pytest.mark.parametrize(
    ("verdict", "name", "values", "way"),
    [
        ("DATE_OF_BIRTH", "born", DAYS, "dates"),
        ("DATE_OF_BIRTH", "born", list(range(1900, 2000)), {"ranges": [5, 10, 20, 40]}),
        ("AGE", "age", list(range(18, 90)), "ages"),
        ("AGE", "age", ["17", "40", "41"], "ages"),
        ("AGE", "age", ["10-19", "20-29"], "values"),
        ("POSTAL_CODE", "zip", ["98101", "10001", "02115"], {"postcodes": "US"}),
        ("POSTAL_CODE", "zip", [*map(str, range(98101, 98111)), "?"], {"prefix": [4, 3, 1]}),
        ("POSTAL_CODE", "zip", ["981", "100"], {"postcodes": "US"}),
        ("POSTAL_CODE", "zip", [98101, 2115], {"prefix": [4, 3, 1], "width": 5}),
        ("REGION", "land", ["France", "Kenya", "Peru"], "countries"),
        ("REGION", "state", ["WA", "Bavaria", "Kent"], "values"),
        ("DEMOGRAPHIC", "diagnosis", ["A00.1", "B20", "C50.9"], {"codes": "icd10"}),
        ("DEMOGRAPHIC", "naics_code", ["541511", "23", "4451"], {"codes": "naics"}),
        ("DEMOGRAPHIC", "income", [at * 1000 for at in range(100)], "ranges"),
        ("DEMOGRAPHIC", "children", [0, 1, 2, 3], "values"),
        ("DATE_TIME", "hired", ["2024-02", "2024-03"], {"prefix": [4]}),
        ("GENDER", "sex", ["f", "m", None], "values"),
        ("CITY", "city", [None, None], "values"),
    ],
)
def test_the_way_fits_verdict_and_values(
    verdict: str, name: str, values: list[Any], way: Way
) -> None:
    """Dates by dates, ages by ages, codes by theirs, numbers by bands of their spread."""
    column = pa.array(values)
    found = way_of(line(verdict, column.type, name), column, "US")
    if way == "ranges":
        assert found == {"ranges": [5000, 10000, 20000, 40000]}
    else:
        assert found == way


def test_a_few_values_that_a_way_lacks_are_left_as_they_are() -> None:
    """One of thirty: ``unknown: root`` keeps it from stopping the run."""
    column = pa.array([f"{at:05}" for at in range(30)] + ["none given"])
    found = way_of(line("POSTAL_CODE", column.type, "zip"), column, "US")
    assert found == {"postcodes": "US", "unknown": "root"}


@pytest.mark.parametrize(
    ("verdict", "rule", "left"),
    [
        (
            "DATE_OF_BIRTH",
            {"action": "generalize", "to": "year"},
            {"action": "generalize", "to": "day"},
        ),
        (
            "DATE_TIME",
            {"action": "generalize", "to": "month", "format": "%d.%m.%Y"},
            {"action": "generalize", "to": "day", "format": "%d.%m.%Y"},
        ),
        ("AGE", {"action": "generalize", "band": 10, "top": 90}, {"action": "keep"}),
        ("POSTAL_CODE", {"action": "generalize", "prefix": 3, "width": 5}, {"action": "keep"}),
        ("GENDER", {"action": "keep"}, {"action": "keep"}),
        ("CITY", {"action": "generalize", "rare": 50}, {"action": "generalize", "rare": 50}),
    ],
)
def test_rules_leave_values_exact_enough_for_the_block(
    verdict: str, rule: DraftedRule, left: DraftedRule
) -> None:
    """Dates to the day, ages and postcodes as they are; a rule that says something else stays."""
    assert exact(line(verdict, pa.string(), rule=rule)).rule == left
