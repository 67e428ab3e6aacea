"""Reads JSON lines whose fields are of mixed type: rewrites them so that those which ``types:``
declares as string hold text, and finds the order of their fields.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_ITEMS = "\0[]"
"""Stands for a list's items, beside which no key has this name."""


def as_texts(data: bytes, paths: frozenset[str]) -> bytes:
    """Return the lines with the values at ``paths`` as strings; null and text do not change.

    Integers keep their digits; objects and lists become their JSON. Works line by line in Python,
    so only blocks that Arrow refused are rewritten.
    """
    split = [path.replace("[]", ".[]").split(".") for path in paths]
    return b"\n".join(_rewritten(line, split) for line in data.split(b"\n"))


def _rewritten(line: bytes, paths: list[list[str]]) -> bytes:
    if not line.strip():
        return line
    try:
        row = json.loads(line, parse_float=_Written)
    except (ValueError, RecursionError):
        return line  # Arrow refuses it and names the row
    for path in paths:
        row = _set(row, path)
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")


class _Written(float):
    """A number with a fraction, as it is written: 1.10 stays that as text."""

    def __new__(cls, text: str) -> _Written:
        self = super().__new__(cls, text)
        self.text = text
        return self

    text: str


def _set(value: object, path: Sequence[str]) -> object:
    if not path:
        if isinstance(value, _Written):
            return value.text
        return (
            value
            if value is None or isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )
    if path[0] == "[]" and isinstance(value, list):
        return [_set(item, path[1:]) for item in value]
    if isinstance(value, dict) and path[0] in value:
        value[path[0]] = _set(value[path[0]], path[1:])
    return value


def fields_in_order(data: bytes) -> pa.Schema | None:
    """Return the fields of the lines in the order in which they first occur, of type null where
    they hold no fields; None if there are none.
    """
    tree: dict[str, Any] = {}
    for line in data.split(b"\n"):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            _note(tree, row)
    return pa.schema([(name, _typed(inner)) for name, inner in tree.items()]) if tree else None


def _note(tree: dict[str, Any], value: object) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _note(tree.setdefault(name, {}), inner)
    elif isinstance(value, list):
        for item in value:
            _note(tree.setdefault(_ITEMS, {}), item)


def _typed(tree: dict[str, Any]) -> pa.DataType:
    if _ITEMS in tree:
        return pa.list_(_typed(tree[_ITEMS]))
    return pa.struct([(n, _typed(inner)) for n, inner in tree.items()]) if tree else pa.null()
