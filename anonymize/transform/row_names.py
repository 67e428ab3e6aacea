"""A row's person name in its text: whole, in part, reversed, by initial, misspelled, in other letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from anonymize.transform.scripts import SHORTEST_SOUND, romanized, sound, surname_forms
from anonymize.transform.spans import Span, literal_hits
from anonymize.transform.words import Word, fold, latin_forms, one_edit_apart, spelled_out, unspaced, words_of

SHORTEST_TYPO = 6
"""Words with fewer letters must be spelled right, unless another word of the name stands beside them."""

_PARTICLES_TEXT = """
de da do dos das del della di du des la las le les los el al bin ibn ben van von der den ter ten zu zum zur y e
i af av mac mc o san santa st saint abu bint t mr mrs ms miss dr prof sir herr frau señor señora sr sra don doña
jr ii iii
"""

SHORTEST_WHOLE_TYPO = 8
"""Letters that a whole name must have to be found with an edit anywhere in it."""

SHORTEST_HINT = 4
"""Letters of an e-mail's local part that make a mention."""

_TWO_SYLLABLE_SURNAMES = ("제갈", "남궁", "황보", "선우", "독고", "사공", "서문", "동방")

PARTICLES = frozenset(_PARTICLES_TEXT.split())
"""Words of names that are no hit on their own."""

_COMMON_TEXT = """
will may mark bill grant rose hope faith joy grace art rich chase drew jack pat sue rob max dean frank earnest
young long brown white black green gray grey king price bell wood woods stone field fields hill banks park parks
day week summer april june august dawn lily ivy daisy holly heather violet ruby pearl amber crystal carol page
reed bush lane street church home house love little small short best good low swift sharp strong wise noble
baker cook butler carpenter cooper mason miller porter potter smith taylor turner walker weaver fisher hunter
till ernst gross klein lang kurz jung alt weiss schwarz wolf stern berg bach blum son so an my can miles dale
glen cliff clay brook river lake sky star sunny angel christian dolly barb don gene guy hank jay josh lance mike
nick norm ray rod sandy skip ted tom tony trip troy van wade ward wren
"""

COMMON = frozenset(_COMMON_TEXT.split())
"""Names that are words too: on their own they are a hit only with a capital letter."""

_JOINS = re.compile(r"^(?:[ \t]{1,2}|[ \t]?[-‐-―][ \t]?|\.?[ \t]?['’ʼ`´]?|,[ \t]?|\n)$")


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a name, and where in the name it stands."""

    forms: frozenset[str]
    """Folded spellings."""
    initial: str
    """First folded letter."""
    place: int
    """0 for what stands before the family name, 1 for the family name."""


Run = list[tuple[Word, _Part, bool]]
"""Words of a text side by side that stand for parts of one name; true where spelled exactly so."""


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[_Part, ...]:
    """Return the words of ``name``; the family name is the last one, with the particles before it."""
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
    """Return where the person ``name`` is mentioned in ``text``, with the matching part of ``result``.

    ``hint`` is the local part of the person's e-mail address: for a name in other letters than
    Latin it tells how the person writes it.
    """
    found = list(_unspaced_hits(text, name, result, entity)) if unspaced(name) else []
    parts = list(_parts(name))
    if any(_foreign(piece) for piece in name.split()):
        found += _hinted_hits(text, words, hint, result, entity)
        parts += _sounding(words, name)
    spelled = {form: part for part in reversed(parts) for form in part.forms}
    found += _spelled_hits(text, words, parts, spelled, result, entity)
    return [*found, *_run_together(text, words, name, result, entity)]


def _foreign(piece: str) -> bool:
    """Return whether a piece of a name is in other letters than Latin."""
    return not piece.isascii() and not any("a" <= letter <= "z" for letter in fold(piece))


def _sounding(words: Sequence[Word], name: str) -> list[_Part]:
    """Return the Latin words that sound like a Korean, Indian, Arabic or Hebrew name, as parts of it."""
    if unspaced(name):
        family, given = _korean(name)
        forms = surname_forms(family)
        surnames = [_Part(frozenset({form}), form[0], 1) for form in forms]
        return [*_parts(f"{romanized(given)} x")[:-1], *surnames] if forms else []
    pieces = name.split()
    sounds = {sound(piece): int(at > 0) for at, piece in reversed(list(enumerate(pieces))) if _foreign(piece)}
    sounds |= {sound(one + two): int(at > 0) for at, (one, two) in enumerate(pairwise(pieces)) if _foreign(one + two)}
    return [
        _Part(frozenset({word.fold}), word.fold[0], sounds[heard])
        for word in words
        if word.fold.isascii() and (heard := sound(word.fold)) in sounds
        if len(heard) >= (SHORTEST_SOUND if word.capital else SHORTEST_SOUND + 2)
    ]


def _korean(name: str) -> tuple[str, str]:
    """Return family name and given name of a Korean name; empty for other names."""
    family, _, given = name.partition(" ")
    if not given:
        cut = 2 if name.startswith(_TWO_SYLLABLE_SURNAMES) else 1
        family, given = name[:cut], name[cut:]
    return (family, given) if romanized(family) and romanized(given) else ("", "")


def _run_together(text: str, words: Sequence[Word], name: str, result: str | None, entity: str) -> Iterator[Span]:
    """Yield where the whole name stands with one edit anywhere, or with its spaces moved."""
    wanted = "".join(word.fold for word in words_of(name))
    if len(wanted) < SHORTEST_WHOLE_TYPO:
        return
    for first, word in enumerate(words):
        if word.fold[0] not in wanted[:2]:
            continue
        seen, last = word.fold, first
        while len(seen) < len(wanted) - 1 and last + 1 < len(words) and words[last + 1].start - words[last].end <= 3:
            last += 1
            seen += words[last].fold
        telling = any(other.capital or other.fold not in COMMON for other in words[first : last + 1])
        if last > first and telling and (seen == wanted or one_edit_apart(seen, wanted)):
            yield Span(word.start, words[last].end, entity, 1.0, result)


def _hinted_hits(text: str, words: Sequence[Word], hint: str, result: str | None, entity: str) -> Iterator[Span]:
    """Yield runs of capitalised words that the letters of ``hint`` start or end with."""
    letters = "".join(character for character in fold(hint) if character.isalpha())
    if len(letters) < SHORTEST_HINT:
        return
    new = result.split() if result else []
    at = 0
    while at < len(words):
        last = _hinted(text, words, at, letters)
        if last is None:
            at += 1
            continue
        first = at - 1 if at and len(words[at - 1].fold) == 1 and words[at - 1].capital else at
        second = _hinted(text, words, last + 1, letters) if last + 1 < len(words) else None
        both = second is not None and _JOINS.match(text[words[last].end : words[last + 1].start])
        end = words[second if both and second is not None else last].end
        part = letters.startswith(words[at].fold) and not both and first == at
        yield Span(words[first].start, end, entity, 1.0, new[0] if part and len(new) > 1 else result)
        at = (second if both and second is not None else last) + 1


def _hinted(text: str, words: Sequence[Word], at: int, letters: str) -> int | None:
    """Return the last word of a mention that starts at word ``at``: one word, or two joined by a hyphen."""
    for last in (at + 1, at):
        if last >= len(words) or (last > at and text[words[at].end : words[last].start] not in ("-", " ", "'", "’")):
            continue
        spelled = "".join(word.fold for word in words[at : last + 1])
        if len(spelled) >= SHORTEST_HINT and (letters.startswith(spelled) or letters.endswith(spelled)):
            return last
    return None


def _spelled_hits(
    text: str, words: Sequence[Word], parts: Sequence[_Part], spelled: dict[str, _Part], result: str | None, entity: str
) -> list[Span]:
    """Return the runs of words that are words of the name, as ``spelled`` has them."""
    found: list[Span] = []
    run: Run = []
    for word in words:
        part = spelled.get(word.fold) or _misspelled(word.fold, spelled)
        exact = word.fold in spelled
        beside = bool(run) and _JOINS.match(text[run[-1][0].end : word.start]) is not None
        if run and not beside:
            found += _hit(text, run, parts, result, entity)
            run = []
        if part is None:
            part = _loosely(word, parts, run, spelled)
        if part is not None:
            run.append((word, part, exact))
        elif run:
            found += _hit(text, run, parts, result, entity)
            run = []
    return [*found, *_hit(text, run, parts, result, entity)]


def _misspelled(word: str, spelled: dict[str, _Part]) -> _Part | None:
    """Return the part that ``word`` is one edit away from, among words of six letters or more."""
    if len(word) < SHORTEST_TYPO - 1 or word.isdigit():
        return None
    near = (form for form in spelled if len(form) >= SHORTEST_TYPO and one_edit_apart(word, form))
    return next((spelled[form] for form in near), None)


def _loosely(word: Word, parts: Sequence[_Part], run: Sequence[object], spelled: dict[str, _Part]) -> _Part | None:
    """Return the part that a word may stand for beside others: by its initial, or one edit away from a short word."""
    if len(word.fold) == 1:
        return next((part for part in parts if part.initial == word.fold), None)
    if not run or len(word.fold) < 3:
        return None
    near = (form for form in spelled if len(form) >= 3 and one_edit_apart(word.fold, form))
    return next((spelled[form] for form in near), None)


def _hit(text: str, run: Run, parts: Sequence[_Part], result: str | None, entity: str) -> Iterator[Span]:
    """Yield the span of a run of name words, when it is a mention and no chance."""
    while run and _weak(run[0][0]) and not _leads(text, run):
        run = run[1:]
    while run and _weak(run[-1][0]) and not _trails(text, run):
        run = run[:-1]
    strong = [word for word, _, _ in run if not _weak(word) and _telling(word, len(run))]
    if not strong and not (run and not _weak(run[0][0]) and _signs_off(text, run)):
        return
    start, end = run[0][0].start, run[-1][0].end
    if len(run[-1][0].fold) == 1 and text[end : end + 1] == ".":
        end += 1
    if len(run[0][0].fold) == 1 and text[start - 1 : start] in ("'", "’"):
        start -= 1
    yield Span(start, end, entity, 1.0, _counterpart(text, start, end, run, parts, result))


def _signs_off(text: str, run: Run) -> bool:
    """Return whether a run ends the text after a comma or on a line of its own, as a writer's name does."""
    before, after = text[: run[0][0].start].rstrip(" \t"), text[run[-1][0].end :]
    return before[-1:] in (",", "\n", "-", "–") and not any(character.isalnum() for character in after)


def _weak(word: Word) -> bool:
    """Return whether a word cannot be a mention on its own."""
    return len(word.fold) == 1 or word.fold in PARTICLES


def _telling(word: Word, beside: int) -> bool:
    """Return whether a word is a mention: long enough, and with a capital where it is a word of the language too."""
    if beside > 1:
        return word.capital or word.fold not in COMMON
    if len(word.fold) < 3 or word.fold in COMMON:
        return word.capital
    return not word.fold.isdigit()


def _leads(text: str, run: Run) -> bool:
    """Return whether the weak first word belongs to the mention: a capital initial, or a word of the name."""
    word, _, exact = run[0]
    if len(run) < 2 or "\n" in text[word.end : run[1][0].start]:
        return False
    if len(word.fold) > 1:
        return exact
    return _stands_out(word, text) or (exact and re.search(r"(?:^|\W)['’]$", text[: word.start]) is not None)


def _trails(text: str, run: Run) -> bool:
    """Return whether the weak last word belongs to the mention: a capital initial, or a word of the name."""
    word, _, exact = run[-1]
    if len(run) < 2 or "\n" in text[run[-2][0].end : word.start]:
        return False
    between = text[run[-2][0].end : word.start]
    if len(word.fold) > 1:
        return exact
    return _stands_out(word, text) and between.isspace()


def _stands_out(word: Word, text: str) -> bool:
    """Return whether a letter is a capital, or of a script that has none."""
    return word.capital or not text[word.start].islower()


def _counterpart(text: str, start: int, end: int, run: Run, parts: Sequence[_Part], result: str | None) -> str | None:
    """Return the part of ``result`` that answers to the parts of the name mentioned, initials for initials."""
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


def _unspaced_hits(text: str, name: str, result: str | None, entity: str) -> Iterator[Span]:
    """Yield where a Chinese, Japanese or Korean name stands: whole, or a part of two letters or more."""
    yield from literal_hits(text, name, entity, result)
    pieces = name.split()
    if len(pieces) == 1 and 3 <= len(name) <= 5 and "\uac00" <= name[0] <= "\ud7a3":
        cut = 2 if name.startswith(_TWO_SYLLABLE_SURNAMES) else 1
        pieces = [name[:cut], name[cut:]]
        yield from literal_hits(text, f"{pieces[1]} {pieces[0]}", entity, result)
    if len(pieces) < 2:
        return
    yield from literal_hits(text, " ".join(reversed(pieces)), entity, result)
    new = result.split() if result else []
    if result and not unspaced(result):
        new.reverse()
    for at, piece in enumerate(pieces):
        if len(piece) >= 2:
            for span in literal_hits(text, piece, entity, new[at] if len(new) == len(pieces) else result):
                initial = re.search(r"\w\.[ \u3000]?$", text[: span.start])
                yield replace(span, start=initial.start(), replacement=result) if initial else span
