"""A find in a cell counts with a valid check, a share of the cells, or a word that names it; and
then it does count.
"""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect import make_scanner, sample_columns
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds, held_in
from anonymize.detect.interface import Scanner
from anonymize.gates.residual import residual_findings
from tests.detect.harmless_columns import HARMLESS, values_of
from tests.detect.identifying_values import IDENTIFYING, PROVEN, Draw, card, hidden_in


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """Return a scanner of the generic kinds."""
    return make_scanner()


def held(texts: list[str], allowed: frozenset[str] = frozenset()) -> dict[str, int]:
    """Return the entities that count and their cells."""
    return {
        one.entity: len(one.rows)
        for one in held_in(list(dict.fromkeys(texts)), SearchedKinds(scanner()), allowed)
    }


SOME = ("version", "amount_eu", "part_of_digits", "user_agent", "product", "mgrs")


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("entity", IDENTIFYING)
def test_two_cells_in_a_hundred_count(kind: str, entity: str) -> None:
    """Whatever stands in the other cells, bare or in a sentence."""
    for around in ("{}", "told to use {} instead"):
        assert held(hidden_in(values_of(kind), entity, 6, around)).get(entity, 0) >= 6


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("entity", PROVEN)
def test_one_valid_identifier_counts(kind: str, entity: str) -> None:
    """A check that holds needs no second cell."""
    assert held(hidden_in(values_of(kind), entity, 1, "see {} there")) == {entity: 1}


@pytest.mark.parametrize("entity", ["PHONE_NUMBER", "US_SSN", "IP_ADDRESS"])
def test_one_number_without_a_check_counts_beside_its_name_only(entity: str) -> None:
    """Of three hundred cells one that is written so is chance; one after ``tel``, ``ssn`` or
    ``host`` is not.
    """
    word = {"PHONE_NUMBER": "tel", "US_SSN": "ssn", "IP_ADDRESS": "host"}[entity]
    assert entity not in held(hidden_in(values_of("product"), entity, 1, "see {} there"))
    assert held(hidden_in(values_of("product"), entity, 1, f"{word} {{}}"))[entity] == 1


@pytest.mark.parametrize(("cells", "counts"), [(1, False), (2, False), (3, True), (4, True)])
def test_the_share_is_one_in_a_hundred(cells: int, counts: bool) -> None:
    """Three of three hundred."""
    values = [f"item {i} of the list" for i in range(300)]
    assert ("PHONE_NUMBER" in held(hidden_in(values, "PHONE_NUMBER", cells))) is counts


def test_what_is_allowed_is_not_reported() -> None:
    """And nothing else is let through with it."""
    values = hidden_in(hidden_in(values_of("product"), "EMAIL_ADDRESS", 9), "CREDIT_CARD", 5)
    assert set(held(values)) == {"EMAIL_ADDRESS", "CREDIT_CARD"}
    assert set(held(values, frozenset({"EMAIL_ADDRESS"}))) == {"CREDIT_CARD"}


@given(st.integers(0, 2**32), st.integers(80, 300))
@settings(max_examples=12, deadline=None)
def test_numbers_of_a_cards_length_are_cards_where_more_pass_than_chance_lets(
    seed: int, rows: int
) -> None:
    """Account numbers of which a tenth passes Luhn's check are none; as many cards are."""
    draw = Draw(seed)
    accounts = [f"4000{draw.randrange(10**12):012}" for _ in range(rows)]
    assert held_in(accounts, SearchedKinds(), ()) == []
    (cards,) = held_in([card(draw) for _ in range(rows)], SearchedKinds(), ())
    assert (cards.entity, len(cards.rows)) == ("CREDIT_CARD", rows)


@pytest.mark.parametrize(
    "what",
    ["CREDIT_CARD", "NATIONAL_ID", "PHONE_NUMBER", "IP_ADDRESS", "EMAIL_ADDRESS", "MAC_ADDRESS"],
)
def test_a_whole_column_of_them_is_reported_as_what_it_is(what: str) -> None:
    """By its values, without a header."""
    draw = Draw(what)
    values = [IDENTIFYING["US_SSN" if what == "NATIONAL_ID" else what](draw) for _ in range(200)]
    found = residual_findings(sample_columns([pa.record_batch({"c1": values})]), {})
    assert [one.what for one in found] == [what]


def test_a_long_number_in_a_column_of_integers_is_a_card() -> None:
    """Numbers are read like text, as far as digits alone can be an identifier."""
    draw = Draw("integers")
    values = pa.array([*range(300), *(int(card(draw)) for _ in range(3))], pa.int64())
    found = residual_findings(sample_columns([pa.record_batch({"c1": values})]), {})
    assert [(one.what, one.distinct_values) for one in found] == [("CREDIT_CARD", 3)]


def test_no_harmless_kind_holds_anything() -> None:
    """All of them at once, without a header and without a plan."""
    assert {kind: found for kind in HARMLESS if (found := held(values_of(kind, 600)))} == {}
