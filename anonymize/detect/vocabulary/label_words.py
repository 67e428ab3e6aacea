"""Words that label what follows them: ``IBAN``, ``PESEL``, ``DNI``. They are not names, nor parts
of one.

They are read from ``label_words.txt`` beside this module.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anonymize.word_lists import word_lists

_BETWEEN = " \t\n\r\u00a0:.#№°º/=-–,;("
_ID_BEGINS = re.compile(r"[A-Z]{1,4}[ -]?[0-9]")
_AHEAD = 16
"""Code points behind a name that tell whether a number follows."""
_FOLLOWED = r"(?=(?:[\s.:#№°º/=\-–]|(?i:n[ro]\b|num\b|number\b|nummer\b)){1,8}[A-Z]{0,6}[0-9])"


def _any_of(section: str) -> str:
    words = word_lists(__package__, "label_words")[section]
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    sure = rf"(?:{_any_of('always')}|(?i:iban|pesel|dob|ssn|aadhaar|curp|cnpj|cpf))(?![^\W_])"
    numbered = rf"(?:{_any_of('before a number')})(?![^\W_]){_FOLLOWED}"
    return re.compile(rf"(?<![^\W_])(?:{sure}|{numbered})|{_any_of('unspaced')}")


def without_labels(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of a name without the label words at its ends; empty where nothing else is in
    it.
    """
    near = text[max(0, start - 1) : end + _AHEAD]
    shift = start - max(0, start - 1)
    labels = [
        match.span()
        for match in _label().finditer(near)
        if shift <= match.start() < shift + end - start
    ]
    if not labels:
        return start, end
    low, high = shift, shift + end - start
    for first, last in labels:
        if near[low:first].strip(_BETWEEN):
            break
        low = last
    for first, last in reversed(labels):
        if low >= high or near[last:high].strip(_BETWEEN):
            break
        high = min(high, first)
    while low < high and near[low] in _BETWEEN:
        low += 1
    while high > low and near[high - 1] in _BETWEEN:
        high -= 1
    left, back = near[low:high], start - shift
    number = not any(map(str.isalpha, left)) or _ID_BEGINS.match(near, low) is not None
    return (end, end) if number and len(left) < end - start else (low + back, high + back)
