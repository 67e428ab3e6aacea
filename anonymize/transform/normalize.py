"""Which spellings of a text count as one value."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.blank import INVISIBLE

Normalization = Literal["exact", "trim", "fold"]
"""Which spellings count as one value."""

_EDGES = f"^[{INVISIBLE}]+|[{INVISIBLE}]+$"
_ASCII_UNSEEN = "".join(map(chr, range(0x21))) + "\x7f"
_SPACE, _DELETE = 0x20, 0x7F
_SPACES = r"[\s\p{Z}]+"
_UNSEEN = r"[\p{Cf}\x{034F}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]+"
_SCHEME = r"^(?:mailto|tel): ?"
"""What stands before an e-mail address or a number where a link was copied."""


def normalized(texts: pa.Array, how: Normalization) -> pa.Array:
    """Return ``texts`` as they are compared.

    ``exact`` leaves them; ``trim`` drops what cannot be seen at both ends; ``fold`` besides ignores case, how
    wide and how far apart characters are (full width, ligatures, any run of any spaces), characters that cannot
    be seen (zero width, soft hyphens), and a ``mailto:`` or ``tel:`` in front.
    """
    if how == "exact":
        return texts
    plain = pc.string_is_ascii(texts)
    others = pc.invert(plain)
    trimmed = pc.utf8_trim_whitespace(texts)
    if _has_controls(texts):
        trimmed = pc.ascii_trim(trimmed, characters=_ASCII_UNSEEN)
    has_others = bool(pc.any(others).as_py())
    if has_others:
        trimmed = _replaced(trimmed, others, lambda some: pc.replace_substring_regex(some, _EDGES, ""))
    if how == "trim":
        return trimmed
    folded = pc.utf8_lower(trimmed)
    if has_others:
        folded = _replaced(folded, others, _folded)
    if pc.any(pc.match_substring_regex(folded, r"[\t-\r]|  |^(?:mailto|tel):")).as_py():
        folded = pc.replace_substring_regex(pc.replace_substring_regex(folded, _SPACES, " "), _SCHEME, "")
    return folded


def _has_controls(texts: pa.Array) -> bool:
    """Return whether any byte of a string array is an ASCII control; looks at bytes alone."""
    _, edges, data = texts.buffers()
    if data is None or not len(texts):
        return False
    offsets = np.frombuffer(edges, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    raw = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    return bool(len(raw) and (raw.min() < _SPACE or raw.max() >= _DELETE))


def _replaced(texts: pa.Array, where: pa.BooleanArray, function: object) -> pa.Array:
    """Return ``texts`` with ``function`` of those in ``where``."""
    where = where.fill_null(False)
    return pc.replace_with_mask(texts, where, function(texts.filter(where)))  # type: ignore[operator]


def _folded(texts: pa.Array) -> pa.Array:
    """Return texts in any script as they are compared under ``fold``."""
    composed = pc.utf8_normalize(pc.replace_substring_regex(texts, _UNSEEN, ""), form="NFKC")
    spaced = pc.utf8_trim_whitespace(pc.replace_substring_regex(composed, _SPACES, " "))
    # Upwards first: the two forms of a small letter (a sigma at a word's end) have one capital.
    lower = pc.utf8_lower(pc.utf8_upper(spaced))
    return pc.utf8_normalize(pc.replace_substring(lower, "ß", "ss"), form="NFC")
