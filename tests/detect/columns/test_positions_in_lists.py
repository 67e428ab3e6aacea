"""Positions as pairs of numbers inside lists and structs, under a header that says nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect.columns.inspect import inspect_samples
from anonymize.detect.columns.sample import sample_columns

Dice = random.Random
ROWS = 300


def position(dice: Dice) -> list[float]:
    """A place in Berlin, to a millimetre and better."""
    return [dice.uniform(52.3, 52.6), dice.uniform(13.1, 13.7)]


def looks_like(name: str, values: pa.Array) -> bool:
    """Return whether a column has positions that a plan refuses to keep."""
    batch = pa.record_batch({name: values})
    return any(finding.position for finding in inspect_samples(sample_columns([batch])))


def column(make: Callable[[Dice], Any]) -> pa.Array:
    """Return a column of what ``make`` gives."""
    dice = Dice(4)
    return pa.array([make(dice) for _ in range(ROWS)])


PLACES: dict[str, Callable[[Dice], Any]] = {
    "a pair": position,
    "longitude first": lambda dice: position(dice)[::-1],
    "west and south": lambda dice: [dice.uniform(-23.7, -23.4), dice.uniform(-46.8, -46.4)],
    "with a height": lambda dice: [*position(dice), float(dice.randint(30, 80))],
    "a trip": lambda dice: [position(dice) for _ in range(5)],
    "structs in a list": lambda dice: [dict(zip("ab", position(dice), strict=True))] * 3,
    "a struct of two": lambda dice: dict(zip("pq", position(dice), strict=True)),
    "like GeoJSON": lambda dice: {"type": "Point", "c": position(dice)},
}


@pytest.mark.parametrize("name", ["c1", "trip", "route"])
@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
def test_pairs_in_lists_are_positions(name: str, make: Callable[[Dice], Any]) -> None:
    """Whatever they are inside of."""
    assert looks_like(name, column(make))


def test_lists_of_a_fixed_size_are_looked_into_too() -> None:
    """Their type has no offsets."""
    values = column(position)
    assert looks_like("c1", values.cast(pa.list_(pa.float64(), 2)))


def test_one_position_of_zeros_hides_no_others() -> None:
    """Devices write it before they know where they are."""
    assert looks_like("c1", pa.array([*column(position).to_pylist()[:200], [0.0, 0.0]]))


def test_pairs_with_decimal_commas_are_positions() -> None:
    """As text in one cell."""
    texts = column(lambda dice: "{:.6f} {:.6f}".format(*position(dice)).replace(".", ","))
    assert looks_like("c1", texts)


OTHERS: dict[str, Callable[[Dice], Any]] = {
    "an embedding": lambda dice: [dice.gauss(0, 1) for _ in range(8)],
    "a series of measurements": lambda dice: [dice.uniform(19.1, 23.4) for _ in range(6)],
    "accelerations": lambda dice: [dice.gauss(0, 0.2), dice.gauss(0, 0.2), dice.gauss(9.81, 0.1)],
    "shares": lambda dice: [dice.uniform(0.1, 0.4), dice.uniform(0.6, 0.9)],
    "coarse": lambda dice: [round(number, 1) for number in position(dice)],
    "counts": lambda dice: [dice.randint(1, 9), dice.randint(20, 90)],
    "a large second": lambda dice: [dice.uniform(10, 20), dice.uniform(900, 1900)],
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_other_numbers_in_lists_are_none(make: Callable[[Dice], Any]) -> None:
    """One range for all places, numbers about zero, coarse ones, and what is no degree."""
    assert not looks_like("c1", column(make))
