"""`Asked`: what is read of a database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from anonymize.errors import SourceError

Value = str | bool | int | float | dt.date | dt.datetime
"""What a query's parameter may be."""
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


@dataclass(frozen=True)
class Asked:
    """A table or a query, and how it is split. Plain data, so that a partition can hold it."""

    table: str | None = None
    """``schema.table`` or ``table``; a part with a dot or a quote in it stands in double quotes."""
    query: str | None = None
    """One SELECT, instead of a table."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """Values that the query names with a colon, bound and never pasted."""
    split_by: str | None = None
    """Column by whose ranges the rows are split."""
    partitions: int = 1
    """Number of partitions."""
    types: Mapping[str, pa.DataType] = field(default_factory=dict)
    """Types of columns that should not be the database's."""

    @property
    def name(self) -> str:
        """Return what is read, for messages and part names; never the query's text, which may hold
        values.
        """
        return self.table if self.table is not None else "query"

    def names(self, place: str) -> tuple[str, ...]:
        """Return the parts of the table's name, taken as they are written: no case is folded.

        Raises:
            SourceError: it is not ``table`` or ``schema.table``.
        """
        text, parts, at = self.table or "", list[str](), 0
        while found := _PART.match(text, at):
            parts.append((found[1] or "").replace('""', '"') or found[2])
            at = found.end()
            if text[at : at + 1] != ".":
                break
            at += 1
        if at != len(text) or not 1 <= len(parts) <= 2 or text.endswith("."):
            what = (
                "is no table's name: say table or schema.table, and a part with a dot in double"
                ' quotes, "odd.name"'
            )
            raise SourceError(what, place=f"{place}: table")
        return tuple(parts)

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Yield the number and name of each partition."""
        for number in range(self.partitions):
            which = f" {number + 1} of {self.partitions}" if self.partitions > 1 else ""
            yield number, f"{self.name}{which}"


def read_as(name: str, kind: str = "string") -> str:
    """Return the setting that reads a column as another type, for errors."""
    import json

    shown = name if name.isidentifier() else json.dumps(name, ensure_ascii=False)
    return f"types: {{{shown}: {kind}}}"


def quoted(name: str) -> str:
    """Return ``name`` as an identifier of SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
