"""Names with an addition: ``Miller (36093)``, ``Miller, 44``, ``c/o Miller``, ``M I L L E R``.

Such words count as names only if the header indicates people; this module checks whether they can
be names.
"""

from __future__ import annotations

import re

from anonymize.detect.columns.shapes import SHAPES
from anonymize.detect.vocabulary.lexicon import any_name, fold
from anonymize.detect.words import word_set

LONGEST = 60
"""Code points of a cell that is still a name with something beside it."""
MOST_WORDS = 4
"""Words of a name that is left."""
_LEAD = re.compile(r"(?i)^\W*(?:c/o|℅|z\. ?hd\.|attn\.?:?|att\.?:|live:|per adr\.|bei|chez)\s*")
_LINKS = word_set("van von der den del della dos das mrs miss prof herr frau mme")
_SPACED = re.compile(r"[^\W\d_](?:[ .·_-][^\W\d_]){2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def is_name_with_something(text: str) -> bool:
    """Return whether ``text`` has up to four words and an addition, and all words are names or link
    names.

    Letters separated by spaces are one word. False for a plain name, which has no addition.
    """
    bare = _LEAD.sub("", text[: LONGEST + 1]).strip()
    if not bare or len(text) > LONGEST:
        return False
    if _SPACED.fullmatch(bare):
        return fold(re.sub(r"[\W_]", "", bare)) in any_name()
    if SHAPES["name"].fullmatch(text):
        return False
    words = [fold(word) for word in _WORD.findall(bare) if len(word) > 1]
    own = [word for word in words if len(word) > 2 and word not in _LINKS]
    return len(words) <= MOST_WORDS and bool(own) and any_name().issuperset(own)
