"""Class counts as integer codes, for the recoding and for measures of sensitive values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from anonymize.privacy.allow_list import AllowedClasses
from anonymize.privacy.class_counts import CLASS, ClassCounts, summed
from anonymize.privacy.coded_measures.likeness import beta_likeness
from anonymize.privacy.digests import MISSING, ClassDigests, Words
from anonymize.privacy.recoding.judge import Judge, Judged
from anonymize.privacy.recoding.promise import Promise, Sensitive


@dataclass(frozen=True)
class ValueLevels:
    """The groups of a sensitive column's values, level by level, by keyed digests: no value can be
    read from them.
    """

    digests: Words = field(repr=False)
    """The digest of each value, ascending."""
    levels: tuple[Words, ...] = field(repr=False)
    """The number of its group on each level, from the finest groups up."""


Placed = Mapping[str, Words | ValueLevels]
"""Per sensitive column what distances go by: digests in their order, or levels of groups; without
an entry any two values are equally far apart.
"""


@dataclass(frozen=True)
class CodedCounts:
    """The classes of a table by number, with rows, people and sensitive values."""

    classes: ClassDigests = field(repr=False)
    """The digest of each class."""
    rows: Words = field(repr=False)
    """Number of rows of each class."""
    people: tuple[Words, Words] | None = field(repr=False)
    """Class and person, each pair once; None if rows are counted. Rows of unknown persons are of
    nobody.
    """
    sensitive: tuple[Sensitive, ...] = field(repr=False)
    """The sensitive columns, over the same persons."""

    @classmethod
    def of(cls, counts: ClassCounts, placed: Placed | None = None) -> CodedCounts:
        """Return ``counts`` with a number for each class.

        Args:
            counts: The counts.
            placed: Per sensitive column the order or the groups of its values, if it has any.
        """
        placed = placed or {}
        table = counts.together().table
        sizes = summed(table, [CLASS], {"rows": "sum"})
        classes = ClassDigests.of_keys(sizes[CLASS])
        number = _numbers(classes, ClassDigests.of_keys(table[CLASS]))
        rows = np.asarray(sizes["rows_sum"].cast("int64"))
        counted = np.asarray(table["rows"].cast("int64"))
        if not counts.counts_people:
            values = [
                _sensitive(
                    Sensitive(
                        number, np.asarray(table[f"value_{at}"]), counted.astype(float), name=name
                    ),
                    placed.get(name),
                )
                for at, name in enumerate(counts.sensitive)
            ]
            return cls(classes, rows, None, tuple(values))
        known = np.asarray(table["person"].is_valid())
        person = np.asarray(table["person"].combine_chunks().fill_null(0))[known]
        number = number[known]
        values = [
            _sensitive(
                Sensitive(
                    number, np.asarray(table[f"value_{at}"])[known], person=person, name=name
                ),
                placed.get(name),
            )
            for at, name in enumerate(counts.sensitive)
        ]
        pairs = np.unique(np.stack([number, person], axis=1), axis=0)
        return cls(classes, rows, (pairs[:, 0], pairs[:, 1]), tuple(values))

    def keeping(self, promise: Promise) -> npt.NDArray[np.bool_]:
        """Return which classes fulfil ``promise`` by themselves."""
        judge = Judge.of(promise, self.rows, self.people, self.sensitive)
        each = np.arange(len(self.rows))
        return judge.meets(each, each, len(each))

    def numbered(self, classes: ClassDigests) -> Words:
        """Return the position of each of ``classes``, which are among these."""
        return _numbers(self.classes, classes)

    def farthest(self) -> dict[str, float]:
        """Return, per sensitive column, the largest distance between a class's values and all."""
        each = np.arange(len(self.rows))
        found = {}
        for one in self.sensitive:
            judged = Judged.of(one, len(each))
            counts, _ = judged.histogram(each, each, len(each))
            found[one.name] = float(judged.distances(counts, judged.whole).max(initial=0.0))
        return found

    def likeness(self) -> dict[str, float]:
        """Return, per sensitive column, the β of the worst class: the highest relative gain of a
        value's share in a class over its share in all, of those that have one.
        """
        each = np.arange(len(self.rows))
        found = {}
        for one in self.sensitive:
            judged = Judged.of(one.known(), len(each))
            counts, _ = judged.histogram(each, each, len(each))
            found[one.name] = float(beta_likeness(counts, judged.whole).max(initial=0.0))
        return found


def _numbers(classes: ClassDigests, of: ClassDigests) -> Words:
    """Return the position in ``classes`` of each digest ``of`` them."""
    order = classes.order()
    listed = AllowedClasses(classes.high[order], classes.low[order], rows=0, rows_in_small=0)
    return order[listed.positions(of)]


def _sensitive(one: Sensitive, placed: Words | ValueLevels | None) -> Sensitive:
    """Return a column with codes for the digests of its values, and their places."""
    digests, codes = np.unique(one.value, return_inverse=True)
    gone = np.flatnonzero(digests == MISSING)
    missing = int(gone[0]) if len(gone) else None
    coded = replace(one, value=codes.astype(np.int64), missing=missing)
    if placed is None:
        return coded
    if isinstance(placed, ValueLevels):
        at = np.searchsorted(placed.digests, digests)
        return replace(coded, levels=tuple(level[at] for level in placed.levels))
    by_digest = np.argsort(placed)
    ranks = by_digest[np.searchsorted(placed[by_digest], digests)]
    return replace(coded, rank=np.argsort(np.argsort(ranks)))
