"""Texts whose words may be disguised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.readers.robust.interface import Ints
from anonymize.readers.robust.words import KINDS, DisguiseKind, forms

_BETWEEN = re.compile(r"(\s+)")


@dataclass(frozen=True)
class TextChanges:
    """Texts of which at most ``most`` words are written in one of their `forms`.

    A slot is a word: what stands between blanks. Null stays null, and a `Model` gets an empty text
    for it. A text that changes one more word is not in the set, nor is one whose words are others.
    """

    most: int = 4
    """Words of a text that may be disguised, at least 1."""
    kinds: Sequence[DisguiseKind] = KINDS
    """Which disguises."""
    first_words: int = 100
    """Words of a text that an attack tries, from its beginning: a search asks the model about each
    one.
    """

    def __post_init__(self) -> None:
        """Refuse numbers below 1 and kinds that there are not.

        Raises:
            ArgumentError: one of them.
        """
        if self.most < 1 or self.first_words < 1:
            raise ArgumentError("give 1 or more", place="most, first_words")
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds:
            what = f"unknown: {', '.join(unknown) or 'none given'}; choose of {', '.join(KINDS)}"
            raise ArgumentError(what, place="kinds")
        object.__setattr__(self, "kinds", tuple(self.kinds))

    def forms(self, word: str) -> tuple[str, ...]:
        """Return the disguised forms of a word, in the order of the options."""
        return forms(word, tuple(self.kinds))

    def options(self, rows: pa.Array) -> Ints:
        """Return the number of forms of each word, shape (rows, words of the longest text)."""
        words = [_words(text)[: self.first_words] for text in _texts(rows)]
        out = np.zeros((len(words), max(map(len, words), default=0)), np.int64)
        for row, found in enumerate(words):
            out[row, : len(found)] = [len(self.forms(word)) for word in found]
        return out

    def changed(self, rows: pa.Array, choices: Ints) -> pa.Array:
        """Return the texts with the chosen form of each word; see `Changes.changed`.

        Raises:
            ArgumentError: the choices are not of these rows, or change more than ``most`` words.
        """
        choices = np.asarray(choices)
        if choices.ndim != 2 or len(choices) != len(rows):
            raise ArgumentError("are not of these rows; take those of options", place="choices")
        if len(choices) and int((choices > 0).sum(axis=1).max()) > self.most:
            raise ArgumentError(f"change more than {self.most} words of a text", place="choices")
        out = list(_texts(rows))
        for row in np.flatnonzero(choices.any(axis=1)):
            out[row] = self._disguised(out[row], choices[row])
        return pa.array(out, rows.type)

    def _disguised(self, text: str | None, choice: Ints) -> str | None:
        if text is None:
            raise ArgumentError("change a text that is null", place="choices")
        parts = _BETWEEN.split(text)
        at = [i for i, part in enumerate(parts) if i % 2 == 0 and part]
        for word in np.flatnonzero(choice):
            found = self.forms(parts[at[word]]) if word < len(at) else ()
            if not 0 < choice[word] <= len(found):
                raise ArgumentError("name a form that the word has not", place="choices")
            parts[at[word]] = found[choice[word] - 1]
        return "".join(parts)

    def holds(self, before: pa.Array, after: pa.Array) -> npt.NDArray[np.bool_]:
        """Return for each row whether ``after`` is ``before`` with at most ``most`` of its words
        in one of their forms.
        """
        pairs = zip(_texts(before), _texts(after), strict=True)
        return np.array([self._can_become(*pair) for pair in pairs], np.bool_)

    def _can_become(self, before: str | None, after: str | None) -> bool:
        if before is None or after is None:
            return before is after
        fewest = {0: 0}  # how many words were disguised, by the place in ``after`` that is reached
        words = 0
        for part in _BETWEEN.split(before):
            ways = [(part, 0)]
            if part.strip() and (words := words + 1) <= self.first_words:
                ways += [(form, 1) for form in self.forms(part)]
            reached: dict[int, int] = {}
            for place, used in fewest.items():
                for way, more in ways:
                    if used + more <= self.most and after.startswith(way, place):
                        end = place + len(way)
                        reached[end] = min(used + more, reached.get(end, self.most))
            fewest = reached
        return len(after) in fewest

    def given(self, rows: pa.Array) -> npt.NDArray[np.object_]:
        """Return the texts as an array of ``str``, empty for null."""
        return np.array(["" if text is None else text for text in _texts(rows)], object)


def _words(text: str | None) -> list[str]:
    return [] if text is None else text.split()


def _texts(rows: Any) -> list[str | None]:
    t = pa.types
    if not isinstance(rows, pa.Array | pa.ChunkedArray) or not (
        t.is_string(rows.type) or t.is_large_string(rows.type) or t.is_string_view(rows.type)
    ):
        what = "is no Arrow column of text; take one column of what `read` returns"
        raise ArgumentError(what, place="rows")
    listed: list[str | None] = rows.to_pylist()
    return listed
