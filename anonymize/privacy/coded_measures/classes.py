"""The equivalence class of each row, from integer codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.privacy.coded_measures.histogram import Ints

_TABLE = 4
"""A table of all keys is used up to this many keys per row; beyond, sorting is faster."""
_KEY_BITS = 62


def classes_of(columns: Sequence[Ints]) -> tuple[Ints, int]:
    """Return the class of each row, 0 to the number of classes - 1, and that number.

    Args:
        columns: Row-aligned codes, 0 or more; rows with equal codes are one class. Classes are
            numbered in the order of their codes, first column first.
    """
    key, keys = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        codes = int(column.max(initial=0)) + 1
        if keys * codes >> _KEY_BITS:
            key, keys = _dense(key, keys)
        key, keys = key * codes + column, keys * codes
    return _dense(key, keys)


def _dense(key: Ints, keys: int) -> tuple[Ints, int]:
    if keys <= max(_TABLE * len(key), 1 << 16):
        used = np.zeros(keys, np.bool_)
        used[key] = True
        place = np.cumsum(used) - 1
        return place[key], int(used.sum())
    found, dense = np.unique(key, return_inverse=True)
    return dense.astype(np.int64), len(found)


def class_sizes(group: Ints, groups: int) -> Ints:
    """Return the number of rows of each class."""
    return np.bincount(group, minlength=groups).astype(np.int64)


def class_persons(group: Ints, groups: int, person: Ints) -> Ints:
    """Return the number of distinct persons of each class.

    Args:
        group: The class of each row.
        groups: Number of classes.
        person: The person of each row, 0 or more; -1 for an unknown one, who is no person.
    """
    known = person >= 0
    pair, pairs = classes_of([group[known], person[known]])
    of = np.zeros(pairs, np.int64)
    of[pair] = group[known]
    return np.bincount(of, minlength=groups).astype(np.int64)
