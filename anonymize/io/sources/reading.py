"""How a source is read: all settings of a policy's ``source:`` except its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.numbers_written import SEPARATORS, Numbers
from anonymize.io.sources.text_types import ALIASES, TYPE_NAMES

APPLIES = {
    "skip_rows": ("csv", "fixed", "excel"),
    "skip_footer": ("csv", "fixed", "excel"),
    "comment": ("csv", "fixed"),
    "decimal": ("csv", "fixed"),
    "thousands": ("csv", "fixed"),
    "widths": ("fixed",),
    "sheet": ("excel",),
    "records": ("jsonl",),
}
"""Settings of some formats only. For others they are refused, because they would do nothing."""


@dataclass(frozen=True)
class Reading:
    """The settings; None where nobody stated one."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    skip_rows: int | None = None
    skip_footer: int | None = None
    comment: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    widths: tuple[int, ...] = ()
    sheet: str | int | None = None
    records: str | None = None
    member: str | None = None
    null_values: Sequence[str] | Mapping[str, Sequence[str]] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str | int, str] = field(default_factory=dict)

    def refuse_useless(self, kind: str) -> None:
        """Refuse settings that a source of format ``kind`` has no use for, and impossible ones.

        Raises:
            SourceError: one problem for each.
        """
        problems = [
            Problem(name, f"is for {' and '.join(formats)} only, and this is {kind}")
            for name, formats in APPLIES.items()
            if getattr(self, name) not in (None, ()) and kind not in formats
        ]
        if kind == "fixed" and not self.widths:
            problems.append(
                Problem("widths", "are needed: say widths: [5, 12, 8], characters of each column")
            )
        if any(width < 1 for width in self.widths):
            problems.append(Problem("widths", "must be 1 or more each"))
        problems += [
            Problem(name, "must be 0 or more")
            for name in ("skip_rows", "skip_footer")
            if (getattr(self, name) or 0) < 0
        ]
        if self.comment is not None and (len(self.comment) != 1 or self.comment in '"\r\n'):
            problems.append(Problem("comment", "must be one character, for example '#'"))
        if self.decimal not in (None, ".", ","):
            problems.append(Problem("decimal", "must be '.' or ','"))
        if self.thousands is not None and (
            len(self.thousands) != 1 or self.thousands not in SEPARATORS
        ):
            problems.append(
                Problem("thousands", "must be one of '.', ',', a space and an apostrophe")
            )
        elif self.thousands is not None and self.thousands == (self.decimal or "."):
            problems.append(Problem("thousands", "is the same character as decimal"))
        if problems:
            raise SourceError(problems)

    @property
    def numbers(self) -> Numbers:
        """How numbers are written."""
        return Numbers(self.decimal or ".", self.thousands or "")

    def nulls(self) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
        """Return the texts that mean null in all columns, and those of each column."""
        if isinstance(self.null_values, Mapping):
            return (), tuple((name, tuple(texts)) for name, texts in self.null_values.items())
        return tuple(self.null_values), ()


def resolve_types(types: Mapping[str, str], place: str) -> dict[str, pa.DataType]:
    """Return the Arrow type of each name in ``types``.

    Raises:
        SourceError: unknown type names, one problem each.
    """
    words = {column: ALIASES.get(word, word) for column, word in types.items()}
    problems = [
        Problem(
            f"{place}: types.{column}",
            f"unknown type '{word}'; choose one of {', '.join(TYPE_NAMES)}",
        )
        for column, word in words.items()
        if word not in TYPE_NAMES
    ]
    if problems:
        raise SourceError(problems)
    return {column: TYPE_NAMES[word] for column, word in words.items()}
