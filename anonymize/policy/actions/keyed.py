"""Rules that replace values by a keyed function of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import KeyedRule, Name, StrictModel

Normalization = Literal["exact", "trim", "fold"]
"""Which spellings are one value: ``exact`` none, ``trim`` but for outer spaces, ``fold`` but for
case and spacing.
"""

FakeKind = Literal[
    "name",
    "first_name",
    "last_name",
    "title",
    "email",
    "user_name",
    "phone",
    "street",
    "city",
    "postcode",
    "company",
    "job",
    "user_agent",
    "card",
    "iban",
    "national_id",
    "ip",
    "url",
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
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "national_id",
    "NATIONAL_ID": "national_id",
    "IP_ADDRESS": "ip",
    "URL": "url",
}
"""The kind of invented value for an entity or verdict, where there is one."""


class PseudonymizeRule(KeyedRule):
    """Replace values by one-way keyed pseudonyms that join within their domain."""

    action: Literal["pseudonymize"]
    """Equal values get equal 26-character pseudonyms; there is no way back, and none forward
    without the key.
    """
    normalize: Normalization = "exact"
    """Which spellings count as one value."""


class TokenizeRule(KeyedRule):
    """Replace values by tokens that holders of the reveal key can turn back."""

    action: Literal["tokenize"]
    """Equal values get equal tokens; ``coatcheck reveal`` turns them back."""
    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "reveal"
    """Reversible: the key is not one that readers of the dataset hold."""

    method: Literal["siv", "vault"] = "siv"
    """``siv``: the token is the encrypted value, nothing is stored; ``vault``: it is random,
    stored, can be erased.
    """

    @property
    def reads_subject(self) -> bool:
        """Return whether the vault should note whose the value is, so that a subject can be
        forgotten.
        """
        return self.method == "vault" or super().reads_subject


class EncryptFormatRule(KeyedRule):
    """Encrypt values within their own format, reversibly."""

    action: Literal["encrypt_format"]
    """Digits stay digits, separators, length and type stay; ``coatcheck reveal`` turns values
    back.
    """
    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "reveal"
    """Reversible: the key is not one that readers of the dataset hold."""

    alphabet: Annotated[str, Field(min_length=2)] = "digits"
    """What is encrypted: digits, hex, letters, alphanumeric, by_class (digits stay digits), or the
    characters.
    """
    separators: str = " -./()+"
    """Characters that stay where they are; any character besides makes a bad value."""
    keep_first: Annotated[int, Field(ge=0, le=64)] = 0
    """Characters that stay at the start, separators not counted."""
    keep_last: Annotated[int, Field(ge=0, le=64)] = 0
    """Characters that stay at the end, separators not counted."""
    check: Literal["none", "luhn", "iban"] = "none"
    """Check digits that the values carry and carry again afterwards."""
    small_domains: Literal["refuse", "permute"] = "refuse"
    """A value with under a million alternatives is bad, or permuted among them, where frequencies
    tell.
    """
    earliest: date = date(1900, 1, 1)
    """For dates: the first possible day."""
    latest: date = date(2099, 12, 31)
    """For dates: the last possible day."""

    @model_validator(mode="after")
    def _check_fits_alphabet(self) -> EncryptFormatRule:
        if self.check == "luhn" and self.alphabet != "digits":
            raise ValueError("check: luhn needs alphabet: digits")
        if self.check == "iban" and self.alphabet != "by_class":
            raise ValueError("check: iban needs alphabet: by_class")
        if self.earliest >= self.latest:
            raise ValueError("earliest: lies before latest:")
        return self


_FIXED_FORMS = frozenset({"phone", "postcode", "card", "iban", "national_id", "ip"})
"""Kinds whose inventions have a form that nothing can be added to."""


class PersonSpec(StrictModel):
    """An invented person that several columns share."""

    name: Name
    """Rules with the same name give one person's name, e-mail, user name."""
    by: Name | None = None
    """The column that says who the row is about; by default the policy's ``subject``."""
    gender: Name | None = None
    """The column of the person's gender, F or M."""
    country: Name | None = None
    """The column of the person's country, as two-letter code; it gives the locale."""


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
    unique: bool | Literal["stable"] = False
    """Whether two originals never share an invention: ``true`` within one run, ``stable`` in every
    version and dataset.

    ``stable`` ends each invention in twelve characters, a keyed function of the original.
    """
    person: PersonSpec | None = None
    """The invented person this belongs to: a name, or name, by, gender and country."""

    @field_validator("person", mode="before", json_schema_input_type=str | PersonSpec | None)
    @classmethod
    def _person_by_name(cls, person: Any) -> Any:
        return {"name": person} if isinstance(person, str) else person

    @model_validator(mode="after")
    def _unique_makes_sense(self) -> FakeRule:
        if self.unique and self.kind in ("title", "job", "user_agent"):
            raise ValueError(f"unique: makes no sense for {self.kind}")
        if self.unique == "stable" and self.kind in _FIXED_FORMS:
            what = (
                f"unique: stable: a {self.kind} has no room for the characters that make it one of"
                " its own"
            )
            raise ValueError(
                f"{what}; say unique: true, or encrypt_format, which gives no two the same"
            )
        if self.unique and self.person is not None and self.kind not in ("email", "user_name"):
            raise ValueError(
                f"unique: with person: is for email and user_name, not {self.kind}: people share"
                " names"
            )
        return self

    @property
    def joins(self) -> bool:
        """Return whether inventions are a function of the original alone, so that they are the same
        everywhere.
        """
        return self.unique is not True or self.kind in ("email", "user_name")

    @property
    def reads_subject(self) -> bool:
        """Return whether the invented person is chosen by the policy's subject."""
        return (self.person is not None and self.person.by is None) or super().reads_subject


class ShiftDatesRule(KeyedRule):
    """Move dates by one keyed number of days per subject."""

    action: Literal["shift_dates"]
    """Intervals between the dates of one subject stay exact."""
    within_days: Annotated[int, Field(ge=1, le=36_500)]
    """Largest shift to either side, in days; never zero."""
    by: Name | None = None
    """The column that says whose dates they are; by default the policy's ``subject``."""
    format: str | None = None
    """Dates kept as text: how they are written, as for strptime; ISO 8601 when absent."""
    clock: Literal["exact", "second", "minute", "hour"] = "exact"
    """What stays of the time of day; exact keeps fractions of a second too, which tell one event
    from all others.
    """

    @property
    def reads_subject(self) -> bool:
        """Return whether the shift is chosen by the policy's subject."""
        return self.by is None or super().reads_subject


class ShuffleRule(KeyedRule):
    """Deal the column's values out anew among its rows."""

    action: Literal["shuffle"]
    """A keyed permutation: every value stays in the column, at another row; needs memory for the
    whole column.
    """
    by: Name | None = None
    """A column that tells rows apart; by default the policy's ``subject``."""
    within: tuple[Name, ...] = ()
    """Columns whose equal values make a group that values do not leave."""

    @property
    def reads_subject(self) -> bool:
        """Return whether rows are told apart by the policy's subject."""
        return self.by is None or super().reads_subject
