"""Counts kept cells that still hold what their own row said of a person in a column that the policy
replaces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from anonymize.arrow.plain_layouts import plain_batch
from anonymize.detect.columns.evidence.name_model import NAMED_SHARE
from anonymize.detect.vocabulary.lexicon import fold
from anonymize.gates.cell_pairs import names_must_go
from anonymize.gates.names_left import FEWEST
from anonymize.gates.residual import SURE, ResidualFinding
from anonymize.names import ColumnName, EntityType
from anonymize.plan.model import Plan, Step
from anonymize.policy import Rule
from anonymize.policy.actions import FreeTextRule, KeepRule
from anonymize.transform.columns import is_text, value_type
from anonymize.transform.free_text.same_row.everyday_words import ordinary, placeholders, roles

ROWS, CELLS = 500, 20_000
"""Rows of each batch that are read, and cells of a wide batch; every row where the policy says all.
"""
SHORTEST = 4
"""Letters of a word or login that is looked for."""
MORE_THAN_CHANCE = 3
"""How many times as often a cell must hold its own row's words as those of another row: some
words are both names and values.
"""
_PEOPLE = frozenset({"PERSON_NAME", "USERNAME", "EMAIL_ADDRESS"})
_REPLACING = frozenset(
    ("pseudonymize", "tokenize", "fake", "redact", "encrypt_format", "constant", "null", "mask")
)
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_]{3})(?=[A-ZÀ-Þ]\d)")
_LOGIN = re.compile(r"\w+(?:[.-]\w+)*")


@dataclass(frozen=True)
class OwnCount:
    """Cells of one column, and those that hold what their own row, or another row, says of a
    person.
    """

    column: ColumnName
    cells: int
    own: int
    others: int

    def plus(self, more: OwnCount) -> OwnCount:
        """Return the counts of both."""
        return OwnCount(
            self.column, self.cells + more.cells, self.own + more.own, self.others + more.others
        )

    def finding(self) -> ResidualFinding | None:
        """Return the finding; None if it may be chance."""
        enough = self.own >= max(FEWEST, NAMED_SHARE * self.cells)
        if not enough or self.own <= MORE_THAN_CHANCE * self.others:
            return None
        why = (
            f"{self.own} of {self.cells} cells hold a name or login that another column of their"
            " row has, and that the policy replaces there"
        )
        return ResidualFinding(
            self.column,
            EntityType("PERSON"),
            self.own,
            self.cells,
            max(SURE, round(self.own / self.cells, 4)),
            (why,),
        )


class OwnValues:
    """Counts, batch by batch; holds no values."""

    def __init__(self, plan: Plan, size: int | None) -> None:
        """Start with no rows; ``size`` None reads all."""
        kinds = {finding.column: str(finding.verdict) for finding in plan.findings}
        self._kinds = {
            step.column: kinds[step.column]
            for step in plan.steps
            if step.column in plan.input_schema.names
            and kinds.get(step.column) in _PEOPLE
            and all(rule.action in _REPLACING for rule in _branches(step.rule))
        }
        on = plan.policy.checks.residual != "off" and bool(self._kinds)
        self._kept = _kept(plan) if on else {}
        self._size, self._random = size, np.random.default_rng(11)
        self._cells, self._own = Counter[ColumnName](), Counter[ColumnName]()
        self._others = Counter[ColumnName]()

    def add(self, before: pa.RecordBatch, rows: pa.Array, after: pa.RecordBatch) -> None:
        """Count in a sample of one batch: as read, the positions in it of the published rows, and
        these rows.
        """
        if not self._kept or not after.num_rows:
            return
        most = min(ROWS, self._size or ROWS, max(50, CELLS // len(self._kept)))
        at = np.arange(after.num_rows)
        if self._size is not None and len(at) > most:
            at = np.sort(self._random.choice(at, most, replace=False))
        was = plain_batch(before.select(list(self._kinds))).take(rows.take(pa.array(at)))
        said = [self._said(row) for row in was.to_pylist()]
        others = [said[number] for number in self._random.permutation(len(said))]
        now = plain_batch(after.select(list(self._kept))).take(pa.array(at))
        for top, name in self._kept.items():
            cells = now.column(top).to_pylist()
            read: dict[str, frozenset[str]] = {}  # most columns repeat their values
            for number, cell in enumerate(cells):
                if isinstance(cell, str):
                    held = read.get(cell) or read.setdefault(cell, _held(cell))
                else:
                    held = _held(cell)
                self._cells[name] += bool(held)
                self._own[name] += not held.isdisjoint(said[number])
                self._others[name] += not held.isdisjoint(others[number] - said[number])

    def _said(self, row: dict[str, Any]) -> frozenset[str]:
        """Return what a row says of its person: words of names, logins."""
        found: set[str] = set()
        for name, value in row.items():
            if not isinstance(value, str) or value.strip().casefold() in placeholders():
                continue
            if self._kinds[ColumnName(name)] == "PERSON_NAME":
                found.update(map(fold, _WORD.findall(value)))
            else:
                found.add(value.strip().partition("@")[0].casefold())
        usual = _usual()
        return frozenset(one for one in found if len(one) >= SHORTEST and one not in usual)

    def counts(self) -> tuple[OwnCount, ...]:
        """Return the counts of each column; they add up over parts."""
        return tuple(
            OwnCount(name, cells, self._own[name], self._others[name])
            for name, cells in self._cells.items()
        )

    def findings(self) -> tuple[ResidualFinding, ...]:
        """Return the columns in which it is no chance."""
        return tuple(found for one in self.counts() if (found := one.finding()))


def with_own_values(
    found: tuple[ResidualFinding, ...], own: tuple[ResidualFinding, ...]
) -> tuple[ResidualFinding, ...]:
    """Return the scan's findings, and those of ``own`` in columns of which it found nothing."""
    known = {finding.column.partition("[")[0].partition(".")[0] for finding in found}
    return (*found, *(finding for finding in own if finding.column not in known))


def _kept(plan: Plan) -> dict[str, ColumnName]:
    """Return the output columns whose text is looked at, each with the place that is named in a
    finding: where a rule publishes text of the source, and none in the column has a reason.
    """
    found: dict[str, ColumnName] = {}
    accepted = set()
    for step in plan.steps:
        column = step.column
        top = str(column)
        if top not in plan.output_schema.names:
            top = re.split(r"[.\[]", top, maxsplit=1)[0]
        if step.rule.accept is not None:
            accepted.add(top)
        if top in plan.output_schema.names and any(
            _publishes_text(plan, step, rule) for rule in _branches(step.rule)
        ):
            found.setdefault(top, column)
    return {top: column for top, column in found.items() if top not in accepted}


@cache
def _usual() -> frozenset[str]:
    """Return words that say nothing of one person."""
    return frozenset(ordinary() | roles())


def _branches(rule: Rule) -> Iterator[Rule]:
    """Yield a rule, and the rules for rows that its ``when`` leaves out."""
    yield rule
    if rule.otherwise is not None:
        yield from _branches(rule.otherwise)


def _publishes_text(plan: Plan, step: Step, rule: Rule) -> bool:
    if isinstance(rule, FreeTextRule):
        return plan.names is not None and names_must_go(rule)
    kind = step.output_type
    return isinstance(rule, KeepRule) and (is_text(value_type(kind)) or pt.is_nested(kind))


def _held(cell: object) -> frozenset[str]:
    """Return the words and logins of a cell, also of those in lists and structs."""
    return frozenset(
        one
        for text in _texts(cell)
        for one in (
            *map(fold, _WORD.findall(text)),
            *map(fold, _WORD.findall(_HUMP.sub(" ", text))),
            *map(str.casefold, _LOGIN.findall(text)),
        )
        if len(one) >= SHORTEST
    )


def _texts(cell: object) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, dict):
        for inner in cell.values():
            yield from _texts(inner)
    elif isinstance(cell, list | tuple):
        for inner in cell:
            yield from _texts(inner)
