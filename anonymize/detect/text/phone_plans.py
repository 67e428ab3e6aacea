"""Which bare digits are a telephone number: ``phonenumbers``' own numbering plans, its parsing of
plain digits.

The library parses text; once only digits are left, what it does with them is little: an
international prefix or a calling code goes, then a national prefix, and what is left is compared
with patterns by length. That little is done here, pattern by compiled pattern; where a prefix has
to go, its own function takes it off.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from anonymize.detect.text.phonenumbers_inside import NumberRules

_TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
_NEVER = "(?!)"
_LONGEST_CODE = 3


class Region:
    """What is a number when dialled from one region."""

    def __init__(self, name: str) -> None:
        """Take the region's two letters."""
        self._numbers = _Numbers(name)
        metadata = self._numbers.metadata
        self._code = str(metadata.country_code)
        self._plan = calling_plan(metadata.country_code)
        self._abroad = re.compile(metadata.international_prefix or _NEVER)
        self._general = re.compile(metadata.general_desc.national_number_pattern)

    def takes(self, digits: str, typed: str) -> bool:
        """Return whether ``digits``, written without a plus, are a valid number with the national
        prefix it needs.

        Args:
            digits: the number's digits.
            typed: the same, those of an extension behind them included.
        """
        plan, numbers = self._plan, self._numbers
        dialled = self._abroad.match(digits)
        if dialled and digits[dialled.end() : dialled.end() + 1] != "0":
            return bool(taken_abroad(digits[dialled.end() :]))
        if digits.startswith(self._code):
            national = numbers.stripped(digits[len(self._code) :])[0]
            instead = self._general.fullmatch(national) and not self._general.fullmatch(digits)
            if instead or numbers.too_long(digits):
                return plan.holds(plan.national(national))
        national = numbers.national(digits)
        return plan.holds(national) and not plan.prefix_missing(national, typed)

    def beginnings(self, length: int) -> list[str]:
        """Return patterns of which one matches at the start of all ``length`` digits that are a
        number here.

        They begin as a call abroad does, with the calling code or a national prefix, or are a
        number that needs none.
        """
        return [
            self._abroad.pattern,
            self._code,
            self._numbers.prefix.pattern,
            *self._plan.written_bare(length),
        ]


class Plan:
    """The national numbers of one calling code."""

    def __init__(self, code: int, names: tuple[str, ...]) -> None:
        """Take the calling code and its regions, the main one first."""
        self._regions = [_Numbers(name, code) for name in names]
        self._main = self._regions[0]
        self.national = self._main.national
        bare = NumberRules().has_first_group_only
        self._formats = [
            _Format(one, bare(one.national_prefix_formatting_rule)) for one in self._main.formats
        ]

    def holds(self, national: str) -> bool:
        """Return whether ``national`` is a valid number of one of the regions."""
        if len(self._regions) == 1:
            return self._main.hold(national)
        for region in self._regions:
            if region.leading is not None:
                if region.leading.match(national):
                    return region.hold(national)
            elif region.hold(national):
                return True
        return False

    def prefix_missing(self, national: str, typed: str) -> bool:
        """Return whether numbers like ``national`` are written with a national prefix, and
        ``typed`` is without.
        """
        needed = next((one.needs_prefix for one in self._formats if one.takes(national)), False)
        return needed and not self._main.stripped(typed)[1]

    def written_bare(self, length: int) -> list[str]:
        """Return patterns of which one matches all valid numbers of ``length`` digits that need no
        national prefix.
        """
        needing = "|".join(one.whole for one in self._formats if one.needs_prefix) or _NEVER
        others = "|".join(one.whole for one in self._formats if not one.needs_prefix) or _NEVER
        valid = {
            f"(?:{r.leading.pattern}).*" if r.leading else r.of_length(length).pattern
            for r in self._regions
        }
        return [rf"(?=(?:{one})\Z)(?:(?!{needing})|(?={others}))" for one in sorted(valid)]


class _Numbers:
    """One region's metadata: its valid national numbers, and its national prefix."""

    def __init__(self, name: str, code: int = 0) -> None:
        from phonenumbers import PhoneMetadata

        self._rules = NumberRules()
        metadata: Any = PhoneMetadata.metadata_for_region_or_calling_code(code, name)
        self.metadata, self.formats = metadata, metadata.number_format
        self.leading = re.compile(metadata.leading_digits) if metadata.leading_digits else None
        self.prefix = re.compile(metadata.national_prefix_for_parsing or _NEVER)
        self._valid: dict[int, re.Pattern[str]] = {}

    def hold(self, national: str) -> bool:
        """Return whether ``national`` is a valid number of some type."""
        length = len(national)
        valid = self._valid.get(length) or self._valid.setdefault(length, self.of_length(length))
        return valid.fullmatch(national) is not None

    def stripped(self, digits: str) -> tuple[str, bool]:
        """Return ``digits`` without a national prefix or carrier code, and whether there was
        one.
        """
        if self.prefix.match(digits) is None:
            return digits, False
        return self._rules.without_prefix(digits, self.metadata)

    def national(self, digits: str) -> str:
        """Return ``digits`` without their national prefix where what is left is long enough for a
        number.
        """
        national, found = self.stripped(digits)
        return digits if found and self._rules.is_too_short(national, self.metadata) else national

    def too_long(self, digits: str) -> bool:
        """Return whether no number of the region has as many digits."""
        return self._rules.is_too_long(digits, self.metadata)

    def of_length(self, length: int) -> re.Pattern[str]:
        """Return the pattern of valid numbers of ``length`` digits."""
        descriptions = [getattr(self.metadata, one) for one in ("general_desc", *_TYPES)]
        general, *kinds = (_pattern(description, length) for description in descriptions)
        return re.compile(rf"(?=(?:{general})\Z)(?:{'|'.join(sorted(set(kinds)))})")


class _Format:
    """How numbers of one form are written."""

    def __init__(self, form: Any, bare_group: bool) -> None:
        leading = form.leading_digits_pattern
        self.leading = re.compile(leading[-1]) if leading else None
        self.pattern = re.compile(form.pattern)
        rule, optional = (
            form.national_prefix_formatting_rule,
            form.national_prefix_optional_when_formatting,
        )
        self.whole = rf"{f'(?={leading[-1]})' if leading else ''}(?:{form.pattern})\Z"
        self.needs_prefix = bool(rule) and not optional and not bare_group

    def takes(self, national: str) -> bool:
        """Return whether ``national`` is written in this form."""
        if self.leading is not None and not self.leading.match(national):
            return False
        return self.pattern.fullmatch(national) is not None


def taken_abroad(digits: str) -> bool | None:
    """Return whether ``digits``, calling code first, are a valid number; None where no calling code
    begins them.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    for length in range(1, _LONGEST_CODE + 1):
        code = int(digits[:length] or 0)
        if code in COUNTRY_CODE_TO_REGION_CODE and not digits.startswith("0"):
            plan = calling_plan(code)
            return plan.holds(plan.national(digits[length:]))
    return None


@lru_cache(maxsize=256)
def calling_plan(code: int) -> Plan:
    """Return the numbering plan of a calling code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return Plan(code, tuple(COUNTRY_CODE_TO_REGION_CODE[code]))


@lru_cache(maxsize=256)
def region_plan(name: str) -> Region:
    """Return what is a number when dialled from the region."""
    return Region(name)


@lru_cache(maxsize=1024)
def beginnings(regions: tuple[str, ...], length: int) -> re.Pattern[str]:
    """Return a pattern that matches at the start of all ``length`` digits that are a number in one
    of ``regions``.
    """
    patterns = {one for region in regions for one in region_plan(region).beginnings(length)}
    return re.compile("|".join(f"(?:{one})" for one in sorted(patterns)))


def _pattern(description: Any, length: int) -> str:
    """Return the pattern of a kind of number; one that never matches where none has ``length``
    digits.
    """
    if description is None or not description.national_number_pattern:
        return _NEVER
    lengths = description.possible_length
    return (
        f"(?:{description.national_number_pattern})" if not lengths or length in lengths else _NEVER
    )
