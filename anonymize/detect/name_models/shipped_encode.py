"""Text to the name recogniser's input: word pieces, word shapes, windows.

Training and recognition share this file, so that the model reads in production what it read in
training.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anonymize.detect.name_models.shipped_fold import fold

MAX_PIECES = 126
"""Word pieces of text in one window; two more mark its ends."""

OPENS, CLOSES = 2, 3
"""Ids of the pieces that mark a window's ends; 0 is padding in training, 1 a piece that is not in
the vocabulary.
"""

SHAPES = 16
"""Word shapes: marks, lower, Capitalised, UPPER, one capital, mIxed, digits, letters with digits;
+8 after a break.
"""

_CLASSES = 0x600
_CLASS = np.zeros((3, _CLASSES + 1), dtype=np.int32)
for _code in range(_CLASSES):
    _letter = chr(_code)
    _CLASS[:, _code] = _letter.isupper(), _letter.islower(), _letter.isdigit()


@dataclass(frozen=True)
class Encoded:
    """One text as word pieces."""

    ids: NDArray[np.int64]
    """Piece ids, without the marks of a window's ends."""
    shapes: NDArray[np.int64]
    """Word shape of each piece's word, 0 to 15."""
    word: NDArray[np.int32]
    """Index of each piece's word."""
    start: NDArray[np.int32]
    """First code point of each word in the original text."""
    end: NDArray[np.int32]
    """One past the last code point of each word in the original text."""
    after_break: NDArray[np.bool_]
    """Whether a line break stands before the word."""
    closes: NDArray[np.bool_]
    """Whether a window may end after the word: the end of a sentence or line."""


def load_tokenizer(definition: str) -> Any:
    """Return the word-piece tokenizer of ``definition`` (its JSON)."""
    from tokenizers import Tokenizer

    return Tokenizer.from_str(definition)


def encode(tokenizer: Any, texts: list[str]) -> list[Encoded]:
    """Return each of ``texts`` as word pieces with shapes and the way back to its code points.

    A text's result does not depend on the texts beside it.
    """
    if not texts:
        return []
    folded = [fold(text) for text in texts]
    batch = _Batch([text for text, _ in folded], tokenizer)
    return [batch.text(at, origin) for at, (_, origin) in enumerate(folded)]


def _of_all(parts: Iterable[Iterable[Any]], kind: type[Any]) -> NDArray[Any]:
    return np.array(list(chain.from_iterable(parts)), dtype=kind)


class _Batch:
    """Texts one behind the other, a zero between them, so that NumPy looks at all of them at
    once.
    """

    def __init__(self, texts: list[str], tokenizer: Any) -> None:
        """Cut ``texts`` into pieces and words."""
        encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
        self.pieces = _ends([len(encoding.ids) for encoding in encodings])
        self.base = _ends([len(text) + 1 for text in texts])
        codes = np.frombuffer(
            "\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32
        )
        self.ids = _of_all((encoding.ids for encoding in encodings), np.int64)
        offsets = _of_all((encoding.offsets for encoding in encodings), np.int32).reshape(-1, 2)
        word = _of_all((encoding.word_ids for encoding in encodings), np.int32)
        text = np.repeat(np.arange(len(texts)), np.diff(self.pieces))
        opens = np.ones(len(word), np.bool_)
        opens[1:] = (word[1:] != word[:-1]) | (text[1:] != text[:-1])
        self.word = np.cumsum(opens) - 1
        first = np.flatnonzero(opens)
        text = text[first]
        self.words = np.searchsorted(text, np.arange(len(texts) + 1))
        self.start = self.base[text] + offsets[first, 0]
        self.end = (
            self.base[text] + offsets[np.append(first[1:], len(word)) - 1, 1]
            if len(first)
            else self.start
        )
        begins = np.ones(len(first), np.bool_)
        begins[1:] = text[1:] != text[:-1]
        before = np.where(begins, self.base[text], np.append(0, self.end[:-1])[: len(first)])
        self.shapes, self.after_break = _shapes(codes, self.start, self.end, before)
        self.shapes = self.shapes[self.word]
        self.closes = _closes(codes, self.start, self.end, self.after_break, begins)

    def text(self, at: int, origin: NDArray[np.int32] | None) -> Encoded:
        """Return one text's pieces and words; ``origin`` leads from its folded to its own code
        points.
        """
        pieces, words = (
            slice(self.pieces[at], self.pieces[at + 1]),
            slice(self.words[at], self.words[at + 1]),
        )
        start, end = self.start[words] - self.base[at], self.end[words] - self.base[at]
        if origin is not None and len(start):
            start, end = origin[start], origin[end - 1] + 1
        return Encoded(
            ids=self.ids[pieces],
            shapes=self.shapes[pieces],
            word=(self.word[pieces] - self.words[at]).astype(np.int32),
            start=start.astype(np.int32),
            end=end.astype(np.int32),
            after_break=self.after_break[words],
            closes=self.closes[words],
        )


def _ends(lengths: list[int]) -> NDArray[np.int64]:
    """Return where parts of these lengths begin, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def _shapes(
    codes: Any, start: Any, end: Any, before: Any
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each word's shape, and whether a line break separates ``before`` from it."""
    kinds = _CLASS[:, np.minimum(codes, _CLASSES)]
    counts = np.concatenate(
        (np.zeros((3, 1), np.int32), np.cumsum(kinds, axis=1, dtype=np.int32)), axis=1
    )
    upper, lower, digit = counts[:, end] - counts[:, start]
    length = end - start
    shape = np.where(lower == length, 1, 0)
    shape = np.where((upper > 0) & (lower > 0), 5, shape)
    shape = np.where((upper == 1) & (lower > 0) & (kinds[0, start] == 1), 2, shape)
    shape = np.where(upper == length, np.where(length == 1, 4, 3), shape)
    shape = np.where(digit > 0, np.where(digit == length, 6, 7), shape)
    breaks = np.concatenate(([0], np.cumsum((codes == 10) | (codes == 13))))
    after_break = breaks[start] > breaks[before]
    return shape + 8 * after_break, after_break


def _closes(codes: Any, start: Any, end: Any, after_break: Any, begins: Any) -> NDArray[np.bool_]:
    """Return whether a window may end after each word: before a line break, after a sentence, at
    the text's end.
    """
    closes = np.ones(len(start), dtype=np.bool_)
    length = end - start
    mark = codes[start][:-1]
    long_before = (
        np.where(begins, 0, np.append(0, length[:-1])[: len(start)])[:-1] > 3
    )  # initials end no sentence
    ends = (
        (length[:-1] == 1)
        & (start[1:] > end[:-1])
        & (((mark == 46) & long_before) | (mark == 33) | (mark == 63))
    )
    closes[:-1] = after_break[1:] | ends | begins[1:]
    return closes


def windows(encoded: Encoded, limit: int = MAX_PIECES, overlap: int = 12) -> list[tuple[int, int]]:
    """Return the windows of ``encoded`` as ranges of pieces, each at most ``limit`` long.

    A window ends where a sentence or line ends if one does in its second half; otherwise it is cut
    between words and the next begins ``overlap`` pieces earlier. A word longer than a window is cut
    inside.
    """
    total, found, begin, reached = len(encoded.ids), [], 0, 0
    opens = (
        np.flatnonzero(np.concatenate(([True], encoded.word[1:] != encoded.word[:-1])))
        if total
        else np.zeros(0, int)
    )
    ends = np.concatenate((opens[1:], [total])) if total else opens
    while begin < total:
        stop = begin + limit
        if stop >= total:
            found.append((begin, total))
            break
        low, high = np.searchsorted(ends, (begin + limit // 2, stop), side="right")
        closing = np.flatnonzero(encoded.closes[low:high])
        if len(closing):
            stop = following = int(ends[low + closing[-1]])
        else:
            stop = int(ends[high - 1]) if high and ends[high - 1] > reached else stop
            back = int(opens[max(int(np.searchsorted(opens, stop - overlap, side="right")) - 1, 0)])
            following = back if back > begin else stop
        found.append((begin, stop))
        begin, reached = following, stop
    return found
