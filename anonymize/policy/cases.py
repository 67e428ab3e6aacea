"""A policy's ``tests:``: rows, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions import StrictModel

Outcome = Literal["changed", "kept", "null", "absent"]
OUTCOMES: tuple[Outcome, ...] = ("changed", "kept", "null", "absent")


def is_whole_match(pattern: str, text: str) -> bool:
    """Return True if ``text`` as a whole fits ``pattern``, in a time that grows with both alone.

    Raises:
        pa.ArrowInvalid: it is no pattern of RE2.
    """
    found = pc.match_substring_regex(pa.array([text]), rf"\A(?:{pattern})\z")
    return bool(found[0].as_py())


class ExpectSpec(StrictModel):
    """What a value of the output is; several are expected together."""

    outcome: Outcome | None = None
    """``changed``: neither null nor the row's value; ``kept``: the row's value; ``null``;
    ``absent``: the output has no such column.
    """
    matches: str | None = None
    """A regular expression (RE2) that the whole value fits, as text."""
    contains: str | None = None
    """A text that is in the value."""
    lacks: tuple[str, ...] = ()
    """Texts that are not in the value: one, or a list."""
    equals: Any = None
    """The value itself, as YAML reads it."""

    @field_validator("lacks", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _some(cls, lacks: Any) -> Any:
        return (lacks,) if isinstance(lacks, str) else lacks

    @field_validator("matches")
    @classmethod
    def _is_a_pattern(cls, pattern: str | None) -> str | None:
        try:
            is_whole_match(pattern or "", "")
        except pa.ArrowInvalid:
            raise ValueError(
                "is no regular expression of RE2's syntax, which has no look-around and no"
                " back-references"
            ) from None
        return pattern

    @model_validator(mode="after")
    def _expects_something(self) -> ExpectSpec:
        if not self.model_fields_set:
            raise ValueError(f"expects nothing; say {', '.join(OUTCOMES)}, or a value")
        return self


class CaseSpec(StrictModel):
    """One row and what becomes of it."""

    name: str | None = None
    """What the case is about; messages name the case by it."""
    row: Annotated[dict[str, Any], Field(min_length=1)]
    """The row: column → invented value, nested as the source is. Columns left out are null."""
    expect: dict[str, ExpectSpec] = Field(default_factory=dict)
    """Column of the output → its value, ``changed``, ``kept``, ``null``, ``absent``, or a mapping
    with ``matches``, ``contains``, ``lacks``, ``equals``.
    """
    quarantined: bool | str = False
    """True if the row is set aside because of a bad value, or a text that its reason contains."""
    filtered: bool = False
    """True if ``rows.where`` leaves the row out."""

    @field_validator(
        "expect", mode="before", json_schema_input_type=dict[str, ExpectSpec | Outcome | Any]
    )
    @classmethod
    def _expand(cls, expect: Any) -> Any:
        if not isinstance(expect, dict):
            return expect
        return {str(column): _expanded(said) for column, said in expect.items()}

    @model_validator(mode="after")
    def _one_end(self) -> CaseSpec:
        gone = bool(self.quarantined) or self.filtered
        if gone == bool(self.expect):
            raise ValueError(
                "needs expect: with columns of the output, or quarantined: or filtered: for a row"
                " that is none"
            )
        return self


def _expanded(said: Any) -> Any:
    """Return an expectation as a mapping; ``{equals: changed}`` means the text."""
    if isinstance(said, dict) and said.keys() & ExpectSpec.model_fields.keys():
        return said
    if said is None:
        return {"outcome": "null"}
    return {"outcome": said} if said in OUTCOMES else {"equals": said}
