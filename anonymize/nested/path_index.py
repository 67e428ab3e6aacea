"""Finds paths around or inside another, without comparing all pairs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from anonymize.names import ColumnName

_AFTER = {".": "/", "[": "\\"}
"""The character that sorts after each character that begins the rest of a path."""


class PathIndex:
    """Sorted paths. A lookup takes time by the length of its path and its result, not by the number
    of paths.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Index the paths; duplicates keep their first position."""
        self._order: dict[str, int] = {}
        for path in paths:
            self._order.setdefault(path, len(self._order))
        self._sorted = sorted(self._order)

    def holds(self, path: str) -> bool:
        """Return True if ``path`` is one of them."""
        return path in self._order

    def around(self, path: str) -> list[ColumnName]:
        """Return the paths that contain ``path``, in their order, without ``path`` itself."""
        marks = (at for at, mark in enumerate(path) if mark in _AFTER)
        found = [outer for at in marks if (outer := path[:at]) in self._order]
        return [ColumnName(outer) for outer in sorted(found, key=self._order.__getitem__)]

    def covering(self, path: str) -> list[ColumnName]:
        """Return ``path`` itself, if it is one of them, and the paths that contain it, in their
        order.
        """
        itself = [ColumnName(path)] if path in self._order else []
        return sorted((*itself, *self.around(path)), key=self._order.__getitem__)

    def inside(self, path: str) -> list[ColumnName]:
        """Return the paths inside ``path``, in their order, without ``path`` itself."""
        return [
            ColumnName(inner) for inner in sorted(self._inside(path), key=self._order.__getitem__)
        ]

    def has_inside(self, path: str) -> bool:
        """Return True if one of the paths is inside ``path``."""
        return next(self._inside(path), None) is not None

    def _inside(self, path: str) -> Iterator[str]:
        for mark, after in _AFTER.items():
            first = bisect_left(self._sorted, path + mark)
            yield from self._sorted[first : bisect_left(self._sorted, path + after, first)]
