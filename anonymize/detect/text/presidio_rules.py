"""Presidio's recognizers as rules: the same findings as their ``analyze``, without its
bookkeeping.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from anonymize.detect.text.context_words import AT_LEAST, RAISE
from anonymize.detect.text.needed_text import Needs
from anonymize.detect.text.phone_numbers import MIN_DIGITS, PhoneFinder
from anonymize.detect.text.widened_patterns import UnreadableError, Widened, widen
from anonymize.errors import DataError

Found = tuple[int, int, str, float]
"""start, end, entity, score"""
PATTERN_SECONDS = float(os.environ.get("COATCHECK_PATTERN_SECONDS", "20"))
"""Time that one pattern may take on one text before the scan stops with its name."""
_MARKS = r"[^0-9A-Za-wyz]{0,12}"
_PLAIN_LOCAL = re.compile(r"[\w.+-]+", re.ASCII)


@dataclass(frozen=True)
class Part:
    """One pattern of a rule, or all of a rule that has none of its own."""

    score: float
    """Score of a match before validation and context."""
    pattern: tuple[str, int] | None = None
    """The pattern and its flags; None where the recognizer runs as a whole."""
    widened: Widened | None = None
    """What a text must hold for a match; None where the part has to run on every text."""
    weak: bool = False
    """Whether a match counts only beside a context word."""

    @cached_property
    def compiled(self) -> Any:
        """Return the compiled pattern. Most patterns are needed by no text of a table, and to
        compile all takes longer than to scan a sample.
        """
        import regex

        assert self.pattern is not None
        return regex.compile(self.pattern[0], flags=self.pattern[1])


class Rule:
    """One recognizer, ready to run."""

    of_policy = False
    """Whether a policy wrote its words and patterns, which may be people's names: they are kept on
    no disk.
    """

    def __init__(self, recognizer: Any, parts: Sequence[Part]) -> None:
        """Take Presidio's recognizer and the parts that decide whether it runs."""
        self.recognizer, self.parts, self.name = recognizer, tuple(parts), str(recognizer.name)
        self.context = tuple(
            word.lower() for word in recognizer.context or () if not any(map(str.isspace, word))
        )
        """Context words in lower case, those that one word can hold."""
        self.of_policy = getattr(recognizer, "of_policy", False)

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return the findings of ``parts``, duplicates and weaker ones inside stronger ones left
        out.
        """
        results = self.recognizer.analyze(
            text=text, entities=self.recognizer.supported_entities, nlp_artifacts=None
        )
        return [(r.start, r.end, r.entity_type, r.score) for r in results or ()]


class PhoneRule(Rule):
    """Presidio's phone recognizer through ``PhoneFinder``."""

    def __init__(self, recognizer: Any, parts: Sequence[Part]) -> None:
        """Take the recognizer with its regions and leniency."""
        super().__init__(recognizer, parts)
        self._finder = PhoneFinder(recognizer.supported_regions, recognizer.leniency)

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return the numbers found, each with the recognizer's one score."""
        entity = self.recognizer.supported_entities[0]
        return [
            (start, end, entity, self.recognizer.SCORE) for start, end in self._finder.find(text)
        ]


class PatternRule(Rule):
    """A pattern recognizer: its patterns, then its own validation."""

    def __init__(self, recognizer: Any, parts: Sequence[Part]) -> None:
        """Take the recognizer and its patterns."""
        super().__init__(recognizer, parts)
        self._entity = recognizer.supported_entities[0]
        self._valid: Callable[[str], bool | None] | None = _validator(recognizer)
        self._invalid = (
            recognizer.invalidate_result if _overrides(recognizer, "invalidate_result") else None
        )

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return the validated matches of ``parts``.

        Raises:
            DataError: a pattern took longer than ``PATTERN_SECONDS``; the message names the
                recognizer.
        """
        found: set[Found] = set()
        for part in parts:
            try:
                for match in part.compiled.finditer(text, timeout=PATTERN_SECONDS):
                    start, end = match.span()
                    if end > start and (score := self._score(match.group(), part.score)) > 0:
                        found.add((start, end, self._entity, score))
            except TimeoutError:
                what = (
                    f"recognizer {self.name}: a pattern took more than {PATTERN_SECONDS:g} s on one"
                    " text"
                )
                raise DataError(what) from None
        return without_contained(found)

    def _score(self, match: str, score: float) -> float:
        try:
            if self._valid is not None and (valid := self._valid(match)) is not None:
                score = 1.0 if valid else 0.0
            return 0.0 if self._invalid is not None and self._invalid(match) else score
        except (KeyError, ValueError, IndexError, TypeError):
            # some validations break on digits of other scripts: what cannot be checked is kept
            return score


class IbanRule(PatternRule):
    """Presidio's IBAN recognizer: of each match the longest run of groups that passes its
    validation.
    """

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return the account numbers found."""
        found = []
        for part in parts:
            for match in part.compiled.finditer(text):
                start = match.start()
                for group in range(len(match.groups()), 0, -1):
                    end = match.end(group) if match.end(group) > 0 else match.end()
                    score = self._score(text[start:end], part.score) if end > start else 0.0
                    if score > 0:
                        found.append((start, end, self._entity, score))
                        break
        return found


def make_rule(recognizer: Any, threshold: float) -> Rule | None:
    """Return the rule for ``recognizer``; None where nothing it finds can reach ``threshold``."""
    from presidio_analyzer import PatternRecognizer
    from presidio_analyzer.predefined_recognizers import IbanRecognizer, PhoneRecognizer

    if isinstance(recognizer, PhoneRecognizer):
        digits = rf"(?:[0-9]{_MARKS}){{{MIN_DIGITS - 1}}}[0-9]"
        part = Part(
            recognizer.SCORE, widened=Widened(digits, digits, Needs(MIN_DIGITS, MIN_DIGITS))
        )
        return (PhoneRule if type(recognizer) is PhoneRecognizer else Rule)(recognizer, [part])
    if not isinstance(recognizer, PatternRecognizer):
        return Rule(recognizer, [Part(1.0)])
    found = (_part(recognizer, pattern, threshold) for pattern in recognizer.patterns)
    parts = [one for one in found if one is not None]
    kind = PatternRule if not _overrides(recognizer, "analyze") else Rule
    kind = IbanRule if type(recognizer) is IbanRecognizer else kind
    return kind(recognizer, parts) if parts else None


def without_contained(found: Iterable[Found]) -> list[Found]:
    """Return ``found`` without findings contained in one of the same entity with an equal or better
    score.
    """
    several = list(found)
    if len(several) < 2:
        return several
    kept: list[Found] = []
    entity, active = "", list[Found]()
    for one in sorted(several, key=lambda f: (f[2], f[0], f[0] - f[1], -f[3])):
        if one[2] != entity:
            entity, active = one[2], []
        active = [a for a in active if a[1] >= one[0]]
        if not any(a[0] <= one[0] and one[1] <= a[1] and one[3] <= a[3] for a in active):
            kept.append(one)
            active.append(one)
    return kept


def _part(recognizer: Any, pattern: Any, threshold: float) -> Part | None:
    """Return one pattern as a part; None where its matches can never reach ``threshold``. Presidio
    has compiled it before, so it is valid.
    """
    weak = not _overrides(recognizer, "validate_result") and pattern.score < threshold
    if weak and not (recognizer.context and max(pattern.score + RAISE, AT_LEAST) >= threshold):
        return None
    flags = recognizer.global_regex_flags
    try:
        widened: Widened | None = widen(pattern.regex, flags)
    except UnreadableError:
        widened = None
    return Part(pattern.score, (pattern.regex, flags), widened, weak)


def _overrides(recognizer: Any, method: str) -> bool:
    from presidio_analyzer import PatternRecognizer

    return getattr(type(recognizer), method) is not getattr(PatternRecognizer, method)


def _validator(recognizer: Any) -> Callable[[str], bool | None] | None:
    from presidio_analyzer.predefined_recognizers import EmailRecognizer

    if not _overrides(recognizer, "validate_result"):
        return None
    validate: Callable[[str], bool | None] = recognizer.validate_result
    if type(recognizer) is not EmailRecognizer:
        return validate
    by_domain = lru_cache(maxsize=65_536)(lambda domain: validate(f"x@{domain}"))

    def cached(address: str) -> bool | None:
        """Return the answer for the domain, which alone decides where the part before it is
        plain.
        """
        local, _, domain = address.rpartition("@")
        return by_domain(domain) if _PLAIN_LOCAL.fullmatch(local) else validate(address)

    return cached
