"""Finds a row's person name in its text: whole, in part, reversed, by initial, misspelled, in other
letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from anonymize.transform.free_text.same_row.everyday_words import common, ordinary
from anonymize.transform.free_text.same_row.mentions import counterpart, mention, weak
from anonymize.transform.free_text.same_row.name_parts import NamePart, Run, name_parts
from anonymize.transform.free_text.same_row.name_scripts import (
    JOINS,
    affixed,
    foreign,
    hinted_hits,
    sounding,
    unspaced_hits,
)
from anonymize.transform.free_text.same_row.user_names import handle_hits
from anonymize.transform.free_text.spans import Span
from anonymize.transform.words import Word, letters_of, one_edit_apart, runs_on

SHORTEST_TYPO = 6
"""Shorter words must be spelled correctly, unless another word of the name is beside them."""


SHORTEST_OWNER = 5
"""Minimum letters of a name that is found with an added s."""

SHORTEST_WHOLE_TYPO = 8
"""Minimum letters of a whole name that is found with one edit anywhere in it."""


def name_hits(
    text: str, words: Sequence[Word], name: str, result: str | None, entity: str, hint: str = ""
) -> list[Span]:
    """Return where the person ``name`` is mentioned in ``text``, with the corresponding part of
    ``result``.

    ``hint`` is the local part of the person's e-mail address. For a name that is not in Latin
    letters, it shows how the person writes it.
    """
    found = list(unspaced_hits(text, name, result, entity)) if runs_on(name) else []
    parts = list(name_parts(name))
    if any(foreign(piece) for piece in name.split()):
        found += hinted_hits(text, words, hint, result, entity)
        parts += [
            NamePart(frozenset({form}), form[0], place) for form, place in sounding(words, name)
        ]
    spelled = {form: part for part in reversed(parts) for form in part.forms}
    found += _spelled_hits(text, words, parts, spelled, result, entity)
    given, family = ([part.forms for part in parts if part.place == place] for place in (0, 1))
    found += handle_hits(text, words, given, family, result, entity)
    found += _halves(text, words, parts, result, entity)
    return [*found, *_run_together(text, words, name, result, entity)]


def _run_together(
    text: str, words: Sequence[Word], name: str, result: str | None, entity: str
) -> Iterator[Span]:
    """Yield where the whole name occurs with one edit anywhere, or with its spaces moved."""
    wanted = letters_of(name)
    if len(wanted) < SHORTEST_WHOLE_TYPO:
        return
    for first, word in enumerate(words):
        if word.fold[0] not in wanted[:2]:
            continue
        seen, last = word.fold, first
        while (
            len(seen) < len(wanted) - 1
            and last + 1 < len(words)
            and _near(text, words[last], words[last + 1])
        ):
            last += 1
            seen += words[last].fold
        telling = any(
            other.capital or other.fold not in common() for other in words[first : last + 1]
        )
        if last > first and telling and (seen == wanted or one_edit_apart(seen, wanted)):
            yield Span(word.start, words[last].end, entity, 1.0, result)


def _spelled_hits(
    text: str,
    words: Sequence[Word],
    parts: Sequence[NamePart],
    spelled: dict[str, NamePart],
    result: str | None,
    entity: str,
) -> list[Span]:
    """Return the runs of words that are words of the name, in the spellings of ``spelled``."""
    found: list[Span] = []
    run: Run = []
    for at, word in enumerate(words):
        part = (
            spelled.get(word.fold) or _misspelled(word.fold, spelled) or _possessive(word, spelled)
        )
        part = part or affixed(word, spelled)
        exact = word.fold in spelled
        beside = bool(run) and JOINS.match(text[run[-1][0].end : word.start]) is not None
        if run and not beside:
            found += mention(text, run, parts, result, entity)
            run = []
        if part is None:
            part = _loosely(word, parts, run, spelled)
        if part is not None:
            if not run and at and not weak(word):
                run += _before(text, words[at - 1], word, part, spelled)
            run.append((word, part, exact))
        elif run:
            found += mention(text, run, parts, result, entity)
            run = []
    return [*found, *mention(text, run, parts, result, entity)]


def _misspelled(word: str, spelled: dict[str, NamePart]) -> NamePart | None:
    """Return the part of the name that is one edit away from ``word``, for words of six letters or
    more.
    """
    if len(word) < SHORTEST_TYPO - 1 or word.isdigit() or word in ordinary():
        return None
    near = (form for form in spelled if len(form) >= SHORTEST_TYPO and one_edit_apart(word, form))
    return next((spelled[form] for form in near), None)


def _halves(
    text: str, words: Sequence[Word], parts: Sequence[NamePart], result: str | None, entity: str
) -> Iterator[Span]:
    """Yield where one word of the name is written as two capitalised words: Mc Donald."""
    spelled = {form: part for part in parts for form in part.forms if len(form) >= SHORTEST_OWNER}
    for one, two in pairwise(words):
        part = (
            spelled.get(one.fold + two.fold)
            if one.capital and two.capital and two.start - one.end == 1
            else None
        )
        if part is not None:
            yield Span(
                one.start,
                two.end,
                entity,
                1.0,
                counterpart(text, 0, 0, [(one, part, True)], parts, result),
            )


def _near(text: str, one: Word, two: Word) -> bool:
    """Return True if two words may belong to one name: no bracket or quote opens or closes between
    them.
    """
    between = text[one.end : two.start]
    return len(between) <= 3 and not any(sign in '<>[]{}()"' for sign in between)


def _possessive(word: Word, spelled: dict[str, NamePart]) -> NamePart | None:
    """Return the part of the name that a capitalised word is with an added s, as in German: Janes
    Konto.
    """
    fits = (
        word.capital
        and len(word.fold) >= SHORTEST_OWNER
        and word.fold[-1] == "s"
        and word.fold not in ordinary()
    )
    return spelled.get(word.fold[:-1]) if fits else None


def _loosely(
    word: Word, parts: Sequence[NamePart], run: Sequence[object], spelled: dict[str, NamePart]
) -> NamePart | None:
    """Return the part that a word may mean beside other parts: by its initial, or one edit away
    from a short word.
    """
    if len(word.fold) == 1:
        small = not word.capital and word.fold.upper() != word.fold
        return None if small else next((part for part in parts if part.initial == word.fold), None)
    if not run or len(word.fold) < 3 or word.fold in ordinary():
        return None
    near = (form for form in spelled if len(form) >= 3 and one_edit_apart(word.fold, form))
    return next((spelled[form] for form in near), None)


def _before(
    text: str, word: Word, following: Word, beside: NamePart, spelled: dict[str, NamePart]
) -> Run:
    """Return the word before a part of the name if it is another part, misspelled: ``Jon Doe``."""
    if not word.capital or JOINS.match(text[word.end : following.start]) is None:
        return []
    part = _loosely(
        word, (), (following,), {form: part for form, part in spelled.items() if part is not beside}
    )
    return [(word, part, False)] if part is not None and len(word.fold) > 1 else []
