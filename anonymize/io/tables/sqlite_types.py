"""Chooses the type of each column of SQLite: by its declaration, or by the kinds of all cells."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.text_types import TIMESTAMP
from anonymize.io.tables.asked import Asked, quoted, read_as

COLUMNS_AT_ONCE = 400
"""Columns whose cells' kinds are found in one pass; SQLite takes 2,000 results."""
_KINDS = ("integer", "real", "text", "blob")


def types_of(
    database: sqlite3.Connection,
    asked: Asked,
    origin: str,
    names: Sequence[str],
    values: Mapping[str, Any],
    place: str,
) -> tuple[list[pa.Field], tuple[str, ...]]:
    """Return a field per column, and a sentence on what was found from the cells.

    Raises:
        SourceError: columns without a declared type whose cells are of several kinds.
    """
    declared = _declared(database, asked)
    fixed = {name: asked.types.get(name) or _certain(declared.get(name, "")) for name in names}
    open_ = [name for name in names if fixed[name] is None]
    seen = _seen(database, origin, open_, values)
    problems, found = [], dict[str, pa.DataType]()
    for name in open_:
        kind = _of_cells(declared.get(name, ""), seen[name])
        if kind is None:
            what = (
                f"its cells are of several kinds ({', '.join(sorted(seen[name]))}); read it as"
                f" text, {read_as(name)}, or convert it in a query"
            )
            problems.append(Problem(f"{place}: column {name}", what))
        else:
            found[name] = kind
    if problems:
        raise SourceError(problems)
    remarks = (
        (f"SQLite declares no type that says it, so all cells were looked at: {', '.join(open_)}",)
        if open_
        else ()
    )
    return [pa.field(name, fixed[name] or found[name]) for name in names], remarks


def _declared(database: sqlite3.Connection, asked: Asked) -> dict[str, str]:
    if asked.table is None:
        return {}
    rows = database.execute(
        "SELECT name, type FROM pragma_table_xinfo(?)", (asked.names("")[-1],)
    ).fetchall()
    return {name: str(kind or "").upper() for name, kind in rows}


def _certain(declared: str) -> pa.DataType | None:
    """Return the type whose values SQLite's affinity makes; None where it makes none."""
    if "INT" in declared:
        return pa.int64()
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return pa.string()
    if "BLOB" in declared:
        return pa.binary()
    if any(word in declared for word in ("REAL", "FLOA", "DOUB")):
        return pa.float64()
    return None


def _seen(
    database: sqlite3.Connection, origin: str, names: Sequence[str], values: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """Return the kinds of all cells of each column."""
    found: dict[str, frozenset[str]] = {}
    for start in range(0, len(names), COLUMNS_AT_ONCE):
        some = names[start : start + COLUMNS_AT_ONCE]
        asked = ", ".join(
            f"max(typeof(q.{quoted(name)}) = '{kind}')" for name in some for kind in _KINDS
        )
        row = database.execute(f"SELECT {asked} FROM {origin}", values).fetchone()  # noqa: S608
        for number, name in enumerate(some):
            bits = row[number * len(_KINDS) : (number + 1) * len(_KINDS)]
            found[name] = frozenset(k for k, bit in zip(_KINDS, bits, strict=True) if bit)
    return found


def _of_cells(declared: str, seen: frozenset[str]) -> pa.DataType | None:
    if seen == {"text"} and any(word in declared for word in ("DATETIME", "TIMESTAMP")):
        return TIMESTAMP
    if seen == {"text"} and "DATE" in declared:
        return pa.date32()
    if seen == {"integer"} and "BOOL" in declared:
        return pa.bool_()
    if not seen:
        return pa.string()
    return {
        frozenset({"integer"}): pa.int64(),
        frozenset({"real"}): pa.float64(),
        frozenset({"integer", "real"}): pa.float64(),
        frozenset({"text"}): pa.string(),
        frozenset({"blob"}): pa.binary(),
    }.get(seen)
