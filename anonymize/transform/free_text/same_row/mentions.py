"""Whether words of a name side by side are a mention of the person; what stands in for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from anonymize.transform.free_text.same_row.everyday_words import common, mostly_names
from anonymize.transform.free_text.same_row.name_parts import PARTICLES, NamePart, Run
from anonymize.transform.free_text.spans import Span
from anonymize.transform.words import Word, unspaced


def mention(
    text: str, run: Run, parts: Sequence[NamePart], result: str | None, entity: str
) -> Iterator[Span]:
    """Yield the span of a run of name words, if it is a mention and not a coincidence."""
    while run and weak(run[0][0]) and not _leads(text, run):
        run = run[1:]
    while run and weak(run[-1][0]) and not _trails(text, run):
        run = run[:-1]
    run = _without_echo(run)
    strong = [
        word
        for word, _, _ in run
        if not weak(word) and (_telling(word, len(run)) or _in_full(word, run))
    ]
    if not strong and not (run and not weak(run[0][0]) and _signs_off(text, run)):
        return
    start, end = run[0][0].start, run[-1][0].end
    if len(run[-1][0].fold) == 1 and text[end : end + 1] == ".":
        end += 1
    if len(run[0][0].fold) == 1 and text[start - 1 : start] in ("'", "’"):
        start -= 1
    yield Span(start, end, entity, 1.0, counterpart(text, start, end, run, parts, result))


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
    return not word.capital and word.fold in common()


def _in_full(word: Word, run: Run) -> bool:
    """Return True if a word that is mostly a name is beside the name's other part: will smith, mark
    king.
    """
    return word.fold in mostly_names() and {part.place for _, part, exact in run if exact} == {0, 1}


def _signs_off(text: str, run: Run) -> bool:
    """Return True if a run ends the text after a comma, or is on its own line, like a signature."""
    before, after = text[: run[0][0].start].rstrip(" \t"), text[run[-1][0].end :]
    return before[-1:] in (",", "\n", "-", "–") and not any(
        character.isalnum() for character in after
    )


def weak(word: Word) -> bool:
    """Return True if a word alone cannot be a mention."""
    return len(word.fold) == 1 or word.fold in PARTICLES


def _telling(word: Word, beside: int) -> bool:
    """Return True if a word alone is a mention: long enough, and capitalised if it is an everyday
    word too.
    """
    if beside > 1:
        return word.capital or word.fold not in common()
    if len(word.fold) < 3 or word.fold in common():
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


def counterpart(
    text: str, start: int, end: int, run: Run, parts: Sequence[NamePart], result: str | None
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
