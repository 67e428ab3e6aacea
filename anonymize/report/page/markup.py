"""HTML as text that knows that it is HTML: what is not `Markup` is escaped where it is put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from anonymize.errors import on_one_line


class Markup(str):
    """Text that is HTML already. Everything else is plain text, whatever it holds."""

    __slots__ = ()


Content = Markup | str | int
_EMPTY = frozenset({"meta", "br"})


def plain(value: object) -> Markup:
    """Return any value as text of one line: no tag, no entity, and nothing that turns a line."""
    if isinstance(value, Markup):
        return value
    return Markup(escape(on_one_line(str(value)), quote=True))


def joined(parts: Iterable[Content], between: str = "") -> Markup:
    """Return parts behind each other, those that are no Markup escaped."""
    return Markup(between.join(plain(part) for part in parts))


def element(tag: str, /, *inside: Content, **attributes: Content) -> Markup:
    """Return an element; ``aria_label`` is the attribute ``aria-label``, ``class_`` is
    ``class``.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{plain(value)}"'
        for key, value in attributes.items()
    )
    if tag in _EMPTY:
        return Markup(f"<{tag}{said}>")
    return Markup(f"<{tag}{said}>{joined(inside)}</{tag}>")


def name(value: object) -> Markup:
    """Return a column's name, or another name that somebody else gave; text that runs from right to
    left moves nothing around it.
    """
    return element("bdi", element("code", str(value).strip() or "(no name)"))


def names(values: Iterable[object]) -> Markup:
    """Return names with commas between them."""
    return joined(map(name, values), ", ")


def count(number: int) -> Markup:
    """Return a number of rows, cells or people. Every such number of a page is made here, so that a
    test can find them.
    """
    return element("data", f"{number:,}", value=number)


def bullets(sentences: Iterable[Content]) -> Markup:
    """Return a list; nothing of none."""
    items = [element("li", sentence) for sentence in sentences]
    return element("ul", *items) if items else Markup("")


def paragraphs(*sentences: Content) -> Markup:
    """Return a paragraph of each."""
    return joined(element("p", sentence) for sentence in sentences)


def table(caption: Content, heads: Sequence[str], rows: Iterable[Sequence[Content]]) -> Markup:
    """Return a table with a caption, heads of its columns, and the first cell of each row as its
    head. It scrolls by itself where it is wider than the page, also by the keyboard.
    """
    head = element("tr", *(element("th", text, scope="col") for text in heads))
    body = [
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    made = element(
        "table", element("caption", caption), element("thead", head), element("tbody", *body)
    )
    return element("div", made, class_="scroll", role="group", tabindex="0", aria_label=caption)


def section(place: str, heading: Content, *inside: Content) -> Markup:
    """Return a part of the page under a heading that names it; ``place`` is its fragment."""
    head = element("h2", heading, id=f"{place}-heading")
    return element("section", head, *inside, id=place, aria_labelledby=f"{place}-heading")


def subsection(heading: Content, *inside: Content) -> Markup:
    """Return a part of a section."""
    return joined((element("h3", heading), *inside))
