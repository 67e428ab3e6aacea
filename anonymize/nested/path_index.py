"""Many paths asked which of them lie around or inside another, without comparing each with each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from anonymize.names import ColumnName

_AFTER = {".": "/", "[": "\\"}
"""What sorts right behind each mark that begins what is inside a place."""


class PathIndex:
    """Paths in their order; a question costs what the asked path is long and what it finds, not how
    many there are.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Take the paths; each counts where it stands first."""
        self._order: dict[str, int] = {}
        for path in paths:
            self._order.setdefault(path, len(self._order))
        self._sorted = sorted(self._order)

    def holds(self, path: str) -> bool:
        """Return whether ``path`` is one of them."""
        return path in self._order

    def around(self, path: str) -> list[ColumnName]:
        """Return the paths that ``path`` lies inside of, in their order; not ``path`` itself."""
        marks = (at for at, mark in enumerate(path) if mark in _AFTER)
        found = [outer for at in marks if (outer := path[:at]) in self._order]
        return [ColumnName(outer) for outer in sorted(found, key=self._order.__getitem__)]

    def covering(self, path: str) -> list[ColumnName]:
        """Return ``path`` itself, if it is one of them, and the paths that it lies inside of, in
        their order.
        """
        itself = [ColumnName(path)] if path in self._order else []
        return sorted((*itself, *self.around(path)), key=self._order.__getitem__)

    def inside(self, path: str) -> list[ColumnName]:
        """Return the paths that lie inside ``path``, in their order; not ``path`` itself."""
        return [
            ColumnName(inner) for inner in sorted(self._inside(path), key=self._order.__getitem__)
        ]

    def has_inside(self, path: str) -> bool:
        """Return whether one of the paths lies inside ``path``."""
        return next(self._inside(path), None) is not None

    def _inside(self, path: str) -> Iterator[str]:
        for mark, after in _AFTER.items():
            first = bisect_left(self._sorted, path + mark)
            yield from self._sorted[first : bisect_left(self._sorted, path + after, first)]
