"""Texts that mean a missing value: one definition for drafts, plans and the count of people.

Texts are compared after folding: without case, accents, width, spaces and punctuation, so that ``N
/ A`` equals ``n/a``. Only whole values are compared. The list is ``missing_words.txt`` beside this
module.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.word_lists import word_lists

_ERRORS = (
    r"^(?:\\N|(?i:#(?:n/?[av]|ref|value|name|null|num|div/0|wert|bezug|zahl|nom|valeur|valor)"
    r"[!?]?))$"
)
_BRACKETED = r"^[(<\[{].*[)>\]}]$"
_NUMBERS = r"^(?:[-−–] ?(?:1|7+|8+|9+)|[-−–]?0+|9{3,}|8{4,})(?:[.,]0+)?$"
"""Numbers that systems write where they have none; ``-1``, zeros, and rows of nines."""
_IN_NO_MARKER = "[2-6]"
"""Digits that no listed phrase, number or error holds: a tenth of the cost of folding a text, and
most ids, phone numbers and dates are told apart by it.
"""


def folded(texts: pa.Array) -> pa.Array:
    """Return ``texts`` as they are compared: letters and digits alone, without case, accents and
    width.
    """
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:  # the same, at a quarter of the time
        return pc.replace_substring_regex(pc.ascii_lower(texts), "[^a-z0-9]+", "")
    plain = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKD"))
    return pc.replace_substring_regex(plain, r"[^\p{L}\p{N}]+", "")


def stands_for_missing(texts: pa.Array) -> pa.BooleanArray:
    """Return which texts mean a missing value: markers of every kind, and text without a letter or
    digit.

    In doubt a text is missing: when people are counted, one too many is the dangerous error. Null
    where a text is null.
    """
    open_ = may_mean_missing(texts)
    if 2 * open_.true_count > len(texts):
        return _stands_for_missing(texts)
    found = _stands_for_missing(texts.filter(open_))
    return pc.replace_with_mask(open_, pc.fill_null(open_, False), found)


def may_mean_missing(texts: pa.Array) -> pa.BooleanArray:
    """Return which texts hold no digit that rules out a missing value; null where a text is null.
    The others are values.
    """
    return pc.invert(pc.match_substring_regex(texts, _IN_NO_MARKER))


def _stands_for_missing(texts: pa.Array) -> pa.BooleanArray:
    bare = folded(texts)
    return pc.or_(
        pc.or_(pc.is_in(bare, value_set=_listed()), pc.equal(bare, "")),
        _is_number_for_none(texts, bare),
    )


def is_number_for_none(texts: pa.Array) -> pa.BooleanArray:
    """Return which texts are a number, or a cell's error, that is written where there is none; null
    where a text is.
    """
    return _is_number_for_none(texts, folded(texts))


def _is_number_for_none(texts: pa.Array, bare: pa.Array) -> pa.BooleanArray:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    zeros = pc.match_substring_regex(bare, "^0+$")
    numbers = pc.or_(zeros, pc.match_substring_regex(trimmed, _NUMBERS))
    return pc.or_(numbers, pc.match_substring_regex(trimmed, _ERRORS))


class Marker(StrEnum):
    """How sure it is that a marker is no value of its column."""

    SIGN = "sign"
    """Marks alone: missing, unless the column has other values that are marks, as ``+`` and
    ``-``.
    """
    SURE = "sure"
    """A phrase, an abbreviation with its points, an error of a cell, a word in brackets."""
    WORD = "word"
    """A value where a column has few: ``none`` beside ``low`` and ``high``."""
    NOBODY = "nobody"
    """A word that is a value of many columns, but names no person."""
    NUMBER = "number"
    """A number that is one more value where its neighbours are there."""


@lru_cache(maxsize=1024)
def kind_of(text: str) -> Marker | None:
    """Return what kind of marker ``text`` is to who proposes to read it as missing; None where it
    may be a value.

    Stricter than ``stands_for_missing``: a value that is read as missing is lost.
    """
    if not bool(stands_for_missing(pa.array([text], pa.string()))[0].as_py()):
        return None
    text = text.strip()
    if re.fullmatch(_ERRORS, text):
        return Marker.SURE
    if any(unicodedata.category(sign) in ("Sc", "So") for sign in text):  # an amount: ``€ open``
        return None
    (bare,) = folded(pa.array([text], pa.string())).to_pylist()
    if not bare:
        return Marker.SIGN if re.fullmatch(r"[-–—_?./…]+", text) else None
    if is_number_for_none(pa.array([text], pa.string()))[0].as_py():
        return Marker.NUMBER
    if (
        text in ("NULL", "null", "NaN", "nan")
        or re.fullmatch(_BRACKETED, text)
        or re.search(r"\w\W+\w|\w[./]", text)
    ):
        return Marker.SURE
    if text.istitle() and bare in _listed_as("names"):
        return None
    return Marker.WORD if bare in _listed_as("anywhere") else Marker.NOBODY


@cache
def _listed() -> pa.Array:
    return pc.unique(folded(pa.array(_listed_as("phrases"), pa.string())))


def _listed_as(section: str) -> tuple[str, ...]:
    return word_lists(__package__, "missing_words")[section]
