"""The search of whole columns is skipped only where no value can hold a proof."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect.columns import whole_column_search
from anonymize.detect.columns.whole_column_search import _MAY_HOLD, Marked, _holds_one

PROOFS = (
    "ana@example.org",
    "x%40example.org",
    "a&#64;example.org",
    r"b\u0040example.org",
    "00:1b:63:84:45:e6",
    "00-1b-63-84-45-e6",
    "DE89370400440532013000",
)
_TEXT = st.none() | st.text("aZ9 @%:-&\\;4", max_size=6) | st.sampled_from(PROOFS)


@given(st.lists(_TEXT, max_size=6), st.integers(0, 3), st.booleans())
def test_no_pattern_that_matches_is_left_out(
    values: list[str | None], start: int, wide: bool
) -> None:
    """In slices, with nulls, in both layouts of text."""
    texts = pa.array(values, pa.large_string() if wide else pa.string()).slice(start)
    possible = whole_column_search._possible(texts)
    for pattern in whole_column_search._MAY_HOLD:
        matches = pc.any(pc.match_substring_regex(texts, pattern)).as_py()
        assert not matches or pattern in possible


def test_each_proof_is_found_in_a_column_of_other_values() -> None:
    """One cell among a thousand of digits."""
    for proof in PROOFS:
        marked = Marked(pa.string())
        marked.add(pa.array([*map(str, range(1000)), proof]))
        assert marked.values().to_pylist() == [proof], proof


@pytest.mark.parametrize("before", [0, 1, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("mark", sorted({m for marks in _MAY_HOLD.values() for m in marks}))
def test_a_mark_is_found_wherever_it_stands(mark: bytes, before: int) -> None:
    """In the first, the last or any other byte of a column; its neighbours in the alphabet are
    none.
    """
    data = b"[" * before + mark + b"`"
    for marks in _MAY_HOLD.values():
        assert _holds_one(data, marks) is any(one in data for one in marks)


@pytest.mark.parametrize("data", [b"", b"@", b"%", b"%4", b"&#6", b"\\u", b"`[{\xc3\xa9"])
def test_a_part_of_a_mark_is_none(data: bytes) -> None:
    """Only a whole one counts."""
    for marks in _MAY_HOLD.values():
        assert _holds_one(data, marks) is any(one in data for one in marks)
