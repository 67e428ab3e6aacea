"""What the scan of the output counts as found begins at exact shares, and its samples are as large
as they are said to be.
"""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from anonymize.detect.columns.identifiers_in_cells import (
    SearchedKinds,
    _weighed,
    could_be_ssns,
    held_in,
)
from anonymize.detect.forms import Weight
from anonymize.detect.interface import Finding
from anonymize.gates import cell_pairs
from anonymize.gates.cell_pairs import CellPairs
from anonymize.gates.names_left import CellPair, NamesLeft, _form_words, with_names_left
from anonymize.gates.own_values import OwnValues, _held, with_own_values
from anonymize.gates.residual import ResidualFinding, _forbidden
from anonymize.names import ColumnName, EntityType, Verdict
from tests.plan.helpers import plan_of

NOTE = ColumnName("note")
PLAN = plan_of(pa.table({"note": ["a"]}), "  note: {action: keep}\n")


def entities(texts: list[str]) -> list[str]:
    """Return what is held in these cells."""
    return [one.entity for one in held_in(texts, SearchedKinds(), ())]


@pytest.mark.parametrize(("others", "found"), [(99, True), (100, False)])
def test_a_form_without_a_check_counts_from_one_cell_in_a_hundred(others: int, found: bool) -> None:
    """An address of a machine among remarks."""
    cells = ["see 192.168.3.4", *(f"remark {'x' * at}" for at in range(others))]
    assert ("IP_ADDRESS" in entities(cells)) is found


@pytest.mark.parametrize(
    ("valid", "of_layout", "others", "found"),
    [
        (10, 20, 0, True), (9, 20, 0, False), (9, 19, 0, True),
        (24, 49, 951, True), (24, 50, 950, False), (25, 50, 950, True),
    ],
)  # fmt: skip
def test_codes_that_are_addresses_by_chance_are_not_counted(
    valid: int, of_layout: int, others: int, found: bool
) -> None:
    """Half of the cells of one layout, where it has 20 cells and a twentieth of the column's."""
    cells = [f"1{at % 90:02}.168.3.{at % 9 + 1}" for at in range(valid)]
    cells += [f"9{at:02}.168.3.4" for at in range(of_layout - valid)]
    cells += [f"remark {'x' * at}" for at in range(others)]
    assert len(set(cells)) == of_layout + others
    assert ("IP_ADDRESS" in entities(cells)) is found


@pytest.mark.parametrize(("failing", "found"), [(2, True), (3, False)])
def test_a_check_counts_where_a_third_of_like_numbers_pass_it(failing: int, found: bool) -> None:
    """One number in ten passes by chance."""
    cells = ["4111111111111111", *(f"411111111111111{digit}" for digit in range(2, 2 + failing))]
    assert ("CREDIT_CARD" in entities(cells)) is found


@pytest.mark.parametrize(
    ("shaped", "valid", "could"),
    [(19, 1, True), (20, 19, False), (20, 20, True), (100, 97, True), (100, 96, False)],
)
def test_numbers_written_like_social_security_numbers_are_such_in_all_but_a_few(
    shaped: int, valid: int, could: bool
) -> None:
    """97 of 100, from 20 on."""
    assert could_be_ssns([f"123-45-{at:04}" for at in range(shaped)], valid) is could


@pytest.mark.parametrize(("score", "weight"), [(0.99, Weight.PROOF), (0.98, Weight.FORM)])
def test_a_scanners_find_is_proof_from_its_highest_score_on(score: float, weight: Weight) -> None:
    """Which a check gives."""
    span = {"entity": "EMAIL_ADDRESS", "score": score, "recognizer": "theirs"}
    assert _weighed(span, "ann@example.org", SearchedKinds()) is weight


@pytest.mark.parametrize(
    ("cells", "own", "others", "found"),
    [
        (60, 3, 0, True), (40, 2, 0, False), (100, 5, 0, True), (100, 4, 0, False),
        (100, 10, 3, True), (100, 9, 3, False), (100, 10, 4, False),
    ],
)  # fmt: skip
def test_own_values_count_from_three_cells_a_twentieth_and_thrice_the_chance(
    cells: int, own: int, others: int, found: bool
) -> None:
    """Above all of it, not one of it."""
    counted = OwnValues(PLAN, None)
    for counts, number in (("_cells", cells), ("_own", own), ("_others", others)):
        setattr(counted, counts, Counter({NOTE: number}))
    assert len(counted.findings()) == found
    for finding in counted.findings():
        assert (finding.distinct_values, finding.sampled_distinct) == (own, cells)
        assert finding.confidence == 0.5


def test_many_own_values_are_as_sure_as_they_are_many() -> None:
    """Six of seven, to four digits."""
    counted = OwnValues(PLAN, None)
    counted._cells, counted._own = Counter({NOTE: 70}), Counter({NOTE: 60})
    assert [one.confidence for one in counted.findings()] == [0.8571]


def test_words_and_logins_of_four_letters_are_looked_for() -> None:
    """Alone, in humps, with dots and in what holds them."""
    assert _held("Lee Cole j.lee") == {"cole", "j.lee"}
    assert _held([{"a": "AnnaCole"}, 7, None, ("Petrov",)]) >= {"anna", "cole", "petrov"}


def finding(column: str, what: str = "PERSON") -> ResidualFinding:
    """Return a finding."""
    return ResidualFinding(ColumnName(column), EntityType(what), 1, 1, 0.9, ())


def test_a_column_is_found_once() -> None:
    """The scan's own finding, wherever in the column it is, stands for it."""
    scan = (finding("people[].name"), finding("note.text"))
    own = (finding("people"), finding("note"), finding("other"))
    assert with_own_values(scan, own) == (*scan, own[2])


def test_names_left_say_more_than_that_the_text_holds_people() -> None:
    """And stand beside what else is found there."""
    general, phone = finding("note", "FREE_TEXT_PII"), finding("note", "PHONE_NUMBER")
    elsewhere = finding("memo", "FREE_TEXT_PII")
    few, many = NamesLeft(NOTE, 100, 4), NamesLeft(NOTE, 100, 5)
    assert with_names_left((general, phone, elsewhere), (few,)) == (general, phone, elsewhere)
    found = with_names_left((general, phone, elsewhere), (many,))
    assert found[:2] == (phone, elsewhere)
    assert [(one.what, one.confidence) for one in found[2:]] == [("PERSON", 0.85)]
    assert NamesLeft(NOTE, 70, 61).finding() == ResidualFinding(
        NOTE, EntityType("PERSON"), 61, 70, 0.8714,
        ("61 of 70 cells still hold a name that stood there before, says the name model",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "often", "form"), [(20, 11, True), (20, 10, False), (19, 19, False)]
)
def test_words_of_a_form_are_in_more_than_half_of_twenty_cells(
    cells: int, often: int, form: bool
) -> None:
    """And no listed name, but for particles: three small letters."""
    texts = ["Vertragsablauf Maria van Vann anna"] * often + ["x"] * (cells - often)
    words = _form_words([CellPair(text, "") for text in texts])
    assert words == ({"Vertragsablauf", "van", "Vann"} if form else set())


@pytest.mark.parametrize(
    ("points", "size", "read"), [(8, 9, 2), (7, 9, 1), (3, 9, 1), (3, None, 3), (12, 9, 3)]
)
def test_so_many_code_points_of_the_cells_are_read_again(
    points: int, size: int | None, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cell at least; all of them where the policy says so."""
    monkeypatch.setattr(cell_pairs, "CODE_POINTS", points)
    monkeypatch.setattr(cell_pairs, "names_left", lambda path, cells, *_: len(cells))
    pairs = CellPairs(PLAN, size)
    pairs._allow[NOTE] = ()
    assert cast(Any, pairs._read(NOTE, [CellPair("", "text")] * 3, cast(Any, None))) == read


def test_the_samples_are_bounded() -> None:
    """500 cells of 100,000 code points, fewer where the policy says so."""
    assert [CellPairs(PLAN, size)._size for size in (10_000, 20, None)] == [500, 20, None]
    assert cell_pairs.CODE_POINTS == 100_000


def found(verdict: str, confidence: float = 0.9, **more: Any) -> Finding:
    """Return a column's finding."""
    facts = {"share": 0.9, "entity": None, "prose": True, "names_people": False} | more
    return cast(
        Finding,
        SimpleNamespace(
            **{"verdict": Verdict(verdict), "confidence": confidence, "position": False} | facts
        ),
    )


TEXT = frozenset({"FREE_TEXT_PII"})


@pytest.mark.parametrize(
    ("seen", "allowed", "model", "forbidden"),
    [
        (found("PERSON_NAME"), frozenset(), False, True),
        (found("PERSON_NAME", 0.5), frozenset(), False, True),
        (found("PERSON_NAME", 0.49), frozenset(), False, False),
        (found("PERSON_NAME", share=0.0), frozenset(), False, False),
        (found("PERSON_NAME"), frozenset({"PERSON_NAME"}), False, False),
        (found("PERSON_NAME", entity="PERSON"), frozenset({"PERSON"}), False, False),
        (found("PERSON_NAME", entity="PERSON"), frozenset({"US_SSN"}), False, True),
        (found("CITY"), frozenset(), False, False),
        (found("LATITUDE_LONGITUDE", position=True), frozenset(), False, True),
        (found("FREE_TEXT_PII", names_people=True), TEXT, False, False),
        (found("FREE_TEXT_PII", names_people=True), TEXT, True, True),
        (found("FREE_TEXT_PII", names_people=True, prose=False), TEXT, False, True),
        (found("FREE_TEXT_PII", names_people=False), TEXT, True, False),
        (found("FREE_TEXT_PII", names_people=True), TEXT | {"PERSON"}, True, False),
        (found("FREE_TEXT_PII"), frozenset(), False, True),
        (found("EMAIL_ADDRESS", names_people=True), frozenset({"EMAIL_ADDRESS"}), True, False),
    ],
)  # fmt: skip
def test_a_columns_verdict_is_forbidden_unless_the_policy_allows_it(
    seen: Finding, allowed: frozenset[Any], model: bool, forbidden: bool
) -> None:
    """From a confidence of a half on; the header alone is not enough; names in prose are the
    model's.
    """
    assert _forbidden(seen, allowed, model=model) is forbidden
