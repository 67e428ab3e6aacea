"""Columns called ``first`` and ``last`` beside each other: the names of a person, ``who.first``."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header_tokens import known_tokens, person_words, tokenize
from anonymize.detect.words import word_set

_FIRST = word_set("first given fore fname vor prenom nome nombre voornaam imie middle")
_LAST = word_set("last family sur lname nach nom cognome apellido achternaam nazwisko")
"""Words that mean a part of a name where the other stands beside them, and little alone."""
_SOMEBODY = word_set("who whom wer wen name names kontakt contact author user by")
"""Words for what has both, in addition to words for people."""
_SHAPED = 0.8
"""Minimum share of values that are written like names."""


def weigh_first_and_last(cases: Sequence[ColumnEvidence]) -> None:
    """Add to each column called first or last what the other beside it, in the same object, says.

    A few rows have names that no dictionary knows, and these words alone may mean dates or steps:
    the object must be called like somebody, or one of the first be a known given name, or one of
    the last a family name.
    """
    groups: dict[str, list[tuple[str, ColumnEvidence]]] = {}
    for case in cases:
        around, _, own = str(case.sample.name).rpartition(".")
        words = tokenize(own)
        if len(words) == 1 and words[0] in _FIRST | _LAST and _like_names(case):
            groups.setdefault(around, []).append((words[0], case))
    for around, parts in groups.items():
        called = {word for word, _ in parts}
        if not (called & _FIRST and called & _LAST):
            continue
        about = known_tokens(tokenize(around.rpartition(".")[2].replace("[]", "")))
        if (person_words() | _SOMEBODY).intersection(about) or any(
            case.values.given if word in _FIRST else case.values.surname for word, case in parts
        ):
            for _, case in parts:
                case.add("PERSON_NAME", 0.85, "first and last stand beside each other", hard=True)


def _like_names(case: ColumnEvidence) -> bool:
    v = case.values
    return v.n > 0 and not v.numeric and v.words <= 3 and v.name_shaped > _SHAPED
