"""Numbers at the ends of their types, and on the edges of their bands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.transform.test_odd_values import made

LEAST, MOST = -(2**63), 2**63 - 1
CENTS = pa.decimal128(5, 2)


def generalized(value: Any, kind: pa.DataType, **rule: Any) -> Any:
    """Return what a generalize rule makes of one value."""
    return made(pa.array([value], kind), action="generalize", **rule)[0]


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(LEAST, MOST) | st.integers(-1000, 1000), st.integers(1, 2**53))
def test_integers_are_rounded_exactly(number: int, unit: int) -> None:
    """To the nearest multiple, ties to even; where that does not fit the type, to the next one
    towards zero.
    """
    rounded = generalized(number, pa.int64(), nearest=unit)
    assert rounded % unit == 0
    fits = LEAST <= round(Decimal(number) / unit) * unit <= MOST
    assert 2 * abs(rounded - number) <= unit if fits else 0 <= abs(number) - abs(rounded) < unit


@pytest.mark.parametrize(
    "value,kind,rule,expected",
    [
        (MOST, pa.int64(), {"significant": 2}, 92 * 10**17),
        (LEAST, pa.int64(), {"significant": 1}, -9 * 10**18),
        (-128, pa.int8(), {"significant": 1}, -100),
        (2**64 - 1, pa.uint64(), {"significant": 3}, 184 * 10**17),
        (2**53 + 1, pa.int64(), {"top": 1e18}, 2**53 + 1),
        (7, pa.int64(), {"top": 6.5}, 6),
        (65504.0, pa.float16(), {"significant": 2}, 64992.0),
        (1.7e308, pa.float64(), {"significant": 1}, 1e308),
        (3e-320, pa.float64(), {"significant": 1}, 3e-320),
        (Decimal("999.99"), CENTS, {"nearest": 5}, Decimal("995.00")),
        (Decimal("-999.99"), CENTS, {"significant": 1}, Decimal("-900.00")),
    ],
    ids=str,
)
def test_rounding_stays_within_its_type(
    value: Any, kind: pa.DataType, rule: Any, expected: Any
) -> None:
    """It neither wraps around, nor gives nan or infinity, nor stops the run, nor changes a number
    it lets be.
    """
    assert generalized(value, kind, **rule) == expected


@pytest.mark.parametrize("width", [0.1, 0.3, 0.7, 1.1, 0.01, 0.05, 2.5, 1e-5])
def test_an_edge_is_in_the_band_that_starts_there(width: float) -> None:
    """As its decimals are written: 0.3 is in 0.3 to <0.4, though three times 0.1 is a little
    more.
    """
    edges = [float(f"{step * width:.15g}") for step in range(-50, 200)]
    bands = made(pa.array(edges), action="generalize", band=width)
    assert all(
        band.startswith(f"{edge:.15g} to <") for edge, band in zip(edges, bands, strict=True)
    )
    assert len(set(bands)) == len(edges)


def test_zero_has_one_band() -> None:
    """Minus zero is zero: two names for one band would tell them apart."""
    assert len(set(made(pa.array([0.0, -0.0]), action="generalize", band=10))) == 1


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.decimal128(12, 2)])
def test_quantile_bands_do_not_show_the_least_number(kind: pa.DataType) -> None:
    """The lowest band is open below: its edge would be the one number of one row."""
    column = pa.array([713.0, *range(5000, 5100)]).cast(kind)
    bands = made(column, action="generalize", quantiles=4)
    assert bands[0].startswith("<5")
    assert not any("713" in band for band in bands)


@pytest.mark.parametrize(
    "kind,lowest,highest",
    [(pa.int64(), 0.5, 3.5), (CENTS, 0.005, 0.015), (pa.uint8(), -5, 2), (pa.float64(), 0.1, 0.2)],
)
def test_noise_ends_where_it_is_told_to(kind: pa.DataType, lowest: float, highest: float) -> None:
    """Also where the type has no value at the bound itself."""
    noisy = made(
        pa.array([1.0] * 500).cast(kind),
        action="perturb",
        scale=100,
        lowest=lowest,
        highest=highest,
    )
    assert all(lowest <= number <= highest for number in noisy)


def test_noise_leaves_large_decimals_large() -> None:
    """They are held within their own range, not within what a float tells exactly."""
    column = pa.array([Decimal(10) ** 20], pa.decimal128(38, 2))
    noisy = made(column, action="perturb", scale=1)
    assert np.isclose(float(noisy[0]), 1e20)
