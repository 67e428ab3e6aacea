"""Finds columns of a source that hold the same ids, by their values, so that a draft can give them
one domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.columns.header import is_number_of_things, name_evidence
from anonymize.detect.columns.header_tokens import tokenize
from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.plan.draft.actions import SUGGESTED
from anonymize.plan.draft.lines import Joining
from anonymize.plan.id_values import IdValues
from anonymize.plan.markers import distinct_texts
from anonymize.plan.privacy_checks import FEW
from anonymize.plan.roles import PEOPLES_ROLES, ROLES
from anonymize.policy.actions import Normalization
from anonymize.transform.blank import without_blanks
from anonymize.transform.columns import is_text, value_type

MOSTLY = 0.6
"""Minimum share of a column's distinct values that another must hold. Not all: for example deleted
customers may remain in other tables.
"""
NEARLY_ALL = 0.95
"""The same share for columns of few values whose name does not say that they identify."""
FEWEST, FEWEST_NAMED = 5, 2
"""Minimum number of common values; the second for columns whose name gives a role or says *id*."""
SHORT = 4
"""Length below which a few values without such a name may be grades or codes of another kind."""
_COMMON = frozenset(
    (
        "id", "ids", "no", "nr", "num", "number", "key", "code", "ref", "reference", "identifier",
        "uid", "guid", "uuid",
    )
)  # fmt: skip
"""Words in column names that mean only that the column holds ids."""
_MAY_HOLD_IDS = frozenset({"NONE", "ORGANIZATION", "PERSON_NAME"})
"""Verdicts of columns that are looked at in addition to those of ids: a name such as *manager* or
*customer* may stand over names or over ids.
"""


@dataclass(frozen=True)
class _Column:
    """One column: its values, and what its finding says."""

    values: IdValues
    ids: bool
    """True if detection calls the values ids of a person."""
    domain: str | None
    """The domain that its verdict proposes."""
    few: bool
    """True if so few values repeat that their frequencies tell them."""
    words: frozenset[str]
    """Words in its name."""

    @property
    def named(self) -> bool:
        """Return True if the name says that the values identify something."""
        return bool(self.words & (_COMMON | ROLES))


class _Link(NamedTuple):
    """A column's values are among those of ``to``, spelled as ``spelled`` says."""

    to: ColumnName
    spelled: Normalization


class SharedIds:
    """Watches the rows of a source, and then finds the columns that hold the same ids."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Start with detection's findings: ids are searched for in columns that a draft would
        pseudonymize or keep, and in those of names.
        """
        ids = [one for one in findings if _holds_ids(one)]
        others = [one for one in findings if one not in ids and _may_hold_ids(one)] if ids else []
        self._columns = {one.column: _column(one, one in ids) for one in (*ids, *others)}

    def watch(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield ``batches`` unchanged, and record their values."""
        for batch in batches:
            for path, values in leaves(batch):
                if self.looks_at(path, value_type(values.type)):
                    self.add(path, distinct_texts(values))
            yield batch

    def looks_at(self, path: ColumnName, kind: pa.DataType) -> bool:
        """Return True if a leaf of this type may hold ids that others hold."""
        return path in self._columns and (is_text(kind) or _is_number(kind))

    def add(self, path: ColumnName, distinct: pa.Array) -> None:
        """Add distinct texts of a leaf, without null; blank ones are left out."""
        self._columns[path].values.add(without_blanks(distinct).drop_null())

    def counts(self) -> Mapping[ColumnName, int]:
        """Return the number of different values of each column that was looked at; an estimate for
        many. Columns of longer texts than ids have are left out.
        """
        found = {name: column.values for name, column in self._columns.items()}
        return {name: values.count for name, values in found.items() if values.usable}

    def domains(self) -> Mapping[ColumnName, Joining]:
        """Return the domain of each column that shares its ids with another, and the column that
        holds its values.

        A domain has the name of a column without a role (``customer_id``, not
        ``referrer_customer_id``), of several that with the most ids.
        """
        links = self._links()
        found: dict[ColumnName, Joining] = {}
        for group in _groups(links):
            best = min(group, key=self._rank)
            spelled = max((links[one].spelled for one in group if one in links), key=_RISING.index)
            domain = self._domain(best, group)
            if domain == "email":  # its rules fold anyway
                spelled = max("fold", spelled, key=_RISING.index)
            for name in group:
                held = links[name].to if name in links else None
                known = held is not None and not self._columns[held].few
                found[name] = Joining(domain, spelled, held if known else None)
        return found

    def _links(self) -> dict[ColumnName, _Link]:
        """Return, per column whose values another holds, that column."""
        links: dict[ColumnName, _Link] = {}
        most_first = sorted(self._columns, key=self._rank)
        for name in self._columns:
            holding = [
                _Link(other, spelled)
                for other in most_first
                if other != name
                and self._columns[other].ids
                and (spelled := self._held(name, other)) is not None
            ]
            link = self._not_by_chance(name, holding)
            if link is not None and getattr(links.get(link.to), "to", None) != name:
                links[name] = link
        return links

    def _held(self, name: ColumnName, other: ColumnName) -> Normalization | None:
        """Return the normalization by which ``other`` holds most values of ``name``; None if it
        does not.
        """
        column, few = self._columns[name], self._columns[name].values.count < FEW
        if few and not column.named and column.values.shortest < SHORT:
            return None
        fewest = FEWEST_NAMED if column.named else FEWEST
        least = NEARLY_ALL if few and not column.named else MOSTLY
        return column.values.held_by(self._columns[other].values, least, fewest)

    def _not_by_chance(self, name: ColumnName, holding: Sequence[_Link]) -> _Link | None:
        """Return the link, of those to the columns that hold the values of ``name``, that is no
        chance.

        Numbers from a range that ids fill are among them whatever they are, so for those the names
        decide: a common word, or a role word if only one column fits.
        """
        column = self._columns[name]
        sparse = [
            link
            for link in holding
            if not column.values.lies_in_a_range_of(self._columns[link.to].values)
        ]
        if sparse:
            return sparse[0]
        words = column.words - _COMMON
        if not column.ids:
            sure = words & PEOPLES_ROLES and len(holding) == 1
            return holding[0] if sure else None
        alike = [link for link in holding if words & (self._columns[link.to].words - _COMMON)]
        if alike:
            return alike[0]
        return holding[0] if len(holding) == 1 and words & ROLES else None

    def _rank(self, name: ColumnName) -> tuple[bool, bool, int]:
        """Return a key by which the column comes first that ids are best called after."""
        column = self._columns[name]
        return (not column.ids, bool(column.words & ROLES), -column.values.count)

    def _domain(self, best: ColumnName, group: Sequence[ColumnName]) -> str:
        said = [self._columns[one].domain for one in (best, *group)]
        taken = {one.domain for one in self._columns.values() if one.domain}
        return next(filter(None, said), None) or _name(best, taken)


_RISING: tuple[Normalization, ...] = ("exact", "fold", "number")


def _holds_ids(finding: Finding) -> bool:
    """Return True for ids that a draft pseudonymizes; numbers of things are kept."""
    things = finding.verdict == "RECORD_ID" and is_number_of_things(name_evidence(finding.column))
    return SUGGESTED.get(finding.verdict, {}).get("action") == "pseudonymize" and not things


def _may_hold_ids(finding: Finding) -> bool:
    return finding.verdict in _MAY_HOLD_IDS or finding.verdict == "RECORD_ID"


def _column(finding: Finding, ids: bool) -> _Column:
    return _Column(
        values=IdValues(folded=finding.verdict == "EMAIL_ADDRESS"),
        ids=ids,
        domain=SUGGESTED[finding.verdict].get("domain") if ids else None,
        few=finding.repeats and 0 < finding.distinct_estimate < FEW,
        words=frozenset(tokenize(finding.column.rpartition(".")[2])),
    )


def _groups(links: Mapping[ColumnName, _Link]) -> list[list[ColumnName]]:
    """Return the columns that links connect, in groups."""
    groups: list[list[ColumnName]] = []
    for name, link in links.items():
        joined = [group for group in groups if name in group or link.to in group]
        rest = [group for group in groups if group not in joined]
        members = dict.fromkeys([*(one for group in joined for one in group), link.to, name])
        groups = [*rest, list(members)]
    return groups


def _is_number(kind: pa.DataType) -> bool:
    return bool(pt.is_integer(kind) or pt.is_floating(kind))


def _name(column: ColumnName, taken: set[str]) -> str:
    """Return a domain that is named like ``column``, and unlike those of other kinds."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", column.rpartition(".")[2]).strip("_").lower() or "ids"
    return f"{name}_ids" if name in taken | {"email", "person", "user"} else name
