"""The scan of the output knows what the policy knows: its recognizers and lists, its countries,
what its rules make.
"""

from __future__ import annotations

import re

import pandas as pd
import pytest

import anonymize
from anonymize.errors import GateError
from tests.detect.harmless_columns import values_of
from tests.detect.identifying_values import IDENTIFYING, Draw, hidden_in
from tests.plan.helpers import policy_of

pytestmark = pytest.mark.usefixtures("gate_alone")
KEEP = "  c1: {action: keep}\n"
STAFF = (
    "recognizers: [{name: staff number, entity: EMPLOYEE_ID, patterns: ['EMP-[A-Z]{6}'], score:"
    " 0.9}]"
)
MEMOS = [f"ticket {i} closed by EMP-ABCDEF, told Zaphod about it" for i in range(1, 40)]


def refusal(values: list[object], columns: str, extra: str = "", uri: str | None = None) -> str:
    """Return why a frame with one column ``c1`` is not given back; empty where it is."""
    try:
        anonymize.anonymize_frame(
            pd.DataFrame({"c1": values}), policy_of(columns, extra), keyring=uri
        )
    except GateError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("detect", "said"),
    [("", ""), (STAFF, "EMPLOYEE_ID"), ("deny: [Zaphod]", "DENY_LISTED"), ("deny: [Trillian]", "")],
)
def test_the_policys_own_recognizers_and_deny_list_are_used_on_the_output(
    detect: str, said: str
) -> None:
    """What the data owner named is never published unseen."""
    found = refusal(MEMOS, KEEP, f"detect: {{ner: 'off', {detect}}}\n")
    assert said in found
    assert bool(found) is bool(said)


def test_a_single_cell_with_what_the_policy_names_is_enough() -> None:
    """No share is asked for: the owner said that it always is a finding."""
    values = [*(f"ticket {i}" for i in range(300)), "ticket of EMP-QQQQQQ"]
    assert "1 of 301 distinct values (0.3 %)" in refusal(values, KEEP, f"detect: {{{STAFF}}}\n")


def test_what_the_policy_allows_is_let_through() -> None:
    """Its allow list, and the reason in accept."""
    assert not refusal(MEMOS, KEEP, f"detect: {{ner: 'off', {STAFF}, allow: [EMP-ABCDEF]}}\n")
    assert not refusal(
        MEMOS, '  c1: {action: keep, accept: "numbers of test users"}\n', f"detect: {{{STAFF}}}\n"
    )


def test_the_policys_own_kinds_are_taken_out_by_free_text() -> None:
    """The scan looks at the result with the same recognizers and finds nothing."""
    rule = "  c1: {action: free_text, entities: {EMPLOYEE_ID: label, DENY_LISTED: label}}\n"
    assert not refusal(MEMOS, rule, f"detect: {{{STAFF}, deny: [Zaphod]}}\n")


def test_identifiers_of_the_policys_countries_count() -> None:
    """Spanish numbers are found where Spain is named, and only there."""
    letters = "TRWAGMYFPDXBNJZSQVHLCKE"
    values = [f"del cliente {n}{letters[n % 23]} con pago" for n in range(40_000_000, 40_000_040)]
    assert not refusal(values, KEEP)
    assert "ES_NIF" in refusal(values, KEEP, "detect: {countries: [es]}\n")


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ("{action: mask, keep_last: 2}", False),
        ("{action: generalize, prefix: 3}", False),
        ("{action: generalize, prefix: 12}", True),
    ],
)
def test_a_rule_that_leaves_the_number_whole_is_seen(rule: str, refused: bool) -> None:
    """A prefix of twelve characters is a whole telephone number; what is coarse enough is not."""
    draw = Draw("whole")
    values = [f"+1 303-555-{draw.randrange(10**4):04}" for _ in range(200)]
    assert bool(refusal(values, f"  c1: {rule}\n")) is refused


@pytest.mark.parametrize("entity", IDENTIFYING)
def test_the_next_step_that_a_refusal_names_works(entity: str, keyring_uri: str) -> None:
    """The share is told, and each action it offers publishes the column; so does accept."""
    values = hidden_in(values_of("product"), entity, 6)
    said = refusal(values, KEEP)
    assert f"still holds {entity} (6 of 249 distinct values (2.4 %)" in said
    ways = re.findall(r"\{action: \w+\}", said)
    assert len(ways) == 2
    assert 'accept: "the reason"' in said
    for way in (*ways, '{action: keep, accept: "the reason"}'):
        assert not refusal(values, f"  c1: {way}\n", uri=keyring_uri)


def test_the_next_step_for_numbers_takes_numbers(keyring_uri: str) -> None:
    """Actions are offered that take the column's type."""
    values: list[object] = [*range(300), 4111111111111111]
    said = refusal(values, KEEP)
    assert "CREDIT_CARD" in said
    for way in re.findall(r"\{action: \w+\}", said):
        assert not refusal(values, f"  c1: {way}\n", uri=keyring_uri)


def test_one_address_among_sixty_thousand_cells_is_found() -> None:
    """A sample of a thousand would miss it in most runs."""
    values = [f"item {at} in a box of the size {at % 97}" for at in range(60_000)]
    assert not refusal(values, KEEP)
    values[44_444] = "ask ann@example.org about item 3"
    assert "EMAIL_ADDRESS (1 of 1001 distinct values" in refusal(values, KEEP)
