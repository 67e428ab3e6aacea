"""The row's own values, hunted in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, plain
from anonymize.transform.interface import Row
from anonymize.transform.spans import Span

SHORTEST_VALUE = 3
"""Shorter values of a row are not hunted: they would hit words by chance."""


@dataclass(frozen=True)
class RowValue:
    """A column whose values are hunted in the text of their row."""

    column: ColumnName
    """The column."""
    kind: str
    """name, email, phone, id or text: decides which forms of a value count as a mention."""
    entity: str
    """Stands for a hit where the column has no result of its own."""


def hunt(texts: Sequence[str | None], row: Row, wanted: Sequence[RowValue]) -> Iterator[list[Span]]:
    """Yield, per text, the places where its own row's values stand, with what the column got in their place."""
    columns = [(value, _texts(row.before.get(value.column)), _texts(row.after.get(value.column))) for value in wanted]
    for at, text in enumerate(texts):
        forms: dict[str, tuple[str, str | None]] = {}
        if text:
            for value, before, after in columns:
                if before is not None and before[at]:
                    _add_forms(forms, value, before[at], after[at] if after is not None else None)
        yield _hits(text, forms) if forms and text else []


def _texts(column: pa.Array | None) -> list[str] | None:
    return None if column is None else as_text(plain(column)).fill_null("").to_pylist()


def _add_forms(forms: dict[str, tuple[str, str | None]], value: RowValue, original: str, result: str | None) -> None:
    """Add the forms of one value, longest meaning first, with their replacements."""
    whole = " ".join(original.split())
    replacement = result or None
    if len(whole) >= SHORTEST_VALUE:
        forms.setdefault(whole.casefold(), (value.entity, replacement))
    if value.kind == "name":
        for part, new in name_parts(whole, replacement):
            forms.setdefault(part.casefold(), (value.entity, new))


def name_parts(name: str, replacement: str | None) -> list[tuple[str, str | None]]:
    """Return the parts of ``name`` worth hunting, each with its counterpart in ``replacement``."""
    parts = name.split()
    new = replacement.split() if replacement else []
    if len(parts) < 2:
        return []
    pairs = []
    for at, part in enumerate(parts):
        if len(part) < SHORTEST_VALUE:
            continue
        if len(new) < 2:
            pairs.append((part, replacement))
        else:
            pairs.append((part, new[-1] if at == len(parts) - 1 else new[min(at, len(new) - 2)]))
    return pairs


def _hits(text: str, forms: dict[str, tuple[str, str | None]]) -> list[Span]:
    """Return the whole-word places of the forms in ``text``, longer forms first, without overlap."""
    ordered = sorted(forms, key=len, reverse=True)
    alternatives = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in ordered)
    spans = []
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text, re.IGNORECASE):
        entity, replacement = forms.get(" ".join(match.group().split()).casefold(), ("", None))
        if entity:
            spans.append(Span(match.start(), match.end(), entity, 1.0, replacement))
    return spans
