"""Identifiers in a column's cells: a find counts with a valid check, a share of the cells, or a
word that names it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pyarrow as pa

from anonymize.detect.columns.header import NameEvidence, is_number_of_things, is_version
from anonymize.detect.forms import (
    PHONE_WORDS,
    SSN_SHAPED,
    Find,
    Weight,
    could_pass,
    finds,
    is_mail,
    named,
    suspicious,
)
from anonymize.detect.interface import Scanner
from anonymize.detect.network_addresses import are_bare_macs
from anonymize.detect.text.encoded_emails import encoded_mails

SHARE = 0.01
"""Share of a column's cells from which a form without a check counts."""
PASSING = 1 / 3
"""Share of like numbers that must pass a check which one in ten passes by chance."""
MOST = 0.5
"""Share of the cells of one layout that must have a form, where many have it: codes look like
numbers by chance.
"""
MANY = 20
"""Cells of one layout from which that is asked, and"""
MANY_SHARE = 0.05
"""the share of the column's cells."""
CERTAIN_SCORE = 0.99
"""Score of a span that passed its recognizer's check."""
OWN_FORMS = frozenset(
    {"PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "MAC_ADDRESS"}
)
"""Entities that ``forms`` finds; a scanner's finds of them count where digits are disguised."""
SSN_VALID, SSN_MANY = 0.97, 20
"""Share of numbers written like US social security numbers that can be ones, of at least so many;
of arbitrary digits
it is 0.93: one in ten begins with 9, which only some taxpayers' numbers do.
"""
_OTHER_CODES = {"gb": "UK"}
_RUNS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Held:
    """The cells that hold one entity."""

    entity: str
    rows: frozenset[int]
    """Positions of the cells."""
    confidence: float
    """0 to 1."""
    why: str
    """What made it count, without a value."""


@dataclass(frozen=True)
class SearchedKinds:
    """What is looked for beside ``forms``."""

    scanner: Scanner | None = None
    """Reads the cells; None: only forms are looked for."""
    own: frozenset[str] = frozenset()
    """Names of the policy's own recognizers, its deny list's among them: each find of one
    counts.
    """
    entities: tuple[str, ...] = ()
    """How further entities of the scanner begin that count: those of the policy's countries."""


def of_countries(countries: Sequence[str]) -> tuple[str, ...]:
    """Return how the entities of the countries' identifiers begin."""
    return tuple(f"{_OTHER_CODES.get(code.lower(), code.upper())}_" for code in countries)


def held_in(
    texts: Sequence[str],
    asked: SearchedKinds,
    allowed: Collection[str],
    name: NameEvidence | None = None,
) -> list[Held]:
    """Return the entities that occur in ``texts``, the distinct cells of a column, and are not
    ``allowed``.

    Sorted by entity. Cells are checked one by one and compared with each other: one valid e-mail
    address among ten thousand cells counts, but ten thousand account numbers do not if only a tenth
    pass Luhn's check. ``name`` is what the column's name suggests, because a thing's number may
    have the form of a person's.
    """
    column = _Column(
        texts,
        of_things=name is not None and is_number_of_things(name),
        versions=name is not None and is_version(name),
        of_devices=name is not None and name.says.get("MAC_ADDRESS", 0.0) > 0,
    )
    for row, text in enumerate(texts):
        for find in (*finds(text), *encoded_mails(text)):
            column.add(row, find)
    if asked.scanner is not None:
        for row, find in _scanned(texts, asked):
            column.add(row, find)
    return [
        held
        for entity in sorted(column.found)
        if entity not in allowed and (held := column.held(entity))
    ]


class _Column:
    """Finds in one column's distinct cells."""

    def __init__(
        self, texts: Sequence[str], *, of_things: bool, versions: bool, of_devices: bool
    ) -> None:
        self.texts, self.of_things, self.versions = texts, of_things, versions
        self.of_devices = of_devices
        self.found: dict[str, dict[int, list[Find]]] = defaultdict(lambda: defaultdict(list))

    def add(self, row: int, find: Find) -> None:
        """Take one find in."""
        self.found[find.entity][row].append(find)

    @cached_property
    def layouts(self) -> Counter[str]:
        """Return how many cells have each layout."""
        return Counter(map(layout, self.texts))

    def held(self, entity: str) -> Held | None:
        """Return how many cells hold ``entity``, None where what was found does not count."""
        weights = {
            row: max(self._weight(row, one) for one in found)
            for row, found in self.found[entity].items()
        }
        proven = {row for row, weight in weights.items() if weight is Weight.PROOF}
        formed = self._of_their_own(
            {row for row, weight in weights.items() if weight >= Weight.FORM} - proven
        )
        n = len(self.texts)
        if entity == "US_SSN" and formed and not self._like_ssns(len(formed)):
            formed = set()
        if entity == "MAC_ADDRESS" and formed and not self._like_devices(formed):
            formed = set()
        if entity == "IP_ADDRESS" and self.versions and len(formed) < MOST * n:
            formed = set()  # four numbers with dots: versions some of which could be addresses
        if not proven and (not formed or len(formed) < SHARE * n):
            return None
        rows, cells = frozenset(proven | formed), len(proven | formed)
        what = "valid or named as such" if proven else "written so"
        share = f"{cells / n:.1%}".replace("%", " %")
        return Held(
            entity,
            rows,
            1.0 if proven else 0.7,
            f"{cells} of {n} distinct values ({share}) hold one, {what}",
        )

    def _like_ssns(self, formed: int) -> bool:
        """Return whether numbers with the form of social security numbers can be such, by their
        digits and by the header.

        If the header indicates part numbers (``part_no``), a few values of another form show that
        all of them are part numbers.
        """
        possible = could_be_ssns(self.texts, formed)
        return possible and not (self.of_things and formed < MOST * len(self.texts))

    def _like_devices(self, rows: Iterable[int]) -> bool:
        """Return whether twelve hexadecimal digits can be hardware addresses: by their bits, or by
        the header.
        """
        found = self.found["MAC_ADDRESS"]
        written = [self.texts[row][one.start : one.end] for row in rows for one in found[row]]
        return self.of_devices or are_bare_macs(written)

    def _weight(self, row: int, find: Find) -> Weight:
        """Return what a find weighs here: a word that names it adds a step, so do numbers like it
        that pass.
        """
        if find.weight is Weight.CHECK:
            passing = self._passing(find.entity).get(_kind(find, self.texts[row]), 0.0) >= PASSING
            return Weight.PROOF if passing or named(find, self.texts[row]) else Weight.DIGITS
        if find.weight is not Weight.PROOF and named(find, self.texts[row]):
            return Weight.FORM if find.weight is Weight.DIGITS else Weight.PROOF
        return find.weight

    def _passing(self, entity: str) -> dict[str, float]:
        """Return per kind of number the share that passes the check of ``entity``; by chance it is
        one in ten.
        """
        if entity not in self._checked:
            checked = [(row, one) for row, found in self.found[entity].items() for one in found]
            passed = Counter(
                _kind(one, self.texts[row]) for row, one in checked if one.weight is Weight.CHECK
            )
            tried = self._tried(entity, passed)
            self._checked[entity] = {
                kind: count / max(count, tried[kind]) for kind, count in passed.items()
            }
        return self._checked[entity]

    @cached_property
    def _checked(self) -> dict[str, dict[str, float]]:
        return {}

    def _tried(self, entity: str, kinds: Iterable[str]) -> Counter[str]:
        """Return how many numbers of each kind could have passed."""
        if entity in OWN_FORMS:
            spans = [
                (text, Find(entity, *span, Weight.CHECK))
                for text in self.texts
                for span in could_pass(entity, text)
            ]
        else:
            patterns = [
                re.compile(rf"(?<!\w){_as_pattern(shape)}(?!\w)")
                for shape in {kind[1:] for kind in kinds}
            ]
            found = (
                (text, match)
                for text in self.texts
                for one in patterns
                for match in one.finditer(text)
            )
            spans = [(text, Find(entity, *match.span(), Weight.CHECK)) for text, match in found]
        return Counter(_kind(one, text) for text, one in spans)

    def _of_their_own(self, rows: set[int]) -> set[int]:
        """Return ``rows`` without those that only look as many cells of their layout do by
        chance.
        """
        by_layout = Counter(layout(self.texts[row]) for row in rows)
        many = max(MANY, MANY_SHARE * len(self.texts))
        chance = {
            shape
            for shape, count in by_layout.items()
            if self.layouts[shape] >= many and count < MOST * self.layouts[shape]
        }
        return {row for row in rows if layout(self.texts[row]) not in chance}


def could_be_ssns(texts: Sequence[str], valid: int) -> bool:
    """Return whether ``valid`` numbers are as many of those written alike in ``texts`` as of social
    security numbers; of arbitrary digits fewer are.
    """
    shaped = sum(SSN_SHAPED.search(text) is not None for text in texts)
    return shaped < SSN_MANY or valid >= SSN_VALID * shaped


def _kind(find: Find, text: str) -> str:
    """Return which numbers one that passes a check is compared with: of one layout, alone in their
    cell or not.
    """
    alone = "=" if find.end - find.start == len(text.strip()) else "~"
    return alone + ("" if find.entity == "IP_ADDRESS" else layout(text[find.start : find.end]))


@lru_cache(maxsize=65_536)
def layout(text: str) -> str:
    """Return how a text is laid out: runs of letters as ``A``, every digit as ``9``, the rest as it
    is.
    """
    return re.sub(r"\d", "9", _RUNS.sub("A", text[:400]))


def _as_pattern(shape: str) -> str:
    return re.escape(shape).replace("9", r"\d").replace("A", r"[^\W\d_]+")


def _scanned(texts: Sequence[str], asked: SearchedKinds) -> Iterable[tuple[int, Find]]:
    """Yield what the scanner finds, with its weight."""
    read = [
        row
        for row, text in enumerate(texts)
        if asked.own or (suspicious(text) and _could_count(text, asked))
    ]
    spans = (
        asked.scanner.scan(pa.array([texts[row] for row in read], pa.string()))
        if asked.scanner and read
        else None
    )
    for span in spans.to_pylist() if spans else ():
        row = read[span["row"]]
        surface = texts[row][span["start"] : span["end"]]
        if weight := _weighed(span, surface, asked):
            yield row, Find(span["entity"], span["start"], span["end"], weight)


def _could_count(text: str, asked: SearchedKinds) -> bool:
    """Return whether a find in ``text`` could count. If the policy adds no entities of its own,
    ASCII text needs an ``@`` or a word for telephone.
    """
    return (
        bool(asked.entities)
        or "@" in text
        or not text.isascii()
        or PHONE_WORDS.search(text) is not None
    )


def _weighed(span: Mapping[str, object], surface: str, asked: SearchedKinds) -> Weight | None:
    """Return what a scanner's span weighs; None where it does not count, or ``forms`` finds it
    better.
    """
    entity, score = str(span["entity"]), float(str(span["score"]))
    sure = score >= CERTAIN_SCORE
    if span["recognizer"] in asked.own:
        return Weight.PROOF
    if entity == "EMAIL_ADDRESS":
        return (Weight.PROOF if sure else Weight.FORM) if is_mail(surface) else None
    if entity == "PHONE_NUMBER" and surface.isascii():
        return Weight.DIGITS
    if entity in OWN_FORMS:
        disguised = (
            Weight.PROOF
            if entity == "IBAN_CODE"
            else Weight.CHECK
            if entity == "CREDIT_CARD"
            else Weight.FORM
        )
        return None if surface.isascii() else disguised
    if entity.startswith(asked.entities):
        return Weight.CHECK if sure else Weight.FORM
    return None
