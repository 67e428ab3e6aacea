"""Labels in place of spans: the entity's name, and a number that distinguishes values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anonymize.keys import PurposeKey, prf_uint64
from anonymize.names import ColumnName
from anonymize.transform.interface import Row
from anonymize.transform.subjects import subjects_of

SMALLEST, NUMBERS = 100_000, 900_000
"""Keyed numbers have six digits."""


@dataclass(frozen=True)
class Label:
    """The entity's name in place of a span: ``<PERSON_1>``."""

    numbered: bool = True
    """True to give different values of one text different numbers, in order of appearance."""


@dataclass(frozen=True)
class LabelOfSubject:
    """The entity's name, and a number that a value has in all texts of one subject:
    ``<PERSON_483920>``.

    The number is a keyed function of subject, entity and value (ignoring case). So it is the same
    in every batch, partition and column of the domain, and reveals nothing across subjects. Two
    values of a subject have the same number in one of 900,000 pairs.
    """

    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    by: ColumnName
    """The column that identifies the person of a text."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the subject's column."""
        return (self.by,)

    def labels(self, entity: str, values: Sequence[str], row: Row) -> list[str]:
        """Return the label of each value; without a number if ``row`` has no subject."""
        subjects = subjects_of(row.before[self.by]).to_pylist()
        named = [
            f"{len(whose or '')}:{whose}:{entity}:{v.casefold()}"
            for whose, v in zip(subjects, values, strict=True)
        ]
        numbers = (prf_uint64(self.key, pa.array(named, pa.string())) % np.uint64(NUMBERS)).tolist()
        return [
            f"<{entity}>" if whose is None else f"<{entity}_{SMALLEST + number}>"
            for whose, number in zip(subjects, numbers, strict=True)
        ]
