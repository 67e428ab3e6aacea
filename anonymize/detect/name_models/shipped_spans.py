"""Label probabilities of words to spans of names, over many texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from anonymize.detect.name_models.shipped_encode import Encoded
from anonymize.detect.vocabulary.label_words import without_labels
from anonymize.detect.vocabulary.roles import without_roles

_NEVER = """
vip asap fyi eta tbd tba tbc rsvp faq pdf usb wifi url api sms gps atm pin otp kyc crm erp csv sql
http https www n/a ok okay hi hello hey dear mr mrs ms dr sir madam regards sincerely thanks thank
cheers greetings welcome best kind yours faithfully customer client patient user agent team support
sales billing order invoice ticket account password cheque refund monday tuesday wednesday thursday
friday saturday sunday january february september october november december today tomorrow yesterday
sehr geehrte geehrter damen herren grüße grüßen freundlichen freundliche hallo danke bonjour merci
cordialement hola gracias saludo saludos atentamente estimado estimada ciao grazie i me my we you he
she it they im i'm
"""
NEVER_NAMES = frozenset(_NEVER.split())
"""Words that the model takes for names at times and that alone are none; ``May`` and ``Will`` are
not here.
"""

_BEFORE = """
mr mrs ms mx miss dr prof professor doctor mayor senator president minister commissioner councillor
councilman councilwoman inspector sergeant lieutenant colonel captain corporal detective officer
nurse engr chancellor governor ambassador attorney imam rabbi sheikh rev reverend herr frau monsieur
madame mme señor señora signor signora and but the yea yeah with from when because although while
since
"""
BEFORE_NAMES = NEVER_NAMES | frozenset(_BEFORE.split())
"""Titles and other words that stand before a name and are no part of it; ``Dean``, ``King`` and
``Prince`` may be.
"""

BESIDE_A_NAME = 0.05
"""How likely a capitalised word beside a person's name must be part of it."""
_LONGEST = 24
"""Spans of this many code points or more are not looked up."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Labels(Protocol):
    """What is needed of a model here."""

    @property
    def labels(self) -> tuple[str, ...]:
        """``O`` and ``B-``/``I-`` of each entity."""
        ...

    @property
    def calibration(self) -> dict[str, list[list[float]]]:
        """Raw score to share right, per entity."""
        ...


@dataclass(frozen=True)
class Spans:
    """Spans as columns, sorted by text and start."""

    text: Ints
    """Index of the distinct text."""
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    entity: Ints
    """Index into the entities asked for."""
    score: Floats

    @classmethod
    def joined(cls, parts: Sequence[Spans]) -> Spans:
        """Return the spans of ``parts``, in order."""
        empty = cls(
            np.zeros(0, np.int64),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.int64),
            np.zeros(0, np.float32),
        )
        names = ("text", "start", "end", "entity", "score")
        return cls(
            *(np.concatenate([getattr(part, name) for part in (empty, *parts)]) for name in names)
        )


@dataclass(frozen=True)
class Words:
    """All words of a batch of texts, one after another."""

    text: Ints
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    opens: NDArray[np.bool_]
    """First word of its text."""
    after_break: NDArray[np.bool_]
    shape: Ints
    probability: Floats
    """(words, labels)"""

    @classmethod
    def of(cls, encoded: list[Encoded], probabilities: list[Floats]) -> Words:
        """Return the words of ``encoded`` with their label probabilities."""
        counts = np.array([len(text.start) for text in encoded])
        text = np.repeat(np.arange(len(encoded)), counts)
        opens = (
            np.concatenate(([True], text[1:] != text[:-1])) if len(text) else np.zeros(0, np.bool_)
        )
        shape = [_first_of_word(one.shapes, one.word) for one in encoded]
        return cls(
            text, _join([e.start for e in encoded]), _join([e.end for e in encoded]), opens,
            _join([e.after_break for e in encoded]), _join(shape), np.concatenate(probabilities),
        )  # fmt: skip


def _join(parts: list[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def _first_of_word(values: Any, word: Any) -> Any:
    return values[np.concatenate(([True], word[1:] != word[:-1]))] if len(word) else values


def find_spans(
    model: Labels,
    encoded: list[Encoded],
    probabilities: list[Floats],
    which: Ints,
    entities: Sequence[str],
    nothing: float,
) -> Spans:
    """Return the spans of ``entities``.

    A word belongs to its likeliest entity unless its probability of being nothing is ``nothing`` or
    more. A span ends where the entity changes, another begins after a gap (``Anna-Lena`` is one),
    the text ends, or a line breaks (addresses may go on). ``which`` gives each text's number in the
    result.
    """
    words = Words.of(encoded, probabilities)
    if not len(words.text):
        return Spans.joined([])
    begin, inside = words.probability[:, 1::2], words.probability[:, 2::2]
    mass = begin + inside
    kind = np.where(words.probability[:, 0] >= nothing, -1, mass.argmax(axis=1))
    names = [label[2:] for label in model.labels[1::2]]
    kind, joined = _completed(words, kind, mass, names.index("PERSON"))
    row = np.arange(len(kind))
    before = np.concatenate(([-1], kind[:-1]))
    address = names.index("LOCATION")
    glued = np.concatenate(([False], words.start[1:] == words.end[:-1])) | joined
    begins = (begin[row, kind] > inside[row, kind]) & ~glued
    new = words.opens | (before != kind) | begins | (words.after_break & (kind != address))
    named = kind >= 0
    first = np.flatnonzero(new & named)
    last = np.flatnonzero(named & np.concatenate((new[1:] | ~named[1:], [True]))[: len(named)])
    first, last = _trimmed(words, first, last)
    return _scored(model, words, kind, mass, first, last, which, entities)


def _completed(
    words: Words, kind: Ints, mass: Floats, person: int
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the words' kinds with names completed, and which words belong to the one before.

    A capitalised word one space from a person's name is part of it at ``BESIDE_A_NAME``: a given
    name at the start of a sentence is else nothing, a family name that is a place too a place.
    """
    likely = (mass[:, person] >= BESIDE_A_NAME) & (words.shape % 8 >= 2) & (words.shape % 8 <= 5)
    beside = (
        np.concatenate(([False], words.start[1:] - words.end[:-1] == 1))
        & ~words.opens
        & ~words.after_break
    )
    joined = np.zeros(len(kind), np.bool_)
    for _ in range(3):
        is_person = kind == person
        after = beside & np.concatenate(([False], is_person[:-1]))
        ahead = np.concatenate((beside[1:] & is_person[1:], [False]))
        new = likely & ~is_person & (after | ahead)
        if not new.any():
            break
        kind = np.where(new, person, kind)
        joined |= (new & after) | np.concatenate(([False], (new & ahead)[:-1]))
    return kind, joined


def _trimmed(words: Words, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return the spans' bounds without quotes, brackets and commas at their ends."""
    bare = (words.shape % 8 == 0) & (words.end - words.start == 1)
    for _ in range(3):
        first = np.where(bare[first] & (first < last), first + 1, first)
        dropped = bare[last] & (last > first) & ~_abbreviates(words, last)
        last = np.where(dropped, last - 1, last)
    return first, last


def _abbreviates(words: Words, last: Ints) -> NDArray[np.bool_]:
    """Return whether a closing mark touches a word of at most three letters: ``Jr.``, ``A.``,
    ``Inc.``.
    """
    before = np.maximum(last - 1, 0)
    touches: NDArray[np.bool_] = (words.end[before] == words.start[last]) & (
        words.end[before] - words.start[before] <= 3
    )
    return touches


def _scored(
    model: Labels,
    words: Words,
    kind: Ints,
    mass: Floats,
    first: Ints,
    last: Ints,
    which: Ints,
    entities: Sequence[str],
) -> Spans:
    names = [label[2:] for label in model.labels[1::2]]
    chosen = np.array([entities.index(name) if name in entities else -1 for name in names])
    entity = chosen[kind[first]]
    totals = np.concatenate(([0.0], np.cumsum(mass[np.arange(len(kind)), kind], dtype=np.float64)))
    raw = (totals[last + 1] - totals[first]) / (last + 1 - first)
    score = np.zeros(len(raw), np.float32)
    for at, name in enumerate(names):
        here = kind[first] == at
        low, right = model.calibration.get(name, [[0.0, 1.0], [0.0, 1.0]])
        score[here] = np.round(np.interp(raw[here], low, right), 3)
    keep = entity >= 0
    return Spans(
        which[words.text[first]][keep],
        words.start[first][keep],
        words.end[last][keep],
        entity[keep],
        score[keep],
    )


def without_words(
    spans: Spans, texts: Sequence[str], number: Ints, place: int, person: int
) -> Spans:
    """Return ``spans`` without those whose words are all in ``NEVER_NAMES``, people's without the
    words before them.

    Label words (``IBAN``, ``DNI``) are cut off all of them.

    ``number`` gives each text's number; ``place`` is the index of LOCATION, which is left alone
    (``OK``, ``ME``), and ``person`` that of PERSON; -1 where not asked for.
    """
    at_text = np.searchsorted(number, spans.text)
    keep, start, end = np.ones(len(spans.text), np.bool_), spans.start.copy(), spans.end.copy()
    for here, which in enumerate(at_text):
        start[here], end[here] = without_labels(texts[which], int(start[here]), int(end[here]))
        keep[here] = start[here] < end[here]
    for at in np.flatnonzero(
        (spans.end - start < _LONGEST) & (spans.entity != place) | (spans.entity == person)
    ):
        text = texts[at_text[at]][start[at] : end[at]]
        if spans.entity[at] == person:
            start[at] += len(text) - len(name_of(text))
        keep[at] &= not NEVER_NAMES.issuperset(text.lower().split())
    return Spans(spans.text[keep], start[keep], end[keep], spans.entity[keep], spans.score[keep])


def name_of(text: str) -> str:
    """Return ``text`` without titles, roles and other words that stand before a name; all of it if
    nothing else is there.
    """
    while (shorter := without_roles(_without_titles(text))) != text:
        text = shorter
    return text


def _without_titles(text: str) -> str:
    first, _, rest = text.partition(" ")
    while (
        rest.strip() and len(first) > 1 and first.lower().rstrip(".,:") in BEFORE_NAMES
    ):  # I w o n a is a name
        text = rest.lstrip()
        first, _, rest = text.partition(" ")
    return text


def rows_of(indices: pa.Array, text: Ints) -> tuple[Ints, Ints]:
    """Return each span's row and its place among the distinct texts' spans; ``indices`` point rows
    at texts.
    """
    rows = np.flatnonzero(indices.is_valid().to_numpy(zero_copy_only=False))
    pointed = indices.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
    low, high = np.searchsorted(text, pointed, "left"), np.searchsorted(text, pointed, "right")
    count = high - low
    offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(rows, count), np.repeat(low, count) + offset
