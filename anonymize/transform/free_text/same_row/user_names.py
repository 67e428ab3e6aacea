"""Finds a row's person name in one word, as in user names: janeohara, JaneOHara, johara."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from anonymize.transform.free_text.same_row.everyday_words import ordinary
from anonymize.transform.free_text.spans import Span
from anonymize.transform.words import Word

Spellings = Sequence[frozenset[str]]
"""Folded spellings per word of a name."""

SHORTEST_HANDLE = 5
"""Minimum letters of two parts of a name in one word."""

SHORTEST_SHORT_HANDLE = 6
"""The same if one of them is only an initial."""


def handle_hits(
    text: str,
    words: Sequence[Word],
    given: Spellings,
    family: Spellings,
    result: str | None,
    entity: str,
) -> Iterator[Span]:
    """Yield the words that join a given and a family name, or one of them and the other's
    initial.
    """
    forms = _forms(tuple(given), tuple(family))
    for word in words if forms else ():
        if word.fold in forms:
            yield Span(
                word.start, word.end, entity, 1.0, _in_one_word(text[word.start : word.end], result)
            )


@lru_cache(maxsize=1 << 12)
def _forms(given: tuple[frozenset[str], ...], family: tuple[frozenset[str], ...]) -> frozenset[str]:
    together = "".join(min(forms) for forms in family)
    firsts = {form for forms in given for form in forms if form.isalpha()}
    lasts = {form for form in {together}.union(*family) if form.isalpha()}
    pairs = [(first, last) for first in firsts for last in lasts]
    long = {together, *(form for first, last in pairs for form in (first + last, last + first))}
    short = {
        form
        for first, last in pairs
        for form in (first[0] + last, last + first[0], first + last[0])
    }
    kept = {form for form in long if len(form) >= SHORTEST_HANDLE}
    kept |= {form for form in short if len(form) >= SHORTEST_SHORT_HANDLE}
    return frozenset(kept - ordinary()).difference(*given, *family)


def _in_one_word(written: str, result: str | None) -> str | None:
    """Return ``result`` in one word; in small letters if the original had no others."""
    joined = "".join(result.split()) if result else result
    return joined.lower() if joined and written.islower() else joined
