"""Measurements of a column's sampled values: shares that have a shape, pass a check or are in a
dictionary.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from functools import cached_property

import pyarrow.types as pt

from anonymize.detect.columns.name_measures import NameMeasures
from anonymize.detect.columns.sampled_values import LONGEST
from anonymize.detect.columns.shapes import DATES, SHAPES, STREET
from anonymize.detect.columns.written_forms import is_prose
from anonymize.detect.forms import is_mail, is_masked
from anonymize.detect.network_addresses import (
    is_ipv6,
    is_mac,
    is_padded_ipv4,
    plainly_an_address,
    quad,
)
from anonymize.detect.text import checksums
from anonymize.detect.text.spelled_emails import is_spelled_mail

_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
"""What every date and every street has; other values need no comparison with all of their
patterns.
"""


class ColumnMeasures(NameMeasures):
    """Measurements over one column's sampled distinct values, each computed on first use."""

    @cached_property
    def mail(self) -> float:
        """Return the share of values that are e-mail addresses, none of them half hidden."""
        pattern = SHAPES["email"]
        return self.share_of(
            lambda text: (
                len(text) <= LONGEST
                and ((bool(pattern.fullmatch(text)) and is_mail(text)) or is_spelled_mail(text))
            )
        )

    @cached_property
    def ipv4(self) -> float:
        """Return the share of values with the form of a device's IPv4 address; versions of four
        numbers have it too.
        """
        return self.share_of(lambda text: quad(text) is not None)

    @cached_property
    def padded_ipv4(self) -> float:
        """Return the share of values that are IPv4 addresses with zeros before their numbers."""
        return self.share_of(is_padded_ipv4)

    @cached_property
    def ipv6(self) -> float:
        """Return the share of values that are IPv6 addresses of devices."""
        return self.share_of(is_ipv6)

    @cached_property
    def spread_addresses(self) -> bool:
        """Return whether values with the form of IPv4 addresses are hardly versions, by how their
        numbers spread.
        """
        quads = [found for text in self.few if (found := quad(text))]
        plain = sum(map(plainly_an_address, quads)) > 0.3 * len(quads)
        private = sum(found[0] == 10 for found in quads) > 0.9 * len(quads)
        return bool(quads) and (
            plain or (private and sum(found[3] > 31 for found in quads) > 0.3 * len(quads))
        )

    @cached_property
    def mac(self) -> float:
        """Return the share of values that are hardware addresses with marks between their bytes."""
        return self.share_of(is_mac)

    @cached_property
    def masked(self) -> float:
        """Return the share of values of which a part is hidden behind a repeated mark."""
        return self.share_of(is_masked)

    @cached_property
    def numeric(self) -> bool:
        """Return whether the values are plain numbers, by type or by look."""
        kind = self.sample.type
        if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
            return True
        return self.share("number") > 0.95

    @cached_property
    def integers(self) -> bool:
        """Return whether nearly all values are whole numbers."""
        return self.share("integer") > 0.95

    @cached_property
    def numbers(self) -> list[float]:
        """Return the values that read as numbers."""
        found = []
        for text in self.few:
            try:
                found.append(
                    float(
                        text.replace(",", ".")
                        if text.count(",") == 1 and "." not in text
                        else text.replace(",", "")
                    )
                )
            except ValueError:
                continue
        return [x for x in found if x == x and abs(x) != float("inf")]

    @cached_property
    def words(self) -> float:
        """Return the median count of blank-separated words."""
        counts = sorted(len(text.split()) for text in self.few)
        return float(counts[len(counts) // 2]) if counts else 0.0

    @cached_property
    def prose(self) -> bool:
        """Return whether the values read like prose: a median of four words of letters, or as much
        in other scripts.
        """
        return is_prose(self.few)

    @cached_property
    def mean_length(self) -> float:
        """Return the mean length in code points."""
        return sum(map(len, self.few)) / len(self.few) if self.few else 0.0

    @cached_property
    def boolean(self) -> bool:
        """Return whether the column has only yes and no values."""
        return pt.is_boolean(self.sample.type) or (
            0 < self.n <= 3 and self.in_set("boolean") == 1.0
        )

    @property
    def textual(self) -> bool:
        """Return whether the values are neither numbers nor yes and no."""
        return not self.numeric and not self.boolean

    @cached_property
    def shapes(self) -> Counter[str]:
        """Return how often each shape occurs: letters ``A``/``a``, digits ``9``, the rest as it
        is.
        """
        return Counter(_shape(text) for text in self.few)

    @cached_property
    def one_shape(self) -> float:
        """Return the share of the commonest shape."""
        return self.shapes.most_common(1)[0][1] / len(self.few) if self.few else 0.0

    @cached_property
    def date_share(self) -> float:
        """Return the share of values that read as a date or a date with time."""
        if pt.is_temporal(self.sample.type):
            return 1.0
        return self.share_of(
            lambda text: (
                len(text) <= LONGEST
                and _DIGIT.search(text) is not None
                and any(p.fullmatch(text) for p in DATES)
            )
        )

    @cached_property
    def years(self) -> list[int]:
        """Return the years named in date-like values."""
        found = []
        for text in self.few:
            match = re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text)
            if match:
                found.append(int(match[1]))
        return found

    @cached_property
    def sequence(self) -> float:
        """Return the share of neighbouring first rows that count up by one."""
        numbers = []
        for text in self.sample.head_texts:
            match = re.search(r"(\d{1,15})\D*$", text)
            numbers.append(int(match[1]) if match else -9)
        steps = [b - a for a, b in itertools.pairwise(numbers)]
        return sum(step == 1 for step in steps) / len(steps) if steps else 0.0

    @cached_property
    def numbered(self) -> bool:
        """Return whether the values are a few words, each with many numbers after it:
        ``Transaction_35``.
        """
        numbers = self.share_of(lambda t: t[-1:].isdigit() and t[:1].isalpha())
        return (
            self.n >= 5
            and numbers > 0.9
            and len({t.rstrip("0123456789") for t in self.few}) <= self.n // 5
        )

    @cached_property
    def street(self) -> float:
        """Return the share of values written like a street with its number."""
        return self.share_of(
            lambda text: (
                len(text) <= LONGEST
                and _LETTER.search(text) is not None
                and any(p.search(text) for p in STREET)
            )
        )

    @cached_property
    def national_id(self) -> tuple[str, float]:
        """Return which official number the most values can be, and the share that pass its test."""
        best = ("", 0.0)
        for name, (test, chance) in checksums.NATIONAL_IDS.items():
            passing = self._share_passing(test)
            if passing > best[1] and passing > 3 * chance:
                best = (name, passing)
        return best

    def by_chance(self, name: str) -> float:
        """Return how likely it is that as many arbitrary numbers all pass the test of the official
        number ``name``.
        """
        known = checksums.NATIONAL_IDS.get(name)
        return float(known[1] ** self.n) if known else 1.0

    def passing(self, name: str) -> float:
        """Return the share of values that pass the checksum ``name``."""
        return self._share_passing(checksums.CHECKSUMS[name])


def _shape(text: str) -> str:
    text = re.sub(r"[A-Z]+", "A", text[:80])
    text = re.sub(r"[a-z]+", "a", text)
    return re.sub(r"\d", "9", text)
