"""What a name model says of the columns that rules leave open: prose without a finding, short texts without a verdict.

Rules know names from dictionaries; a model reads what stands around them. It is asked last and about
little, because it reads a few hundred cells a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from anonymize.detect.case import Case
from anonymize.detect.interface import Scanner
from anonymize.detect.names_within import holds_full_name

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
"""Share of such cells from which a column holds people's names: of company names a sixth are taken for people's."""
FEWEST = 8
"""Fewer values than this say nothing."""
PERSON = "PERSON"
WITHIN_SHARE = 0.1
"""Share of cells with a full name in them from which a column that is neither names nor prose is about people."""
WITHIN_SHARE_UNASKED = 0.5
"""The same where no model confirms what dictionaries propose: brands are called like people too."""
NEARLY_ALL, MANY_WITHIN = 0.8, 30
"""Share and number of such cells that need no model: it takes ``17 Ana Castro`` for an address."""
FEWEST_WITHIN = 3
"""Fewer such cells say nothing."""

NOT_ASKED = "names were looked for in dictionaries only: no name model was asked"


def ask_for_names(cases: Sequence[Case], names: Scanner | None) -> None:
    """Turn FREE_TEXT into FREE_TEXT_PII and NONE into PERSON_NAME where ``names`` finds people; None asks nobody."""
    prose = [case for case in cases if case.ranking()[0][0] == "FREE_TEXT"]
    if names is None:
        for case in prose:
            case.reasons["FREE_TEXT"].append(NOT_ASKED)
        for case in filter(_open, cases):
            _hold_names(case, _some(case, CODE_POINTS), None)
        return
    short = [case for case in cases if case.ranking()[0][0] == "NONE" and _like_names(case)]
    budget = min(CODE_POINTS, CODE_POINTS_IN_ALL // max(1, len(prose) + len(short)))
    for case in prose:
        _mentions(case, _some(case, budget), names)
    for case in short:
        _are_names(case, _some(case, budget), names)
    for case in filter(_open, cases):
        _hold_names(case, _some(case, budget), names)


def _open(case: Case) -> bool:
    """Return whether a column is of text and has no verdict."""
    return case.ranking()[0][0] == "NONE" and not case.values.numeric and case.values.n >= FEWEST_WITHIN


def _hold_names(case: Case, cells: Sequence[str], names: Scanner | None) -> None:
    """Turn NONE into FREE_TEXT_PII where cells hold a full name beside something else."""
    proposed = [cell for cell in cells if holds_full_name(cell)]
    least = WITHIN_SHARE_UNASKED if names is None else WITHIN_SHARE
    if len(proposed) < FEWEST_WITHIN or len(proposed) < least * len(cells):
        return
    found, said = len(proposed), "say dictionaries"
    if names is not None and (found < MANY_WITHIN or found < NEARLY_ALL * len(cells)):
        found = len({row for row, _, score in _people(proposed, names) if score >= SURE_OF_A_CELL})
        said = "say dictionaries and the name model"
    share = found / len(cells)
    if found >= FEWEST_WITHIN and share >= least / 2 and 2 * found >= len(proposed):
        why = f"{found} of {len(cells)} cells hold a full name, {said}"
        case.add("FREE_TEXT_PII", 0.75 + 0.24 * share, why, share=share, hard=True)


def _like_names(case: Case) -> bool:
    values = case.values
    written_so = values.name_shaped >= 0.8 and values.phrases < 0.5
    return not values.numeric and values.n >= FEWEST and 2 <= values.words <= 4 and written_so


def _some(case: Case, budget: int) -> list[str]:
    """Return cells from all over the sample, as many as may be read."""
    texts = case.values.texts
    chosen, left = [], budget
    for text in texts[:: max(1, len(texts) // CELLS)][:CELLS]:
        chosen.append(text[: min(LONGEST, left)])
        left -= len(chosen[-1])
        if left <= 0:
            break
    return chosen


def _mentions(case: Case, cells: Sequence[str], names: Scanner) -> None:
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


def _are_names(case: Case, cells: Sequence[str], names: Scanner) -> None:
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
