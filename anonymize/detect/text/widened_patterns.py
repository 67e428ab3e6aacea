"""Rewrites regular expressions into wider patterns that match wherever the originals do.

A prefilter may have false positives but no false negatives. So every pattern is parsed and
rewritten without look-around and back-references and with case ignored, once for ASCII texts and
once for any text, where word boundaries are removed too. A look-behind at a pattern's begin is
written as a plain prefix. Patterns that Python's own parser reads differently are always run.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import regex

from anonymize.detect.text.needed_text import Needs, NeedsReader

MAX_COUNT = 40
"""Longer counted repeats are widened to unlimited ones: they cost the matcher states and decide
nothing.
"""
MANY = 64
"""Of more alternatives only the first two characters are kept."""
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_ELSEWHERE = re.compile(r"\{[^\d,}]|\\[LNpPX]|\(\?[|R&(]")
"""Syntax outside of sets that the ``regex`` package reads differently from ``re``."""

_EQUAL_TO_ASCII = {0x130: "i", 0x17F: "s", 0x212A: "k"}
"""The characters beyond ASCII that equal an ASCII letter when case is ignored; all of them, a test
says.
"""


class UnreadableError(ValueError):
    """A pattern cannot be taken apart; it has to run on every text."""


@dataclass(frozen=True)
class Widened:
    """One pattern, rewritten so that it finds at least what the original finds."""

    ascii: str
    """For texts of ASCII characters, matched byte by byte."""
    unicode: str
    """For any text, as UTF-8."""
    needs: Needs


@lru_cache(maxsize=4096)
def widen(pattern: str, flags: int) -> Widened:
    """Return ``pattern``, compiled by ``regex`` with ``flags``, in its wider forms.

    Raises:
        UnreadableError: the pattern uses what only the ``regex`` package understands.
    """
    if "[[:" in pattern or _ELSEWHERE.search(_SET.sub("", pattern)):
        raise UnreadableError(pattern)
    if flags & re.IGNORECASE:
        pattern = pattern.replace("(?i)", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kept = flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE | re.ASCII)
            tree = _parser.parse(pattern, kept)
            items = _with_what_is_before(list(tree))
            return Widened(
                _Writer(True, tree.state.flags).write(items),
                _Writer(False, tree.state.flags).write(items),
                NeedsReader(tree.state.flags).needs(items),
            )
    except (re.error, RecursionError, OverflowError):
        raise UnreadableError(pattern) from None


@lru_cache(maxsize=1)
def odd_characters() -> re.Pattern[str]:
    """Return a pattern for the characters that neither wider form knows: a text with one is given
    to every rule.

    Digits beyond ASCII, and letters beyond ASCII that equal an ASCII letter when case is ignored.
    """
    beyond = "".join(chr(c) for c in range(128, 0x110000) if not 0xD800 <= c < 0xE000)
    odd = regex.findall(r"\d", beyond) + regex.findall(r"[a-z]", beyond, regex.IGNORECASE)
    return re.compile("[" + "".join(map(re.escape, sorted(odd))) + "\ud800-\udfff]")


class _Writer:
    """Writes a parsed pattern in the syntax that Hyperscan reads, widened."""

    def __init__(self, ascii_only: bool, flags: int) -> None:
        self.ascii_only, self.flags = ascii_only, flags
        self.groups: dict[int, str] = {}
        self.cut = False
        self.any = r"[\x00-\x7f]" if ascii_only else r"[\x{0}-\x{10ffff}]"

    def write(self, tree: Sequence[Any]) -> str:
        """Return the pattern; optional parts at either end are left out, a search finds the
        rest.
        """
        items = list(tree)
        while items and _optional(items[0]):
            items.pop(0)
        while items and _optional(items[-1]):
            items.pop()
        for end in (0, -1):
            if items and _single_repeat(items[end]):
                op, (low, _, body) = items[end]
                items[end] = (op, (low, low, body))
        return f"(?i:{self._sequence(items, bool(self.flags & re.IGNORECASE))})"

    def _sequence(self, items: Any, ignore: bool) -> str:
        parts = []
        for op, value in items:
            parts.append(self._node(op, value, ignore))
            if self.cut:
                break
        return "".join(parts)

    def _node(self, op: Any, value: Any, ignore: bool) -> str:
        if op is sre.LITERAL:
            return self._characters([(value, value)], ignore)
        if op is sre.NOT_LITERAL:
            return self._negated([(sre.LITERAL, value)])
        if op is sre.ANY:
            return self.any
        if op is sre.IN:
            return self._set(value, ignore)
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self._repeat(value[0], value[1], value[2], ignore)
        if op is sre.SUBPATTERN:
            group, add, remove, body = value
            inner = (ignore or bool(add & re.IGNORECASE)) and not remove & re.IGNORECASE
            text = f"(?:{self._sequence(body, inner)})"
            if group is not None:
                self.groups[group] = text
            return text
        if op is sre.BRANCH:
            return self._branch(value[1], ignore)
        if op is sre.AT:
            return self._at(value)
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            return ""
        if op is sre.GROUPREF:
            return self.groups.get(value, f"{self.any}*")
        if op is sre.ATOMIC_GROUP:
            return f"(?:{self._sequence(value, ignore)})"
        raise UnreadableError(str(op))

    def _branch(self, branches: Any, ignore: bool) -> str:
        """Return the alternatives; of very many only the beginnings, and then the pattern ends
        there.
        """
        written, cut = [], len(branches) > MANY
        for branch in branches:
            self.cut = False
            written.append(self._sequence(branch[:2] if len(branches) > MANY else branch, ignore))
            cut = cut or self.cut
        self.cut = cut
        return "(?:" + "|".join(dict.fromkeys(written)) + ")"

    def _repeat(self, low: int, high: int, body: Any, ignore: bool) -> str:
        inner = self._sequence(body, ignore)
        if not inner:
            return ""
        if self.cut:
            return f"(?:{inner})" if low > 0 else ""
        inner = inner if len(body) == 1 and body[0][0] is sre.IN else f"(?:{inner})"
        low = min(low, MAX_COUNT)
        top = "" if high is sre.MAXREPEAT or high > MAX_COUNT else str(int(high))
        return f"{inner}{{{low}}}" if top == str(low) else f"{inner}{{{low},{top}}}"

    def _at(self, where: Any) -> str:
        if self.ascii_only and where is sre.AT_BOUNDARY:
            return r"\b"
        if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING) and not self.flags & re.MULTILINE:
            return "^"
        if where in (sre.AT_END, sre.AT_END_STRING) and not self.flags & re.MULTILINE:
            return "$"
        return ""

    def _set(self, items: Any, ignore: bool) -> str:
        if items and items[0][0] is sre.NEGATE:
            return self._negated(items[1:])
        ranges: list[tuple[int, int]] = []
        for op, value in items:
            if op is sre.LITERAL:
                ranges.append((value, value))
            elif op is sre.RANGE:
                ranges.append(value)
            elif op is sre.CATEGORY:
                ranges.extend(self._category(value))
            else:
                raise UnreadableError(str(op))
        return self._characters(ranges, ignore)

    def _negated(self, items: Any) -> str:
        """Return everything but the ASCII characters that the set surely holds."""
        held = {c for op, value in items for c in _surely(op, value)}
        kept = [(c, c) for c in range(128) if c not in held]
        return self._characters([*kept, *([] if self.ascii_only else [(128, 0x10FFFF)])], False)

    def _category(self, category: Any) -> list[tuple[int, int]]:
        ascii_part: list[tuple[int, int]] = [
            (c, c) for c in range(128) if _in_category(category, chr(c))
        ]
        if self.ascii_only or category is sre.CATEGORY_DIGIT:
            return ascii_part
        return [*ascii_part, (128, 0x10FFFF)]

    def _characters(self, ranges: list[tuple[int, int]], ignore: bool) -> str:
        """Return a character class of ``ranges``; any range beyond ASCII becomes everything beyond
        ASCII.
        """
        codes = {c for low, high in ranges for c in range(low, min(high, 127) + 1)}
        beyond = any(high > 127 for _, high in ranges)
        if beyond and ignore:
            codes |= {
                ord(c)
                for one, c in _EQUAL_TO_ASCII.items()
                if any(low <= one <= high for low, high in ranges)
            }
        if ignore:
            letters = {chr(c).lower() for c in codes if chr(c).isalpha()}
            codes = {c for c in codes if not chr(c).isalpha()} | {ord(letter) for letter in letters}
        if self.ascii_only:
            return _class(codes) if codes else r"[\x80-\xff]"
        return _class(codes, r"\x{80}-\x{10ffff}" if beyond else "")


def _with_what_is_before(items: list[Any]) -> list[Any]:
    """Return a whole pattern's sequence, what it begins by looking back for made a part of it."""
    if items and items[0][0] is sre.ASSERT and items[0][1][0] < 0:
        return [*_with_what_is_before(list(items[0][1][1])), *items[1:]]
    return items


def _single_repeat(node: Any) -> bool:
    """Return whether ``node`` repeats one character of a set: at a pattern's edge its shortest form
    suffices.
    """
    op, value = node
    repeat = op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
    return (
        repeat
        and len(value[2]) == 1
        and value[2][0][0] in (sre.IN, sre.LITERAL, sre.ANY, sre.NOT_LITERAL)
    )


def _optional(node: Any) -> bool:
    op, value = node
    return op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and value[0] == 0


def _surely(op: Any, value: Any) -> set[int]:
    """Return the ASCII codes that an item of a set holds for sure."""
    if op is sre.LITERAL:
        return {value}
    if op is sre.RANGE:
        return set(range(value[0], min(value[1], 127) + 1))
    return {c for c in range(128) if _in_category(value, chr(c))}


@lru_cache(maxsize=4096)
def _in_category(category: Any, char: str) -> bool:
    letter = {
        sre.CATEGORY_DIGIT: "d",
        sre.CATEGORY_SPACE: "s",
        sre.CATEGORY_WORD: "w",
        sre.CATEGORY_NOT_DIGIT: "D",
        sre.CATEGORY_NOT_SPACE: "S",
        sre.CATEGORY_NOT_WORD: "W",
    }[category]
    return regex.fullmatch(rf"\{letter}", char) is not None


def _class(codes: set[int], beyond: str = "") -> str:
    """Return a character class; letters match both cases, as the whole pattern ignores case."""
    parts, run = [], sorted(codes)
    if len(run) == 1 and not beyond:
        return chr(run[0]) if chr(run[0]).isalnum() else f"\\x{run[0]:02x}"
    start = 0
    for i in range(1, len(run) + 1):
        if i == len(run) or run[i] != run[i - 1] + 1:
            low, high = run[start], run[i - 1]
            parts.append(f"\\x{low:02x}" + (f"-\\x{high:02x}" if high > low else ""))
            start = i
    return f"[{''.join(parts)}{beyond}]"
