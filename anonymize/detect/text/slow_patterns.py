"""Rejects regular expressions with catastrophic backtracking (ReDoS) before they read data, by the
growth of their steps, not by a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from anonymize.detect.text.backtracking_steps import TooManyStepsError, count_steps
from anonymize.errors import ArgumentError

LENGTHS = (24, 48)
"""Code points of a repeated part, to see how steps grow where it doubles."""
MOST_STEPS = 150_000
"""Steps that no pattern with linear or square growth takes for so few characters."""
CUBE = 6.0
"""More steps than this for twice the text is refused: a square of the text gives four times, its
cube eight times.
"""
_CLASS = re.compile(r"\\[pP](?:\{[^}]*\}|[A-Z])|\[\[:\^?\w+:\]\]")
"""Classes of the ``regex`` package, which are judged as classes of letters."""


def refuse_bombs(name: str, patterns: tuple[str, ...]) -> None:
    """Refuse patterns of the recognizer ``name`` that are no patterns, or that blow up.

    Each part that may repeat without limit is written in a row, followed by what breaks the match,
    and the steps of a
    backtracking matcher are counted: they may grow with the square of the text, which a deadline
    stops if need be, not with its cube or faster. What only the ``regex`` package can read, classes
    of characters aside, is left to the deadline.

    Raises:
        ArgumentError: names the recognizer and which of its patterns, counted from 1.
    """
    import regex

    for number, pattern in enumerate(patterns, 1):
        try:
            regex.compile(pattern, regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
        except regex.error as error:
            raise ArgumentError(
                f"recognizer {name}: pattern {number} is no regular expression: {error.msg}"
            ) from None
        if blows_up(pattern):
            what = (
                f"recognizer {name}: pattern {number} can take for ever; no repeat inside a repeat,"
                " as in (a+)+"
            )
            raise ArgumentError(what)


@lru_cache(maxsize=1024)
def blows_up(pattern: str) -> bool:
    """Return whether the steps of searching ``pattern`` can grow with the cube of the text or
    faster.
    """
    try:
        tree = _parser.parse(_CLASS.sub(r"\\w", pattern).replace("(?i)", ""))
    except (re.error, RecursionError, OverflowError):
        return False
    return any(_grows(tree, lead, part) for lead, part in _probes(tree))


def _grows(tree: Any, lead: str, part: str) -> bool:
    steps = []
    for length in LENGTHS:
        text = lead + (part * length)[:length] + "\x00"
        try:
            steps.append(count_steps(tree, text, MOST_STEPS))
        except TooManyStepsError:
            return True
    return steps[-1] > CUBE * steps[-2]


def _probes(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield a text that leads to a repeated part, and the part."""
    parts = {part[:16] for part in _repeated(tree) if part} | {
        "a",
        "0",
        " ",
        "a ",
        "a0",
        "aA",
        "0 ",
    }
    lead = _sample(tree)[:40]
    for part in sorted(parts):
        yield "", part
        yield lead, part


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
