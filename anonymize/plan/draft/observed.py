"""What rows show that a draft says beside the actions: how dates are written, which country people
are from, numbers with a decimal comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Finding
from anonymize.detect.vocabulary.missing_words import stands_for_missing
from anonymize.names import ColumnName
from anonymize.plan.draft.countries import CountryVotes
from anonymize.plan.draft.days import Days
from anonymize.plan.written_dates import formats_of, read_by
from anonymize.transform.columns import is_text, plain, seen_text, value_type
from anonymize.transform.date_formats import has_short_years

DATED = frozenset({"DATE_OF_BIRTH", "DATE_TIME"})
READ = 0.995
"""Minimum share of the dates that a drafted format must read: a run sets aside the rows of the
others, and refuses over one in a hundred.
"""
_TRIED = 500
"""Number of distinct texts of which formats are guessed."""
_COMMA = r"^[-+]?(?:\d{1,3}(?:[. ]\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,}))$"
_WHOLE = r"^[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)$"
"""Numbers that do not tell whether their comma is decimal: ``1,234``."""
_CODE = r"^\s*[A-Za-z]{2}\s*$"


@dataclass
class _Dates:
    """Formats that read a column's first texts, and how many of all they read; None is ISO 8601."""

    read: dict[str | None, int] = field(default_factory=dict)
    total: int = 0

    def add(self, texts: pa.Array) -> None:
        if not self.read:
            distinct = pc.unique(texts).slice(0, _TRIED)
            self.read = dict.fromkeys([None, *formats_of(distinct)], 0)
        self.total += len(texts)
        for written in self.read:
            self.read[written] += read_by(texts, written)

    def best(self) -> tuple[str | None, ...]:
        """Return the formats that read nearly all, the best first; several if day and month can be
        exchanged.
        """
        most = max(self.read.values(), default=0)
        if not self.total or most < READ * self.total:
            return ()
        return tuple(written for written, count in self.read.items() if count == most)


class Observed:
    """Watches the rows of a source for what a draft states."""

    def __init__(self, findings: Sequence[Finding] = ()) -> None:
        """Start without rows; ``findings`` say what the columns hold."""
        self._verdicts = {finding.column: str(finding.verdict) for finding in findings}
        self._dates: dict[ColumnName, _Dates] = {}
        self._numbers: dict[ColumnName, tuple[int, int]] = {}
        self._codes: dict[ColumnName, bool] = {}
        self.countries, self.days = CountryVotes(), Days(findings)

    def watch(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield ``batches`` unchanged, and record what they show."""
        for batch in batches:
            for path, values in leaves(batch):
                self.add(path, values)
            yield batch

    def add(self, path: ColumnName, values: pa.Array) -> None:
        """Record what values of a leaf show."""
        self.days.add(path, values)
        if is_text(value_type(values.type)):
            self._add(path, seen_text(plain(values)))

    def _add(self, path: ColumnName, texts: pa.Array) -> None:
        verdict = self._verdicts.get(path, "NONE")
        self.countries.add(verdict, texts)
        if verdict in DATED:
            self._dates.setdefault(path, _Dates()).add(_present(texts))
        elif verdict == "COUNTRY":
            codes = pc.all(pc.match_substring_regex(texts, _CODE)).as_py() is not False
            self._codes[path] = self._codes.get(path, True) and codes
        elif verdict in ("NONE", "FINANCIAL", "HEALTH", "LATITUDE_LONGITUDE"):
            self._numbers[path] = self._counted(path, texts)

    def _counted(self, path: ColumnName, texts: pa.Array) -> tuple[int, int]:
        """Return how many texts are numbers with a decimal comma, and how many are no numbers."""
        commas, others = self._numbers.get(path, (0, 0))
        if others:  # decided
            return commas, others
        present = _present(texts)
        comma = pc.match_substring_regex(present, _COMMA)
        number = pc.or_(comma, pc.match_substring_regex(present, _WHOLE))
        return commas + (pc.sum(comma).as_py() or 0), len(present) - (pc.sum(number).as_py() or 0)

    def formats(self, path: ColumnName) -> tuple[str, ...]:
        """Return the formats that read nearly all dates in text; empty where ISO 8601 does, or
        where the century is not written.
        """
        best = self._dates[path].best() if path in self._dates else ()
        said = tuple(written for written in best if written is not None)
        return () if None in best or any(map(has_short_years, said)) else said

    def dates(self, path: ColumnName) -> Mapping[str, str] | None:
        """Return the parameters of a rule for dates in text: the format, nothing for ISO 8601; None
        if no format reads nearly all.
        """
        formats = self.formats(path)
        if formats:
            return {"format": formats[0]}
        return {} if path in self._dates and None in self._dates[path].best() else None

    def with_decimal_comma(self) -> frozenset[ColumnName]:
        """Return the columns of text that hold numbers with a decimal comma."""
        return frozenset(
            path for path, (commas, others) in self._numbers.items() if commas and not others
        )

    def holds_codes(self, path: ColumnName) -> bool:
        """Return True if a column of countries holds two-letter codes alone."""
        return self._codes.get(path, False)


def _present(texts: pa.Array) -> pa.Array:
    """Return the texts that are there and do not stand for a missing value."""
    texts = texts.drop_null()
    return texts.filter(pc.invert(pc.fill_null(stands_for_missing(texts), True)))
