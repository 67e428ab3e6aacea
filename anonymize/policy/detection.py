"""What a policy says of detection: countries, languages, name models, recognizers of one's own."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.local_paths import without_nul

NAME_MODELS = r"^(off|coatcheck|(spacy|transformers|gliner):\S(.*\S)?)$"
"""Allowed values of ``detect.ner``."""


class RecognizerSpec(StrictModel):
    """A recognizer of the data owner's own."""

    name: Annotated[str, Field(min_length=1)]
    """Its name in messages."""
    entity: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    """The entity it finds, in capitals: EMPLOYEE_ID."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, case ignored."""
    score: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Score of a match without context, 0 to 1."""
    context: tuple[str, ...] = ()
    """Words that raise the score of a match just after them."""
    checksum: str | None = None
    """Name of a check-digit rule (luhn, iban, verhoeff, …); a match that fails it does not
    count.
    """
    deny: tuple[str, ...] = ()
    """Words that are always a finding; case, width and spacing do not matter."""

    @model_validator(mode="after")
    def _finds_something(self) -> RecognizerSpec:
        """Refuse a recognizer that can find nothing, or has an invalid pattern."""
        if not self.patterns and not self.deny:
            raise ValueError("finds nothing; give patterns: or deny:")
        for pattern in self.patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(
                    f"patterns: not a regular expression: {error.msg} at position {error.pos}"
                ) from None
        return self


class DetectSpec(StrictModel):
    """Settings of detection for this dataset."""

    countries: tuple[str, ...] = ()
    """Two-letter codes of countries whose identifiers are searched for, in addition to
    international ones.
    """
    languages: tuple[str, ...] = ("en",)
    """ISO 639-1 codes of the languages of free text; one in which no names are found is refused."""
    ner: Annotated[str, Field(json_schema_extra={"pattern": NAME_MODELS})] = "coatcheck"
    """What finds names: ``coatcheck`` (comes with the package, extra ner), a model you have, or
    off.

    A model you have is ``spacy:en_core_web_lg``, ``transformers:NAME`` or ``gliner:NAME``, with an
    installed name or a folder. Without a model, names stay in free text; plan, summary and manifest
    state ``off``.
    """
    recognizers: tuple[RecognizerSpec, ...] = ()
    """Further recognizers for free text."""
    allow: tuple[str, ...] = ()
    """Texts that are never personal data here; case, width and spacing do not matter."""
    deny: tuple[str, ...] = ()
    """Texts that always are personal data; case, width and spacing do not matter."""
    sample: Annotated[int, Field(ge=20)] = 500
    """Number of distinct values of each column that inspection reads."""

    @field_validator("ner")
    @classmethod
    def _known_kind(cls, choice: str) -> str:
        """Refuse text that names no kind of model."""
        if not re.fullmatch(NAME_MODELS, without_nul(choice)):
            kinds = "off, coatcheck, spacy:MODEL, transformers:MODEL, gliner:MODEL"
            raise ValueError(f"'{choice[:60]}' is not one of {kinds}")
        return choice

    @field_validator("countries", "languages")
    @classmethod
    def _two_letters(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the codes in lower case; refuse codes that do not have two letters."""
        for code in codes:
            if len(code) != 2 or not code.isalpha():
                raise ValueError(f"'{code}' is not a two-letter code such as us, de, uk")
        return tuple(code.lower() for code in codes)

    @field_validator("languages")
    @classmethod
    def _some_language(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse an empty list."""
        if not languages:
            raise ValueError("names no language, so no rule would look at any text")
        return languages
