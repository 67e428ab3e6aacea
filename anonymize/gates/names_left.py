"""Names that a rule for free text left where they stood: published cells read again beside what
they were made of.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.detect.columns.evidence.name_model import NAMED_SHARE, PERSON, SURE
from anonymize.detect.columns.names_within_cells import as_spoken
from anonymize.detect.interface import Scanner
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName, EntityType

FEWEST = 3
"""Fewer cells with a name left are no finding: a model is wrong about a word here and there."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class CellPair:
    """One cell before and after a rule."""

    before: str
    after: str


@dataclass(frozen=True)
class NamesLeft:
    """How many published cells of one column still hold a name that stood there before."""

    column: ColumnName
    cells: int
    """Cells read."""
    named: int
    """Cells that hold one."""

    def finding(self) -> ResidualFinding | None:
        """Return the finding, None where there are no more than a model's mistakes account for.

        The measure is the one by which a column of prose is taken for one about people.
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
    """Return the findings of the scan with those of names left, which say better what a column of
    both holds.
    """
    more = {one.column: finding for one in left if (finding := one.finding())}
    kept = (one for one in found if one.what != "FREE_TEXT_PII" or one.column not in more)
    return (*kept, *more.values())


def names_left(
    column: ColumnName, cells: Sequence[CellPair], names: Scanner, allow: Container[str] = ()
) -> NamesLeft:
    """Return how many of ``cells`` hold a person's name after the rule that stood there before it.

    Labels, invented names and pseudonyms did not stand there before, so they are never counted; nor
    is a name of which a word did not.
    """
    cells = [CellPair(cell.before, as_spoken(cell.after)) for cell in cells]
    spans = names.scan(pa.array([cell.after for cell in cells], pa.string())).to_pylist()
    named = {
        span["row"]
        for span in spans
        if span["entity"] == PERSON
        and span["score"] >= SURE
        and span["row"] is not None
        and _stood(cells[span["row"]], span["start"], span["end"], allow)
    }
    return NamesLeft(column, len(cells), len(named))


def _stood(cell: CellPair, start: int, end: int, allow: Container[str]) -> bool:
    surface = cell.after[start:end]
    words, before = _WORD.findall(surface), frozenset(_WORD.findall(cell.before))
    return (
        bool(words)
        and surface not in allow
        and all(word in before or _inside(word, cell.before) for word in words)
    )


def _inside(word: str, text: str) -> bool:
    """Return whether a word of a script without case, where words may touch, stands anywhere in
    ``text``.
    """
    return word.lower() == word.upper() and word in text
