"""A prefilter for rules: which of them can match a text. May give false positives, never false
negatives.
"""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol

from anonymize.detect.disk_cache import read_cached, write_cached
from anonymize.detect.text.needed_text import Needs
from anonymize.detect.text.widened_patterns import Widened, odd_characters

PATTERNS_PER_DATABASE = 40
"""More patterns in one database compile slower than they scan faster."""
_DIGIT = re.compile("[0-9]")
EVERYTHING = -1
"""The answer that lets every rule run."""


@dataclass(frozen=True)
class Probe:
    """One thing to look for in a text."""

    bit: int
    """Bit of the answer that is set where the text may hold it."""
    widened: Widened
    """What to look for, widened."""
    of_policy: bool = False
    """Whether a policy wrote it: then neither it nor a digest of it is written to disk."""


class Prefilter(Protocol):
    """Says which probes a text may hold."""

    def ask(self, text: str) -> int:
        """Return the bits of the probes that ``text`` may hold; ``EVERYTHING`` where it cannot
        tell.
        """
        ...


def make_prefilter(probes: Sequence[Probe], *, hyperscan: bool | None = None) -> Prefilter:
    """Return the fastest prefilter there is: Hyperscan where it is installed, else counting
    characters.

    Args:
        probes: what to look for.
        hyperscan: True insists on it, False does without; None takes it where it is installed.
    """
    if hyperscan is None:
        hyperscan = importlib.util.find_spec("hyperscan") is not None
    return HyperscanPrefilter(probes) if hyperscan else CountingPrefilter(probes)


class CountingPrefilter:
    """Compares a text's length, digits and marks with what each probe's matches must contain."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        """Take the probes."""
        self._needs = [(probe.bit, probe.widened.needs) for probe in probes]
        self._marks = frozenset(mark for _, needs in self._needs for mark in needs.marks)

    def ask(self, text: str) -> int:
        """Return the bits of the probes that ``text`` may hold."""
        have = Needs(len(text), sum(map(str.isdecimal, text)), self._marks.intersection(text))
        answer = 0
        for bit, needs in self._needs:
            if (
                needs.length <= have.length
                and needs.digits <= have.digits
                and needs.marks <= have.marks
            ):
                answer |= bit
        return answer


class HyperscanPrefilter:
    """Scans each text once for what it can hold, ASCII texts in a sharper form, those without
    digits for less.
    """

    def __init__(self, probes: Sequence[Probe]) -> None:
        """Take the probes; databases are compiled or read from the cache when first needed."""
        self._probes = tuple(probes)
        self._databases: dict[tuple[bool, bool], list[tuple[Any, list[int]]]] = {}

    def ask(self, text: str) -> int:
        """Return the bits of the probes that ``text`` may hold."""
        plain = text.isascii()
        if not plain and _odd().search(text):
            return EVERYTHING
        kind = plain, _DIGIT.search(text) is not None
        data, answer = text.encode(), 0
        for database, bits in self._databases.get(kind) or self._compiled(*kind):
            found: list[int] = []
            database.scan(data, match_event_handler=_note, context=found)
            for which in found:
                answer |= bits[which]
        return answer

    def _compiled(self, plain: bool, digits: bool) -> list[tuple[Any, list[int]]]:
        """Return the databases for texts that are ASCII or not and hold digits or none, with their
        probes' bits.
        """
        probes = [probe for probe in self._probes if digits or not probe.widened.needs.digits]
        groups = [
            group
            for own in (False, True)
            for group in _groups([p for p in probes if p.of_policy is own])
        ]
        self._databases[plain, digits] = [
            (
                _database(
                    tuple(p.widened.ascii if plain else p.widened.unicode for p in group),
                    plain,
                    group[0].of_policy,
                ),
                [p.bit for p in group],
            )
            for group in groups
        ]
        return self._databases[plain, digits]


def _groups(probes: Sequence[Probe]) -> list[Sequence[Probe]]:
    return [
        probes[i : i + PATTERNS_PER_DATABASE] for i in range(0, len(probes), PATTERNS_PER_DATABASE)
    ]


def _note(which: int, _start: int, _end: int, _flags: int, found: list[int]) -> None:
    found.append(which)


@lru_cache(maxsize=64)
def _database(patterns: tuple[str, ...], plain: bool, of_policy: bool) -> Any:
    """Return the compiled database of ``patterns``, from the cache where it is whole and fits this
    machine.

    A policy's patterns are not cached: a database holds its words as they are, and the cache is in
    the clear.
    """
    import hyperscan

    name = "\0".join(
        (version("hyperscan"), platform.machine(), platform.processor(), str(plain), *patterns)
    )
    key = f"patterns-{hashlib.sha256(name.encode()).hexdigest()}"
    cached = None if of_policy else read_cached(key)
    if cached is not None:
        try:
            database = hyperscan.loadb(cached, mode=hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
        except hyperscan.HyperscanError:
            pass
    flags = (
        hyperscan.HS_FLAG_PREFILTER | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY
    )
    flags |= 0 if plain else hyperscan.HS_FLAG_UTF8
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[pattern.encode() for pattern in patterns],
        ids=list(range(len(patterns))),
        flags=[flags] * len(patterns),
    )
    if not of_policy:
        write_cached(key, hyperscan.dumpb(database))
    return database


@lru_cache(maxsize=1)
def _odd() -> re.Pattern[str]:
    """Return the pattern of characters that the widened patterns do not know, kept on disk: finding
    them takes long.
    """
    import regex

    key = f"odd-characters-{regex.__version__}"
    cached = read_cached(key)
    if cached is not None:
        return re.compile(cached.decode("utf-8", "surrogatepass"))
    pattern = odd_characters()
    write_cached(key, pattern.pattern.encode("utf-8", "surrogatepass"))
    return pattern
