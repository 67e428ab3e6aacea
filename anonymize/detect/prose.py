"""Whether columns of prose mention people: the maximum counts, one identifier in a thousand cells is found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from anonymize.detect.case import Case
from anonymize.detect.checksums import card, iban
from anonymize.detect.interface import Scanner
from anonymize.detect.lexicon import fold, lexicon
from anonymize.detect.scanner import make_scanner

CELLS = 500
"""Cells of one column that are read."""
NAMED_SHARE = 0.04
"""Share of cells with a full name from the dictionaries from which a column is about people."""
_CURRICULUM = re.compile(
    r"(?i)\b(?:professional summary|work experience|professional experience|education|skills|references|employment"
    r"|berufserfahrung|ausbildung|kenntnisse|formation|expérience professionnelle|experiencia laboral|educación)\b"
)
_IMPERSONAL = frozenset(("URL", "DATE_TIME", "UUID", "AGE", "TITLE", "ID"))
_FULL_NAME = re.compile(r"\b([A-Z][a-zà-öø-ÿ'’-]+) (?:[A-Z]\. )?([A-Z][a-zà-öø-ÿ'’-]+)\b")
_PLAIN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail addresses", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")),
    ("social security numbers", re.compile(r"(?<![\d-])(?!000|666)\d{3}-\d\d-\d{4}(?![\d-])")),
    (
        "telephone numbers",
        re.compile(
            r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])|\+\d{9,14}\b"
        ),
    ),
)
_DIGITS = re.compile(r"(?<!\w)(?:[A-Z]{2}\d{2}[ \dA-Z]{11,34}|\d(?:[ -]?\d){12,18})(?!\w)")


def look_into_prose(
    cases: Sequence[Case], scanner: Scanner | None, countries: Sequence[str], languages: Sequence[str]
) -> None:
    """Turn FREE_TEXT into FREE_TEXT_PII where cells mention a person, an address, a number.

    What plain patterns and dictionaries see settles the matter; Presidio is asked only about cells
    that could hold more, because loading it takes longer than reading a table.
    """
    for case in cases:
        if case.ranking()[0][0] == "FREE_TEXT":
            cells = case.values.texts[:CELLS]
            if not _plainly(case, cells) and not _curricula(case, cells):
                _asked(case, cells, scanner, countries, languages)


def suspicious(text: str) -> bool:
    """Return whether a text could hold an identifier at all: an at sign, six digits, or colons between them."""
    return "@" in text or text.count(":") >= 2 or sum(map(str.isdigit, text)) >= 6


def _plainly(case: Case, cells: Sequence[str]) -> bool:
    kinds: Counter[str] = Counter()
    rows: set[int] = set()
    named = {i for i, cell in enumerate(cells) if _mentions_person(cell)}
    for i, cell in enumerate(cells):
        found = [kind for kind, pattern in _PLAIN if pattern.search(cell)]
        found += ["account numbers"] if any(card(m[0]) or iban(m[0]) for m in _DIGITS.finditer(cell)) else []
        if found:
            rows.add(i)
            kinds.update(found)
    if len(named) >= max(2, NAMED_SHARE * len(cells)) or (rows and named):
        kinds["full names"] = len(named)
        rows |= named
    return _settle(case, len(rows), len(cells), [kind for kind, _ in kinds.most_common(4)])


def _asked(
    case: Case, cells: Sequence[str], scanner: Scanner | None, countries: Sequence[str], languages: Sequence[str]
) -> None:
    doubtful = list(filter(suspicious, cells))
    if not doubtful:
        return
    reader = scanner or make_scanner(countries=tuple(dict.fromkeys([*countries, "us", "uk"])), languages=languages)
    spans = reader.scan(pa.array(doubtful, pa.string()))
    hits = {
        (e, r)
        for e, r in zip(spans["entity"].to_pylist(), spans["row"].to_pylist(), strict=True)
        if e not in _IMPERSONAL
    }
    kinds = Counter(entity for entity, _ in hits)
    _settle(case, len({row for _, row in hits}), len(cells), [kind for kind, _ in kinds.most_common(4)])


def _curricula(case: Case, cells: Sequence[str]) -> bool:
    """Long cells with the headings of a curriculum vitae describe a person, named or not."""
    share = sum(len(_CURRICULUM.findall(cell)) >= 3 and len(cell) > 400 for cell in cells) / max(1, len(cells))
    if share < 0.3:
        return False
    case.add(
        "FREE_TEXT_PII",
        0.95,
        f"{share:.0%} of {len(cells)} cells read like a curriculum vitae".replace("%", " %"),
        share=share,
    )
    case.weaken("FREE_TEXT", 0.7)
    return True


def _settle(case: Case, hits: int, cells: int, kinds: Sequence[str]) -> bool:
    if not hits:
        return False
    share = hits / cells
    strength = max(case.scores["FREE_TEXT"] + 0.02, 0.75 + 0.24 * share)
    case.add("FREE_TEXT_PII", strength, f"{hits} of {cells} cells mention {', '.join(kinds)}", share=share, hard=True)
    case.weaken("FREE_TEXT", 0.7)
    return True


def _mentions_person(cell: str) -> bool:
    words = lexicon()
    return any(fold(m[1]) in words["given"] and fold(m[2]) in words["surname"] for m in _FULL_NAME.finditer(cell))
