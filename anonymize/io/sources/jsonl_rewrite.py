"""Rewrites JSON lines so that chosen fields hold text: for fields of mixed type that ``types:``
declares as string.
"""

from __future__ import annotations

import json
from collections.abc import Sequence


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
