"""What a plan asks of places that no schema shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from anonymize.names import ColumnName
from anonymize.nested.null_values import NullValues
from anonymize.nested.path_index import PathIndex


@dataclass(frozen=True)
class WantedPlaces:
    """What a plan asks of places that no schema knows: entries of maps, places in documents."""

    read: frozenset[ColumnName] = frozenset()
    """Places whose values some step, filter or check needs."""
    kept: frozenset[ColumnName] = frozenset()
    """Places that are in the output."""
    listed: frozenset[ColumnName] = frozenset()
    """Places with a rule, also those to drop."""
    whole: frozenset[ColumnName] = frozenset()
    """Places whose rule takes objects and arrays too, as their JSON text."""
    null_values: NullValues = ()
    """Texts that mean a missing value."""
    refuse_unlisted: bool = False
    """Whether a place with a value and without a rule is a bad value; else it is dropped."""

    @property
    def named(self) -> frozenset[ColumnName]:
        """Return every place that is read or has a rule."""
        return self.read | self.listed

    def refuses_below(self, path: str) -> bool:
        """Return whether what no rule names inside ``path`` is a bad value; not where a rule takes
        all of it.
        """
        return self.refuse_unlisted and not self._rules.covering(path)

    @cached_property
    def index(self) -> PathIndex:
        """Return the named places, to be asked for what lies in one of them."""
        return PathIndex(sorted(self.named))

    @cached_property
    def _rules(self) -> PathIndex:
        return PathIndex(self.listed)
