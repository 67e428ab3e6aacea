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
from anonymize.detect.vocabulary.missing_words import Marker, kind_of, stands_for_missing
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
"""If one of these occurs, numbers that can stand for a missing value count as normal values."""


class _Seen:
    """Values of one column."""

    def __init__(self) -> None:
        self.markers: dict[str, Marker] = {}
        self.others: set[str] = set()
        self.beside: set[str] = set()
        """Numbers next to those that are markers."""

    def add(self, texts: pa.Array) -> None:
        """Add values."""
        distinct = pc.unique(texts).drop_null()
        meant = stands_for_missing(distinct)
        kinds = {text: kind_of(text) for text in distinct.filter(meant).to_pylist()}
        self.markers.update({text: kind for text, kind in kinds.items() if kind})
        self.beside.update(distinct.filter(pc.match_substring_regex(distinct, _BESIDE)).to_pylist())
        if len(self.others) < _KEPT:
            self.others.update(text for text, kind in kinds.items() if not kind)
            self.others.update(distinct.filter(pc.invert(meant)).slice(0, _KEPT).to_pylist())

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


def null_values_in(
    batches: Iterable[pa.RecordBatch],
    findings: Sequence[Finding] = (),
    people: Collection[ColumnName] = (),
) -> Mapping[ColumnName, tuple[str, ...]]:
    """Return, per leaf of text that has any, the texts that stand for a missing value. Every row is
    read.

    ``findings`` name the leaves with direct identifiers, ``people`` further leaves with people.
    Numbers such as ``-1`` are searched for in these only.
    """
    seen: dict[ColumnName, _Seen] = {}
    direct = {
        finding.column for finding in findings if finding.verdict in DIRECT_IDENTIFIERS
    } | set(people)
    for batch in batches:
        for path, values in leaves(batch):
            kind = value_type(values.type)
            if is_text(kind) or (pa.types.is_integer(kind) and path in direct):
                seen.setdefault(ColumnName(path), _Seen()).add(as_text(plain(values)))
    proposed = {path: column.proposed(identifies=path in direct) for path, column in seen.items()}
    return {path: markers for path, markers in proposed.items() if markers}
