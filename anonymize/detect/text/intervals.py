"""Places in a text by where they are, so that asking for each find which of them it meets stays
linear.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

Place = tuple[int, int]
"""start, end"""


class Places:
    """Intervals of a text, searchable by overlap; results are sorted by start."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Take the places, in any order."""
        self._places = sorted(places)
        self._starts = [start for start, _ in self._places]
        self._reach = list(accumulate((end for _, end in self._places), max))

    def touching(self, start: int, end: int) -> Iterator[Place]:
        """Yield the places that share a code point with ``start`` to ``end``, or begin or end at
        its bounds.
        """
        first = bisect_left(self._reach, start)  # none before reaches so far
        for place in self._places[first : bisect_right(self._starts, end)]:
            if place[1] >= start:
                yield place

    def overlapping(self, start: int, end: int) -> Iterator[Place]:
        """Yield the places that share a code point with ``start`` to ``end``."""
        return (place for place in self.touching(start, end) if place[0] < end and start < place[1])

    def around(self, start: int, end: int) -> bool:
        """Return whether ``start`` to ``end`` is inside one of the intervals."""
        return any(low <= start and end <= high for low, high in self.touching(start, end))
