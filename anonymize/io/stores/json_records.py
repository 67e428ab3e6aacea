"""Records of a JSON text, cut out as they are written, so that numbers keep every digit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def records_of(text: str, path: str = "") -> Iterator[str]:
    """Yield each record of the list at ``path`` (``data``, ``result.items``; empty: the whole
    text), on one line.

    Raises:
        ValueError: it is not JSON, or there is no list; RecursionError: nested too deeply.
    """
    at = _skip(text, 0)
    for name in filter(None, path.split(".")):
        at = _value_of(text, at, name)
    if text[at : at + 1] != "[":
        raise ValueError("no list")
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        _, end = _DECODER.raw_decode(text, at)
        # line ends are only between tokens: inside of a string JSON writes them \n
        yield text[at:end].replace("\r", " ").replace("\n", " ")
        at = _after(text, end, "]")


def value_at(text: str, path: str) -> Any:
    """Return the value at ``path``; None if there is none.

    Raises:
        ValueError: it is not JSON.
    """
    value = json.loads(text)
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _value_of(text: str, at: int, wanted: str) -> int:
    """Return where the value of a name begins in the object at ``at``."""
    if text[at : at + 1] != "{":
        raise ValueError("no object")
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("no colon")
        at = _skip(text, at + 1)
        if name == wanted:
            return at
        _, at = _DECODER.raw_decode(text, at)
        at = _after(text, at, "}")
    raise ValueError("no such name")


def _after(text: str, at: int, close: str) -> int:
    """Return where the next element begins, or where the closing bracket is."""
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        at = _skip(text, at + 1)
        if text[at : at + 1] != close:
            return at
    elif text[at : at + 1] == close:
        return at
    raise ValueError("no comma")


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
