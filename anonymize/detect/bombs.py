"""Patterns that can take for ever are refused before they meet data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from anonymize.errors import ArgumentError

PROBE_SECONDS = 0.5
"""A pattern that needs longer for a text of a few hundred characters is refused."""
PUMPS = (24, 400)
"""How often a repeated part is written in a row, to find exponential and steep polynomial growth."""


def refuse_bombs(name: str, patterns: tuple[str, ...]) -> None:
    """Refuse patterns of the recognizer ``name`` that are no patterns, or that blow up.

    Each part that may repeat without limit is written many times in a row, followed by what breaks
    the match, and the pattern searched in that under a time limit.

    Raises:
        ArgumentError: names the recognizer and which of its patterns, counted from 1.
    """
    import regex

    for number, pattern in enumerate(patterns, 1):
        try:
            compiled = regex.compile(pattern, regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
        except regex.error as error:
            raise ArgumentError(f"recognizer {name}: pattern {number} is no regular expression: {error.msg}") from None
        for probe in _probes(pattern):
            try:
                any(compiled.finditer(probe, timeout=PROBE_SECONDS))
            except TimeoutError:
                what = f"recognizer {name}: pattern {number} can take for ever; no repeat inside a repeat, as in (a+)+"
                raise ArgumentError(what) from None


def _probes(pattern: str) -> Iterator[str]:
    try:
        tree = list(_parser.parse(pattern.replace("(?i)", "")))
    except (re.error, RecursionError, OverflowError):
        tree = []
    parts = {part for part in _repeated(tree) if part} | {"a", "0", " ", "a ", "a0", "aA", "0 "}
    lead = _sample(tree)[:40]
    for part in sorted(parts):
        for times in PUMPS:
            yield part[:20] * times + "\x00"
            yield lead + part[:20] * times + "\x00" + lead


def _repeated(items: Any) -> Iterator[str]:
    """Yield a sample of every part that may repeat."""
    for op, value in items:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if value[1] > 10:
                yield _sample(value[2])
            yield from _repeated(value[2])
        elif op is sre.SUBPATTERN:
            yield from _repeated(value[3])
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeated(value[1])
        elif op is sre.ATOMIC_GROUP:
            yield from _repeated(value)


def _sample(items: Any) -> str:
    """Return a text that ``items`` match, near enough."""
    out = ""
    for op, value in items:
        if op is sre.LITERAL:
            out += chr(value)
        elif op is sre.IN:
            out += _member(value)
        elif op in (sre.ANY, sre.NOT_LITERAL):
            out += "a"
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            out += _sample(value[2]) * max(1, min(int(value[0]), 20))
        elif op is sre.SUBPATTERN:
            out += _sample(value[3])
        elif op is sre.BRANCH:
            out += _sample(value[1][0])
        elif op is sre.ATOMIC_GROUP:
            out += _sample(value)
    return out


def _member(items: Any) -> str:
    op, value = items[0]
    if op is sre.NEGATE:
        return "a"
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.RANGE:
        return chr(value[0])
    return {sre.CATEGORY_DIGIT: "0", sre.CATEGORY_SPACE: " "}.get(value, "a")
