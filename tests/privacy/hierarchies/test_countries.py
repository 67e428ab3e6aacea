"""Countries by sub-region and region of the United Nations' M49."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.errors import DataError, PlanError
from anonymize.privacy.hierarchies.countries import Countries
from anonymize.word_lists import word_lists
from tests.privacy.hierarchies.test_ranges import labels

LISTED = word_lists("anonymize.privacy.hierarchies", "countries")


def test_codes_and_names_are_one_country() -> None:
    """Whatever case, accents and punctuation."""
    said = ["US", "usa", "United States", "U.S.", "united  states of america"]
    column = Countries().coded("country", pa.array([*said, None]))
    assert labels(column, 1) == ["Northern America"] * 5 + [None]
    assert labels(column, 2) == ["Americas"] * 5 + [None]
    ivory = ["Côte d'Ivoire", "cote d’ivoire", "CI", "CIV", "Ivory Coast"]
    assert labels(Countries().coded("c", pa.array(ivory)), 1) == ["Sub-Saharan Africa"] * 5


@pytest.mark.parametrize(
    ("code", "sub_region", "region"),
    [
        ("DE", "Western Europe", "Europe"),
        ("RU", "Eastern Europe", "Europe"),
        ("CY", "Western Asia", "Asia"),
        ("IR", "Southern Asia", "Asia"),
        ("SD", "Northern Africa", "Africa"),
        ("GL", "Northern America", "Americas"),
        ("MX", "Latin America and the Caribbean", "Americas"),
        ("CX", "Australia and New Zealand", "Oceania"),
    ],
)
def test_places_are_those_of_m49(code: str, sub_region: str, region: str) -> None:
    """Also where one would guess otherwise."""
    column = Countries().coded("c", pa.array([code]))
    assert [labels(column, 1), labels(column, 2)] == [[sub_region], [region]]


def test_the_list_is_whole() -> None:
    """ISO 3166-1 has 249 codes, M49 17 sub-regions of five regions; Kosovo and Antarctica are
    added.
    """
    lines = [line.split("|") for entries in LISTED.values() for line in entries]
    two, three = {line[0] for line in lines}, {line[1] for line in lines}
    assert len(lines) == len(two) == len(three) == 250
    assert {len(code) for code in two} == {2}
    assert {len(code) for code in three} == {3}
    assert len(LISTED) == 17 + 1
    assert len({section.partition("; ")[2] for section in LISTED}) == 5 + 1


def test_every_spelling_means_one_country() -> None:
    """A code or name that two countries had would silently be one of them."""
    for section, lines in LISTED.items():
        for line in lines:
            column = Countries().coded("c", pa.array(list(dict.fromkeys(line.split("|")))))
            assert set(labels(column, 1)) == {section.partition("; ")[0]}


def test_losses_count_every_country_of_the_list() -> None:
    """Northern America has five of 250."""
    column = Countries().coded("c", pa.array(["US", "USA"]))
    assert column.levels[1].losses.tolist() == pytest.approx([4 / 249])
    assert column.levels[2].losses.tolist() == pytest.approx([56 / 249])


def test_what_is_no_country_is_counted_and_not_quoted() -> None:
    """With what mends it."""
    values = pa.array(["France", "Atlantis", "", "Ærøskøbing" * 99])
    with pytest.raises(DataError, match=r"^column c: 3 of 4 .*; use a hierarchy file") as error:
        Countries().coded("c", values)
    assert "Atlantis" not in str(error.value)
    assert labels(Countries("root").coded("c", values), 1)[:2] == ["Western Europe", "Atlantis"]
    with pytest.raises(PlanError, match=r"is int64, and countries: takes text"):
        Countries().coded("c", pa.array([49]))
