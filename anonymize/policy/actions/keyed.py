"""Rules that replace values by a keyed function of them: pseudonymize, tokenize, fake."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from anonymize.policy.actions.base import KeyedRule

Normalization = Literal["exact", "trim", "fold"]
"""Which spellings are one value: ``exact`` none, ``trim`` but for outer spaces, ``fold`` but for case and spacing."""

FakeKind = Literal[
    "name", "first_name", "last_name", "email", "user_name", "phone", "street", "city", "postcode", "company", "job"
]
"""What an invented value looks like."""

FAKE_KIND_OF: dict[str, FakeKind] = {
    "PERSON": "name",
    "PERSON_NAME": "name",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "STREET_ADDRESS": "street",
    "LOCATION": "city",
    "CITY": "city",
    "ADDRESS": "street",
    "POSTAL_CODE": "postcode",
    "ORGANIZATION": "company",
    "USERNAME": "user_name",
}
"""The kind of invented value for an entity or verdict, where there is one."""


class PseudonymizeRule(KeyedRule):
    """Replace values by one-way keyed pseudonyms that join within their domain."""

    action: Literal["pseudonymize"]
    """Equal values get equal 26-character pseudonyms; there is no way back, and none forward without the key."""
    normalize: Normalization = "exact"
    """Which spellings count as one value."""


class TokenizeRule(KeyedRule):
    """Replace values by tokens that holders of the reveal key can turn back."""

    action: Literal["tokenize"]
    """Equal values get equal tokens; ``cloakroom reveal`` turns them back."""
    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "reveal"
    """Reversible: the key is not one that readers of the dataset hold."""

    method: Literal["siv"] = "siv"
    """``siv``: the token is the encrypted value itself and nothing is stored."""


class FakeRule(KeyedRule):
    """Replace values by invented ones, chosen by a keyed function of the original."""

    action: Literal["fake"]
    """Equal values get equal invented values, in every dataset of the domain."""
    kind: FakeKind
    """What is invented."""
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}_[A-Z]{2}$")] = "en_US"
    """Language and country of the invented values, as Faker names them."""
    normalize: Normalization = "fold"
    """Which spellings of the original count as one value."""
