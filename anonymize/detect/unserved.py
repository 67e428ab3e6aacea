"""Texts in scripts and languages that names are not found in: counted by letters and small words,
and never shown.

Names in whole sentences of one script, 60 invented ones each, were covered by the shipped model
like this: Latin .30 to 1.00 by language (Turkish .02), Cyrillic .42 to .60, Greek .48; Han, Kana,
Hangul, Devanagari, Arabic, Hebrew, Thai, Bengali, Tamil, Georgian and Armenian .00 to .08. So the
first three count as served, and whatever else is a letter not.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

SERVED = r"\p{Latin}\p{Cyrillic}\p{Greek}\p{Common}\p{Inherited}"
"""Scripts in which names are found, as a regular expression's classes, and letters of no script
such as µ.
"""
CELL_SHARE = 0.2
"""Share of a cell's letters from which it counts as written in such a script: a Han letter says as
much as four.
"""
MOSTLY = 0.5
"""Share of such cells from which a column is mostly of scripts that nothing serves."""
SCRIPTS = {
    "Kana": r"\p{Hiragana}\p{Katakana}",
    "Han": r"\p{Han}",
    "Hangul": r"\p{Hangul}",
    "Devanagari": r"\p{Devanagari}",
    "Arabic": r"\p{Arabic}",
    "Hebrew": r"\p{Hebrew}",
    "Thai": r"\p{Thai}",
    "Bengali": r"\p{Bengali}",
    "Tamil": r"\p{Tamil}",
    "Telugu": r"\p{Telugu}",
    "Kannada": r"\p{Kannada}",
    "Malayalam": r"\p{Malayalam}",
    "Gujarati": r"\p{Gujarati}",
    "Gurmukhi": r"\p{Gurmukhi}",
    "Sinhala": r"\p{Sinhala}",
    "Myanmar": r"\p{Myanmar}",
    "Khmer": r"\p{Khmer}",
    "Lao": r"\p{Lao}",
    "Ethiopic": r"\p{Ethiopic}",
    "Georgian": r"\p{Georgian}",
    "Armenian": r"\p{Armenian}",
}
"""Unserved scripts with a name of their own here; Japanese text, which mixes two, goes by its
Kana.
"""
LANGUAGES = {
    "Turkish": (
        "için|değil|çok|şey|göre|olduğu|olduğunu|diğer|şimdi|dün|bugün|yarın|müşteri|sipariş|lütfen|teşekkürler"
    ),
    "Vietnamese": "của|và|không|có|được|một|người|những|đã|với|này|để|tôi|hàng|khách|hôm|vui lòng",
}
"""Small words of languages in Latin script in which names are not found either, none of them a word
elsewhere.

A guess that misses short cells; languages without such words of their own (Croatian, .25) are not
told apart.
"""
OTHERS = "other scripts"
_MOST = 2_000
"""Code points of a cell that are looked at."""


def unserved_cells(values: pa.Array) -> dict[str, int]:
    """Return how many of ``values`` are largely in a script or language in which no names are
    found, by its name.
    """
    if not (pt.is_string(values.type) or pt.is_large_string(values.type)):
        return {}
    wide = pc.not_equal(pc.binary_length(values), pc.utf8_length(values))
    texts = pc.utf8_slice_codeunits(values.filter(wide.fill_null(False)), 0, _MOST)
    if not len(texts):
        return {}
    counts: Counter[str] = Counter()
    for name, words in LANGUAGES.items():
        there = pc.match_substring_regex(texts, rf"(?i)(?:^|\PL)(?:{words})(?:\PL|$)")
        if found := int(pc.sum(there).as_py() or 0):
            counts[name] = found
            texts = texts.filter(pc.invert(there))
    letters = _letters(texts, r"\PL")
    strange = _letters(texts, rf"\PL|[{SERVED}]")
    texts = texts.filter(pa.array((strange > 0) & (strange >= CELL_SHARE * letters)))
    for name, letters_of in SCRIPTS.items():
        if not len(texts):
            break
        there = pc.match_substring_regex(texts, f"[{letters_of}]")
        if found := int(pc.sum(there).as_py() or 0):
            counts[name] = found
            texts = texts.filter(pc.invert(there))
    if len(texts):
        counts[OTHERS] = len(texts)
    return dict(counts)


def _letters(texts: pa.Array, others: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return how many code points of each text ``others`` does not match."""
    left = pc.replace_substring_regex(texts, f"(?:{others})+", "")
    return np.asarray(pc.utf8_length(left).to_numpy(zero_copy_only=False), np.int64)
