"""Which nested paths a plan reads or writes, including paths known only from the data (map keys,
JSON text).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from anonymize.names import ColumnName
from anonymize.nested.null_values import NullValues
from anonymize.nested.path_index import PathIndex


@dataclass(frozen=True)
class WantedPlaces:
    """The places that a plan needs and that may not be in the schema: entries of maps, places in
    documents.
    """

    read: frozenset[ColumnName] = frozenset()
    """Places whose values a step, filter or check needs."""
    kept: frozenset[ColumnName] = frozenset()
    """Places that are in the output."""
    listed: frozenset[ColumnName] = frozenset()
    """Places with a rule, including those to drop."""
    whole: frozenset[ColumnName] = frozenset()
    """Places whose rule accepts objects and arrays too, as their JSON text."""
    in_order: frozenset[ColumnName] = frozenset()
    """Places whose documents and maps are written with their keys in one order: which key came
    first would tell rows of one class apart.
    """
    null_values: NullValues = ()
    """Texts that mean a missing value."""
    refuse_unlisted: bool = False
    """True if a place with a value and without a rule is a bad value; otherwise it is dropped."""

    @property
    def named(self) -> frozenset[ColumnName]:
        """Return every place that is read or has a rule."""
        return self.read | self.listed

    def refuses_below(self, path: str) -> bool:
        """Return True if values inside ``path`` without a rule are bad values; False if a rule
        takes the whole place.
        """
        return self.refuse_unlisted and not self._rules.covering(path)

    def orders(self, path: str) -> bool:
        """Return True if the keys in ``path``, documents or maps, are written in one order."""
        return self._in_order.has_inside(path)

    @cached_property
    def index(self) -> PathIndex:
        """Return an index of the named places."""
        return PathIndex(sorted(self.named))

    @cached_property
    def _in_order(self) -> PathIndex:
        return PathIndex(self.in_order)

    @cached_property
    def _rules(self) -> PathIndex:
        return PathIndex(self.listed)
