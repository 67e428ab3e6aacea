"""Whether columns of prose mention people: the maximum counts, one identifier in a thousand cells
is found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds, held_in
from anonymize.detect.forms import is_mail, suspicious
from anonymize.detect.interface import Scanner
from anonymize.detect.text.scanner import make_scanner
from anonymize.detect.vocabulary.lexicon import fold, lexicon

CELLS = 500
"""Cells of one column that are read."""
NAMED_SHARE = 0.04
"""Share of cells with a full name from the dictionaries from which a column is about people."""
_CURRICULUM = re.compile(
    r"(?i)\b(?:professional summary|work experience|professional"
    r" experience|education|skills|references|employment"
    r"|berufserfahrung|ausbildung|kenntnisse|formation|expérience professionnelle|experiencia"
    r" laboral|educación)\b"
)
_IMPERSONAL = frozenset(("URL", "DATE_TIME", "UUID", "AGE", "TITLE", "ID"))
_FULL_NAME = re.compile(r"\b([A-Z][a-zà-öø-ÿ'’-]+) (?:[A-Z]\. )?([A-Z][a-zà-öø-ÿ'’-]+)\b")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_SAID = {
    "EMAIL_ADDRESS": "e-mail addresses",
    "PHONE_NUMBER": "telephone numbers",
    "CREDIT_CARD": "account numbers",
    "IBAN_CODE": "account numbers",
    "US_SSN": "social security numbers",
    "IP_ADDRESS": "addresses of devices",
    "MAC_ADDRESS": "addresses of devices",
}
_EVERY = ("",)
"""How entities begin of which each counts."""


def look_into_prose(
    cases: Sequence[ColumnEvidence],
    scanner: Scanner | None,
    countries: Sequence[str],
    languages: Sequence[str],
) -> None:
    """Turn FREE_TEXT into FREE_TEXT_PII if cells mention a person, an address or a number.

    Plain patterns and dictionaries decide first. Presidio reads only cells that could hold more,
    because loading it takes longer than reading a table.
    """
    for case in cases:
        if case.ranking()[0][0] == "FREE_TEXT":
            cells = case.values.texts[:CELLS]
            if not _plainly(case, cells) and not _curricula(case, cells):
                _asked(case, cells, scanner, countries, languages)


def _plainly(case: ColumnEvidence, cells: Sequence[str]) -> bool:
    kinds: Counter[str] = Counter()
    rows = {i for i, cell in enumerate(cells) if any(is_mail(m[0]) for m in _MAIL.finditer(cell))}
    kinds.update({"e-mail addresses": len(rows)} if rows else {})
    named = {i for i, cell in enumerate(cells) if _mentions_person(cell)}
    for held in held_in(cells, SearchedKinds(), ()):
        rows |= held.rows
        kinds[_SAID[held.entity]] += len(held.rows)
    if len(named) >= max(2, NAMED_SHARE * len(cells)) or (rows and named):
        case.names_people = True
        kinds["full names"] = len(named)
        rows |= named
    return _settle(case, len(rows), len(cells), [kind for kind, _ in kinds.most_common(4)])


def _asked(
    case: ColumnEvidence,
    cells: Sequence[str],
    scanner: Scanner | None,
    countries: Sequence[str],
    languages: Sequence[str],
) -> None:
    if not any(map(suspicious, cells)):
        return
    reader = scanner or make_scanner(
        countries=tuple(dict.fromkeys([*countries, "us", "uk"])), languages=languages
    )
    found = held_in(cells, SearchedKinds(reader, entities=_EVERY), _IMPERSONAL)
    rows = frozenset().union(*(held.rows for held in found))
    ranked = sorted(found, key=lambda held: -len(held.rows))
    _settle(case, len(rows), len(cells), [held.entity for held in ranked[:4]])


def _curricula(case: ColumnEvidence, cells: Sequence[str]) -> bool:
    """Long cells with the headings of a curriculum vitae describe a person, named or not."""
    share = sum(len(_CURRICULUM.findall(cell)) >= 3 and len(cell) > 400 for cell in cells) / max(
        1, len(cells)
    )
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


def _settle(case: ColumnEvidence, hits: int, cells: int, kinds: Sequence[str]) -> bool:
    if not hits:
        return False
    share = hits / cells
    strength = max(case.scores["FREE_TEXT"] + 0.02, 0.75 + 0.24 * share)
    case.add(
        "FREE_TEXT_PII",
        strength,
        f"{hits} of {cells} cells mention {', '.join(kinds)}",
        share=share,
        hard=True,
    )
    case.weaken("FREE_TEXT", 0.7)
    return True


def _mentions_person(cell: str) -> bool:
    words = lexicon()
    return any(
        fold(m[1]) in words["given"] and fold(m[2]) in words["surname"]
        for m in _FULL_NAME.finditer(cell)
    )
