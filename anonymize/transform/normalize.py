"""Normalizes spellings of a text that count as one value."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.blank import INVISIBLE

Normalization = Literal["exact", "trim", "fold", "number"]
"""Which spellings count as one value."""

_EDGES = f"^[{INVISIBLE}]+|[{INVISIBLE}]+$"
_ASCII_UNSEEN = "".join(map(chr, range(0x21))) + "\x7f"
_SPACE, _COLON, _DELETE = 0x20, 0x3A, 0x7F
_LEAD = 0xC0
"""Smallest byte that can begin a multi-byte UTF-8 character."""
_PLAIN_FIRST, _PLAIN_LAST = 0xC3, 0xC5
"""First bytes of U+00C0 to U+017F: Latin letters (and × and ÷) of one code point each, without
combining marks.
"""
_NOT_PLAIN = "ıĲĳĿŀŉſ"
"""Those of them that ``fold`` changes by more than their case."""
_SPACES = r"[\s\p{Z}]+"
_UNSEEN = r"[\p{Cf}\x{034F}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]+"
_SCHEME = r"^(?:mailto|tel): ?"
"""Prefix of an e-mail address or a number that was copied from a link."""
_PLAIN_PAIRS = np.zeros(1 << 16, np.bool_)
"""Table over two bytes, as a big-endian number: True if they are a plain Latin letter."""
_PLAIN_PAIRS[_PLAIN_FIRST << 8 : (_PLAIN_LAST + 1) << 8] = True
_PLAIN_PAIRS[[int.from_bytes(letter.encode()) for letter in _NOT_PLAIN]] = False


def normalized(texts: pa.Array, how: Normalization) -> pa.Array:
    """Return ``texts`` in the form in which they are compared.

    ``exact`` changes nothing. ``trim`` removes invisible characters at both ends. ``fold`` also
    ignores case, width and spacing (full width, ligatures, any run of any spaces), invisible
    characters (zero width, soft hyphens), and a ``mailto:`` or ``tel:`` at the beginning.
    ``number`` also ignores zeros at the beginning of a text of digits: 0042 and 42 are one.
    """
    if how == "number":
        return pc.replace_substring_regex(normalized(texts, "fold"), r"^0+([0-9]+)$", r"\1")
    if how == "exact":
        return texts
    unusual = _unusual(texts)
    trimmed = texts
    if unusual is not None or _has_edges(texts):
        trimmed = pc.utf8_trim_whitespace(texts)
        if _has_controls(texts):
            trimmed = pc.ascii_trim(trimmed, characters=_ASCII_UNSEEN)
    if unusual is not None:
        trimmed = _replaced(
            trimmed, unusual, lambda some: pc.replace_substring_regex(some, _EDGES, "")
        )
    if how == "trim":
        return trimmed
    ascii_ = _raw(trimmed)[0].max(initial=0) <= _DELETE
    # a third of the time of the other on columns that are ASCII alone
    folded = pc.ascii_lower(trimmed) if ascii_ else pc.utf8_lower(trimmed)
    if unusual is not None:
        folded = _replaced(folded, unusual, _folded)
    if not ascii_ and "ß".encode() in _raw(folded)[0].tobytes():
        folded = pc.replace_substring(folded, "ß", "ss")
    if _may_hold_runs_or_a_scheme(folded):
        folded = pc.replace_substring_regex(
            pc.replace_substring_regex(folded, _SPACES, " "), _SCHEME, ""
        )
    return folded


def _raw(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Return the bytes of a string array, and the end of each value in its buffer."""
    _, edges, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int32)
    offsets = np.frombuffer(edges, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]], offsets


def _unusual(texts: pa.Array) -> pa.BooleanArray | None:
    """Return a mask of values with a character that is neither ASCII nor a plain Latin letter, None
    if there is none.

    Of plain Latin letters ``fold`` changes only the case: they have no other composition, and are
    not characters that ``trim`` removes. Most columns are decided by bytes alone.
    """
    raw, offsets = _raw(texts)
    if raw.max(initial=0) < _DELETE + 1:
        return None
    leads = np.flatnonzero(raw >= _LEAD)
    pairs = raw[leads].astype(np.uint16) << 8 | raw.take(leads + 1, mode="clip")
    odd = leads[~_PLAIN_PAIRS[pairs]]
    if not len(odd):
        return None
    found = np.zeros(len(texts), np.bool_)
    found[np.searchsorted(offsets, odd + offsets[0], "right") - 1] = True
    return pa.array(found)


def _has_edges(texts: pa.Array) -> bool:
    """Return whether a value of ASCII and plain Latin letters may begin or end with what ``trim``
    drops; looks at the first and last byte of each value alone.
    """
    _, offsets = _raw(texts)
    filled = np.flatnonzero(np.diff(offsets))
    data = np.frombuffer(texts.buffers()[2] or b"\0", np.uint8)
    for at in (offsets[:-1][filled], offsets[1:][filled] - 1):
        edges = data.take(at)
        if ((edges <= _SPACE) | (edges == _DELETE)).any():
            return True
    return False


def _has_controls(texts: pa.Array) -> bool:
    """Return True if a string array has an ASCII control character; reads only bytes."""
    raw, _ = _raw(texts)
    return bool(
        raw.min(initial=_SPACE) < _SPACE
        or (raw.max(initial=0) >= _DELETE and (raw == _DELETE).any())
    )


def _may_hold_runs_or_a_scheme(texts: pa.Array) -> bool:
    """Return True if a value may have a control character, two spaces in a row, or a scheme at its
    beginning; first by bytes, then by a regex.
    """
    raw, _ = _raw(texts)
    if raw.min(initial=_SPACE) >= _SPACE and not (raw == _COLON).any():
        spaces = raw == _SPACE
        if not (spaces[:-1] & spaces[1:]).any():
            return False
    return bool(pc.any(pc.match_substring_regex(texts, r"[\t-\r]|  |^(?:mailto|tel):")).as_py())


def _replaced(texts: pa.Array, where: pa.BooleanArray, function: object) -> pa.Array:
    """Return ``texts`` with ``function`` applied to those in ``where``."""
    where = where.fill_null(False)
    return pc.replace_with_mask(texts, where, function(texts.filter(where)))  # type: ignore[operator]


def _folded(texts: pa.Array) -> pa.Array:
    """Return texts in any script in the form that ``fold`` compares."""
    composed = pc.utf8_normalize(pc.replace_substring_regex(texts, _UNSEEN, ""), form="NFKC")
    spaced = pc.utf8_trim_whitespace(pc.replace_substring_regex(composed, _SPACES, " "))
    # Upper case first: both forms of a small sigma (one is for the end of a word) have one capital.
    lower = pc.utf8_lower(pc.utf8_upper(spaced))
    return pc.utf8_normalize(pc.replace_substring(lower, "ß", "ss"), form="NFC")
