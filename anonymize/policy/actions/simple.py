"""Rules that need no key: keep, drop, redact, constant, null, mask."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import ActionRule, Scalar


class KeepRule(ActionRule):
    """Keep the column unchanged."""

    action: Literal["keep"]
    """Values do not change; a detected identifier is refused unless ``accept`` gives a reason."""


class DropRule(ActionRule):
    """Drop the column; it is not even read."""

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
    """The text that replaces every value; null makes every value null and keeps the column's
    type.
    """


class ConstantRule(ActionRule):
    """Replace every value by one value."""

    action: Literal["constant"]
    """Every value becomes ``value``; nulls stay null unless ``nulls_too``."""
    value: Scalar
    """The replacement for every value: text, a number, true or false, a date."""
    nulls_too: bool = False
    """True to replace nulls by ``value`` too, so that missing values are not visible."""


class NullRule(ActionRule):
    """Make every value null and keep the column and its type."""

    action: Literal["null"]
    """The column stays, empty."""


class MaskRule(ActionRule):
    """Hide the letters and digits of a value except its first and last ones, or by the kind of
    value.
    """

    action: Literal["mask"]
    """Letters and digits are hidden; lengths and separators stay."""
    keep_first: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the start."""
    keep_last: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the end."""
    char: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    """The character that replaces hidden ones."""
    keep_separators: bool = True
    """True to keep spaces and punctuation; otherwise they are hidden and counted like letters."""
    form: Literal["email", "card"] | None = None
    """By kind: ``email`` gives j***@example.com, ``card`` the last four digits; values of another
    form are hidden whole.
    """
    hide: Literal["letters", "digits"] | None = None
    """By class: hide all letters, or all digits."""
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
