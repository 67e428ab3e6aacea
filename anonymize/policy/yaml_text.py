"""Writes data as YAML that a person would write: quotes only where the text would be read as
something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from anonymize.errors import PolicyError
from anonymize.policy.yaml_places import read_yaml

_PLAIN = re.compile(r"[^\W\d_][\w./@$ +-]*|[\d_./][\w./@+-]*")
"""Texts that may stand without quotes, if they are also read as text; a ``%`` or a quotation mark
would be right too and looks like a mistake.
"""
_NUMBER_ELSEWHERE = re.compile(r"0[box][\da-fA-F_]+|[\d_.]+(?:[eE][+-]?\d+)?")
"""Texts that YAML 1.2 reads as numbers; the parser here reads some of them as text."""
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def plain(value: Any) -> str:
    """Return a scalar as YAML for any place in a document; `read_yaml` reads the same value
    from it.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    looks_plain = _PLAIN.fullmatch(value) and not _NUMBER_ELSEWHERE.fullmatch(value)
    return value if looks_plain and _read_back(value) else _quoted(value)


def flow(value: Any) -> str:
    """Return mappings, lists and scalars in one line: ``{action: mask, keep_last: 2}``."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{plain(key)}: {flow(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return plain(value)


def _read_back(text: str) -> bool:
    """Return True if ``text`` without quotes is read as itself: no number, date, true or null."""
    try:
        return bool(read_yaml(f"[{text}]", "").data == [text])
    except PolicyError:
        return False


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
