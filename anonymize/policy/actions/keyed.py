"""Rules that replace values by a keyed function of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import KeyedRule, Name, StrictModel

Normalization = Literal["exact", "trim", "fold", "number"]
"""Which spellings are one value: ``exact``: only equal ones; ``trim``: ignores outer spaces;
``fold``: also ignores case and spacing.
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
"""Kinds of fake values."""

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
"""Entity or verdict → kind of fake value, if there is one."""


class PseudonymizeRule(KeyedRule):
    """Replace values by one-way keyed pseudonyms that join within their domain."""

    action: Literal["pseudonymize"]
    """Equal values get equal 26-character pseudonyms; they cannot be reversed, and without the key
    they cannot be computed.
    """
    normalize: Normalization = "exact"
    """Which spellings count as one value."""


class TokenizeRule(KeyedRule):
    """Replace values by tokens that holders of the reveal key can reverse."""

    action: Literal["tokenize"]
    """Equal values get equal tokens; ``coatcheck reveal`` reverses them."""
    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "reveal"
    """Reversible, so the key must not be one that readers of the dataset hold."""

    method: Literal["siv", "vault"] = "siv"
    """``siv``: the token is the encrypted value, nothing is stored; ``vault``: it is random,
    stored, and can be erased.
    """

    @property
    def reads_subject(self) -> bool:
        """Return True if the vault must store the subject of each value, so that a subject can be
        forgotten.
        """
        return self.method == "vault" or super().reads_subject


class EncryptFormatRule(KeyedRule):
    """Encrypt values within their own format, reversibly."""

    action: Literal["encrypt_format"]
    """Digits stay digits; separators, length and type do not change; ``coatcheck reveal`` reverses
    values.
    """
    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "reveal"
    """Reversible, so the key must not be one that readers of the dataset hold."""

    alphabet: Annotated[str, Field(min_length=2)] = "digits"
    """Characters that are encrypted: digits, hex, letters, alphanumeric, by_class (digits stay
    digits), or a list of characters.
    """
    separators: str = " -./()+"
    """Characters that stay in their place; a value with any other character is a bad value."""
    keep_first: Annotated[int, Field(ge=0, le=64)] = 0
    """Number of characters that stay at the start, separators not counted."""
    keep_last: Annotated[int, Field(ge=0, le=64)] = 0
    """Number of characters that stay at the end, separators not counted."""
    check: Literal["none", "luhn", "iban"] = "none"
    """Check digits that the values have, and have again afterwards."""
    small_domains: Literal["refuse", "permute"] = "refuse"
    """A value with under a million alternatives is a bad value, or is permuted among them, which
    can be reversed by frequencies.
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
"""Kinds whose fake values have a fixed form, to which no suffix can be added."""


class PersonSpec(StrictModel):
    """A fake person that several columns share."""

    name: Name
    """Rules with the same name give name, e-mail and user name of one person."""
    by: Name | None = None
    """The column that identifies the person of a row; by default the policy's ``subject``."""
    gender: Name | None = None
    """The column of the person's gender, F or M."""
    country: Name | None = None
    """The column of the person's country, as two-letter code; it determines the locale."""


class FakeRule(KeyedRule):
    """Replace values by fake ones, chosen by a keyed function of the original."""

    action: Literal["fake"]
    """Equal values get equal fake values, in every dataset of the domain."""
    kind: FakeKind
    """Kind of fake value."""
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}_[A-Z]{2}$")] = "en_US"
    """Language and country of the fake values, as Faker names them."""
    normalize: Normalization = "fold"
    """Which spellings of the original count as one value."""
    unique: bool | Literal["stable"] = False
    """No two originals share a fake value: ``true`` within one run, ``stable`` in every version and
    dataset.

    With ``stable`` each fake value ends in twelve characters, a keyed function of the original.
    """
    person: PersonSpec | None = None
    """The fake person that the value belongs to: a name, or name, by, gender and country."""

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
        """Return True if fake values are a function of the original alone, so that they are the
        same everywhere.
        """
        return self.unique is not True or self.kind in ("email", "user_name")

    @property
    def reads_subject(self) -> bool:
        """Return True if the fake person is chosen by the policy's subject."""
        return (self.person is not None and self.person.by is None) or super().reads_subject


class ShiftDatesRule(KeyedRule):
    """Shift dates by one keyed number of days per subject."""

    action: Literal["shift_dates"]
    """Intervals between the dates of one subject stay exact."""
    within_days: Annotated[int, Field(ge=1, le=36_500)]
    """Largest shift to either side, in days; never zero."""
    by: Name | None = None
    """The column that identifies the person of the dates; by default the policy's ``subject``."""
    format: str | None = None
    """Dates kept as text: their format, as for strptime; ISO 8601 by default."""
    clock: Literal["exact", "second", "minute", "hour"] = "exact"
    """Precision of the time of day that is kept; exact keeps fractions of a second too, which
    distinguish one event from all others.
    """

    @property
    def reads_subject(self) -> bool:
        """Return True if the shift is chosen by the policy's subject."""
        return self.by is None or super().reads_subject


class ShuffleRule(KeyedRule):
    """Permute the column's values among its rows."""

    action: Literal["shuffle"]
    """A keyed permutation: every value stays in the column, in another row; needs memory for the
    whole column.
    """
    by: Name | None = None
    """A column that distinguishes rows; by default the policy's ``subject``."""
    within: tuple[Name, ...] = ()
    """Columns whose equal values form a group; values stay within their group."""

    @property
    def reads_subject(self) -> bool:
        """Return True if the policy's subject distinguishes the rows."""
        return self.by is None or super().reads_subject
