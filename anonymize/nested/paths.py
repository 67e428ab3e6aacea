"""Parses the paths of rules below a column: keys, ``[]`` for every item, ``$`` for the JSON in a
text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from anonymize.names import ColumnName


class PartKind(Enum):
    """What one part of a path does."""

    KEY = "key"
    """Goes to the value under a key."""
    ITEMS = "[]"
    """Goes to every item."""
    DOCUMENT = "$"
    """Reads the text there as JSON."""


@dataclass(frozen=True)
class Part:
    """One part of a path."""

    kind: PartKind
    key: str
    """The key of ``PartKind.KEY``, else empty."""
    text: str
    """Its text in the path: ``.email``, ``["a.b"]``, ``[]``, ``.$``."""


_PARTS = re.compile(
    r'(?P<items>\[\])|(?P<quoted>\["(?:[^"\\]|\\.)*"\])|\.(?P<document>\$)(?=[.\[]|$)|\.(?P<key>[^.\[\]]+)'
)
_QUOTED = re.compile(r'\["(?:[^"\\]|\\.)*"\]')


class PathError(ValueError):
    """A path cannot be parsed; the text gives the correct form."""


def parts_of(path: str) -> tuple[Part, ...]:
    """Return the parts of ``path``, which begins below a column: ``.$.user.email``, ``["a.b"][]``.

    Raises:
        PathError: it is not a path, or a key is not in its canonical form.
    """
    parts, at = [], 0
    while at < len(path):
        match = _PARTS.match(path, at)
        if match is None:
            raise PathError(
                'cannot be read as a path; a key with a dot or a bracket is written ["a.b"]'
            )
        parts.append(_part(match))
        at = match.end()
    return tuple(parts)


def _part(match: re.Match[str]) -> Part:
    text = match.group()
    if match["items"]:
        return Part(PartKind.ITEMS, "", text)
    if match["document"]:
        return Part(PartKind.DOCUMENT, "", text)
    key = match["key"] if match["key"] is not None else _unquoted(match["quoted"])
    if text != key_text(key):
        raise PathError(f"write {text} as {key_text(key)}: one place has one spelling")
    return Part(PartKind.KEY, key, text)


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text[1:-1]))
    except ValueError:
        raise PathError(f"{text} is no quoted key; it is written as JSON writes text") from None


def key_text(key: str) -> str:
    """Return a key in path form: ``.email``, or ``["a.b"]`` if the short form would be
    ambiguous.
    """
    plain = key not in ("", "$") and not re.search(r"[.\[\]]", key)
    return f".{key}" if plain else f"[{json.dumps(key, ensure_ascii=False)}]"


def level_of(path: str) -> str:
    """Return the innermost list or map around ``path``, up to its ``[]``; empty for a value per
    row.
    """
    hidden = _QUOTED.sub(lambda match: "_" * len(match.group()), path)
    return path[: hidden.rindex("[]") + 2] if "[]" in hidden else ""


def within(outer: str, path: str) -> bool:
    """Return True if ``path`` names a place inside ``outer``."""
    return path.startswith((outer + ".", outer + "["))


def document_paths(base: str, paths: Iterable[ColumnName]) -> tuple[ColumnName, ...]:
    """Return those of ``paths`` that name a place in the JSON kept in ``base``, sorted."""
    return tuple(sorted(path for path in paths if path.startswith((base + ".$.", base + ".$["))))


def entry_keys(base: str, paths: Iterable[ColumnName]) -> dict[str, str]:
    """Return the keys of the map ``base`` that ``paths`` name, each with the path of its value."""
    return dict(sorted(_entry_keys(base, paths)))


def _entry_keys(base: str, paths: Iterable[ColumnName]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if within(base, path):
            first = parts_of(path[len(base) :])[0]
            if first.kind is PartKind.KEY:
                yield first.key, base + first.text
