"""Numbers equal things, in time that hardly depends on how many columns they have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_KEY_BITS = 62
_DENSE = 4
"""Keys up to so many times their number are counted instead of sorted."""


def keys_of(codes: npt.NDArray[np.integer]) -> Ints:
    """Return one number of at least 0 per row of ``codes``, whose entries are 0 or more: equal for
    equal rows, and in the rows' lexicographic order.
    """
    key = np.zeros(len(codes), np.int64)
    largest = 1
    for column in codes.T if len(codes) else ():
        values = int(column.max()) + 1
        if (largest * values) >> _KEY_BITS:
            key, first = numbered(key)
            largest = len(first)
        key *= values
        key += column
        largest *= values
    return key


def order_of(keys: Ints) -> Ints:
    """Return the stable order of ``keys``, which are 0 or more.

    The position goes into the low bits: NumPy sorts plain integers several times as fast as it
    finds their order. Large keys are ranked first.
    """
    bits = len(keys).bit_length()
    if not len(keys) or not int(keys.max()) >> (_KEY_BITS - bits):
        packed = keys << bits
        packed |= np.arange(len(keys))
    else:
        order = np.argsort(keys)
        packed = (np.cumsum(starts_of(keys[order])) - 1) << bits
        packed |= order
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def starts_of(ordered: Ints) -> Mask:
    """Return where equal neighbours begin."""
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def numbered(keys: Ints) -> tuple[Ints, Ints]:
    """Return the rank of each of ``keys``, which are 0 or more, among the distinct ones, and the
    first position of each of these.
    """
    if len(keys) and int(keys.max()) < _DENSE * len(keys):
        first = np.full(int(keys.max()) + 1, -1, np.int64)
        first[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
        used = first >= 0
        return (np.cumsum(used) - 1)[keys], first[used]
    order = order_of(keys)
    new = starts_of(keys[order])
    number = np.empty(len(keys), np.int64)
    number[order] = np.cumsum(new) - 1
    return number, order[new]
