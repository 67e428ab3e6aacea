"""Which classes fulfil the promise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.coded_measures.closeness import (
    equal_distance,
    hierarchical_distance,
    ordered_distance,
)
from anonymize.privacy.coded_measures.diversity import distinct_l, entropy_l, recursive_c
from anonymize.privacy.coded_measures.histogram import Histogram
from anonymize.privacy.recoding.promise import Promise, Sensitive
from anonymize.privacy.recoding.trees import Ints, Mask

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Entries:
    """Entries of some kind, ordered by combination."""

    starts: Ints = field(repr=False)
    """Where each combination's entries begin, and the number of all, shape (combinations + 1,)."""
    at: Ints = field(repr=False)
    """Position of each entry in the order that was given."""

    @classmethod
    def of(cls, combination: Ints, combinations: int) -> Entries:
        """Return the entries by their ``combination``."""
        order = np.argsort(combination, kind="stable")
        starts = np.searchsorted(combination[order], np.arange(combinations + 1))
        return cls(starts.astype(np.int64), order.astype(np.int64))

    def of_members(self, members: Ints, group: Ints) -> tuple[Ints, Ints]:
        """Return the entries of all ``members``, and the group of each."""
        counts = self.starts[members + 1] - self.starts[members]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        offset = np.repeat(self.starts[members] - (ends - counts), counts)
        return self.at[offset + np.arange(total)], np.repeat(group, counts)


@dataclass(frozen=True)
class Judged:
    """A sensitive column, prepared."""

    given: Sensitive
    entries: Entries
    values: int
    whole: Floats = field(repr=False)
    """The share of each value in the whole table."""

    @classmethod
    def of(cls, given: Sensitive, combinations: int) -> Judged:
        """Return ``given`` with the values of the whole table."""
        entries = Entries.of(given.combination, combinations)
        values = int(given.value.max(initial=-1)) + 1
        if given.rank is not None:
            values = max(values, len(given.rank))
        made = cls(given, entries, values, np.zeros(values))
        everyone = np.arange(combinations)
        whole, _ = made.histogram(everyone, np.zeros(combinations, np.int64), 1)
        return cls(given, entries, values, whole.together())

    def histogram(self, members: Ints, group: Ints, groups: int) -> tuple[Histogram, Mask]:
        """Return the values of each group, and which groups share one value among all persons."""
        at, of = self.entries.of_members(members, group)
        value = self.given.value[at]
        if self.given.person is None:
            count = None if self.given.count is None else self.given.count[at]
            made = Histogram.of(of, value, count, groups=groups, values=self.values)
            return made, made.entries() < 2
        return self._of_persons(self.given.person[at], value, of, groups)

    def _of_persons(
        self, person: Ints, value: Ints, group: Ints, groups: int
    ) -> tuple[Histogram, Mask]:
        order = np.lexsort((value, person, group))
        person, value, group = person[order], value[order], group[order]
        new_person = np.ones(len(order), np.bool_)
        new_person[1:] = (person[1:] != person[:-1]) | (group[1:] != group[:-1])
        new = new_person.copy()
        new[1:] |= value[1:] != value[:-1]
        one = (np.cumsum(new_person) - 1)[new]
        group, value = group[new], value[new]
        weight = 1.0 / np.bincount(one)[one] if len(one) else np.zeros(0)
        weighted = Histogram.of(group, value, weight, groups=groups, values=self.values)
        plain = Histogram.of(group, value, groups=groups, values=self.values)
        return weighted, plain.largest() >= weighted.sums() - _ROUNDING

    def distances(self, counts: Histogram, population: Floats) -> Floats:
        """Return each group's distance from ``population``, which has all of the groups' values, by
        the column's kind of distance. An order is that of the population's values alone, so that
        whoever has only these measures the same.
        """
        if self.given.rank is not None:
            present = np.flatnonzero(population > 0)
            number = np.zeros(len(population), np.int64)
            number[present] = np.arange(len(present))
            rank = np.argsort(np.argsort(self.given.rank[present]))
            among = replace(counts, value=number[counts.value], values=len(present))
            return ordered_distance(among, population[present], rank)
        if self.given.levels:
            return hierarchical_distance(counts, population, self.given.levels)
        return equal_distance(counts, population)


@dataclass(frozen=True)
class Judge:
    """Judges groups of combinations by a promise."""

    promise: Promise
    rows: Ints = field(repr=False)
    """Rows of each combination."""
    size: Ints = field(repr=False)
    """Persons of each combination, or its rows: at most what it adds to a class."""
    persons: tuple[Entries, Ints] | None = field(repr=False)
    """The persons of each combination, if some are in several; None if ``size`` adds."""
    sensitive: tuple[Judged, ...] = ()
    known: tuple[Judged, ...] = ()
    """The sensitive columns without missing values, which diversity is about."""

    @classmethod
    def of(
        cls,
        promise: Promise,
        rows: Ints,
        people: tuple[Ints, Ints] | None,
        sensitive: tuple[Sensitive, ...],
    ) -> Judge:
        """Return the judge of a table, whose arrays are by combination.

        Args:
            promise: What each class must fulfil.
            rows: Rows per combination.
            people: Combination and person, each pair once; None if rows are counted.
            sensitive: The sensitive columns.
        """
        count = len(rows)
        judged = tuple(Judged.of(one, count) for one in sensitive)
        known = tuple(
            whole if whole.given.missing is None else Judged.of(whole.given.known(), count)
            for whole in judged
        )
        if people is None:
            return cls(promise, rows, rows, None, judged, known)
        combination, person = people
        size = np.bincount(combination, minlength=count).astype(np.int64)
        if len(np.unique(person)) == len(person):
            return cls(promise, rows, size, None, judged, known)
        return cls(promise, rows, size, (Entries.of(combination, count), person), judged, known)

    @property
    def only_size(self) -> bool:
        """Return True if a class is judged by the sum of its combinations' sizes alone."""
        return self.persons is None and not self.by_values

    @property
    def by_values(self) -> bool:
        """Return True if sensitive values matter."""
        return bool(self.sensitive) and (self.promise.l is not None or self.promise.t is not None)

    @property
    def grows(self) -> bool:
        """Return True if a class that fulfils the promise fulfils it with any more combinations."""
        persons = any(column.given.person is not None for column in self.sensitive)
        diverse = self.promise.l is None or (self.promise.kind == "distinct" and not persons)
        return not self.by_values or (self.promise.t is None and diverse)

    @cached_property
    def values(self) -> tuple[Ints, Mask]:
        """Return a value of each combination in the first sensitive column, and whether it is the
        only one.
        """
        given = self.sensitive[0].given
        value = np.zeros(len(self.rows), np.int64)
        value[given.combination] = given.value
        others = given.value != value[given.combination]
        pure = np.ones(len(self.rows), np.bool_)
        pure[given.combination[others]] = False
        return value, pure

    def tabulated(self, members: Ints, group: Ints, groups: int) -> Floats:
        """Return how much of each value of the first sensitive column each group has, as entries
        count; shape (groups, values).
        """
        column = self.sensitive[0]
        at, of = column.entries.of_members(members, group)
        given = column.given
        weights = None if given.count is None else given.count[at]
        found = np.bincount(
            of * column.values + given.value[at],
            weights=weights,
            minlength=groups * column.values,
        )
        return found.reshape(groups, column.values).astype(np.float64)

    def mixed(self) -> tuple[tuple[Floats, Floats, Floats], ...]:
        """Return, for each sensitive column that must have two values in a class, the number, sum
        and sum of squares of each combination's values.
        """
        if self.promise.l is None or self.promise.l <= 1:
            return ()
        count = len(self.rows)

        def powers(column: Judged, power: int) -> Floats:
            amounts = column.given.value.astype(np.float64) ** power
            sums = np.bincount(column.given.combination, weights=amounts, minlength=count)
            return np.asarray(sums, np.float64)

        return tuple(
            (powers(column, 0), powers(column, 1), powers(column, 2)) for column in self.known
        )

    def sizes(self, members: Ints, group: Ints, groups: int) -> Ints:
        """Return the persons, or rows, of each group."""
        if self.persons is None:
            found = np.bincount(group, weights=self.size[members], minlength=groups)
            return found.astype(np.int64)
        entries, person = self.persons
        at, of = entries.of_members(members, group)
        order = np.lexsort((person[at], of))
        who, of = person[at][order], of[order]
        new = np.ones(len(of), np.bool_)
        new[1:] = (who[1:] != who[:-1]) | (of[1:] != of[:-1])
        return np.bincount(of[new], minlength=groups).astype(np.int64)

    def meets(self, members: Ints, group: Ints, groups: int) -> Mask:
        """Return which groups fulfil the promise; ``group`` has the number of each member's
        group.
        """
        good = self.sizes(members, group, groups) >= self.promise.k
        if not self.by_values or not good.any():
            return good
        rank = np.cumsum(good) - 1
        inside = good[group]
        members, group, count = members[inside], rank[group[inside]], int(good.sum())
        fine = np.ones(count, np.bool_)
        for column, known in zip(self.sensitive, self.known, strict=True):
            counts, shared = known.histogram(members, group, count)
            fine &= self.diverse(counts, shared)
            if self.promise.t is not None:
                if known is not column:
                    counts, _ = column.histogram(members, group, count)
                fine &= column.distances(counts, column.whole) <= self.promise.t + _ROUNDING
        good[good] = fine
        return good

    def diverse(self, counts: Histogram, shared: Mask) -> Mask:
        """Return which groups are diverse enough."""
        level, kind = self.promise.l, self.promise.kind
        if level is None or level <= 1:
            return np.ones(counts.groups, np.bool_)
        if kind == "distinct":
            return (distinct_l(counts) >= level) & ~shared
        if kind == "entropy":
            return (entropy_l(counts) >= level - _ROUNDING) & ~shared
        return (recursive_c(counts, int(level)) < self.promise.c) & ~shared
