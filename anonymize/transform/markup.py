"""Cells written in HTML, Markdown or JSON: which parts are text, and how changed text is put back well-formed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Markup = Literal["none", "auto", "html", "markdown", "json"]
"""What a cell is written in."""

_HTML_PARTS = re.compile(r"<!--.*?-->|<[!?/]?[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"(\s[\w:-]+\s*=\s*)(\"[^\"]*\"|'[^']*')")
_JSON_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?')


@dataclass(frozen=True)
class Piece:
    """A part of a cell: markup that stays, or text that may change."""

    raw: str
    """As it stands in the cell."""
    text: str | None = None
    """What it says to a reader; None for markup."""
    write: Callable[[str], str] = str
    """Turns changed text into what may stand in the cell."""


def pieces_of(cell: str, markup: Markup) -> list[Piece]:
    """Return ``cell`` cut into markup and text; joined again by ``joined``."""
    kind = _told(cell) if markup == "auto" else markup
    if kind == "html":
        return _html(cell)
    if kind == "json":
        return _json(cell)
    return [Piece(cell, cell, _markdown_text if kind == "markdown" else str)]


def joined(pieces: Sequence[Piece], changed: Sequence[str | None]) -> str:
    """Return the cell with the texts in ``changed`` in place, one per piece; unchanged pieces stay byte for byte."""
    return "".join(
        piece.raw if new is None or piece.text is None or new == piece.text else piece.write(new)
        for piece, new in zip(pieces, changed, strict=True)
    )


def _told(cell: str) -> Markup:
    """Return what a cell seems to be written in."""
    start = cell.lstrip()[:1]
    if start in ("{", "["):
        try:
            json.loads(cell)
        except ValueError:
            return "none"
        return "json"
    return "html" if re.search(r"<(?:/|!--|[a-z]+\d?[\s/>])", cell, re.IGNORECASE) else "none"


def _html(cell: str) -> list[Piece]:
    """Return tags and comments as markup, what stands between and in attribute values as text."""
    pieces, at = [], 0
    for match in _HTML_PARTS.finditer(cell):
        pieces += _html_text(cell[at : match.start()]) + _html_tag(match.group())
        at = match.end()
    return pieces + _html_text(cell[at:])


def _html_text(raw: str) -> list[Piece]:
    return [Piece(raw, html.unescape(raw), lambda new: html.escape(new, quote=False))] if raw else []


def _html_tag(raw: str) -> list[Piece]:
    if raw.startswith("<!--"):
        return [Piece("<!--"), Piece(raw[4:-3], raw[4:-3], lambda new: new.replace("--", "- -")), Piece("-->")]
    pieces, at = [], 0
    for match in _ATTRIBUTE.finditer(raw):
        value = match.group(2)
        pieces += [Piece(raw[at : match.start(2) + 1]), Piece(value[1:-1], html.unescape(value[1:-1]), html.escape)]
        at = match.end(2) - 1
    return [*pieces, Piece(raw[at:])]


def _json(cell: str) -> list[Piece]:
    """Return strings and numbers that are values as text; keys and everything else as markup."""
    pieces, at = [], 0
    for match in _JSON_PARTS.finditer(cell):
        raw = match.group()
        if raw.startswith('"') and cell[match.end() :].lstrip()[:1] == ":":
            continue
        pieces.append(Piece(cell[at : match.start()]))
        pieces.append(Piece(raw, _json_string(raw), lambda new: json.dumps(new, ensure_ascii=False)))
        at = match.end()
    return [*pieces, Piece(cell[at:])]


def _json_string(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return raw


def _markdown_text(new: str) -> str:
    """Return text in which a label in angle brackets is not taken for a tag."""
    return re.sub(r"<([A-Z][A-Z0-9_]*)>", r"\\<\1\\>", new)
