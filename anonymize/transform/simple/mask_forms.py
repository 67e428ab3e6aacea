"""Hides values in part by their kind: e-mails, cards, letters or digits, a pattern's group."""

from __future__ import annotations

import os
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import DataError
from anonymize.transform.columns import (
    CodePoints,
    code_points,
    from_code_points,
    over_distinct,
    seen_text,
    text_result,
)
from anonymize.transform.hosts import HOST
from anonymize.transform.simple.mask import Mask, is_letter_like

PATTERN_SECONDS = float(os.environ.get("COATCHECK_PATTERN_SECONDS", "20"))
"""Seconds that a mask's pattern may take for one value before the run stops."""
_EMAIL = rf"^[^@\s][^@]*@{HOST}$"
"""First letter and domain. Text at the place of a domain that is not a valid one must not be
shown.
"""


class _MaskedTexts(ABC):
    """What hides a part of each text by the text alone; each distinct one is masked once."""

    function_of_row: ClassVar[bool] = True

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the masked text of ``column``."""
        return over_distinct(column, self._masked, self.output_type(column.type))

    @abstractmethod
    def _masked(self, values: pa.Array) -> pa.Array:
        """Return the masked text of distinct values."""


@dataclass(frozen=True)
class MaskForm(_MaskedTexts):
    """E-mails as ``j***@example.com``, cards as ``**** **** **** 1234``; values of another form are
    hidden completely.

    So is a local part of one letter, because it would be shown completely.

    Not reversible. Leaks first letter and domain, or the last four digits.
    """

    form: str
    """``email`` or ``card``."""
    char: str = "*"
    """The character that replaces hidden ones."""

    def _masked(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_trim_whitespace(seen_text(values))
        if self.form == "email":
            hidden = _escaped(self.char * 3)
            shown = pc.replace_substring_regex(
                texts, r"^([^@\s])[^@]+@([^@\s]+)$", rf"\1{hidden}@\2"
            )
            shown = pc.replace_substring_regex(shown, r"^[^@\s]@([^@\s]+)$", rf"{hidden}@\1")
            formed = pc.match_substring_regex(texts, _EMAIL)
        else:
            formed = pc.match_substring_regex(texts, r"^(?:[0-9][ .-]?){12,19}$")
            shown = Mask(keep_last=4, char=self.char)(texts)
        if pc.all(formed).as_py() in (True, None):
            return shown
        return pc.if_else(formed, shown, Mask(char=self.char)(texts))


@dataclass(frozen=True)
class MaskClass(_MaskedTexts):
    """All letters hidden, or all digits; the rest does not change. Not reversible; leaks the
    rest.
    """

    hide: str
    """``letters`` or ``digits``."""
    char: str = "*"
    """The character that replaces hidden ones."""

    def _masked(self, values: pa.Array) -> pa.Array:
        texts = seen_text(values)
        points, offsets = code_points(texts)
        masked = np.where(self._hidden(points), np.uint32(ord(self.char)), points)
        return from_code_points(masked, offsets, texts.is_valid() if texts.null_count else None)

    def _hidden(self, points: CodePoints) -> npt.NDArray[np.bool_]:
        """Return a mask of code points of the hidden class; each distinct one is looked up once."""
        present = np.flatnonzero(np.bincount(points)) if points.size else np.zeros(0, np.int64)
        table = np.zeros(int(present[-1]) + 1 if present.size else 1, np.bool_)
        table[present] = [self._is_hidden(chr(point)) for point in present.tolist()]
        return table[points]

    def _is_hidden(self, character: str) -> bool:
        category = unicodedata.category(character)
        if self.hide == "digits":
            return category.startswith("N")
        return category.startswith(("L", "M")) or category == "Nl" or is_letter_like(character)


@dataclass(frozen=True)
class MaskPattern(_MaskedTexts):
    """What a pattern's group ``hide`` matches is hidden, letter by letter; a value without a match
    is hidden whole.

    Not reversible; leaks what is outside the group.
    """

    pattern: str
    """A Python regular expression with a group ``(?P<hide>…)``."""
    char: str = "*"
    """The character that replaces hidden ones."""

    @cached_property
    def _compiled(self) -> Any:
        import regex

        return regex.compile(self.pattern)

    def _masked(self, values: pa.Array) -> pa.Array:
        texts = seen_text(values).to_pylist()
        return pa.array(
            [None if text is None else self._hidden(text) for text in texts], pa.string()
        )

    def _hidden(self, text: str) -> str:
        pieces, at = [], 0
        try:
            for match in self._compiled.finditer(text, timeout=PATTERN_SECONDS):
                start, end = match.span("hide")
                if end > max(start, at):
                    pieces += [text[at:start], self.char * (end - max(start, at))]
                    at = end
        except TimeoutError:
            raise DataError(
                f"mask: the pattern took more than {PATTERN_SECONDS:g} s on one value"
            ) from None
        return "".join((*pieces, text[at:])) if pieces else self.char * len(text)


def _escaped(text: str) -> str:
    """Return ``text`` escaped for use as a literal replacement."""
    return text.replace("\\", "\\\\")
