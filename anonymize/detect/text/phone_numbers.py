"""Telephone numbers as Presidio's phone recognizer finds them, without parsing each candidate for
each region.

The candidates are the same for every region, so they are cut out once. One of bare digits and plain
marks is compared with the numbering plans; only others are parsed. A candidate is not looked at for
further regions once one region took the whole of it and nothing that could belong to it follows:
what they find is then equal to or inside what is found already, and dropped as a duplicate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anonymize.detect.text.phone_plans import beginnings, region_plan, taken_abroad
from anonymize.detect.text.phonenumbers_inside import MatcherParts

MIN_DIGITS = 4
"""No valid number of any region is shorter, in national or international form."""
MAX_TRIES = 65_535
"""Failing parts of one text after which the matcher gives up."""
_PLAIN = re.compile(r"([ (\[]*\+)?([0-9 ().\-/\[\]]*)(?:x([0-9]{1,9}))?")
_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(slots=True)
class _Part:
    """A candidate or a part of one, which may be a number."""

    text: str
    offset: int
    digits: str | None = None
    """The bare digits; None where more than plain marks stand between them, and only the library
    knows.
    """
    typed: str = ""
    """The same with those of an extension."""
    abroad: bool | None = None
    """Whether it starts with a plus and is a valid number; None without a plus."""
    possible: bool | None = None
    """Whether it may be a number in some region; None until it is asked for."""


@dataclass(slots=True)
class _Candidate:
    """What looks like a number, whatever the region."""

    text: str
    start: int
    whole: _Part
    parts: Sequence[_Part] | None = None
    """The whole, then parts between slashes, brackets, hyphens, dots and blanks; None until they
    are asked for.
    """
    taken: bool = False
    """Whether a region took the whole of it, and nothing after it could belong to a number that
    starts inside it.
    """

    @property
    def end(self) -> int:
        """Return where it ends in the text."""
        return self.start + len(self.text)


class PhoneFinder:
    """Finds what ``PhoneNumberMatcher`` finds for any of ``regions``; it relies on that class's own
    patterns.
    """

    def __init__(self, regions: Sequence[str], leniency: int) -> None:
        """Take the regions in the recognizer's order and the matcher's leniency (1: valid
        numbers).
        """
        self.regions, self.leniency = tuple(regions), leniency
        self._lib = MatcherParts()
        self._start = re.compile(rf"{self._lib.lead_class}|\d")
        separators = (one.pattern.removeprefix("(?u)") for one in self._lib.separators)
        self._separator = re.compile("|".join(separators))
        self._every = range(len(self.regions))
        self._plans = [region_plan(region) for region in self.regions]

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of numbers in ``text``, those inside another left out, by start."""
        cuts: dict[int, _Candidate | None] = {}
        found: set[tuple[int, int]] = set()
        if not self._apart(text, cuts, found):
            for region in self._every:
                found.update(self._in_region(text, region, cuts))
        return _outer(found)

    def _apart(
        self, text: str, cuts: dict[int, _Candidate | None], found: set[tuple[int, int]]
    ) -> bool:
        """Accept every isolated candidate that is a whole number; return False at the first that
        needs more work.
        """
        index = 0
        while True:
            cut = cuts[index] = self._cut(text, index)
            if cut is None:
                return True
            index = cut.end
            if not self._possible(cut.whole, text) and not self._separator.search(cut.text):
                continue
            parts = self._parts_of(cut, text)
            if parts and self._is_number_anywhere(cut.whole, text):
                cut.taken = self._alone(text, cut)
                if not cut.taken:
                    return False
                found.add((cut.start, index))
            elif any(self._is_number_anywhere(part, text) for part in parts[1:]):
                return False

    def _in_region(
        self, text: str, region: int, cuts: dict[int, _Candidate | None]
    ) -> Iterator[tuple[int, int]]:
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
            parts = self._parts_of(cut, text)
            for failed, part in enumerate(parts):
                if self._is_number(part, region, text):
                    index = part.offset + len(part.text)
                    cut.taken = failed == 0 and self._alone(text, cut)
                    yield part.offset, index
                    tries -= max(0, failed - 1)
                    break
            else:
                tries -= max(1, len(parts))

    def _cut(self, text: str, index: int) -> _Candidate | None:
        match = None
        while match is None:
            start_here = self._start.search(text, index)
            if start_here is None:
                return None
            match = self._lib.candidate.match(text, start_here.start())
            index = start_here.start() + 1
        start, candidate = match.start(), match.group()
        second = self._lib.second_number.search(candidate)
        candidate = candidate[: second.start()] if second else candidate
        return _Candidate(candidate, start, self._part(candidate, start))

    def _alone(self, text: str, cut: _Candidate) -> bool:
        """Return whether nothing after a candidate could belong to a number that starts inside
        it.
        """
        return self._lib.going_on.match(text, cut.end) is None

    def _is_date(self, text: str, cut: _Candidate) -> bool:
        if self._lib.dates.search(cut.text):
            return True
        stamp = self._lib.stamp.search(cut.text)
        return bool(stamp and self._lib.stamp_end.match(text, cut.end))

    def _parts_of(self, cut: _Candidate, text: str) -> Sequence[_Part]:
        """Return the parts of a candidate, none of a date; they are cut out once."""
        if cut.parts is None:
            cut.parts = (
                () if self._is_date(text, cut) else (cut.whole, *self._inner(cut.text, cut.start))
            )
        return cut.parts

    def _inner(self, candidate: str, start: int) -> Iterator[_Part]:
        for separator in self._lib.separators:
            found = separator.search(candidate)
            first = True
            while found:
                if first:
                    yield self._part(self._trimmed(candidate[: found.start()]), start)
                    first = False
                yield self._part(self._trimmed(found.group(1)), start + found.start(1))
                found = separator.search(candidate, found.start() + 1)

    def _trimmed(self, part: str) -> str:
        end = self._lib.unwanted_end.search(part)
        return part[: end.start()] if end else part

    def _part(self, part: str, offset: int) -> _Part:
        strict = len(part) >= MIN_DIGITS and self.leniency == self._lib.valid
        plain = _PLAIN.fullmatch(part) if strict else None
        if plain is None:
            return _Part(part, offset)
        plus, marked, extension = plain.groups()
        digits = _NOT_DIGITS.sub("", marked)
        abroad = taken_abroad(digits) if plus else None
        if (extension and len(digits) < MIN_DIGITS) or (plus and abroad is None):
            return _Part(
                part, offset
            )  # what the library makes of these depends on more than digits
        return _Part(part, offset, digits, digits + (extension or ""), abroad)

    def _is_number_anywhere(self, part: _Part, text: str) -> bool:
        """Return whether ``part`` is a number in one of the regions."""
        return self._possible(part, text) and any(
            self._is_taken(part, region, text) for region in self._every
        )

    def _is_number(self, part: _Part, region: int, text: str) -> bool:
        """Return whether ``part`` is a number in one region."""
        return self._possible(part, text) and self._is_taken(part, region, text)

    def _possible(self, part: _Part, text: str) -> bool:
        """Return whether ``part`` may be a number in some region, by its digits and by what is
        around it.
        """
        if part.possible is None:
            long = len(part.text) >= MIN_DIGITS
            part.possible = long and self._begins_well(part) and self._placed(part, text)
        return part.possible

    def _begins_well(self, part: _Part) -> bool:
        """Return whether ``part`` begins like a number of some region, by its digits alone."""
        if part.digits is None or part.abroad is not None or part.digits != part.typed:
            return part.abroad is not False
        return beginnings(self.regions, len(part.digits)).match(part.digits) is not None

    def _is_taken(self, part: _Part, region: int, text: str) -> bool:
        if part.digits is None:
            return self._is_parsed(part, self.regions[region], text)
        return (
            self._plans[region].takes(part.digits, part.typed)
            if part.abroad is None
            else part.abroad
        )

    def _placed(self, part: _Part, text: str) -> bool:
        """Return whether brackets match, it is no range of pages, and no letter or currency touches
        it.
        """
        lib, end = self._lib, part.offset + len(part.text)
        if not lib.brackets.fullmatch(part.text) or lib.pages.search(part.text):
            return False
        if self.leniency < lib.valid:
            return True
        if (
            part.offset > 0
            and not lib.lead.match(part.text)
            and self._forbids(text[part.offset - 1])
        ):
            return False
        return end == len(text) or not self._forbids(text[end])

    def _forbids(self, touching: str) -> bool:
        return touching not in " ,;:.\n" and self._lib.forbids(touching)

    def _is_parsed(self, part: _Part, region: str, text: str) -> bool:
        """Return whether the library parses ``part`` as a number."""
        return self._lib.is_number(part.text, region, text, self.leniency)


def _outer(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that lie in no other, sorted."""
    kept: list[tuple[int, int]] = []
    reach = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reach:
            kept.append((start, end))
            reach = end
    return kept
