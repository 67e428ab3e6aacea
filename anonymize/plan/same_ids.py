"""Finds columns of a source that hold the same ids, by their values, so that a draft can give them
one domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.arrow.sorted_unique import sorted_unique
from anonymize.detect.columns.header_tokens import tokenize
from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Finding
from anonymize.keys import Secret
from anonymize.keys.primitives.cmac import Mac, tags_of
from anonymize.names import ColumnName
from anonymize.plan.draft.actions import SUGGESTED
from anonymize.plan.markers import distinct_texts
from anonymize.plan.roles import ROLES
from anonymize.transform.blank import without_blanks
from anonymize.transform.columns import is_text, value_type

MOSTLY = 0.6
"""Minimum share of a column's distinct values that another must hold. Not all: for example deleted
customers may remain in other tables.
"""
FEWEST = 5
"""Minimum number of common values."""
DENSE = 0.2
"""Share of the integers in its range from which a column contains other columns' numbers by
chance.
"""
LONGEST = 64
"""Maximum code points of an id."""
KEPT = 1 << 18
"""Number of distinct values kept per column: those with the smallest hashes, so that all columns
keep the same values.
"""
_NUMBER = r"^-?[0-9]{1,18}$"
_COMMON = frozenset(
    [
        "id",
        "ids",
        "no",
        "nr",
        "num",
        "number",
        "key",
        "code",
        "ref",
        "reference",
        "identifier",
        "uid",
        "guid",
        "uuid",
    ]
)
"""Words in column names that mean only that the column holds ids."""
Hashes = npt.NDArray[np.uint64]


@dataclass
class _Column:
    """Hashes of one column's distinct values, and the range of its integers."""

    hashes: Hashes
    whole: bool = False
    lowest: int = 0
    highest: int = 0
    numbers: bool = True
    usable: bool = True

    def add(self, distinct: pa.Array) -> None:
        """Add distinct texts, without null."""
        if not self.usable or not len(distinct):
            return
        if (pc.max(pc.utf8_length(distinct)).as_py() or 0) > LONGEST:
            self.usable = False
            return
        hashes = _hashes(distinct)
        if self.whole:  # only smaller hashes than those kept can still be kept
            hashes = hashes[hashes < self.hashes[-1]]
        merged = sorted_unique(np.concatenate([self.hashes, hashes]))
        self.whole |= len(merged) > KEPT
        self.hashes = merged[:KEPT]
        if self.numbers and pc.all(pc.match_substring_regex(distinct, _NUMBER)).as_py():
            bounds = pc.min_max(distinct.cast(pa.int64())).as_py()
            self.lowest, self.highest = (
                min(self.lowest, bounds["min"]),
                max(self.highest, bounds["max"]),
            )
        else:
            self.numbers = False

    @property
    def dense(self) -> bool:
        """Return True if the column holds a large share of the integers from 0 to its maximum."""
        return self.numbers and len(self.hashes) > DENSE * (self.highest - self.lowest + 1)

    def reach(self) -> int:
        """Return the hash up to which every value was kept."""
        return int(self.hashes[-1]) if self.whole else 2**64 - 1

    def held_by(self, other: _Column) -> bool:
        """Return True if ``other`` holds most of the values."""
        if not (self.usable and other.usable):
            return False
        reach = np.uint64(min(self.reach(), other.reach()))
        mine = self.hashes[self.hashes <= reach]
        common = np.isin(mine, other.hashes, assume_unique=True).sum()
        return bool(common >= FEWEST and common >= MOSTLY * len(mine))


class SharedIds:
    """Watches the rows of a source, and then finds the columns that hold the same ids."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Start with detection's findings: ids are searched for in columns that a draft would
        pseudonymize or keep.
        """
        self._ids = [
            f.column
            for f in findings
            if SUGGESTED.get(f.verdict, {}).get("action") == "pseudonymize"
        ]
        self._domains = {
            f.column: SUGGESTED[f.verdict].get("domain")
            for f in findings
            if f.column in set(self._ids)
        }
        kept = (
            [finding.column for finding in findings if finding.verdict == "NONE"]
            if self._ids
            else []
        )
        self._seen = {column: _Column(np.zeros(0, np.uint64)) for column in (*self._ids, *kept)}

    def watch(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield ``batches`` unchanged, and record their values."""
        for batch in batches:
            for path, values in leaves(batch):
                if self.looks_at(path, value_type(values.type)):
                    self.add(path, distinct_texts(values))
            yield batch

    def looks_at(self, path: ColumnName, kind: pa.DataType) -> bool:
        """Return True if a leaf of this type may hold ids that others hold."""
        return path in self._seen and (is_text(kind) or _is_number(kind))

    def add(self, path: ColumnName, distinct: pa.Array) -> None:
        """Add distinct texts of a leaf, without null; blank ones are left out."""
        self._seen[path].add(without_blanks(distinct).drop_null())

    def domains(self) -> Mapping[ColumnName, str]:
        """Return the domain of each column that shares its ids with another; its name comes from
        the column with the most ids.
        """
        holder: dict[ColumnName, ColumnName] = {}
        largest_first = sorted(self._ids, key=lambda name: -len(self._seen[name].hashes))
        for name, column in self._seen.items():
            holding = [
                other
                for other in largest_first
                if other != name and column.held_by(self._seen[other])
            ]
            if (other := self._holder(name, holding)) is not None and holder.get(other) != name:
                holder[name] = other
        found: dict[ColumnName, str] = {}
        for name in holder:
            root, passed = name, {name}
            while (above := holder.get(root)) is not None and above not in passed:
                root = above
                passed.add(root)
            domain = self._domains.get(root) or _domain(
                root, {*filter(None, self._domains.values())}
            )
            found[name] = found[root] = domain
        return found

    def _holder(self, name: ColumnName, holding: Sequence[ColumnName]) -> ColumnName | None:
        """Return the column, of those that hold the values of ``name``, that does not hold them by
        chance.

        A column of consecutive numbers contains any smaller ones, so for those the names decide: a
        common word, or a role word if only one column fits.
        """
        sparse = [other for other in holding if not self._seen[other].dense]
        if sparse or name not in self._ids:
            return next(iter(sparse), None)
        words = set(tokenize(name.rpartition(".")[2])) - _COMMON
        alike = [other for other in holding if words & set(tokenize(other.rpartition(".")[2]))]
        return next(iter(alike), holding[0] if len(holding) == 1 and words & ROLES else None)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pt.is_integer(kind) or pt.is_floating(kind))


def _hashes(texts: pa.Array) -> Hashes:
    """Return 64 bits for each text. The key is no secret: the hashes stay in this process, and the
    same source gives the same draft.
    """
    tags = tags_of(Mac(Secret(bytes(16))), texts)
    return np.ascontiguousarray(tags[:, :8]).view(np.uint64).ravel()


def _domain(column: ColumnName, taken: set[str]) -> str:
    """Return a domain that is named like ``column``, and unlike those of other kinds."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", column.rpartition(".")[2]).strip("_").lower() or "ids"
    return f"{name}_ids" if name in taken | {"email", "person", "user"} else name
