"""Suspicious inputs at inference: rows that a model would be asked about, by what it learned from.

An input is suspicious if a value lies outside the version's, if two values never go together there
although each is frequent, if it lies near the border between labels and is unlike nearly all rows,
or if its text is disguised. A model may still be fooled by an input that is like its training data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.text.disguises import fold_disguises
from anonymize.gates.poisoning.profile import ColumnProfile
from anonymize.gates.poisoning.table import Feature, ScreenTable, pairs

EXPECTED = 20.0
"""Rows to be expected of a pair, if its columns were independent, from which on it is missed."""
UNUSUAL = 0.005
"""Share of the version's rows that are as unusual as an input must be to be suspicious."""
NEAR = 0.1
"""Share of the version's rows that are as near the border between labels."""
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2060-\u2064\u00ad\ufeff\u202a-\u202e\U000e0000-\U000e007f]"
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class InputProfile:
    """What a version's rows are like, for inputs of models that learned from it. As secret as the
    rows: it holds limits, frequent values and counts.
    """

    rows: int
    columns: tuple[ColumnProfile, ...] = field(repr=False)
    texts: tuple[str, ...] = ()
    """Columns of text."""
    counts: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict, repr=False)
    """``one|other``, by number → rows per pair of places."""
    label: str | None = None
    """The column that a model learned, if it was named."""
    ratios: tuple[Floats, ...] = field(default=(), repr=False)
    """Per column, log P(place | label) - log P(place), shape (places, labels)."""
    prior: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    unusual_from: float = -np.inf
    """An input with a smaller likeness is as unusual as `UNUSUAL` of the rows."""
    near_to: float = 0.0
    """An input with a smaller margin between labels is near their border."""
    made_from: str = ""
    """Dataset and version."""
    unread: tuple[str, ...] = ()
    """Columns that inputs are not checked by, and why."""

    @staticmethod
    def of(table: ScreenTable, made_from: str = "") -> InputProfile:
        """Return the profile of a version's rows."""
        columns = tuple(ColumnProfile.of(one) for one in table.features)
        places = [c.places(f) for c, f in zip(columns, table.features, strict=True)]
        counts = {
            f"{a}|{b}": _counted(places[a], places[b], columns[a].size, columns[b].size)
            for a, b in pairs(len(columns))
            if columns[a].size * columns[b].size <= 1 << 20
        }
        bare = InputProfile(
            table.rows, columns, tuple(t.name for t in table.texts), counts,
            made_from=made_from, unread=table.unread,
        )  # fmt: skip
        likeness = bare.likeness(places)
        limit = float(np.quantile(likeness, UNUSUAL)) if len(likeness) else -np.inf
        made = {**vars(bare), "unusual_from": limit}
        if columns and not table.label_why_not and table.label is not None:
            labels, size = table.label.codes, table.label.distinct
            prior = np.asarray(
                (np.bincount(labels, minlength=size) + 0.5) / (table.rows + size / 2), np.float64
            )
            ratios = tuple(
                _ratios(at, labels, column.size, size, prior)
                for at, column in zip(places, columns, strict=True)
            )
            made |= {"label": table.label.name, "ratios": ratios, "prior": prior}
            near = InputProfile(**made).margins(places)
            made["near_to"] = float(np.quantile(near, NEAR))
        return InputProfile(**made)

    def likeness(self, places: Sequence[npt.NDArray[np.int64]]) -> Floats:
        """Return how like the version's rows each input is: the mean logarithm of how often its
        pairs of values go together.
        """
        total = np.zeros(len(places[0]) if places else 0)
        for key, counts in self.counts.items():
            a, b = map(int, key.split("|"))
            total += np.log((counts[places[a], places[b]] + 0.5) / (self.rows + 1))
        return total / max(1, len(self.counts))

    def margins(self, places: Sequence[npt.NDArray[np.int64]]) -> Floats:
        """Return how far each input is from the border between the two likeliest labels."""
        rows = len(places[0]) if places else 0
        scores = np.tile(np.log(self.prior), (rows, 1))
        for at, table in zip(places, self.ratios, strict=True):
            scores += table[at]
        best = np.sort(scores, axis=1)[:, -2:]
        return np.asarray(best[:, 1] - best[:, 0])

    def check(self, inputs: pa.Table) -> dict[int, str]:
        """Return the reasons of suspicious inputs by row, from 0; no value.

        Args:
            inputs: Rows with the columns of the version that a model learned from.

        Raises:
            KeyError: a column of the profile is not there.
        """
        said: dict[int, list[str]] = {}

        def say(rows: npt.NDArray[np.int64], why: str) -> None:
            for row in rows.tolist():
                said.setdefault(row, []).append(why)

        places = []
        for column in self.columns:
            one = _feature(column, inputs[column.name])
            at = column.places(one)
            places.append(at)
            say(np.flatnonzero(self._outside(column, one, at)), f"{column.name} is out of support")
        for key, counts in self.counts.items():
            a, b = map(int, key.split("|"))
            expected = counts.sum(1)[places[a]] * counts.sum(0)[places[b]] / max(1, self.rows)
            missed = (counts[places[a], places[b]] == 0) & (expected >= EXPECTED)
            names = f"{self.columns[a].name} and {self.columns[b].name}"
            say(np.flatnonzero(missed), f"{names} never go together")
        if places and self.ratios:
            unlike = self.likeness(places) < self.unusual_from
            near = self.margins(places) <= self.near_to
            say(np.flatnonzero(unlike & near), "near the border of labels, and unlike the rows")
        for name in self.texts:
            say(disguised(inputs[name]), f"text of {name} is disguised")
        return {row: "; ".join(said[row]) for row in sorted(said)}

    def _outside(
        self, column: ColumnProfile, one: Feature, at: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        if one.numbers is not None and column.edges is not None:
            low, high = column.limits
            with np.errstate(invalid="ignore"):
                outside = (one.numbers < low) | (one.numbers > high)
        else:
            outside = at == column.size - 1
            if column.shares[-1] > 0:  # more values than the profile knows
                outside = np.zeros(len(at), bool)
        return np.asarray(outside | ((at == 0) & (column.shares[0] == 0)))


def disguised(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int64]:
    """Return the rows whose text holds characters that are not seen, look like others, or are other
    forms of letters and digits.
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = whole.dictionary_encode() if not pa.types.is_dictionary(whole.type) else whole
    hit = [_is_disguised(value) for value in coded.dictionary.to_pylist()]
    at = pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return np.flatnonzero(np.array([*hit, False])[at])


def _is_disguised(text: str) -> bool:
    if text.isascii():
        folded = fold_disguises(text)
        return folded is not None and folded.text != text
    if _INVISIBLE.search(text):
        return True
    words = text.split()
    return any(_mixes(word) or _other_forms(word) for word in words if not word.isascii())


def _mixes(word: str) -> bool:
    """Return whether one word has letters of Latin and of a script with look-alikes."""
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def _other_forms(word: str) -> bool:
    """Return whether a word has full-width, mathematical or circled Latin letters or digits."""
    return any(
        c != plain and plain.isascii() and plain.isalnum()
        for c in word
        for plain in [unicodedata.normalize("NFKC", c)]
        if len(plain) == 1 and c not in "ªº¹²³"
    )


def _counted(
    one: npt.NDArray[np.int64], other: npt.NDArray[np.int64], width: int, height: int
) -> npt.NDArray[np.int64]:
    return np.bincount(one * height + other, minlength=width * height).reshape(width, height)


def _ratios(
    at: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], size: int, count: int, prior: Floats
) -> Floats:
    counts = _counted(at, labels.astype(np.int64), size, count)
    each = counts.sum(axis=1, keepdims=True)
    return np.asarray(np.log((counts + 2 * prior) / (each * prior + 2 * prior)))


def _feature(column: ColumnProfile, values: pa.ChunkedArray) -> Feature:
    """Return inputs of one column as codes of their own."""
    from anonymize.gates.poisoning.table import TableBuilder

    whole = pa.table({column.name: values})
    builder = TableBuilder([], None, column.name)
    for batch in whole.to_batches() or [
        pa.RecordBatch.from_pydict({column.name: []}, whole.schema)
    ]:
        builder.add(batch)
    return builder.alone(column.name, ordered=column.edges is not None)
