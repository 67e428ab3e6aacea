"""Text as hashed words and pairs of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BUCKETS = 1 << 22
"""Hashes that are told apart: words in the lower half, pairs of words in the upper."""
MOST_WORDS = 64
"""Words of a text that are read."""
DECIDED_ON = 5_000
"""Rows by which it is decided whether a column is text."""
_LEAST_WORDS = 4
_BETWEEN = r"[\s.,;:()\"]+"
_HALF = BUCKETS // 2
Words = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Text:
    """A column of texts as hashes of the words and pairs of words in each, each once."""

    name: str
    words: Words = field(repr=False)
    """Hashes of all rows, one row after the other."""
    starts: npt.NDArray[np.int64] = field(repr=False)
    """Where each row's begin, and the end: shape (rows + 1,)."""
    shortened: int = 0
    """Texts of which the end was not read."""

    @property
    def row_of(self) -> npt.NDArray[np.int64]:
        """Return the row of each hash."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def is_pair(self) -> npt.NDArray[np.bool_]:
        """Return which hashes are of pairs of words."""
        return self.words >= _HALF

    def take(self, rows: npt.NDArray[np.int64]) -> Text:
        """Return the texts of these rows."""
        lengths = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.starts[rows] - starts[:-1], lengths) + np.arange(starts[-1])
        return Text(self.name, self.words[at], starts)

    def unread(self) -> Iterator[str]:
        """Yield what of the texts was not read."""
        if self.shortened:
            yield f"{self.name}: of long texts only the first {MOST_WORDS} words are read"


class TextBuilder:
    """Hashes batches of texts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._words: list[Words] = []
        self._lengths: list[npt.NDArray[np.int64]] = []
        self._shortened = 0

    def add(self, column: pa.Array) -> None:
        """Take in a batch's texts; a missing one has no words."""
        words, lengths, shortened = hashed(column)
        self._words.append(words)
        self._lengths.append(lengths)
        self._shortened += shortened

    def made(self) -> Text:
        """Return all texts added."""
        lengths = np.concatenate([np.zeros(1, np.int64), *self._lengths])
        words = np.concatenate([np.zeros(0, np.uint32), *self._words])
        self._words, self._lengths = [], []
        return Text(self._name, words, np.cumsum(lengths), self._shortened)


def is_text(chunks: Sequence[pa.Array]) -> bool:
    """Return whether dictionary-encoded values are sentences rather than names of things: several
    words, and not few texts again and again.
    """
    rows = sum(len(chunk) - chunk.null_count for chunk in chunks)
    distinct = pc.unique(pa.chunked_array([chunk.dictionary for chunk in chunks]))
    if not rows or len(distinct) < min(1_000, max(20, rows // 5)):
        return False
    words = pc.list_value_length(pc.utf8_split_whitespace(pc.utf8_trim_whitespace(distinct)))
    return bool((pc.mean(words).as_py() or 0) >= _LEAST_WORDS)


def hashed(column: pa.Array) -> tuple[Words, npt.NDArray[np.int64], int]:
    """Return the hashes of each text's words and pairs, each once and ascending, how many each text
    has, and how many texts were not read to their end.
    """
    from pandas.util import hash_array

    filled = pc.fill_null(pc.utf8_lower(pc.utf8_normalize(column, "NFC")), "")
    lists = pc.split_pattern_regex(filled, pattern=_BETWEEN)
    flat = lists.flatten().dictionary_encode()
    spelled = np.asarray(flat.dictionary.to_numpy(zero_copy_only=False), object)
    of_word = (hash_array(spelled, categorize=False) if len(spelled) else np.zeros(0)).astype(
        np.uint64
    )
    is_word = np.asarray(pc.not_equal(flat.dictionary, "").to_numpy(zero_copy_only=False), bool)
    at = flat.indices.to_numpy(zero_copy_only=False)
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    rows = np.repeat(np.arange(len(column), dtype=np.uint64), counts)
    real = is_word[at] if len(at) else np.zeros(0, bool)
    words, rows = of_word[at][real], rows[real]
    lengths = np.bincount(rows.astype(np.int64), minlength=len(column))
    place = np.arange(len(words)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    shortened = int((lengths > MOST_WORDS).sum())
    words, rows = words[place < MOST_WORDS], rows[place < MOST_WORDS]
    beside = rows[1:] == rows[:-1]
    mixed = words[:-1] * np.uint64(0x9E3779B97F4A7C15) ^ (words[1:] >> np.uint64(7))
    single = words % np.uint64(_HALF)
    double = (mixed[beside] >> np.uint64(11)) % np.uint64(_HALF) + np.uint64(_HALF)
    where = np.concatenate([rows, rows[1:][beside]])
    keys = np.unique(where << np.uint64(32) | np.concatenate([single, double]))
    per_row = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(column))
    return keys.astype(np.uint32), per_row.astype(np.int64), shortened
