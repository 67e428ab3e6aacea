"""Finds a row's person name in its text: whole, in part, reversed, by initial, misspelled, in other
letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from anonymize.transform.free_text.same_row.everyday_words import COMMON, MOSTLY_NAMES, ORDINARY
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
from anonymize.transform.words import (
    Word,
    fold,
    latin_forms,
    letters_of,
    one_edit_apart,
    runs_on,
    spelled_out,
    unspaced,
    words_of,
)

SHORTEST_TYPO = 6
"""Shorter words must be spelled correctly, unless another word of the name is beside them."""

_PARTICLES_TEXT = """
de da do dos das del della di du des la las le les los el al bin ibn ben van von der den ter ten zu
zum zur y e i af av mac mc o san santa st saint abu bint t mr mrs ms miss dr prof sir herr frau
señor señora sr sra don doña jr ii iii
"""

SHORTEST_OWNER = 5
"""Minimum letters of a name that is found with an added s."""

SHORTEST_WHOLE_TYPO = 8
"""Minimum letters of a whole name that is found with one edit anywhere in it."""

PARTICLES = frozenset(_PARTICLES_TEXT.split())
"""Words of names that are not a hit alone."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a name, and its position in the name."""

    forms: frozenset[str]
    """Folded spellings."""
    initial: str
    """First folded letter."""
    place: int
    """0 before the family name, 1 for the family name."""


Run = list[tuple[Word, _Part, bool]]
"""Adjacent words of a text that stand for parts of one name; True if spelled exactly like the
part.
"""


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[_Part, ...]:
    """Return the words of ``name``; the family name is the last one, with the particles before
    it.
    """
    pieces = name.replace(",", " , ").split()
    if "," in pieces:
        cut = pieces.index(",")
        pieces = [*pieces[cut + 1 :], *pieces[:cut]]
        family = len(pieces) - cut
    else:
        family = max(1, len(pieces) - 1)
        while family > 1 and fold(pieces[family - 1].strip("'’")) in PARTICLES:
            family -= 1
    parts = []
    for at, piece in enumerate(pieces):
        inside = words_of(piece)
        if len(inside) > 1:
            together = "".join(word.fold for word in inside)
            parts.append(_Part(frozenset({together}), together[0], 1 if at >= family else 0))
        for word in inside:
            raw = piece[word.start : word.end]
            forms = frozenset({word.fold, spelled_out(raw), *latin_forms(raw)})
            parts.append(_Part(forms, word.fold[0], 1 if at >= family else 0))
    return tuple(parts)


def name_hits(
    text: str, words: Sequence[Word], name: str, result: str | None, entity: str, hint: str = ""
) -> list[Span]:
    """Return where the person ``name`` is mentioned in ``text``, with the corresponding part of
    ``result``.

    ``hint`` is the local part of the person's e-mail address. For a name that is not in Latin
    letters, it shows how the person writes it.
    """
    found = list(unspaced_hits(text, name, result, entity)) if runs_on(name) else []
    parts = list(_parts(name))
    if any(foreign(piece) for piece in name.split()):
        found += hinted_hits(text, words, hint, result, entity)
        parts += [_Part(frozenset({form}), form[0], place) for form, place in sounding(words, name)]
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
            other.capital or other.fold not in COMMON for other in words[first : last + 1]
        )
        if last > first and telling and (seen == wanted or one_edit_apart(seen, wanted)):
            yield Span(word.start, words[last].end, entity, 1.0, result)


def _spelled_hits(
    text: str,
    words: Sequence[Word],
    parts: Sequence[_Part],
    spelled: dict[str, _Part],
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
            found += _hit(text, run, parts, result, entity)
            run = []
        if part is None:
            part = _loosely(word, parts, run, spelled)
        if part is not None:
            if not run and at and not _weak(word):
                run += _before(text, words[at - 1], word, part, spelled)
            run.append((word, part, exact))
        elif run:
            found += _hit(text, run, parts, result, entity)
            run = []
    return [*found, *_hit(text, run, parts, result, entity)]


def _misspelled(word: str, spelled: dict[str, _Part]) -> _Part | None:
    """Return the part of the name that is one edit away from ``word``, for words of six letters or
    more.
    """
    if len(word) < SHORTEST_TYPO - 1 or word.isdigit() or word in ORDINARY:
        return None
    near = (form for form in spelled if len(form) >= SHORTEST_TYPO and one_edit_apart(word, form))
    return next((spelled[form] for form in near), None)


def spellings_of(name: str) -> list[frozenset[str]]:
    """Return the folded spellings of each word of ``name``."""
    return [part.forms for part in _parts(name)]


def _halves(
    text: str, words: Sequence[Word], parts: Sequence[_Part], result: str | None, entity: str
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
                _counterpart(text, 0, 0, [(one, part, True)], parts, result),
            )


def _near(text: str, one: Word, two: Word) -> bool:
    """Return True if two words may belong to one name: no bracket or quote opens or closes between
    them.
    """
    between = text[one.end : two.start]
    return len(between) <= 3 and not any(sign in '<>[]{}()"' for sign in between)


def _possessive(word: Word, spelled: dict[str, _Part]) -> _Part | None:
    """Return the part of the name that a capitalised word is with an added s, as in German: Janes
    Konto.
    """
    fits = (
        word.capital
        and len(word.fold) >= SHORTEST_OWNER
        and word.fold[-1] == "s"
        and word.fold not in ORDINARY
    )
    return spelled.get(word.fold[:-1]) if fits else None


def _loosely(
    word: Word, parts: Sequence[_Part], run: Sequence[object], spelled: dict[str, _Part]
) -> _Part | None:
    """Return the part that a word may mean beside other parts: by its initial, or one edit away
    from a short word.
    """
    if len(word.fold) == 1:
        small = not word.capital and word.fold.upper() != word.fold
        return None if small else next((part for part in parts if part.initial == word.fold), None)
    if not run or len(word.fold) < 3 or word.fold in ORDINARY:
        return None
    near = (form for form in spelled if len(form) >= 3 and one_edit_apart(word.fold, form))
    return next((spelled[form] for form in near), None)


def _before(
    text: str, word: Word, following: Word, beside: _Part, spelled: dict[str, _Part]
) -> Run:
    """Return the word before a part of the name if it is another part, misspelled: ``Jon Doe``."""
    if not word.capital or JOINS.match(text[word.end : following.start]) is None:
        return []
    part = _loosely(
        word, (), (following,), {form: part for form, part in spelled.items() if part is not beside}
    )
    return [(word, part, False)] if part is not None and len(word.fold) > 1 else []


def _hit(
    text: str, run: Run, parts: Sequence[_Part], result: str | None, entity: str
) -> Iterator[Span]:
    """Yield the span of a run of name words, if it is a mention and not a coincidence."""
    while run and _weak(run[0][0]) and not _leads(text, run):
        run = run[1:]
    while run and _weak(run[-1][0]) and not _trails(text, run):
        run = run[:-1]
    run = _without_echo(run)
    strong = [
        word
        for word, _, _ in run
        if not _weak(word) and (_telling(word, len(run)) or _in_full(word, run))
    ]
    if not strong and not (run and not _weak(run[0][0]) and _signs_off(text, run)):
        return
    start, end = run[0][0].start, run[-1][0].end
    if len(run[-1][0].fold) == 1 and text[end : end + 1] == ".":
        end += 1
    if len(run[0][0].fold) == 1 and text[start - 1 : start] in ("'", "’"):
        start -= 1
    yield Span(start, end, entity, 1.0, _counterpart(text, start, end, run, parts, result))


def _without_echo(run: Run) -> Run:
    """Return ``run`` without uncapitalised everyday words at its ends that occur in it twice: Will
    Smith will.
    """
    folds = [word.fold for word, _, _ in run]
    while len(run) > 1 and _small(run[-1][0]) and folds.count(folds[-1]) > 1:
        run, folds = run[:-1], folds[:-1]
    while len(run) > 1 and _small(run[0][0]) and folds.count(folds[0]) > 1:
        run, folds = run[1:], folds[1:]
    return run


def _small(word: Word) -> bool:
    return not word.capital and word.fold in COMMON


def _in_full(word: Word, run: Run) -> bool:
    """Return True if a word that is mostly a name is beside the name's other part: will smith, mark
    king.
    """
    return word.fold in MOSTLY_NAMES and {part.place for _, part, exact in run if exact} == {0, 1}


def _signs_off(text: str, run: Run) -> bool:
    """Return True if a run ends the text after a comma, or is on its own line, like a signature."""
    before, after = text[: run[0][0].start].rstrip(" \t"), text[run[-1][0].end :]
    return before[-1:] in (",", "\n", "-", "–") and not any(
        character.isalnum() for character in after
    )


def _weak(word: Word) -> bool:
    """Return True if a word alone cannot be a mention."""
    return len(word.fold) == 1 or word.fold in PARTICLES


def _telling(word: Word, beside: int) -> bool:
    """Return True if a word alone is a mention: long enough, and capitalised if it is an everyday
    word too.
    """
    if beside > 1:
        return word.capital or word.fold not in COMMON
    if len(word.fold) < 3 or word.fold in COMMON:
        return word.capital
    return not word.fold.isdigit()


def _leads(text: str, run: Run) -> bool:
    """Return True if the weak first word belongs to the mention: a capital initial, or a word of
    the name.
    """
    word, _, exact = run[0]
    if len(run) < 2 or "\n" in text[word.end : run[1][0].start]:
        return False
    if len(word.fold) > 1:
        return exact
    return _stands_out(word, text) or (
        exact and re.search(r"(?:^|\W)['’]$", text[: word.start]) is not None
    )


def _trails(text: str, run: Run) -> bool:
    """Return True if the weak last word belongs to the mention: a capital initial, or a word of the
    name.
    """
    word, _, exact = run[-1]
    if len(run) < 2 or "\n" in text[run[-2][0].end : word.start]:
        return False
    between = text[run[-2][0].end : word.start]
    if len(word.fold) > 1:
        return exact
    return _stands_out(word, text) and between.isspace()


def _stands_out(word: Word, text: str) -> bool:
    """Return True if a letter is a capital, or of a script without capitals."""
    return word.capital or not text[word.start].islower()


def _counterpart(
    text: str, start: int, end: int, run: Run, parts: Sequence[_Part], result: str | None
) -> str | None:
    """Return the part of ``result`` that corresponds to the mentioned parts of the name; initials
    for initials.
    """
    new = result.split() if result else []
    if len(new) < 2 or result is None:
        return result
    given, family = (new[-1], new[0]) if unspaced(result) else (new[0], new[-1])
    places = [(part.place, len(word.fold) == 1) for word, part, _ in run]
    whole = {place for place, _ in places}
    if whole == {0} and any(part.place == 1 for part in parts):
        return given
    if whole == {1} and any(part.place == 0 for part in parts):
        return family
    if len(run) == 1:
        return result
    shown = {0: given, 1: family}
    for place in (0, 1):
        if all(short for where, short in places if where == place):
            shown[place] = shown[place][0] + "."
    if places[0][0] == 1:
        return f"{shown[1]}{',' if ',' in text[start:end] else ''} {shown[0]}"
    if shown != {0: given, 1: family}:
        return f"{shown[0]} {shown[1]}"
    return result
