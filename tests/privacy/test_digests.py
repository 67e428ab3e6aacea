"""Digests of classes are read back from any layout of their column, and made of countable values
only.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from anonymize.privacy import ClassDigests, class_digests, countable
from anonymize.privacy.digests import OF_PROCESS, number_digests


def pairs_of(digests: ClassDigests) -> list[tuple[int, int]]:
    """Return the two halves of each digest."""
    return list(zip(digests.high.tolist(), digests.low.tolist(), strict=True))


def test_digests_are_read_back_from_any_layout() -> None:
    """A slice begins where it begins, and chunks follow each other, whatever lies around them."""
    made = class_digests(OF_PROCESS, [pa.array(list("abcde"))])
    whole, pairs = made.keys(), pairs_of(made)
    assert pairs_of(ClassDigests.of_keys(whole)) == pairs
    assert pairs_of(ClassDigests.of_keys(whole.slice(1, 3))) == pairs[1:4]
    empty = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), 0, [None, None])
    chunks = pa.chunked_array([whole.slice(3), empty, whole.slice(1, 1), whole[:0]])
    assert pairs_of(ClassDigests.of_keys(chunks)) == [pairs[3], pairs[4], pairs[1]]


@pytest.mark.parametrize("none", [pa.array([], pa.binary(16)), pa.chunked_array([], pa.binary(16))])
def test_no_keys_are_no_digests(none: pa.Array | pa.ChunkedArray) -> None:
    """An empty list allows no class."""
    assert pairs_of(ClassDigests.of_keys(none)) == []


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.string()),
        pa.dictionary(pa.int32(), pa.list_(pa.string())),
        pa.month_day_nano_interval(),
        pa.uuid(),
    ],
    ids=str,
)
def test_values_that_digests_cannot_distinguish_are_not_countable(kind: pa.DataType) -> None:
    """Also inside a dictionary."""
    assert not countable(kind)


@pytest.mark.parametrize(
    ("kind", "least"), [(pa.float16(), -20), (pa.float32(), -90), (pa.float64(), -900)], ids=str
)
def test_a_sensitive_float_is_one_value_however_its_bits_say_it(
    kind: pa.DataType, least: int
) -> None:
    """Zero has two signs and NaN has many forms; other floats differ, however small they are."""
    nans = np.array([0x7FF8 << 48, 0xFFF8 << 48, (0x7FF8 << 48) + 1], np.uint64).view(np.float64)
    small = pa.array([2.0**least, 2.0 ** (least - 1), 0.0]).cast(kind)
    zeros = pa.array([0.0, -0.0]).cast(kind)
    for column in (zeros, pa.DictionaryArray.from_arrays(pa.array([0, 1]), zeros)):
        assert len(set(number_digests(OF_PROCESS, "v", column).tolist())) == 1
    assert len(set(number_digests(OF_PROCESS, "v", pa.array(nans)).tolist())) == 1
    assert len(set(number_digests(OF_PROCESS, "v", small).tolist())) == 3


def test_digests_with_equal_first_halves_are_ordered_by_their_last() -> None:
    """As the two halves together are."""
    digests = ClassDigests(np.array([3, 1, 3, 1, -2]), np.array([5, 7, -4, 6, 0]))
    assert digests.order().tolist() == [4, 3, 1, 2, 0]
