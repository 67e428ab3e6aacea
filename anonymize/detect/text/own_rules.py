"""Rules of our own: a pattern, an optional check of the match, and what must not precede it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from anonymize.detect.text.presidio_rules import (
    PATTERN_SECONDS,
    Found,
    Part,
    Rule,
    without_contained,
)
from anonymize.detect.text.widened_patterns import UnreadableError, Widened, widen
from anonymize.errors import DataError

LEFT = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z_][-./,])"
"""Where a number may begin: at a token, not behind a decimal point; letters of other scripts may
touch it.
"""
RIGHT = r"(?![0-9A-Za-z_])(?![-./,][0-9])"
"""Where it may end."""


@dataclass(frozen=True)
class Shape:
    """One form of one entity."""

    entity: str
    """The entity it finds."""
    pattern: str
    """A regular expression; its group ``value`` is the finding, all of it where there is none."""
    score: float = 0.8
    """Score of a match, 0 to 1."""
    check: Callable[[str], bool] | None = None
    """What the finding must pass."""
    unless_after: str | None = None
    """A regular expression: a match right behind it is none."""
    probe: str | None = None
    """What the prefilter looks for instead: a regular expression that matches in, or around, each
    match.
    """
    flags: int = re.IGNORECASE
    """Flags of ``re`` for ``pattern``."""
    one_word: bool = False
    """Whether ``LEFT`` and ``RIGHT`` stand beside letters or digits: in ASCII texts they are word
    boundaries.
    """


@dataclass(frozen=True)
class OwnPart(Part):
    """A shape in a rule; its pattern is compiled when a text may hold it."""

    shape: Shape = field(default_factory=lambda: Shape("", ""))


class OwnRule(Rule):
    """Several shapes under one rule name, which findings report."""

    def __init__(self, name: str, shapes: Iterable[Shape]) -> None:
        """Take the name and the shapes."""
        self.name, self.context, self._shapes = name, (), tuple(shapes)
        self.parts: tuple[Part, ...] = tuple(map(_part, self._shapes))

    def reduced(self, entities: Sequence[str] | None, threshold: float) -> OwnRule:
        """Return the rule with those shapes that find ``entities`` (None: all) and reach
        ``threshold``.
        """
        kept = [
            s
            for s in self._shapes
            if s.score >= threshold and (entities is None or s.entity in entities)
        ]
        return self if len(kept) == len(self._shapes) else OwnRule(self.name, kept)

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return the findings of ``parts``, duplicates and weaker ones inside stronger ones left
        out.

        Raises:
            DataError: a pattern took longer than ``PATTERN_SECONDS``; the message names the rule.
        """
        found: set[Found] = set()
        for part in parts:
            assert isinstance(part, OwnPart)
            found.update(self._of_part(text, part))
        return without_contained(found)

    def _of_part(self, text: str, part: OwnPart) -> Iterable[Found]:
        shape, (compiled, before) = part.shape, _compiled(part.shape)
        group = "value" if "value" in compiled.groupindex else 0
        try:
            for match in compiled.finditer(text, timeout=PATTERN_SECONDS):
                start, end = match.span(group)
                if start == end or (shape.check is not None and not shape.check(text[start:end])):
                    continue
                if before is None or not before.search(text[max(0, start - _NEAR) : start]):
                    yield start, end, shape.entity, shape.score
        except TimeoutError:
            what = (
                f"recognizer {self.name}: a pattern took more than {PATTERN_SECONDS:g} s on one"
                " text"
            )
            raise DataError(what) from None


_NEAR = 32
"""Code points before a match in which ``unless_after`` is looked for."""


@lru_cache(maxsize=1024)
def _part(shape: Shape) -> OwnPart:
    probe = shape.probe or shape.pattern
    if shape.one_word:
        probe = probe.replace(LEFT, r"\b").replace(RIGHT, r"\b")
    try:
        wide: Widened | None = widen(probe, re.IGNORECASE if shape.probe else shape.flags)
    except UnreadableError:
        wide = None
    return OwnPart(shape.score, None, wide, shape=shape)


@lru_cache(maxsize=1024)
def _compiled(shape: Shape) -> tuple[Any, re.Pattern[str] | None]:
    """Return the pattern, and one for what must not precede a match, which ends there."""
    import regex

    before = (
        re.compile(rf"(?:{shape.unless_after})\Z", re.IGNORECASE) if shape.unless_after else None
    )
    return regex.compile(shape.pattern, flags=shape.flags), before
