"""Evidence from a name model, for columns that the rules leave open: prose without a finding, short
texts without a verdict.

The rules know names from dictionaries; a model also reads the context. It runs last and on few
columns, because it reads only a few hundred cells a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.rare_names import is_of_makes, look_for_full_names
from anonymize.detect.interface import Scanner

CELLS = 200
"""Cells of one column that the model reads at most."""
CODE_POINTS = 20_000
"""Code points of one column that it reads at most."""
CODE_POINTS_IN_ALL = 100_000
"""Code points of a whole table that it reads at most, shared by its columns."""
LONGEST = 1_000
"""Code points of one cell that it reads."""
SURE = 0.85
"""Score from which a name in prose counts (spaCy, which gives none, is given this one).

Where nobody is named, three cells in a hundred reach it, most of them for the name of a product.
"""
NAMED_SHARE = 0.05
"""Share of cells with such a name from which prose is about people."""
SURE_OF_A_CELL = 0.8
"""Score from which a whole cell counts as a person's name."""
PEOPLE_SHARE = 0.6
"""Share of such cells from which a column holds people's names: of company names a sixth are taken
for people's.
"""
FEWEST = 8
"""Fewer values than this say nothing."""
PERSON = "PERSON"

NOT_ASKED = "names were looked for in dictionaries only: no name model was asked"


def ask_for_names(cases: Sequence[ColumnEvidence], names: Scanner | None) -> None:
    """Turn FREE_TEXT into FREE_TEXT_PII and NONE into PERSON_NAME if ``names`` finds people. Does
    nothing if ``names`` is None.
    """
    prose = [case for case in cases if case.ranking()[0][0] == "FREE_TEXT"]
    if names is None:
        for case in prose:
            case.reasons["FREE_TEXT"].append(NOT_ASKED)
        look_for_full_names(cases, None)
        return
    short = [case for case in cases if case.ranking()[0][0] == "NONE" and _like_names(case)]
    budget = min(CODE_POINTS, CODE_POINTS_IN_ALL // max(1, len(prose) + len(short)))
    for case in prose:
        _mentions(case, _some(case, budget), names)
    for case in short:
        _are_names(case, _some(case, budget), names)
    look_for_full_names(cases, names)


def _like_names(case: ColumnEvidence) -> bool:
    values = case.values
    written_so = values.name_shaped >= 0.8 and values.phrases < 0.5
    return (
        not values.numeric
        and values.n >= FEWEST
        and 2 <= values.words <= 4
        and written_so
        and not is_of_makes(case)
    )


def _some(case: ColumnEvidence, budget: int) -> list[str]:
    """Return cells from all over the sample, as many as may be read."""
    texts = case.values.texts
    chosen, left = [], budget
    for text in texts[:: max(1, len(texts) // CELLS)][:CELLS]:
        chosen.append(text[: min(LONGEST, left)])
        left -= len(chosen[-1])
        if left <= 0:
            break
    return chosen


def _mentions(case: ColumnEvidence, cells: Sequence[str], names: Scanner) -> None:
    people = {row for row, _, score in _people(cells, names) if score >= SURE}
    share = len(people) / max(1, len(cells))
    if len(people) < 2 or share < NAMED_SHARE:
        why = f"the name model sees people in {len(people)} of the {len(cells)} cells it read"
        case.reasons["FREE_TEXT"].append(why)
        return
    why = f"{len(people)} of {len(cells)} cells mention people, says the name model"
    strength = max(case.scores["FREE_TEXT"] + 0.02, 0.75 + 0.24 * share)
    case.add("FREE_TEXT_PII", strength, why, share=share, hard=True)
    case.weaken("FREE_TEXT", 0.7)


def _are_names(case: ColumnEvidence, cells: Sequence[str], names: Scanner) -> None:
    covered: Counter[int] = Counter()
    for row, length, score in _people(cells, names):
        covered[row] += length if score >= SURE_OF_A_CELL else 0
    whole = [row for row, length in covered.items() if length >= 0.8 * len(cells[row])]
    share = len(whole) / max(1, len(cells))
    if share >= PEOPLE_SHARE:
        why = f"{len(whole)} of {len(cells)} values are people's names, says the name model"
        case.add("PERSON_NAME", 0.5 + 0.4 * share, why, share=share, hard=True)


def _people(cells: Sequence[str], names: Scanner) -> list[tuple[int, int, float]]:
    """Return (row, length, score) of every person found."""
    spans = names.scan(pa.array(cells, pa.string())).to_pylist()
    return [(s["row"], s["end"] - s["start"], s["score"]) for s in spans if s["entity"] == PERSON]
