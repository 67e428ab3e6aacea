"""Hides most letters and digits of values."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.transform.columns import (
    CodePoints,
    from_code_points,
    narrow_points,
    over_distinct,
    seen_text,
    text_result,
)

PIECE_ROWS = 1 << 14
"""Number of rows per step, so that their characters fit into a processor's cache."""


@dataclass(frozen=True)
class Mask:
    """Letters and digits hidden except the first and last ones; lengths and separators do not
    change.

    A value with no more letters and digits than would be shown is hidden completely. Not
    reversible, not injective; leaks length, separators and the characters shown.
    """

    function_of_row: ClassVar[bool] = True
    keep_first: int = 0
    """Characters shown at the start."""
    keep_last: int = 0
    """Characters shown at the end."""
    char: str = "*"
    """The character that replaces hidden ones."""
    keep_separators: bool = True
    """True to count and hide only letters, digits and marks."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the masked text of ``column``."""
        return over_distinct(column, self._masked, self.output_type(column.type))

    def _masked(self, values: pa.Array) -> pa.Array:
        pieces = [values.slice(at, PIECE_ROWS) for at in range(0, len(values), PIECE_ROWS)]
        return pa.concat_arrays(
            [self._masked_piece(seen_text(piece)) for piece in pieces] or [values.cast(pa.string())]
        )

    def _masked_piece(self, texts: pa.Array) -> pa.Array:
        points, offsets = narrow_points(texts)
        counts = in_words(points) if self.keep_separators else np.ones(points.size, np.bool_)
        if ord(self.char) >= 0x80:
            points = points.astype(np.uint32, copy=False)
        masked = points.copy()
        np.putmask(masked, counts, points.dtype.type(ord(self.char)))
        places = np.flatnonzero(counts)
        edges = np.searchsorted(places, offsets)
        firsts, lasts = edges[:-1], edges[1:]
        many = lasts - firsts > self.keep_first + self.keep_last
        firsts, lasts = firsts[many], lasts[many]
        for shown in [firsts + n for n in range(self.keep_first)] + [
            lasts - n for n in range(1, self.keep_last + 1)
        ]:
            at = places[shown]
            masked[at] = points[at]
        return from_code_points(masked, offsets, texts.is_valid() if texts.null_count else None)


def in_words(points: CodePoints | npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return a mask of code points that are letters, digits, or combining marks of these."""
    if points.dtype == np.uint8:
        return np.frombuffer(points.tobytes().translate(_ASCII_IN_WORDS), np.bool_)
    wordy = np.zeros(int(points.max()) + 1, np.bool_)
    wordy[points] = True
    for point in np.flatnonzero(wordy).tolist():
        wordy[point] = not (chr(point).isspace() or is_punctuation(chr(point)))
    return wordy[points]


def is_punctuation(character: str) -> bool:
    """Return True if ``character`` separates words: punctuation, symbols, spaces, controls."""
    return unicodedata.category(character)[0] in "PSZC" and not is_letter_like(character)


def is_letter_like(character: str) -> bool:
    """Return True if a symbol represents letters or digits (a circled letter), or has no known
    category.
    """
    category = unicodedata.category(character)
    if category in ("Co", "Cn"):
        return True
    return category == "So" and any(
        part.isalnum() for part in unicodedata.normalize("NFKD", character)
    )


_ASCII_IN_WORDS = bytes(point < 0x80 and chr(point).isalnum() for point in range(0x100))
"""1 for letters and digits. A lookup by bytes.translate is five times as fast as by an index
array.
"""
