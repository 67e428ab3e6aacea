"""Recognizes names of columns, fields and keys that are values, and objects whose keys are data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from statistics import median

_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+"  # an e-mail address
    r"|[^@\s]+@[^@\s]+\.[^@\s]*[^\W\d_]"
    r"|(?!\d{4}-\d\d-\d\d$)\+?\d[\d ().:-]{5,}\d"  # a person's number, but not a date
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\(\d{2,5}\)[\d ().-]{4,}\d"  # a telephone number with an area code
    r"|[A-Za-z]{1,4}[-_ #]?\d{5,}"  # a record number
)
_NUMBERED = re.compile(r"[A-Za-z]{1,4}[-_ #]?\d{5,}")
"""Letters and a number: a record's, or the name of a column, as of a genetic variant."""
_IDENTIFIER = re.compile(
    r"[a-z]+[a-z0-9]*(?:[_-][a-z0-9]+)*|[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"
)
"""Usual forms of field names: ``full_name``, ``full-name``, ``fullName``, ``FULL_NAME``."""
FEW_KEYS, MANY_KEYS = 4, 8
"""Limits of the number of different keys below which objects count as records, whatever the keys
look like.
"""
FEW_OBJECTS, SOME_OBJECTS, MANY_OBJECTS = 3, 10, 20
"""Minimum numbers of objects from which the keys' frequencies are evidence."""


def is_value(name: str) -> bool:
    """Return True if ``name`` is a value (an address, a telephone number, an id) and not a column
    name.
    """
    return _VALUE.fullmatch(name.strip()) is not None


def is_numbered(name: str) -> bool:
    """Return True if ``name`` is letters and a number, which names columns too: ``rs429358``."""
    return _NUMBERED.fullmatch(name.strip()) is not None


def is_identifier(name: str) -> bool:
    """Return True if ``name`` is written as programmers write field names."""
    return _IDENTIFIER.fullmatch(name) is not None


def keys_are_data(
    objects: int, present: Mapping[str, int], one_kind: bool, rows: bool = False
) -> bool:
    """Return True if objects are keyed by values: persons, logins, ids.

    Args:
        objects: Number of objects seen.
        present: Each of their keys, with the number of objects that have it.
        one_kind: True if all values under the keys have one type.
        rows: True if the objects are the rows themselves, in which fields are often missing.
    """
    if any(map(is_value, present)):
        return True
    if len(present) < FEW_KEYS or objects < FEW_OBJECTS:
        return False
    typical = median(present.values()) / objects
    odd = sum(not is_identifier(key) for key in present)
    if typical < 0.5 and 2 * odd > len(present):
        return True
    if objects >= SOME_OBJECTS and 2 * sum(count == 1 for count in present.values()) > len(present):
        return True
    return (
        not rows
        and one_kind
        and len(present) >= MANY_KEYS
        and objects >= MANY_OBJECTS
        and typical < 0.34
    )


def told_path(path: str) -> str:
    """Return the part of ``path`` that may be shown: it ends before a key that is not written like
    a field name.

    The column itself is shown unless it is a value.
    """
    parts = path.split(".")
    known = [] if "@" in parts[0] or is_value(parts[0].removesuffix("[]")) else [parts[0]]
    for part in parts[1:] if known else ():
        if not is_identifier(part.replace("[]", "")):
            break
        known.append(part)
    return ".".join(known)


def types_hint(path: str, type_: str = "string") -> str:
    """Return the YAML text with which ``path`` is read as text, or as another type."""
    name = path if is_identifier(path) else json.dumps(path, ensure_ascii=False)
    return f"say types: {{{name}: {type_}}}"


def counted(positions: Iterable[int], one: str = "column", several: str = "columns") -> str:
    """Return ``column 3``, ``columns 3 and 7``, ``columns 1, 2, 3, … (40 in all)``."""
    at = list(positions)
    if len(at) == 1:
        return f"{one} {at[0]}"
    if len(at) > 6:
        return f"{several} {', '.join(map(str, at[:5]))}, … ({len(at)} in all)"
    return f"{several} {', '.join(map(str, at[:-1]))} and {at[-1]}"
