"""Numbers by bands: labels say what is in them, mistakes are refused with what would be right."""

from __future__ import annotations

import re
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import DataError, PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.any_value import AnyValue
from anonymize.privacy.hierarchies.ranges import Edges, Ranges, ages


def labels(column: CodedColumn, level: int) -> list[str | None]:
    """Return the label of each value at a level."""
    at = column.levels[level]
    return [at.labels[node] for node in at.nodes.tolist()]


def test_whole_numbers_have_bands_of_whole_numbers() -> None:
    """Each band is in one of the next width; null stays."""
    column = Ranges((5, 10, 20, 40)).coded("age", pa.array([17, None, 39, 40, 0, -1]))
    assert labels(column, 1) == ["15–19", None, "35–39", "40–44", "0–4", "-5–-1"]
    assert labels(column, 2) == ["10–19", None, "30–39", "40–49", "0–9", "-10–-1"]
    assert labels(column, 4) == ["0–39", None, "0–39", "40–79", "0–39", "-40–-1"]
    assert labels(column, 5) == ["*"] * 6


def test_other_numbers_have_half_open_bands() -> None:
    """Floats, decimals with a point, and whole numbers under a width that is none."""
    floats = Ranges((10,)).coded("x", pa.array([30.0, 39.99, -0.5]))
    assert labels(floats, 1) == ["[30, 40)", "[30, 40)", "[-10, 0)"]
    assert labels(Ranges((2.5,)).coded("x", pa.array([5])), 1) == ["[5, 7.5)"]
    tenths = Ranges((0.1,)).coded("x", pa.array([0.1, 0.3, 0.7, 0.30000000000000004]))
    assert labels(tenths, 1) == ["[0.1, 0.2)", "[0.3, 0.4)", "[0.7, 0.8)", "[0.3, 0.4)"]


def test_ends_share_a_band_at_every_level() -> None:
    """At a coarse level the band that holds the end is part of it; the exact values beyond an end
    are not published at all.
    """
    column = Ranges((5, 20), top=90, bottom=15).coded("age", pa.array([89, 90, 104, 14, 15, 3]))
    assert labels(column, 0) == ["89", "90+", "90+", "<15", "15", "<15"]
    assert labels(column, 1) == ["85–89", "90+", "90+", "<15", "15–19", "<15"]
    assert labels(column, 2) == ["80+", "80+", "80+", "<20", "<20", "<20"]
    old = ages().coded("age", pa.array([89, 90, 120]))
    assert labels(old, 1) == ["85–89", "90+", "90+"]
    assert [len(set(labels(old, level))) for level in range(6)] == [2, 2, 2, 1, 1, 1]


def test_edges_divide_numbers() -> None:
    """The text of numbers, too; each level has fewer edges."""
    column = Edges(((0, 18, 65), (18,))).coded("age", pa.array(["17", " 65", "-1", "18"]))
    assert labels(column, 1) == ["0–17", "65+", "<0", "18–64"]
    assert labels(column, 2) == ["<18", "18+", "<18", "18+"]
    assert labels(Edges(((0.5,),)).coded("x", pa.array([0, 1])), 1) == ["<0.5", "0.5+"]


def test_losses_count_the_numbers_between_least_and_greatest() -> None:
    """Also those that the column lacks: 0 to 99 are a hundred leaves."""
    column = Ranges((5, 50)).coded("age", pa.array([0, 52, 99]))
    assert column.levels[1].losses.tolist() == pytest.approx([4 / 99] * 3)
    assert column.levels[2].losses.tolist() == pytest.approx([49 / 99] * 2)
    parts = Ranges((25,)).coded("x", pa.array([0.0, 100.0, 30.0]))
    assert parts.levels[1].losses.tolist() == pytest.approx([0.25, 0.25, 0])


BAND = re.compile(r"^(?:(-?[\d.]+)–(-?[\d.]+)|\[(-?[\d.]+), (-?[\d.]+)\)|<(.+)|(.+)\+|(-?\d+))$")


def holds(label: str, number: float) -> bool:
    """Return whether a band holds a number, by what its label says."""
    found = BAND.match(label)
    assert found, label
    low, last, from_, below, under, over, alone = (
        part and Fraction(part) for part in found.groups()
    )
    exact = Fraction(number)
    if low is not None and last is not None:
        return bool(low <= exact <= last)
    if from_ is not None and below is not None:
        return float(from_) <= number < float(below)
    if alone is not None:
        return bool(exact == alone)
    return bool(exact < under if under is not None else exact >= over)


@given(
    st.lists(st.integers(-(2**52), 2**52), unique=True, min_size=1),
    st.sampled_from([(1, 3), (5, 10), (7,), (1000, 1000000)]),
)
def test_a_label_holds_its_whole_numbers(numbers: list[int], widths: tuple[float, ...]) -> None:
    """Read as a person reads it."""
    column = Ranges(widths, top=widths[0] * 9).coded("x", pa.array(numbers))
    for level in range(1, len(widths) + 1):
        for number, label in zip(numbers, labels(column, level), strict=True):
            assert holds(str(label), number)


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda x: x + 0.0), unique=True, min_size=1),
    st.sampled_from([(0.1, 0.5), (5, 10), (0.25, 1), (0.3,)]),
)
def test_a_label_holds_its_floats(numbers: list[float], widths: tuple[float, ...]) -> None:
    """A number that is an edge is in the band that begins there."""
    near = [number for step in range(-30, 30) if (number := step * widths[0]) not in numbers]
    numbers = list(dict.fromkeys([*numbers, *near]))
    column = Ranges(widths).coded("x", pa.array(numbers, pa.float64()))
    for level in range(1, len(widths) + 1):
        for number, label in zip(numbers, labels(column, level), strict=True):
            assert holds(str(label), number)


@pytest.mark.parametrize(
    ("widths", "ends", "said"),
    [
        ((5, 12), {}, "12 is not a multiple of 5, so its bands would cut narrower ones"),
        ((5, 5), {}, "5 is not a multiple of 5"),
        ((0.1, 0.25), {}, "0.25 is not a multiple of 0.1"),
        ((), {}, "widths are numbers above 0"),
        ((0,), {}, "widths are numbers above 0"),
        ((-5,), {}, "widths are numbers above 0"),
        ((float("nan"),), {}, "widths are numbers above 0"),
        ((float("inf"),), {}, "widths are numbers above 0"),
        ((10,), {"top": 95}, "top: is a multiple of the first width, 10"),
        ((10,), {"bottom": float("nan")}, "bottom: is a multiple of the first width"),
        ((10,), {"top": 20, "bottom": 20}, "bottom: must be below top:"),
    ],
)
def test_widths_that_do_not_nest_are_refused(
    widths: tuple[float, ...], ends: dict[str, float], said: str
) -> None:
    """Before any value is there."""
    with pytest.raises(PlanError, match=re.escape(said)):
        Ranges(widths, **ends)


@pytest.mark.parametrize("levels", [(), ((),), ((3, 1),), ((0, 9), (1,)), ((1,), (1,))])
def test_edges_that_do_not_nest_are_refused(levels: tuple[tuple[float, ...], ...]) -> None:
    """Before any value is there."""
    with pytest.raises(PlanError, match=r"^edges: "):
        Edges(levels)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1.5, float("nan"), float("inf")]),
        pa.array(["7", "seven", "1e3"]),
        pa.array([7, 2**60, -(2**63)]),
        pa.array([7, 2**63, 2**64 - 1], pa.uint64()),
    ],
)
@pytest.mark.parametrize("hierarchy", [Ranges, Edges])
def test_what_is_no_number_is_counted_and_not_quoted(
    hierarchy: type[Ranges | Edges], values: pa.Array
) -> None:
    """The message names what mends it; then they stay as they are up to the root."""
    widths = ((5,),) if hierarchy is Edges else (5,)
    with pytest.raises(DataError) as error:
        hierarchy(widths).coded("age", values)  # type: ignore[arg-type]
    said = str(error.value)
    assert said.startswith("column age: 2 of 3 distinct values are not finite numbers")
    assert "unknown: root" in said
    assert not any(text in said for text in values.cast(pa.string()).to_pylist()[1:])
    column = hierarchy(widths, unknown="root").coded("age", values)  # type: ignore[arg-type]
    assert labels(column, 1)[1:] == values.cast(pa.string()).to_pylist()[1:]
    assert labels(column, 2) == ["*"] * 3


def test_a_value_that_is_written_like_a_band_is_refused() -> None:
    """Nobody could tell which of the two a published text is."""
    with pytest.raises(DataError, match=r"1 distinct values that .* are written like groups"):
        Ranges((10,), unknown="root").coded("age", pa.array(["31", "30–39"]))


@pytest.mark.parametrize("text", [" 30–39 ", "*", " * ", "\u00a0*"])
def test_spaces_around_what_is_written_like_a_group_do_not_hide_it(text: str) -> None:
    """Among values that the hierarchy has, and among others."""
    for hierarchy in (
        Ranges((10,), unknown="root"),
        Edges(((30, 40),), unknown="root"),
        AnyValue(),
    ):
        if isinstance(hierarchy, AnyValue) and "*" not in text:
            continue
        with pytest.raises(DataError, match=r"1 distinct values .*are written like groups"):
            hierarchy.coded("age", pa.array(["31", text]))


def test_advice_to_leave_values_as_they_are_says_of_which_that_cannot_be() -> None:
    """Those that are written like groups: with ``unknown: root`` they are refused, too."""
    values = pa.array(["31", "old", "30–39", "<18", "90+", "[30, 35)"])
    with pytest.raises(DataError) as error:
        Ranges((10,)).coded("age", values)
    assert "5 of 6 distinct values" in str(error.value)
    assert "; 4 of them are written like groups" in str(error.value)
    with pytest.raises(DataError) as error:
        Ranges((10,)).coded("age", pa.array(["31", "old"]))
    assert "written like groups" not in str(error.value)


@pytest.mark.parametrize(
    "values", [pa.array([True]), pa.array([[1]]), pa.array([b"1"]), pa.array([0], pa.date32())]
)
def test_types_without_numbers_are_refused(values: pa.Array) -> None:
    """With the type, and what is taken."""
    with pytest.raises(PlanError, match=r"^column age: is .*"):
        Ranges((10,)).coded("age", values)


@pytest.mark.parametrize(
    "kind",
    [pa.int8(), pa.uint64(), pa.decimal128(5, 0), pa.decimal128(38, 0), pa.decimal256(70, 0)],
)
def test_whole_types_have_whole_bands(kind: pa.DataType) -> None:
    """Whatever their size."""
    assert labels(Ranges((5,)).coded("x", pa.array([7, None], kind)), 1) == ["5–9", None]


def test_a_column_without_values_has_its_levels() -> None:
    """All missing, or nothing at all."""
    for values in (pa.nulls(1), pa.array([], pa.int64()), pa.array([None], pa.string())):
        column = Ranges((5, 10)).coded("x", values)
        assert labels(column, 1) == [None] * len(values)
        assert len(column.levels) == 4
