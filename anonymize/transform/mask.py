"""Values with most of their letters and digits hidden."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.transform.columns import CodePoints, code_points, from_code_points, over_distinct, seen_text, text_result

PIECE_ROWS = 1 << 14
"""Rows worked on at once: their characters fit a processor's cache."""


@dataclass(frozen=True)
class Mask:
    """Letters and digits hidden but for the first and last ones; lengths and separators stay.

    A value with no more letters and digits than would be shown is hidden whole. Not reversible,
    not injective; leaks length, separators and the characters shown.
    """

    function_of_row: ClassVar[bool] = True
    keep_first: int = 0
    """Characters shown at the start."""
    keep_last: int = 0
    """Characters shown at the end."""
    char: str = "*"
    """Hides another character."""
    keep_separators: bool = True
    """Whether only letters, digits and marks count and are hidden."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; every type with one text form is taken."""
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
        points, offsets = code_points(texts)
        counts = in_words(points) if self.keep_separators else np.ones(points.size, np.bool_)
        before = np.zeros(points.size + 1, np.int64)
        np.cumsum(counts, out=before[1:])
        lengths, firsts, lasts = np.diff(offsets), before[offsets[:-1]], before[offsets[1:]]
        few = lasts - firsts <= self.keep_first + self.keep_last
        shown_until = np.where(few, 0, firsts + self.keep_first)
        shown_from = np.where(few, before[-1] + 1, lasts - self.keep_last)
        rank = before[:-1]
        hidden = counts & (rank >= np.repeat(shown_until, lengths)) & (rank < np.repeat(shown_from, lengths))
        masked = np.where(hidden, np.uint32(ord(self.char)), points)
        return from_code_points(masked, offsets, texts.is_valid() if texts.null_count else None)


def in_words(points: CodePoints) -> npt.NDArray[np.bool_]:
    """Return which code points are letters, digits or marks that belong to them."""
    if not points.size or points.max() < 0x80:
        return _ASCII_IN_WORDS[points]
    distinct, back = np.unique(points, return_inverse=True)
    wordy = [not (chr(point).isspace() or is_punctuation(chr(point))) for point in distinct]
    return np.array(wordy, np.bool_)[back]


def is_punctuation(character: str) -> bool:
    """Return whether ``character`` separates words: punctuation, symbols, spaces, controls."""
    return unicodedata.category(character)[0] in "PSZC" and not is_letter_like(character)


def is_letter_like(character: str) -> bool:
    """Return whether a symbol stands for letters or digits (a circled letter), or nothing is known of it."""
    category = unicodedata.category(character)
    if category in ("Co", "Cn"):
        return True
    return category == "So" and any(part.isalnum() for part in unicodedata.normalize("NFKD", character))


_ASCII_IN_WORDS = np.array([chr(point).isalnum() for point in range(0x80)], np.bool_)
