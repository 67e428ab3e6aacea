"""Full names in a few cells of columns that are not name columns: a few per cent are enough to be
reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from anonymize.detect.columns.abbreviated_names import abbreviated_names
from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import NAMED_AFTER_PEOPLE, is_number_of_things
from anonymize.detect.columns.names_in_codes import names_in_codes
from anonymize.detect.columns.names_within_cells import (
    LONGEST,
    as_spoken,
    holds_full_name,
    is_full_name,
    is_name_of_file_or_login,
    may_be_full_name,
)
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Scanner

CELLS = 2_000
"""Cells of one column in which dictionaries look."""
ASKED, ASKED_IN_ALL = 60, 2_000
"""Cells of one column, and of a whole table, that the name model reads of those that dictionaries
propose.
"""
FEWEST = 3
"""Fewer such cells say nothing."""
FEWEST_OF_MANY, SOME_SHARE = 5, 0.1
"""Fewer are chance where they are less than this share: three colours of a hundred are somebody's
name.
"""
SHARE = 0.02
"""Share of cells with a full name, by dictionaries and the model, from which a column is about
people: of titles of works about one in a hundred is somebody's name.
"""
CONFIRMED, CONFIRMED_WHOLE = 0.5, 0.8
"""Share of proposed cells that the model must confirm: of any, and of those that hold nothing but
two or three such words. It confirms 95 in 100 names of people, and none of firms like ``Patrick,
Brooks and Pena``.
"""
SURE = 0.8
"""Score from which a person counts."""
UNASKED_SHARE, UNASKED_WHOLE_SHARE, UNASKED_WHOLE_LEAST = 0.5, 0.02, 6
"""Shares of cells without a model: of those that hold a name, and of those that are nothing else,
and how many.
"""
NEARLY_ALL, MANY = 0.8, 30
"""Share and number of cells that need no model: it takes ``17 Ana Castro`` for an address."""
FILES_SHARE, FEWEST_FILES = 0.5, 5
"""Share and number of names in small letters, of files and logins, from which a column counts."""
THINGS = 0.6
"""How strongly a header says that nobody is meant, from which dictionaries alone do not outweigh
it.
"""
FEW = 30
"""Fewer names, repeated, under a header of makes are makes."""
PERSON = "PERSON"
_PLACES = frozenset(("CITY", "REGION", "COUNTRY"))
"""What is named after people, by name."""


def look_for_full_names(cases: Sequence[ColumnEvidence], names: Scanner | None) -> None:
    """Give FREE_TEXT_PII to columns of text of which some cells hold a full name; ``names``
    confirms them.
    """
    open_ = [case for case in cases if _open(case)]
    most = max(FEWEST, min(ASKED, ASKED_IN_ALL // max(1, len(open_))))
    for case in open_:
        cells = _spread(case.values.texts, CELLS)
        found, said = _held(case, cells, names, most)
        if not found:
            found, said = (
                _files_and_logins(cells),
                "written like one of a file or a login, say dictionaries",
            )
        if not found:
            found, said = _abbreviated(cells, names, most), "with initials or in small letters"
        if not found and not is_number_of_things(case.name) and (found := names_in_codes(cells)):
            _overrule(
                case,
                f"{found} of {len(cells)} cells are codes with a name in them",
                found / len(cells),
            )
        elif found:
            _overrule(
                case, f"{found} of {len(cells)} cells hold a full name, {said}", found / len(cells)
            )


def _overrule(case: ColumnEvidence, why: str, share: float) -> None:
    case.names_people = True
    case.overrule("FREE_TEXT_PII", 0.75 + 0.24 * share, why, share=share)


def is_of_makes(case: ColumnEvidence) -> bool:
    """Return whether a column has few names, often, under a header of what is named after people:
    brands, labels.
    """
    few = case.values.n < FEW and case.sample.distinct_share < 0.2
    return few and bool(NAMED_AFTER_PEOPLE.intersection(case.name.tokens))


def _open(case: ColumnEvidence) -> bool:
    verdict = case.ranking()[0][0]
    if (
        verdict in DIRECT_IDENTIFIERS
        or verdict in _PLACES
        or case.values.numeric
        or case.values.n < FEWEST
    ):
        return False
    return not is_of_makes(case)


def _held(
    case: ColumnEvidence, cells: Sequence[str], names: Scanner | None, most: int
) -> tuple[int, str]:
    """Return how many cells hold a full name and how that is known; 0 for too few.

    Of firms only cells that are nothing else count, and only with a model: ``Barkholz Eberhardt
    GmbH`` holds one, too.
    """
    firms = case.ranking()[0][0] == "ORGANIZATION"
    if names is not None:
        return _by_both(cells, names, most, whole_only=firms)
    return (0, "") if firms else _by_dictionaries(case, cells)


def _by_dictionaries(case: ColumnEvidence, cells: Sequence[str]) -> tuple[int, str]:
    """Return how many cells contain a full name according to the dictionaries, for runs without a
    name model; 0 if these are too few to be sure.
    """
    prose = case.ranking()[0][0] == "FREE_TEXT"
    held = sum(map(holds_full_name, cells))
    if not prose and held >= max(FEWEST, UNASKED_SHARE * len(cells)):
        return held, "say dictionaries"
    whole = sum(map(is_full_name, cells))
    enough = whole >= max(UNASKED_WHOLE_LEAST, UNASKED_WHOLE_SHARE * len(cells))
    return (whole if enough and case.name.nothing < THINGS else 0), "say dictionaries"


def _by_both(
    cells: Sequence[str], names: Scanner, most: int, *, whole_only: bool
) -> tuple[int, str]:
    """Return how many cells hold a full name by dictionaries and model, and how that is known; 0
    for too few.
    """
    held = list(filter(holds_full_name, cells))
    if len(held) >= MANY and len(held) >= NEARLY_ALL * len(cells) and not whole_only:
        return len(held), "say dictionaries"
    whole = list(filter(is_full_name, cells))
    ways: list[tuple[Sequence[str], float, Callable[[Sequence[str], Scanner], int]]] = [
        (() if whole_only else held, CONFIRMED, _somewhere),
        (whole, CONFIRMED_WHOLE, _as_a_whole),
        (list(filter(may_be_full_name, cells)), CONFIRMED_WHOLE, _as_a_whole),
    ]
    for proposed, least, read in ways:
        if len(proposed) < max(FEWEST, SHARE * len(cells)):
            continue
        asked = _spread(proposed, most)
        confirmed = read(asked, names)
        found = round(len(proposed) * confirmed / len(asked))
        some = found >= (FEWEST if found >= SOME_SHARE * len(cells) else FEWEST_OF_MANY)
        if some and confirmed >= max(FEWEST, least * len(asked)) and found >= SHARE * len(cells):
            return found, "say dictionaries and the name model"
    return 0, ""


def _abbreviated(cells: Sequence[str], names: Scanner | None, most: int) -> int:
    if names is None:
        return abbreviated_names(cells)

    def confirmed(proposed: Sequence[str]) -> bool:
        asked = _spread(proposed, most)
        return _as_a_whole(asked, names) >= CONFIRMED_WHOLE * len(asked)

    return abbreviated_names(cells, confirmed)


def _somewhere(cells: Sequence[str], names: Scanner) -> int:
    return len({span["row"] for span in _people(list(map(as_spoken, cells)), names)})


def _as_a_whole(cells: Sequence[str], names: Scanner) -> int:
    people = _people(cells, names)
    return len(
        {
            span["row"]
            for span in people
            if span["end"] - span["start"] >= 0.8 * len(cells[span["row"]])
        }
    )


def _people(cells: Sequence[str], names: Scanner) -> list[dict[str, int]]:
    spans = names.scan(pa.array([cell[:LONGEST] for cell in cells], pa.string())).to_pylist()
    return [span for span in spans if span["entity"] == PERSON and span["score"] >= SURE]


def _files_and_logins(cells: Sequence[str]) -> int:
    test: Callable[[str], bool] = is_name_of_file_or_login
    found = sum(map(test, cells)) + sum(
        not any(map(str.isspace, cell)) and holds_full_name(cell) for cell in cells
    )
    return found if found >= max(FEWEST_FILES, FILES_SHARE * len(cells)) else 0


def _spread(cells: Sequence[str], most: int) -> Sequence[str]:
    """Return cells from all over, as many as may be read."""
    return cells[:: -(-len(cells) // most)] if len(cells) > most else cells
