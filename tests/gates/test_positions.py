"""Positions to a hundred metres or so are refused under ``keep``, with a header or without; coarse
ones, grids and measurements are kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import sample_columns
from anonymize.errors import PlanError
from anonymize.gates.residual import residual_findings
from tests.plan.helpers import policy_of

DRAW = random.Random(4)
ROWS = range(60)


def column(make: Callable[[], object]) -> list[object]:
    """Return a column's values."""
    return [make() for _ in ROWS]


def lat(low: float = 52.3, high: float = 52.6, places: int = 6) -> float:
    """Return a latitude, of Berlin unless another is asked for."""
    return round(DRAW.uniform(low, high), places)


def lon(low: float = 13.1, high: float = 13.7, places: int = 6) -> float:
    """Return a longitude, of Berlin unless another is asked for."""
    return round(DRAW.uniform(low, high), places)


def dms() -> str:
    """Return degrees, minutes and seconds."""
    return f"52°{DRAW.randint(10, 59)}'{DRAW.randint(10, 59)}\" N 13°{DRAW.randint(10, 59)}'31\" E"


def frame(**columns: list[object]) -> pd.DataFrame:
    """Return the columns as a frame."""
    return pd.DataFrame(columns)


POSITIONS = {
    "a pair": frame(place=column(lambda: f"{lat(places=4):.4f}, {lon(places=4):.4f}")),
    "a pair without a header": frame(column_1=column(lambda: f"({lat():.5f}; {lon():.5f})")),
    "longitude first": frame(c=column(lambda: f"{lon(-120, -101):.5f}, {lat():.5f}")),
    "three decimals under a header": frame(gps=column(lambda: f"{lat():.3f}, {lon():.3f}")),
    "points": frame(c1=column(lambda: f"POINT ({lon()} {lat()})")),
    "seconds": frame(c1=column(dms)),
    "two columns": frame(lat=column(lat), lon=column(lon)),
    "two columns of text": frame(
        latitude=column(lambda: str(lat())), longitude=column(lambda: str(lon()))
    ),
    "two without headers": frame(column_1=column(lat), column_2=column(lon)),
    "two and two": frame(
        column_1=column(lat), column_2=column(lon), column_3=column(lat), column_4=column(lon)
    ),
    "a country": frame(
        column_1=column(lambda: lat(26, 48)), column_2=column(lambda: lon(-123, -70))
    ),
}
HARMLESS = {
    "coarse": frame(lat=column(lambda: lat(places=1)), lon=column(lambda: lon(places=1))),
    "coarse pairs": frame(place=column(lambda: f"{lat(places=1)}, {lon(places=1)}")),
    "metres of a projection": frame(
        x_coord=column(lambda: DRAW.randint(300_000, 700_000)),
        y_coord=column(lambda: DRAW.randint(5_000_000, 6_000_000)),
    ),
    "squares": frame(c=column(lambda: DRAW.choice("abcdefgh") + str(DRAW.randint(1, 8)))),
    "indices": frame(c=column(lambda: f"{DRAW.randint(0, 90)}, {DRAW.randint(0, 99)}")),
    "amounts": frame(c=column(lambda: f"{DRAW.randint(1, 99)},{DRAW.randint(100, 999)}.45")),
    "features": frame(
        column_1=column(lambda: DRAW.gauss(0, 1)),
        column_2=column(lambda: DRAW.gauss(0, 1)),
        column_3=column(lambda: DRAW.gauss(0, 1)),
    ),
    "two features": frame(
        column_1=column(lambda: DRAW.gauss(0, 1)), column_2=column(lambda: DRAW.gauss(0, 1))
    ),
    "shares": frame(column_1=column(lambda: lat(0, 60)), column_2=column(lambda: lat(0, 60))),
    "three measurements": frame(
        column_1=column(lambda: lat(30, 60)),
        column_2=column(lambda: lat(30, 60)),
        column_3=column(lambda: lat(30, 60)),
    ),
    "named measurements": frame(
        temperature=column(lambda: lat(20, 24)), humidity=column(lambda: lat(40, 60))
    ),
    "two results": frame(c=column(lambda: f"{lat(1, 10):.3f}; {lat(1, 100):.3f}")),
    "pixels": frame(x=column(lambda: lat(1, 80, 4)), y=column(lambda: lat(1, 60, 4))),
}


def kept(table: pd.DataFrame, more: str = "") -> str:
    """Return rules that keep a table's columns."""
    return "".join(f"  {name}: {{action: keep{more}}}\n" for name in table)


@pytest.mark.parametrize("kind", POSITIONS)
def test_positions_are_refused_under_keep_unless_accepted(kind: str) -> None:
    """As inspect calls them; the message names what makes them coarse."""
    table = POSITIONS[kind]
    with pytest.raises(PlanError, match=r"LATITUDE_LONGITUDE.*grid_metres") as refused:
        anonymize.anonymize_frame(table, policy_of(kept(table)))
    assert len(refused.value.problems) == len(table.columns)
    out = anonymize.anonymize_frame(table, policy_of(kept(table, ", accept: 'of our shops'")))
    assert out.equals(table)


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_no_position_or_a_coarse_one_is_kept(kind: str) -> None:
    """Neither plan nor gate stops it."""
    table = HARMLESS[kind]
    assert anonymize.anonymize_frame(table, policy_of(kept(table))).equals(table)


@pytest.mark.parametrize("kind", ["a pair", "two without headers"])
def test_the_gate_finds_positions_in_an_output_too(kind: str) -> None:
    """Whatever rule left them."""
    table = POSITIONS[kind]
    found = residual_findings(sample_columns([pa.RecordBatch.from_pandas(table)]), {})
    assert [one.what for one in found] == ["LATITUDE_LONGITUDE"] * len(table.columns)


def test_made_coarse_as_the_message_says_they_are_published() -> None:
    """By cells of a grid, or by the beginning of a geohash."""
    rules = (
        "  lat: {action: generalize, grid_metres: 1000, axis: latitude}\n"
        "  lon: {action: generalize, grid_metres: 1000, axis: longitude}\n"
    )
    assert len(anonymize.anonymize_frame(POSITIONS["two columns"], policy_of(rules))) == len(ROWS)
    rules = "  place: {action: generalize, geohash: 5}\n"
    assert len(anonymize.anonymize_frame(POSITIONS["a pair"], policy_of(rules))) == len(ROWS)
