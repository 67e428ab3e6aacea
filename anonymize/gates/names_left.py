"""Finds names that a free-text rule missed, by comparing published cells with their originals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.detect.columns.evidence.name_model import NAMED_SHARE, PERSON, SURE
from anonymize.detect.columns.names_within_cells import as_spoken
from anonymize.detect.interface import Scanner
from anonymize.detect.text.handles import is_title
from anonymize.detect.vocabulary.lexicon import any_name, fold
from anonymize.detect.vocabulary.notes import begins_a_note
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName, EntityType

FEWEST = 3
"""Minimum number of cells with a name left for a finding. Fewer can be mistakes of the model on
single words.
"""
FORM_CELLS = 20
"""Cells from which on words that most of them share are words of a form."""
PARTICLE = 3
"""Letters of a word in small letters that is no name by itself."""
_LABEL = re.compile(r"\s*<[A-Z][A-Z_]*_\d+>")
"""What a rule for free text puts in a name's place: a title before it is no name that was left."""
_NEXT = re.compile(r"\W*([^\W\d_]{2,})")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class CellPair:
    """One cell before and after a rule."""

    before: str
    after: str


@dataclass(frozen=True)
class NamesLeft:
    """Number of published cells of one column that still hold a name of their original."""

    column: ColumnName
    cells: int
    """Cells that were read."""
    named: int
    """Cells that hold a name of their original."""

    def finding(self) -> ResidualFinding | None:
        """Return the finding; None if so few cells can be mistakes of the model.

        The threshold is the one by which a column of prose gets a verdict of holding names.
        """
        if self.named < FEWEST or self.named < NAMED_SHARE * self.cells:
            return None
        why = (
            f"{self.named} of {self.cells} cells still hold a name that stood there before, says"
            " the name model"
        )
        share = round(self.named / self.cells, 4)
        return ResidualFinding(
            self.column, EntityType(PERSON), self.named, self.cells, max(SURE, share), (why,)
        )


def with_names_left(
    found: Sequence[ResidualFinding], left: Sequence[NamesLeft]
) -> tuple[ResidualFinding, ...]:
    """Return the scan's findings together with those of names left. The latter replace the general
    finding for free text, because they are more specific.
    """
    more = {one.column: finding for one in left if (finding := one.finding())}
    kept = (one for one in found if one.what != "FREE_TEXT_PII" or one.column not in more)
    return (*kept, *more.values())


def names_left(
    column: ColumnName, cells: Sequence[CellPair], names: Scanner, allow: Container[str] = ()
) -> NamesLeft:
    """Return how many of ``cells`` still hold a person's name that was there before the rule.

    Labels, fake names and pseudonyms were not there before, so they are never counted. A name is
    counted only if all of its words were in the original, and not if all of them are words of a
    form: in most cells, and nobody's name that a list knows. Nor are a noun or a word for a role
    that a list knows (``Patientin``), and a title before what took the name's place.
    """
    cells = [CellPair(cell.before, as_spoken(cell.after)) for cell in cells]
    form = _form_words(cells)
    spans = names.scan(pa.array([cell.after for cell in cells], pa.string())).to_pylist()
    named = {
        span["row"]
        for span in spans
        if span["entity"] == PERSON
        and span["score"] >= SURE
        and span["row"] is not None
        and _stood(cells[span["row"]], span["start"], span["end"], allow, form)
    }
    return NamesLeft(column, len(cells), len(named))


def _form_words(cells: Sequence[CellPair]) -> frozenset[str]:
    """Return the words in more than half of the cells before the rule, without names."""
    if len(cells) < FORM_CELLS:
        return frozenset()
    counts = Counter(word for cell in cells for word in set(_WORD.findall(cell.before)))
    often = (word for word, count in counts.items() if 2 * count > len(cells))
    return frozenset(word for word in often if _is_particle(word) or fold(word) not in any_name())


def _is_particle(word: str) -> bool:
    """Return whether a word is too short and small to be a name by itself: ``an`` is a name in
    Vietnam, and a word in German.
    """
    return len(word) <= PARTICLE and word.islower()


def _stood(
    cell: CellPair, start: int, end: int, allow: Container[str], form: Container[str]
) -> bool:
    surface = cell.after[start:end]
    words, before = _WORD.findall(surface), frozenset(_WORD.findall(cell.before))
    if is_title(surface):
        behind = _NEXT.match(cell.after, end)
        replaced = behind is not None and behind[1] not in before
        if _LABEL.match(cell.after, end) or replaced:
            return False
    elif begins_a_note(surface):
        return False
    return (
        not all(word in form for word in words)
        and surface not in allow
        and all(word in before or _inside(word, cell.before) for word in words)
    )


def _inside(word: str, text: str) -> bool:
    """Return True if ``word`` is in a script without case and occurs in ``text``. Such scripts may
    be written without spaces, so words cannot be compared whole.
    """
    return word.lower() == word.upper() and word in text
