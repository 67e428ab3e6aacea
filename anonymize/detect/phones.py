"""Telephone numbers as Presidio's phone recognizer finds them, without parsing each candidate for each region.

The candidates are the same for every region, so they are cut out once. A candidate is parsed for a
region only if its digits can be a valid number there, and not at all for further regions once one
region took the whole of it and nothing that could belong to it follows: what they find is then
equal to or inside what is found already, and dropped as a duplicate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MIN_DIGITS = 4
"""No valid number of any region is shorter, in national or international form."""
MAX_TRIES = 65_535
"""Failing parts of one text after which the matcher gives up."""
_PLAIN = re.compile(r"([ (\[]*\+)?([0-9 ().\-/\[\]~]*)(x[0-9]{1,9})?")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)


@dataclass(frozen=True)
class _Part:
    """A candidate or a part of one, which may be a number."""

    text: str
    offset: int
    digits: tuple[str, ...] | None
    """The bare digits, with and without an extension; None where more than plain marks stand there."""
    abroad: bool
    """Whether it starts with a plus."""
    placed: bool
    """Whether brackets match and no letter touches it."""


@dataclass
class _Candidate:
    """What looks like a number, whatever the region."""

    start: int
    end: int
    parts: list[_Part]
    """The whole, then parts between slashes, brackets, hyphens, dots and blanks."""
    alone: bool
    """Whether nothing after it could belong to a number that starts inside it."""
    taken: bool = False
    """Whether a region took the whole of it."""


class PhoneFinder:
    """Finds what ``PhoneNumberMatcher`` finds for any of ``regions``; it relies on that class's own patterns."""

    def __init__(self, regions: Sequence[str], leniency: int) -> None:
        """Take the regions in the recognizer's order and the matcher's leniency (1: valid numbers)."""
        from phonenumbers import phonenumbermatcher, phonenumberutil

        self.regions, self.leniency = tuple(regions), leniency
        self._lib, self._util = phonenumbermatcher, phonenumberutil
        follows = f"[{phonenumberutil._VALID_PUNCTUATION}]{{0,4}}\\d|{phonenumberutil._EXTN_PATTERNS_FOR_MATCHING}"
        self._follows = re.compile(follows, phonenumberutil._REGEX_FLAGS)
        self._start = re.compile(rf"{phonenumbermatcher._LEAD_CLASS}|\d")
        self._known = known = [_region(region) for region in self.regions]
        self._any = re.compile("|".join(f"(?:{region.valid.pattern})" for region in known))
        self._abroad = re.compile("|".join(f"(?:{region.abroad.pattern})" for region in known))

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of numbers in ``text``, those inside another left out, by start."""
        cuts: dict[int, _Candidate | None] = {}
        found: set[tuple[int, int]] = set()
        if not self._apart(text, cuts, found):
            for region in self.regions:
                found.update(self._in_region(text, region, cuts))
        return _outer(found)

    def _apart(self, text: str, cuts: dict[int, _Candidate | None], found: set[tuple[int, int]]) -> bool:
        """Take every candidate that stands alone and is a number as a whole; False at one that is less simple."""
        index = 0
        while True:
            cut = cuts[index] = self._cut(text, index)
            if cut is None:
                return True
            if not cut.alone:
                return False
            whole = cut.parts[:1]
            if any(self._is_number(part, region, text) for part in whole for region in self._possible(part)):
                cut.taken = True
                found.add((cut.start, cut.end))
            elif any(True for part in cut.parts[1:] for _ in self._possible(part)):
                return False
            index = cut.end

    def _possible(self, part: _Part) -> Iterator[str]:
        """Yield the regions in which ``part`` may be a valid number."""
        if not part.placed:
            return
        if part.digits is None or part.abroad:
            yield from self.regions
        elif any(map(self._anywhere, part.digits)):
            for region, known in zip(self.regions, self._known, strict=True):
                if any(map(known.may_be_valid, part.digits)):
                    yield region

    def _anywhere(self, digits: str) -> bool:
        return self._any.fullmatch(digits) is not None or self._abroad.match(digits) is not None

    def _in_region(self, text: str, region: str, cuts: dict[int, _Candidate | None]) -> Iterator[tuple[int, int]]:
        tries, index = MAX_TRIES, 0
        while tries > 0:
            if index not in cuts:
                cuts[index] = self._cut(text, index)
            cut = cuts[index]
            if cut is None:
                return
            index = cut.end
            if cut.taken:
                continue
            for failed, part in enumerate(cut.parts):
                if part.placed and self._is_number(part, region, text):
                    index = part.offset + len(part.text)
                    cut.taken = failed == 0 and cut.alone
                    yield part.offset, index
                    tries -= max(0, failed - 1)
                    break
            else:
                tries -= max(1, len(cut.parts))

    def _cut(self, text: str, index: int) -> _Candidate | None:
        match = None
        while match is None:
            start_here = self._start.search(text, index)
            if start_here is None:
                return None
            match = self._lib._PATTERN.match(text, start_here.start())
            index = start_here.start() + 1
        start, candidate = match.start(), match.group()
        second = self._util._SECOND_NUMBER_START_PATTERN.search(candidate)
        candidate = candidate[: second.start()] if second else candidate
        end = start + len(candidate)
        parts = [] if self._is_date(text, candidate, end) else list(self._parts(text, candidate, start))
        return _Candidate(start, end, parts, self._follows.match(text, end) is None)

    def _is_date(self, text: str, candidate: str, end: int) -> bool:
        if self._lib._SLASH_SEPARATED_DATES.search(candidate):
            return True
        stamp = self._lib._TIME_STAMPS.search(candidate)
        return bool(stamp and self._lib._TIME_STAMPS_SUFFIX.match(text, end))

    def _parts(self, text: str, candidate: str, start: int) -> Iterator[_Part]:
        yield self._part(text, candidate, start)
        for separator in self._lib._INNER_MATCHES:
            found = separator.search(candidate)
            first = True
            while found:
                if first:
                    yield self._part(text, self._trimmed(candidate[: found.start()]), start)
                    first = False
                yield self._part(text, self._trimmed(found.group(1)), start + found.start(1))
                found = separator.search(candidate, found.start() + 1)

    def _trimmed(self, part: str) -> str:
        end = self._util._UNWANTED_END_CHAR_PATTERN.search(part)
        return part[: end.start()] if end else part

    def _part(self, text: str, part: str, offset: int) -> _Part:
        if len(part) < MIN_DIGITS:
            return _Part(part, offset, None, False, False)
        plain = _PLAIN.fullmatch(part)
        if plain is None:
            return _Part(part, offset, None, False, self._placed(text, part, offset))
        digits: tuple[str, ...] = (_NOT_DIGITS.sub("", plain[2]),)
        if plain[3]:
            digits = (*digits, digits[0] + plain[3][1:])
        possible = any(len(form) >= MIN_DIGITS for form in digits)
        if possible and plain[1]:
            possible = any(map(_may_be_valid_abroad, digits))
        return _Part(part, offset, digits, bool(plain[1]), possible and self._placed(text, part, offset))

    def _placed(self, text: str, part: str, offset: int) -> bool:
        """Return whether brackets match, it is no range of pages, and no letter or currency touches it."""
        lib, matcher = self._lib, self._lib.PhoneNumberMatcher
        if not lib._MATCHING_BRACKETS.fullmatch(part) or lib._PUB_PAGES.search(part):
            return False
        if self.leniency < lib.Leniency.VALID:
            return True
        touching = []
        if offset > 0 and not lib._LEAD_PATTERN.match(part):
            touching.append(text[offset - 1])
        touching.extend(text[offset + len(part) : offset + len(part) + 1])
        return not any(
            c not in " ,;:.\n" and (matcher._is_invalid_punctuation_symbol(c) or matcher._is_latin_letter(c))
            for c in touching
        )

    def _is_number(self, part: _Part, region: str, text: str) -> bool:
        if part.digits is not None and not part.abroad and not any(map(_region(region).may_be_valid, part.digits)):
            return False
        try:
            number = self._util.parse(part.text, region, keep_raw_input=True)
        except self._util.NumberParseException:
            return False
        matcher = self._lib.PhoneNumberMatcher(text, region, leniency=self.leniency)
        return bool(self._lib._verify(self.leniency, number, part.text, matcher))


class _Region:
    """What a region's metadata say about bare digits."""

    def __init__(self, region: str) -> None:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, phonenumberutil

        metadata: Any = PhoneMetadata.metadata_for_region(region, None)
        names = COUNTRY_CODE_TO_REGION_CODE[metadata.country_code]
        self.code = str(metadata.country_code)
        self.abroad = re.compile(metadata.international_prefix or r"(?!)")
        self.abroad_by_zero = self.abroad.pattern.startswith("0") and "|" not in _outside_groups(self.abroad.pattern)
        prefix = metadata.national_prefix_for_parsing or r"(?!)"
        self.prefix = re.compile(prefix)
        rewrites = metadata.national_prefix_transform_rule is not None
        kinds = {
            kind.national_number_pattern
            for name in names
            for kind in (getattr(PhoneMetadata.metadata_for_region(name, None), t) for t in _TYPES)
            if kind is not None and kind.national_number_pattern
        }
        valid = "|".join(f"(?:{kind})" for kind in sorted(kinds))
        dropped = prefix.replace(r"(\d{10,11})", "") if rewrites else prefix
        loose = rewrites and dropped == prefix
        added = rewrites and re.fullmatch(r"\\\d", metadata.national_prefix_transform_rule) is None
        before = r"\d{0,7}" if loose else f"(?:{self.code})?(?:{dropped}){{0,2}}"
        self.valid = re.compile(r"\d*" if added else f"{before}(?:{valid})")
        self.valid_abroad = re.compile(
            r"\d*" if added else rf"\d{{0,7}}(?:{valid})" if loose else f"(?:{dropped}){{0,2}}(?:{valid})"
        )
        main: Any = PhoneMetadata.metadata_for_region(names[0], None)
        bare = phonenumberutil._formatting_rule_has_first_group_only
        self.formats = [_Format(one, bare) for one in main.number_format]

    def may_be_valid(self, digits: str) -> bool:
        """Return whether ``digits``, written without a plus, can be a valid number dialled from here."""
        dialled = self.abroad.match(digits) if digits[:1] == "0" or not self.abroad_by_zero else None
        if dialled and _may_be_valid_abroad(digits[dialled.end() :]):
            return True
        if not self.valid.fullmatch(digits):
            return False
        if digits.startswith(self.code) or self.prefix.match(digits):
            return True
        return not self._prefix_missing(digits)

    def _prefix_missing(self, digits: str) -> bool:
        """Return whether a national number written like this would have to start with the national prefix."""
        return next((one.needs_prefix for one in self.formats if one.takes(digits)), False)


class _Format:
    """How numbers of one form are written."""

    def __init__(self, form: Any, is_bare_group: Callable[[str], bool]) -> None:
        leading = form.leading_digits_pattern
        self.leading = re.compile(leading[-1]) if leading else None
        self.pattern = re.compile(form.pattern)
        rule = form.national_prefix_formatting_rule
        optional = form.national_prefix_optional_when_formatting
        self.needs_prefix = bool(rule) and not optional and not is_bare_group(rule)

    def takes(self, digits: str) -> bool:
        """Return whether a national number of these digits is written in this form."""
        if self.leading is not None and not self.leading.match(digits):
            return False
        return self.pattern.fullmatch(digits) is not None


def _outside_groups(pattern: str) -> str:
    """Return ``pattern`` without what stands in brackets."""
    shorter = re.sub(r"\([^()]*\)", "", pattern)
    return shorter if shorter == pattern else _outside_groups(shorter)


def _may_be_valid_abroad(digits: str) -> bool:
    """Return whether ``digits``, written after a plus, can be a valid number; yes where the country is unclear."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    for length in (1, 2, 3):
        names = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if names and not digits.startswith("0"):
            return names[0] == "001" or _region(names[0]).valid_abroad.fullmatch(digits[length:]) is not None
    return True


@lru_cache(maxsize=256)
def _region(region: str) -> _Region:
    return _Region(region)


def _outer(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that lie in no other, sorted."""
    kept: list[tuple[int, int]] = []
    reach = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reach:
            kept.append((start, end))
            reach = end
    return kept
