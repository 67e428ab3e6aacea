"""A column's sampled values, and shares of them: of a shape, in a set, that pass a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from functools import cached_property

from anonymize.detect.columns.closed_sets import closed_set
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.columns.shapes import MISSING, SHAPES
from anonymize.detect.text import check_digits
from anonymize.detect.text.id_lengths import LENGTHS
from anonymize.detect.vocabulary.lexicon import fold, lexicon

LONGEST = 400
"""Code points of the longest value that is compared with a shape; longer ones have none."""
LOOKED_AT = 400
"""Values that the more expensive tests look at."""


class SampledValues:
    """The distinct values of one column's sample, and how large a share of them is what."""

    def __init__(self, sample: ColumnSample) -> None:
        """Take the sample; values that say "missing" are set aside."""
        self.sample = sample
        stripped = (text.strip() for text in sample.texts)
        self.texts = [
            text for text in dict.fromkeys(stripped) if text and text.casefold() not in MISSING
        ]
        self.few = (
            self.texts
            if len(self.texts) <= LOOKED_AT
            else self.texts[:: len(self.texts) // LOOKED_AT + 1]
        )
        self.n = len(self.texts)
        self._shares: dict[str, float] = {}

    def share(self, name: str) -> float:
        """Return the share of values that fully match the shape ``name`` of ``patterns.SHAPES``."""
        if name not in self._shares:
            shaped = sum(map(bool, map(SHAPES[name].fullmatch, self._short)))
            self._shares[name] = shaped / len(self.few) if self.few else 0.0
        return self._shares[name]

    @cached_property
    def _short(self) -> list[str]:
        return [text for text in self.few if len(text) <= LONGEST]

    @cached_property
    def _folded(self) -> list[str]:
        return list(map(fold, self.few))

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        """Return the looked-at values by how many characters they have besides marks."""
        found: dict[int, list[str]] = defaultdict(list)
        for text in self.few:
            found[len(check_digits.bare(text))].append(text)
        return found

    def share_of(self, test: Callable[[str], bool]) -> float:
        """Return the share of the looked-at values that pass ``test``."""
        return sum(map(test, self.few)) / len(self.few) if self.few else 0.0

    def in_set(self, name: str) -> float:
        """Return the share of values that are in the closed set ``name``."""
        return self._share_in(closed_set(name))

    def _share_in(self, words: Collection[str]) -> float:
        return sum(map(words.__contains__, self._folded)) / len(self.few) if self.few else 0.0

    def _share_passing(self, test: Callable[[str], bool]) -> float:
        """Return the share of values that pass a test of ``checksums``; only those of its lengths
        are tried.
        """
        lengths = LENGTHS[test.__name__]
        tried = [
            text for length, texts in self._by_length.items() if length in lengths for text in texts
        ]
        return sum(map(test, tried)) / len(self.few) if tried else 0.0

    def listed(self, group: str) -> float:
        """Return the share of values that are in the dictionary ``group``."""
        return self._share_in(lexicon()[group])
