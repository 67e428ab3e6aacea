"""Codes by their beginning: postcodes, diagnoses, industries."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.errors import DataError, PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.any_value import AnyValue
from anonymize.privacy.hierarchies.icd10 import Icd10
from anonymize.privacy.hierarchies.interface import ValueHierarchy
from anonymize.privacy.hierarchies.prefixes import Naics, Postcodes, Prefixes
from anonymize.privacy.hierarchies.ranges import Ranges
from tests.privacy.hierarchies.test_ranges import labels


def written(column: CodedColumn) -> list[list[str | None]]:
    """Return the labels of each level between values and root."""
    return [labels(column, level) for level in range(1, len(column.levels) - 1)]


def test_a_prefix_has_stars_for_what_it_lacks() -> None:
    """As many as the codes have characters, one where their lengths differ."""
    column = Prefixes((4, 3, 1)).coded("zip", pa.array(["98101", "98102", None]))
    assert written(column) == [
        ["9810*", "9810*", None],
        ["981**", "981**", None],
        ["9****", "9****", None],
    ]
    column = Prefixes((3,)).coded("zip", pa.array(["98101", "98101-1234", "98"]))
    assert written(column) == [["981*", "981*", "98"]]


def test_spellings_of_a_code_are_in_one_group() -> None:
    """Capitals, white space and what cannot be seen do not count."""
    column = Prefixes((2,), width=4).coded("code", pa.array(["ab12", "AB 13", "a\u200bb14 "]))
    assert written(column) == [["AB**"] * 3]


def test_codes_read_as_numbers_get_their_zeros_back() -> None:
    """With the width of a full code; without it they are refused."""
    zips = pa.array([7030, 98101])
    assert written(Prefixes((3,), width=5).coded("zip", zips)) == [["070**", "981**"]]
    with pytest.raises(PlanError, match=r"column zip: is int64, and prefix: takes text; .* width:"):
        Prefixes((3,)).coded("zip", zips)


@pytest.mark.parametrize("lengths", [(), (3, 4), (3, 3), (0,), (3, -1)])
def test_prefixes_that_do_not_fall_are_refused(lengths: tuple[int, ...]) -> None:
    """Longer ones are in shorter ones."""
    with pytest.raises(PlanError, match=r"^prefix: "):
        Prefixes(lengths)
    with pytest.raises(PlanError, match=r"^width: is not below the longest prefix, 4"):
        Prefixes((4,), width=3)


def test_postcodes_are_areas_of_their_country() -> None:
    """ZIP code, three digits, one; district and area in GB."""
    column = Postcodes("US").coded("zip", pa.array(["98101-1234", "981021234"]))
    assert written(column) == [
        ["98101****", "98102****"],
        ["981******", "981******"],
        ["9********", "9********"],
    ]
    column = Postcodes("GB").coded("zip", pa.array(["SW1A 1AA", "w1 1aa", "E1 6AN", "M60"]))
    assert written(column) == [["SW1A", "W1", "E1", "M60"], ["SW", "W", "E", "M"]]
    assert len(Postcodes("DE").coded("zip", pa.array(["10115"])).levels) == 5


def test_diagnoses_have_category_ten_categories_and_letter() -> None:
    """With and without a point; national editions have letters in the category."""
    column = Icd10().coded("icd", pa.array(["A00.1", "a001", "A00", "C4A.0", "Z99.89"]))
    assert written(column) == [
        ["A00", "A00", "A00", "C4A", "Z99"],
        ["A00–A09", "A00–A09", "A00–A09", "C40–C49", "Z90–Z99"],
        ["A", "A", "A", "C", "Z"],
    ]


def test_industries_have_digits_and_sector() -> None:
    """Three sectors have several numbers; numbers are taken as text is."""
    expected = [
        ["54151*", "31", "33611*"],
        ["5415**", "31", "3361**"],
        ["541***", "31", "336***"],
        ["54", "31–33", "31–33"],
    ]
    assert written(Naics().coded("n", pa.array(["541511", "31", "336111"]))) == expected
    assert written(Naics().coded("n", pa.array([541511, 31, 336111]))) == expected
    sectors = written(Naics().coded("n", pa.array(["44", "45", "48", "49", "52"])))[-1]
    assert sectors == ["44–45", "44–45", "48–49", "48–49", "52"]


@pytest.mark.parametrize(
    ("hierarchy", "values", "said"),
    [
        (Prefixes((3,)), ["9810", " ", ""], "2 of 3 distinct values have no characters"),
        (Prefixes((3,), width=5), ["98101-1234"], "1 of 1 .* have none or more than 5 characters"),
        (Postcodes("US"), ["Seattle", "98101"], "1 of 2 distinct values are no postcodes"),
        (Postcodes("GB"), ["98101"], "are no postcodes"),
        (Icd10(), ["A", "00A", "Asthma", "A00"], "3 of 4 .* do not have the form of an ICD-10"),
        (Naics(), ["5", "54x", "0541", "1234567", "54"], "4 of 5 .* are not two to six digits"),
    ],
)
def test_what_is_no_code_is_counted_and_not_quoted(
    hierarchy: ValueHierarchy, values: list[str], said: str
) -> None:
    """With the setting that keeps it."""
    with pytest.raises(DataError, match=rf"^column c: .*{said}.* unknown: root") as error:
        hierarchy.coded("c", pa.array(values))
    assert not any(len(value) > 3 and value in str(error.value) for value in values)


@pytest.mark.parametrize("hierarchy", [Prefixes((3,), 5), Postcodes("US"), Icd10(), Naics()])
@pytest.mark.parametrize("values", [pa.array([True]), pa.array([{"a": 1}]), pa.array([b"98101"])])
def test_types_that_hold_no_codes_are_refused(hierarchy: ValueHierarchy, values: pa.Array) -> None:
    """With the column and its type."""
    with pytest.raises(PlanError, match=r"^column c: is "):
        hierarchy.coded("c", values)


@pytest.mark.parametrize(
    ("hierarchy", "values", "refused"),
    [
        (Prefixes((4, 3)), ["98101", "98102", "9810*"], 1),
        (Prefixes((4, 3)), ["98101", "98102", "*", "**"], 2),
        (AnyValue(), ["Craft", "*"], 1),
        (Ranges((10.0,), unknown="root"), ["31", "*"], 1),
        (Ranges((10.0,), unknown="root"), ["31", "30–39"], 1),
    ],
)
def test_values_written_like_groups_are_refused(
    hierarchy: ValueHierarchy, values: list[str], refused: int
) -> None:
    """Nobody could tell them from the group; they are counted and not quoted."""
    with pytest.raises(DataError, match=rf"^column c: {refused} distinct values .* like groups"):
        hierarchy.coded("c", pa.array(values))


def test_a_value_in_the_group_of_its_name_is_right_either_way() -> None:
    """``A00`` is the category, and a code that a physician writes."""
    column = Icd10().coded("c", pa.array(["A00", "A00.1", "A01.2"]))
    assert labels(column, 1) == ["A00", "A00", "A01"]


def test_codes_read_as_numbers_are_published_with_their_zeros() -> None:
    """By themselves, too: 7030 and 07030 are one code."""
    column = Prefixes((3,), width=5).coded("c", pa.array([7030, 98101, None]))
    assert list(column.levels[0].labels) == ["07030", "98101", None]
