"""Entities and countries that nothing finds are refused by name; every one that exists is
documented.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.errors import PolicyError
from anonymize.policy import parse_policy
from anonymize.policy.actions import FreeTextRule
from anonymize.policy.entity_names import known_entities

POLICY = """version: 1
dataset: people
purpose: test
source: {path: people.csv}
sink: {path: out/people}
detect: {countries: [%s], ner: %s, recognizers: [{name: badges, entity: BADGE, deny: [B1]}]}
columns:
  notes: {action: free_text, entities: {%s: redact}}
"""


def refused(countries: str = "br", ner: str = "off", entity: str = "PERSON") -> str:
    """Return what a policy is refused for; nothing where it is taken."""
    try:
        parse_policy(POLICY % (countries, ner, entity), "people.yaml")
    except PolicyError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "entity",
    ["SECRET", "USERNAME", "AGE", "TITLE", "ID", "BR_CPF", "DEFAULT", "BADGE", "DENY_LISTED"],
)
def test_what_can_be_found_can_be_named(entity: str) -> None:
    """Presidio's, our own, the policy's own."""
    assert refused(entity=entity) == ""


def test_an_unknown_entity_is_refused_with_the_nearest() -> None:
    """With its line."""
    said = refused(entity="EMAIL")
    assert said.startswith("people.yaml:8: columns.notes.entities.EMAIL: unknown entity 'EMAIL'")
    assert "EMAIL_ADDRESS" in said


def test_a_model_of_ones_own_has_labels_of_its_own() -> None:
    """They cannot be known here."""
    assert refused(ner="spacy:xx", entity="PRODUCT") == ""


def test_an_unknown_country_is_refused_with_those_known() -> None:
    """``cn`` is known, ``xx`` is not."""
    assert refused("cn, gb") == ""
    assert "no numbers of xx are known; choose from ae, ar" in refused("br, xx")


def test_titles_stay_unless_named() -> None:
    """Every other kind gets DEFAULT's action."""
    assert FreeTextRule(action="free_text").entities["TITLE"].action == "keep"
    assert (
        FreeTextRule(action="free_text", entities={"TITLE": "label"}).entities["TITLE"].action
        == "label"
    )  # type: ignore[dict-item]


def test_every_entity_is_documented() -> None:
    """In the page of actions."""
    page = Path("schemas/README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(known_entities()) if f"`{name}`" not in page] == []
