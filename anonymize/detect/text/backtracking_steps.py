"""Counts the steps of a backtracking regular-expression matcher. Not timed, so the same on every
machine.

The pattern's own tree is walked as by a matcher without optimisations; a real engine takes at most
a constant factor more steps. Look-behind and back-references are assumed to match, which can only
add steps.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from re import _constants as sre  # type: ignore[attr-defined]
from typing import Any

_Next = Callable[[int], bool]
_DEEP = 100_000
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    sre.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    sre.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


class TooManyStepsError(Exception):
    """The count passed its limit."""


def count_steps(tree: Any, text: str, limit: int) -> int:
    """Return the steps of searching ``tree``, a parsed pattern, from every place of ``text``; case
    is ignored.

    Raises:
        TooManyStepsError: there are more than ``limit``.
    """
    walk = _Walk(text, limit)
    with _deep_recursion():
        for start in range(len(text) + 1):
            walk.sequence(tree, 0, start, lambda _: True)
    return walk.steps


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Walk:
    """One text being matched."""

    def __init__(self, text: str, limit: int) -> None:
        self.text, self.limit, self.steps = text, limit, 0

    def sequence(self, items: Any, at: int, place: int, then: _Next) -> bool:
        """Return whether ``items`` from ``at`` on match at ``place`` and ``then`` holds behind
        them.
        """
        self.steps += 1
        if self.steps > self.limit:
            raise TooManyStepsError
        if at == len(items):
            return then(place)
        op, value = items[at]

        def rest(new: int) -> bool:
            return self.sequence(items, at + 1, new, then)

        if op in _REPEATS:
            if op is sre.POSSESSIVE_REPEAT:
                return self._once(lambda note: self._repeat(value, op, 0, place, note), rest)
            return self._repeat(value, op, 0, place, rest)
        if op is sre.SUBPATTERN:
            return self.sequence(value[3], 0, place, rest)
        if op is sre.BRANCH:
            return self._branch(value[1], place, rest)
        if op is sre.ATOMIC_GROUP:
            return self._once(lambda note: self.sequence(value, 0, place, note), rest)
        if op is sre.ASSERT or op is sre.ASSERT_NOT:
            ahead = value[0] > 0
            holds = not ahead or self.sequence(value[1], 0, place, lambda _: True) is (
                op is sre.ASSERT
            )
            return holds and rest(place)
        if op is sre.AT:
            return self._is_at(value, place) and rest(place)
        if op is sre.GROUPREF:
            return rest(place)
        if op is sre.GROUPREF_EXISTS:
            return self._branch([value[1], value[2] or []], place, rest)
        return place < len(self.text) and _is_one(op, value, self.text[place]) and rest(place + 1)

    def _branch(self, branches: Any, place: int, then: _Next) -> bool:
        for branch in branches:  # noqa: SIM110 - any() would recurse in C
            if self.sequence(branch, 0, place, then):
                return True
        return False

    def _repeat(self, value: Any, op: Any, done: int, place: int, then: _Next) -> bool:
        least, most, inside = value

        def again(new: int) -> bool:
            return (new > place or done < least) and self._repeat(value, op, done + 1, new, then)

        if op is sre.MIN_REPEAT and done >= least and then(place):
            return True
        if done < most and self.sequence(inside, 0, place, again):
            return True
        return op is not sre.MIN_REPEAT and done >= least and then(place)

    def _once(self, run: Callable[[_Next], bool], then: _Next) -> bool:
        """Return whether the first way in which ``run`` matches goes on to ``then``: no other is
        tried.
        """
        ends: list[int] = []

        def note(place: int) -> bool:
            ends.append(place)
            return True

        return run(note) and then(ends[0])

    def _is_at(self, where: Any, place: int) -> bool:
        if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_LINE, sre.AT_BEGINNING_STRING):
            return place == 0
        if where in (sre.AT_END, sre.AT_END_LINE, sre.AT_END_STRING):
            return place == len(self.text)
        word = _CATEGORIES[sre.CATEGORY_WORD]
        around = [
            word(char) for char in (self.text[place - 1 : place], self.text[place : place + 1])
        ]
        return (around[0] != around[1]) is (where in (sre.AT_BOUNDARY, sre.AT_UNI_BOUNDARY))


def _is_one(op: Any, value: Any, char: str) -> bool:
    """Return whether the node (``op``, ``value``) matches ``char``."""
    if op is sre.ANY:
        return True
    if op is sre.LITERAL:
        return chr(value).lower() == char.lower()
    if op is sre.NOT_LITERAL:
        return chr(value).lower() != char.lower()
    if op is not sre.IN:
        return True
    negated = value[0][0] is sre.NEGATE
    return _is_in(value[negated:], char) is not negated


def _is_in(members: Any, char: str) -> bool:
    codes = {ord(char), *map(ord, (char.lower() + char.upper()))}
    for op, value in members:
        if op is sre.LITERAL and value in codes:
            return True
        if op is sre.RANGE and any(value[0] <= code <= value[1] for code in codes):
            return True
        if op is sre.CATEGORY and _CATEGORIES[value](char):
            return True
    return False
