"""Rules that need no key: keep, drop, redact, constant, null, mask."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import ActionRule, Scalar


class KeepRule(ActionRule):
    """Let the column through unchanged."""

    action: Literal["keep"]
    """Values pass unchanged; a detected identifier is refused unless ``accept`` says why."""


class DropRule(ActionRule):
    """Leave the column out; it is not even read."""

    action: Literal["drop"]
    """The column is left out of the result."""

    @model_validator(mode="after")
    def _whole_columns_only(self) -> DropRule:
        if self.when is not None:
            raise ValueError(
                "drop takes whole columns, so when: makes no sense; use redact with when:"
            )
        return self


class RedactRule(ActionRule):
    """Replace every value by one label, or by null."""

    action: Literal["redact"]
    """Every value becomes the label; nulls stay null."""
    label: str | None = "<REDACTED>"
    """The text that stands for every value; null makes every value null and keeps the column's
    type.
    """


class ConstantRule(ActionRule):
    """Replace every value by one value."""

    action: Literal["constant"]
    """Every value becomes ``value``; nulls stay null unless ``nulls_too``."""
    value: Scalar
    """Stands for every value: text, a number, true or false, a date."""
    nulls_too: bool = False
    """Whether nulls become ``value`` as well, so that missing values do not show."""


class NullRule(ActionRule):
    """Make every value null and keep the column and its type."""

    action: Literal["null"]
    """The column stays, empty."""


class MaskRule(ActionRule):
    """Hide the letters and digits of a value but for its first and last ones, or by what the value
    is.
    """

    action: Literal["mask"]
    """Letters and digits are hidden; lengths and separators stay."""
    keep_first: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the start."""
    keep_last: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the end."""
    char: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    """The character that hides another."""
    keep_separators: bool = True
    """Whether spaces and punctuation stay as they are; otherwise they are hidden and counted like
    letters.
    """
    form: Literal["email", "card"] | None = None
    """By what the value is: ``email`` gives j***@example.com, ``card`` the last four digits; others
    are all hidden.
    """
    hide: Literal["letters", "digits"] | None = None
    """By class: all letters are hidden, or all digits."""
    pattern: str | None = None
    """By regular expression: its group ``(?P<hide>...)`` is hidden; a value without a match is
    hidden whole.
    """

    @model_validator(mode="after")
    def _one_way(self) -> MaskRule:
        ways = [way for way in ("form", "hide", "pattern") if getattr(self, way) is not None]
        positions = [
            way
            for way in ("keep_first", "keep_last", "keep_separators")
            if way in self.model_fields_set
        ]
        if len(ways) > 1 or (ways and positions):
            said = " and ".join([*ways, *positions])
            raise ValueError(
                f"{said} do not go together; say form, hide, pattern, or keep_first and keep_last"
            )
        return self

    @field_validator("pattern")
    @classmethod
    def _pattern_has_a_group(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern).groupindex if pattern is not None else {"hide": 1}
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        if "hide" not in groups:
            raise ValueError("needs a group named hide, for example (?P<hide>[0-9]+)$")
        return pattern

    @model_validator(mode="after")
    def _char_is_visible(self) -> MaskRule:
        if not self.char.isprintable() or self.char.isspace():
            raise ValueError("char: must be one visible character, for example '*', '#' or 'X'")
        return self
