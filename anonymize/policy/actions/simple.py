"""Rules that need no key: keep, drop, redact, mask."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from anonymize.policy.actions.base import ActionRule


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
            raise ValueError("drop takes whole columns, so when: makes no sense; use redact with when:")
        return self


class RedactRule(ActionRule):
    """Replace every value by one label, or by null."""

    action: Literal["redact"]
    """Every value becomes the label; nulls stay null."""
    label: str | None = "<REDACTED>"
    """The text that stands for every value; null makes every value null and keeps the column's type."""


class MaskRule(ActionRule):
    """Hide the letters and digits of a value but for its first and last ones."""

    action: Literal["mask"]
    """Letters and digits are hidden; lengths and separators stay."""
    keep_first: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the start."""
    keep_last: Annotated[int, Field(ge=0, le=64)] = 0
    """Letters and digits shown at the end."""
    char: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    """The character that hides another."""
    keep_separators: bool = True
    """Whether spaces and punctuation stay as they are; otherwise they are hidden and counted like letters."""

    @model_validator(mode="after")
    def _char_is_visible(self) -> MaskRule:
        if not self.char.isprintable() or self.char.isspace():
            raise ValueError("char: must be one visible character, for example '*', '#' or 'X'")
        return self
