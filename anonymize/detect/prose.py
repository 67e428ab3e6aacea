"""Whether columns of prose mention people: the maximum counts, one identifier in a thousand cells is found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from anonymize.detect.case import Case
from anonymize.detect.interface import Scanner
from anonymize.detect.lexicon import fold, lexicon
from anonymize.detect.scanner import make_scanner

CELLS = 300
"""Cells of one column that are read."""
_IMPERSONAL = frozenset(("URL", "DATE_TIME", "UUID"))
_FULL_NAME = re.compile(r"\b([A-Z][a-zà-öø-ÿ'’-]+) (?:[A-Z]\. )?([A-Z][a-zà-öø-ÿ'’-]+)\b")


def look_into_prose(
    cases: Sequence[Case], scanner: Scanner | None, countries: Sequence[str], languages: Sequence[str]
) -> None:
    """Turn FREE_TEXT into FREE_TEXT_PII where cells mention a person, an address, a number."""
    prose = [case for case in cases if case.ranking()[0][0] == "FREE_TEXT"]
    if not prose:
        return
    reader = scanner or make_scanner(countries=tuple(dict.fromkeys([*countries, "us", "uk"])), languages=languages)
    for case in prose:
        _read(case, reader)


def _read(case: Case, reader: Scanner) -> None:
    cells = case.values.texts[:CELLS]
    spans = reader.scan(pa.array(cells, pa.string()))
    kinds = Counter(e for e in spans["entity"].to_pylist() if e not in _IMPERSONAL)
    rows = {
        r for r, e in zip(spans["row"].to_pylist(), spans["entity"].to_pylist(), strict=True) if e not in _IMPERSONAL
    }
    named = {i for i, cell in enumerate(cells) if _mentions_person(cell)}
    share = len(rows | named) / max(1, len(cells))
    if not rows and len(named) < max(2, 0.05 * len(cells)):
        return
    what = ", ".join(kind for kind, _ in kinds.most_common(4)) or "names"
    case.add(
        "FREE_TEXT_PII",
        max(case.scores["FREE_TEXT"] + 0.02, 0.6 + 0.39 * share),
        f"{len(rows | named)} of {len(cells)} cells mention {what}{' and names' if named and kinds else ''}",
        share=share,
        hard=True,
    )
    case.weaken("FREE_TEXT", 0.9)


def _mentions_person(cell: str) -> bool:
    words = lexicon()
    return any(fold(m[1]) in words["given"] and fold(m[2]) in words["surname"] for m in _FULL_NAME.finditer(cell))
