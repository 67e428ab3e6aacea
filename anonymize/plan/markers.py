"""Texts that stand for a missing value in a source, column by column, so that a drafted policy can name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.leaves import leaves
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, plain, value_type

_SURE_TEXT = r"N/A n/a N.A. n.a. #N/A #NA NULL null (null) <null> <NA> \N NaN nan k.A. s/o"
_WORDS_TEXT = "NA na None none nil NIL unknown Unknown UNKNOWN missing Missing"

SIGNS = frozenset(["-", "--", "---", "–", "—", "?", "??", "???", ".", "..", "..."])
"""Marks in place of a value, unless the column has other values that are marks: ``+`` and ``-``."""
SURE = frozenset({*_SURE_TEXT.split(), "#N/A N/A", "not available", "not applicable", "keine Angabe"})
"""Texts that are hardly ever a value."""
WORDS = frozenset(_WORDS_TEXT.split())
"""Texts that are a value where a column has few: ``none`` beside ``low`` and ``high``."""

MARKERS = SIGNS | SURE | WORDS
ENOUGH = 12
"""Other distinct values from which on a column is no short list in which a word may be a choice."""
_KEPT = 200
"""Distinct values remembered per column."""
_SIGN = re.compile(r"[\W_]{1,3}")
_TWO_CAPITALS = re.compile(r"[A-Z]{2}")


class _Seen:
    """What one column holds."""

    def __init__(self) -> None:
        self.markers: set[str] = set()
        self.others: set[str] = set()

    def add(self, texts: pa.Array) -> None:
        """Take values in."""
        distinct = pc.unique(texts).drop_null()
        meant = pc.is_in(distinct, value_set=pa.array(sorted(MARKERS)))
        self.markers.update(distinct.filter(meant).to_pylist())
        if len(self.others) < _KEPT:
            self.others.update(distinct.filter(pc.invert(meant)).slice(0, _KEPT).to_pylist())

    def proposed(self, *, identifies: bool) -> tuple[str, ...]:
        """Return the markers that are no natural values of the column; no name or number is a word for nothing."""
        others = {text.strip() for text in self.others} - {""}
        if not others:
            return ()
        signs = any(_SIGN.fullmatch(text) for text in others)
        codes = 2 * sum(bool(_TWO_CAPITALS.fullmatch(text)) for text in others) > len(others)
        found = self.markers & (SURE if signs else SURE | SIGNS)
        words = self.markers & WORDS if identifies or len(others) >= ENOUGH else frozenset[str]()
        return tuple(sorted(found | (words - {"NA"} if codes else words)))


def null_values_in(
    batches: Iterable[pa.RecordBatch], findings: Sequence[Finding] = ()
) -> Mapping[ColumnName, tuple[str, ...]]:
    """Return, per leaf of text that has any, the texts that stand for a missing value; every row is looked at.

    ``findings`` say which leaves hold direct identifiers.
    """
    seen: dict[ColumnName, _Seen] = {}
    for batch in batches:
        for path, values in leaves(batch):
            if is_text(value_type(values.type)):
                seen.setdefault(ColumnName(path), _Seen()).add(as_text(plain(values)))
    direct = {finding.column for finding in findings if finding.verdict in DIRECT_IDENTIFIERS}
    proposed = {path: column.proposed(identifies=path in direct) for path, column in seen.items()}
    return {path: markers for path, markers in proposed.items() if markers}
