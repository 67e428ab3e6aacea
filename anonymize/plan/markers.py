"""Finds texts that stand for a missing value in a source's columns, so that a draft can list
them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.vocabulary.missing_words import (
    Marker,
    kind_of,
    may_mean_missing,
    stands_for_missing,
)
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, plain, value_type

ENOUGH = 12
"""Number of other distinct values from which a column is not a short list of choices, in which a
marker could be a normal choice.
"""
_KEPT = 200
"""Number of distinct values kept per column."""
_SIGN = re.compile(r"[\W_]{1,3}")
_TWO_CAPITALS = re.compile(r"[A-Z]{2}")
_BESIDE = r"^(?:-[02-6]|0*1|9*98|9*8|-10|10+)$"
"""If one of these occurs, numbers that can stand for a missing value count as normal values. Of
them, ``-2`` to ``-6`` alone hold a digit by which `may_mean_missing` rules a text out.
"""


class _Seen:
    """Values of one column."""

    def __init__(self) -> None:
        self.markers: dict[str, Marker] = {}
        self.others: set[str] = set()
        self.beside: set[str] = set()
        """Numbers next to those that are markers."""

    def add(self, distinct: pa.Array) -> None:
        """Add distinct texts, without null."""
        open_ = may_mean_missing(distinct)
        few = distinct.filter(open_)
        meant = stands_for_missing(few)
        kinds = {text: kind_of(text) for text in few.filter(meant).to_pylist()}
        self.markers.update({text: kind for text, kind in kinds.items() if kind})
        self.beside.update(few.filter(pc.match_substring_regex(few, _BESIDE)).to_pylist())
        short = distinct.filter(pc.equal(pc.binary_length(distinct), 2))
        self.beside.update(short.filter(pc.match_substring_regex(short, _BESIDE)).to_pylist())
        if len(self.others) < _KEPT:
            self.others.update(text for text, kind in kinds.items() if not kind)
            value = pc.invert(pc.replace_with_mask(open_, open_, meant))
            self.others.update(distinct.filter(value).slice(0, _KEPT).to_pylist())

    def proposed(self, *, identifies: bool) -> tuple[str, ...]:
        """Return the markers that are not normal values of the column. Names and numbers are not
        proposed.
        """
        others = {text.strip() for text in self.others} - {""}
        if not others:
            return ()
        kinds = {Marker.SURE}
        if not any(_SIGN.fullmatch(text) for text in others):
            kinds.add(Marker.SIGN)
        if identifies or len(others) >= ENOUGH:
            kinds.add(Marker.WORD)
        if identifies:
            kinds.add(Marker.NOBODY)
            kinds |= set() if self.beside else {Marker.NUMBER}
        codes = 2 * sum(bool(_TWO_CAPITALS.fullmatch(text)) for text in others) > len(others)
        found = (text for text, kind in self.markers.items() if kind in kinds)
        return tuple(
            sorted(text for text in found if not (codes and _TWO_CAPITALS.fullmatch(text)))
        )


class MissingTexts:
    """Watches the rows of a source for texts that stand for a missing value."""

    def __init__(
        self, findings: Sequence[Finding] = (), people: Collection[ColumnName] = ()
    ) -> None:
        """Start without rows. ``findings`` name the leaves with direct identifiers, ``people``
        further leaves with people. Numbers such as ``-1`` are searched for in these only.
        """
        self._seen: dict[ColumnName, _Seen] = {}
        self._direct = {
            finding.column for finding in findings if finding.verdict in DIRECT_IDENTIFIERS
        } | set(people)

    def looks_at(self, path: ColumnName, kind: pa.DataType) -> bool:
        """Return True if a leaf of this type may hold such texts."""
        return is_text(kind) or (pa.types.is_integer(kind) and path in self._direct)

    def add(self, path: ColumnName, distinct: pa.Array) -> None:
        """Add distinct texts of a leaf, without null."""
        self._seen.setdefault(path, _Seen()).add(distinct)

    def proposed(self) -> Mapping[ColumnName, tuple[str, ...]]:
        """Return the texts of each leaf that has any."""
        proposed = {
            path: column.proposed(identifies=path in self._direct)
            for path, column in self._seen.items()
        }
        return {path: markers for path, markers in proposed.items() if markers}


def null_values_in(
    batches: Iterable[pa.RecordBatch],
    findings: Sequence[Finding] = (),
    people: Collection[ColumnName] = (),
) -> Mapping[ColumnName, tuple[str, ...]]:
    """Return, per leaf of text that has any, the texts that stand for a missing value. Every row is
    read. ``findings`` and ``people`` are as for `MissingTexts`.
    """
    seen = MissingTexts(findings, people)
    for batch in batches:
        for path, values in leaves(batch):
            if seen.looks_at(path, value_type(values.type)):
                seen.add(path, distinct_texts(values))
    return seen.proposed()


def distinct_texts(values: pa.Array) -> pa.Array:
    """Return the distinct text forms of values, without null, in the order of their first row.

    A text may occur twice where two numbers are written alike.
    """
    values = plain(values)
    if not pa.types.is_float16(values.type):  # Arrow cannot tell these apart
        return as_text(pc.unique(values)).drop_null()
    return pc.unique(as_text(values)).drop_null()
