"""Names that are values: what columns, fields and keys are not called, and which keys of objects
are data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from statistics import median

_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+"  # an address
    r"|[^@\s]+@[^@\s]+\.[^@\s]*[^\W\d_]"
    r"|(?!\d{4}-\d\d-\d\d$)\+?\d[\d ().:-]{5,}\d"  # a number of somebody's, but no day
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\(\d{2,5}\)[\d ().-]{4,}\d"  # a telephone number that begins with its area
    r"|[A-Za-z]{1,4}[-_ #]?\d{5,}"  # a record's number
)
_IDENTIFIER = re.compile(
    r"[a-z]+[a-z0-9]*(?:[_-][a-z0-9]+)*|[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"
)
"""How fields are called: ``full_name``, ``full-name``, ``fullName``, ``FULL_NAME``."""
FEW_KEYS, MANY_KEYS = 4, 8
"""Objects with fewer different keys than these are told by their keys whatever those look like."""
FEW_OBJECTS, SOME_OBJECTS, MANY_OBJECTS = 3, 10, 20
"""Of fewer objects the keys' frequencies say nothing."""


def is_value(name: str) -> bool:
    """Return whether ``name`` is an address, a telephone number, an id: a value, and no name of a
    column.
    """
    return _VALUE.fullmatch(name.strip()) is not None


def is_identifier(name: str) -> bool:
    """Return whether ``name`` is written as programmers write the names of fields."""
    return _IDENTIFIER.fullmatch(name) is not None


def keys_are_data(
    objects: int, present: Mapping[str, int], one_kind: bool, rows: bool = False
) -> bool:
    """Return whether objects are keyed by values: persons, logins, ids.

    Args:
        objects: How many objects were seen.
        present: Each of their keys with how many objects have it.
        one_kind: Whether what is under the keys is everywhere of one type.
        rows: Whether the objects are the rows themselves, of which some fields are often empty.
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
    """Return ``path`` as far as it may be told: what is below a key that is written like no field's
    name is not.

    The column itself is told unless it is a value.
    """
    parts = path.split(".")
    known = [] if "@" in parts[0] or is_value(parts[0].removesuffix("[]")) else [parts[0]]
    for part in parts[1:] if known else ():
        if not is_identifier(part.replace("[]", "")):
            break
        known.append(part)
    return ".".join(known)


def types_hint(path: str) -> str:
    """Return what to write so that ``path`` is read as text, as YAML takes it."""
    name = path if is_identifier(path) else json.dumps(path, ensure_ascii=False)
    return f"say types: {{{name}: string}}"


def counted(positions: Iterable[int], one: str = "column", several: str = "columns") -> str:
    """Return ``column 3``, ``columns 3 and 7``, ``columns 1, 2, 3, … (40 in all)``."""
    at = list(positions)
    if len(at) == 1:
        return f"{one} {at[0]}"
    if len(at) > 6:
        return f"{several} {', '.join(map(str, at[:5]))}, … ({len(at)} in all)"
    return f"{several} {', '.join(map(str, at[:-1]))} and {at[-1]}"
