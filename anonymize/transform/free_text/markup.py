"""Splits cells in HTML, Markdown or JSON into markup and text, and writes changed text so that the
cell stays well-formed.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Markup = Literal["none", "auto", "html", "markdown", "json"]
"""Format of a cell."""

_TAG = r"<[!?/]?(?P<name>[A-Za-z][\w:.-]*)(?=[\s/>?])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
_HTML_PARTS = re.compile(rf"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|{_TAG}", re.DOTALL)
_CLOSING = re.compile(r"</([A-Za-z][\w:.-]*)\s*>")
_ATTRIBUTE = re.compile(
    r"(?<=[\s\"'/])[^\s\"'<>/=]+\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)"
)

_ELEMENTS_TEXT = """
a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote
body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog
dir div dl doctype dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3
h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark
marquee math menu meta meter nav nobr noframes noscript object ol optgroup option output p param
picture plaintext pre progress q rb rp rt rtc ruby s samp script search section select slot small
source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead
time title tr track tt u ul var video wbr xml xmp
"""

_ELEMENTS = frozenset(_ELEMENTS_TEXT.split())
"""Names of HTML elements. Other text in angle brackets, without a closing tag, may be a person's
name.
"""
_JSON_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?')


@dataclass(frozen=True)
class Piece:
    """A part of a cell: markup that does not change, or text that may."""

    raw: str
    """Its source text in the cell."""
    text: str | None = None
    """Its decoded text; None for markup."""
    write: Callable[[str], str] = str
    """Encodes changed text for the cell."""


def pieces_of(cell: str, markup: Markup) -> list[Piece]:
    """Return ``cell`` split into markup and text; ``joined`` joins it again."""
    kind = _told(cell) if markup == "auto" else markup
    if kind == "html":
        return _html(cell)
    if kind == "json" and _is_json(cell):
        return _json(cell)
    return [Piece(cell, cell, _markdown_text if kind == "markdown" else str)]


def joined(pieces: Sequence[Piece], changed: Sequence[str | None]) -> str:
    """Return the cell with the texts in ``changed``, one per piece; unchanged pieces stay byte for
    byte.
    """
    return "".join(
        piece.raw if new is None or piece.text is None or new == piece.text else piece.write(new)
        for piece, new in zip(pieces, changed, strict=True)
    )


def _told(cell: str) -> Markup:
    """Return the recognized format of a cell."""
    start = cell.lstrip()[:1]
    if start in ("{", "["):
        return "json" if _is_json(cell) else "none"
    return "html" if re.search(r"<(?:/|!--|[a-z]+\d?[\s/>])", cell, re.IGNORECASE) else "none"


def _is_json(cell: str) -> bool:
    """Return True if a cell can be parsed as JSON; otherwise it is treated as text."""
    try:
        json.loads(cell, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _html(cell: str) -> list[Piece]:
    """Return tags and comments as markup; text between them and in attribute values as text."""
    pieces, at = [], 0
    known = _ELEMENTS.union(name.lower() for name in _CLOSING.findall(cell))
    for match in _HTML_PARTS.finditer(cell):
        if match["name"] is None or match["name"].lower() in known or match.group().endswith("/>"):
            pieces += _html_text(cell[at : match.start()]) + _html_tag(match.group())
            at = match.end()
    return pieces + _html_text(cell[at:])


def _html_text(raw: str) -> list[Piece]:
    return (
        [Piece(raw, html.unescape(raw), lambda new: html.escape(new, quote=False))] if raw else []
    )


def _html_tag(raw: str) -> list[Piece]:
    for opening, closing, broken in (("<!--", "-->", "--"), ("<![CDATA[", "]]>", "]]>")):
        if raw.startswith(opening):
            return _html_block(raw, opening, closing, broken)
    pieces, at = [], 0
    for match in _ATTRIBUTE.finditer(raw):
        start, end = match.span("value")
        quoted = raw[start] in "\"'"
        start, end = start + quoted, end - quoted
        value = raw[start:end]
        pieces += [
            Piece(raw[at:start]),
            Piece(value, html.unescape(value), html.escape if quoted else _quoted),
        ]
        at = end
    return [*pieces, Piece(raw[at:])]


def _html_block(raw: str, opening: str, closing: str, broken: str) -> list[Piece]:
    """Return a comment or character data, which end with the cell if nothing else ends them; a
    ``broken`` one is split inside.
    """
    end = (
        len(raw) - len(closing)
        if raw.endswith(closing) and len(raw) >= len(opening + closing)
        else len(raw)
    )
    inside = raw[len(opening) : end]
    parted = f"{broken[0]} {broken[1:]}"
    return [
        Piece(opening),
        Piece(inside, inside, lambda new: new.replace(broken, parted)),
        Piece(raw[end:]),
    ]


def _quoted(new: str) -> str:
    """Return an attribute's value in quotes, if it had none."""
    return f'"{html.escape(new)}"'


def _json(cell: str) -> list[Piece]:
    """Return strings, including keys, and numbers as text; everything else as markup."""
    pieces, at = [], 0
    for match in _JSON_PARTS.finditer(cell):
        raw = match.group()
        pieces.append(Piece(cell[at : match.start()]))
        pieces.append(
            Piece(raw, _json_string(raw), lambda new: json.dumps(new, ensure_ascii=False))
        )
        at = match.end()
    return [*pieces, Piece(cell[at:])]


def _json_string(raw: str) -> str:
    """Return the value of a string or number; half a surrogate pair, which is not valid text, as a
    replacement character.
    """
    said = str(json.loads(raw, strict=False)) if raw.startswith('"') else raw
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _markdown_text(new: str) -> str:
    """Return text in which a label in angle brackets is not read as a tag."""
    return re.sub(r"<([A-Z][A-Z0-9_]*)>", r"\\<\1\\>", new)
