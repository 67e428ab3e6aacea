"""The parts of phonenumbers that are not its public interface, all in one place.

Why they are used: Presidio finds telephone numbers with ``PhoneNumberMatcher``, and findings must
be equal to its. The matcher tries every place of a text for every region in turn, in Python; with
its own patterns and rules a text is cut once for all regions, 63 times faster on prose. A test
compares every name here with the locked version, so that an upgrade that moves one fails there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any


class MatcherParts:
    """Patterns and rules of ``PhoneNumberMatcher``, by what they are for."""

    def __init__(self) -> None:
        """Import the library, which takes 20 ms."""
        from phonenumbers import phonenumbermatcher, phonenumberutil

        self._matcher, self._util = phonenumbermatcher, phonenumberutil
        self.valid: int = phonenumbermatcher.Leniency.VALID
        """The leniency of valid numbers."""
        self.candidate: re.Pattern[str] = phonenumbermatcher._PATTERN
        """A stretch that may be a number."""
        self.lead_class: str = phonenumbermatcher._LEAD_CLASS
        """Class of the signs before a first digit."""
        self.lead: re.Pattern[str] = phonenumbermatcher._LEAD_PATTERN
        self.separators: Sequence[re.Pattern[str]] = phonenumbermatcher._INNER_MATCHES
        """What may stand between two numbers of one stretch."""
        self.brackets: re.Pattern[str] = phonenumbermatcher._MATCHING_BRACKETS
        self.pages: re.Pattern[str] = phonenumbermatcher._PUB_PAGES
        """A range of pages."""
        self.dates: re.Pattern[str] = phonenumbermatcher._SLASH_SEPARATED_DATES
        self.stamp: re.Pattern[str] = phonenumbermatcher._TIME_STAMPS
        """The date and hour of a time stamp."""
        self.stamp_end: re.Pattern[str] = phonenumbermatcher._TIME_STAMPS_SUFFIX
        self.second_number: re.Pattern[str] = phonenumberutil._SECOND_NUMBER_START_PATTERN
        self.unwanted_end: re.Pattern[str] = phonenumberutil._UNWANTED_END_CHAR_PATTERN
        self.going_on = re.compile(
            f"[{phonenumberutil._VALID_PUNCTUATION}]{{0,4}}\\d"
            f"|{phonenumberutil._EXTN_PATTERNS_FOR_MATCHING}",
            phonenumberutil._REGEX_FLAGS,
        )
        """A digit or an extension that goes on where a stretch ends."""

    def forbids(self, touching: str) -> bool:
        """Return whether a character beside a number makes it none: a Latin letter, a currency."""
        matcher = self._matcher.PhoneNumberMatcher
        return bool(
            matcher._is_invalid_punctuation_symbol(touching) or matcher._is_latin_letter(touching)
        )

    def is_number(self, part: str, region: str, text: str, leniency: int) -> bool:
        """Return whether the matcher takes ``part`` of ``text`` for a number of ``region``."""
        try:
            number = self._util.parse(part, region, keep_raw_input=True)
        except self._util.NumberParseException:
            return False
        matcher = self._matcher.PhoneNumberMatcher(text, region, leniency=leniency)
        return bool(self._matcher._verify(leniency, number, part, matcher))


class NumberRules:
    """Rules of ``phonenumberutil`` for national numbers."""

    def __init__(self) -> None:
        """Import the library."""
        from phonenumbers import phonenumberutil

        self._util = phonenumberutil

    def without_prefix(self, digits: str, metadata: Any) -> tuple[str, bool]:
        """Return ``digits`` without a national prefix or carrier code, and if one was there."""
        strip = self._util._maybe_strip_national_prefix_carrier_code
        _, national, found = strip(digits, metadata)
        return national, found

    def is_too_short(self, digits: str, metadata: Any) -> bool:
        """Return whether no number of the region has as few digits, but a local one."""
        outcome = self._util.ValidationResult
        return self._util._test_number_length(digits, metadata) in (
            outcome.TOO_SHORT,
            outcome.IS_POSSIBLE_LOCAL_ONLY,
            outcome.INVALID_LENGTH,
        )

    def is_too_long(self, digits: str, metadata: Any) -> bool:
        """Return whether no number of the region has as many digits."""
        length = self._util._test_number_length(digits, metadata)
        return bool(length == self._util.ValidationResult.TOO_LONG)

    def has_first_group_only(self, rule: str | None) -> bool:
        """Return whether a formatting rule is the first group alone: no national prefix."""
        return bool(self._util._formatting_rule_has_first_group_only(rule))
