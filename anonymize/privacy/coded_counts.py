"""Class counts as integer codes, for the recoding and for measures of sensitive values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from anonymize.privacy.class_counts import CLASS, ClassCounts, summed
from anonymize.privacy.digests import ClassDigests, Words
from anonymize.privacy.recoding.judge import Judge, Judged
from anonymize.privacy.recoding.promise import Promise, Sensitive


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
    def of(cls, counts: ClassCounts, order: Mapping[str, Words] | None = None) -> CodedCounts:
        """Return ``counts`` with a number for each class.

        Args:
            counts: The counts.
            order: Per sensitive column whose values have an order: their digests in this order.
        """
        order = order or {}
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
                    order.get(name),
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
                order.get(name),
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


def _numbers(classes: ClassDigests, of: ClassDigests) -> Words:
    """Return the position in ``classes`` of each digest ``of`` them."""
    order = np.lexsort((classes.low, classes.high))
    high, low = classes.high[order], classes.low[order]
    both = np.empty(len(order), [("high", np.int64), ("low", np.int64)])
    both["high"], both["low"] = high, low
    wanted = np.empty(len(of.high), both.dtype)
    wanted["high"], wanted["low"] = of.high, of.low
    return order[np.searchsorted(both, wanted)]


def _sensitive(one: Sensitive, order: Words | None) -> Sensitive:
    """Return a column with codes for the digests of its values, and with their ranks."""
    digests, codes = np.unique(one.value, return_inverse=True)
    coded = replace(one, value=codes.astype(np.int64))
    if order is None:
        return coded
    by_digest = np.argsort(order)
    ranks = by_digest[np.searchsorted(order[by_digest], digests)]
    return replace(coded, rank=np.argsort(np.argsort(ranks)))
