"""What one person contributes has a bound, whatever the others do."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anonymize.privacy.differential import bounded

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=60)


@given(rows=ROWS, groups=st.integers(1, 4), most=st.integers(1, 4))
def test_nobody_counts_in_more_groups_or_rows_than_allowed(
    rows: list[tuple[int, int]], groups: int, most: int
) -> None:
    """And nobody is left out who has less."""
    people = np.array([person for person, _ in rows], np.int64)
    codes = np.array([group for _, group in rows], np.int64)
    kept = bounded(people, codes, groups, most)
    pairs = Counter(zip(people[kept.rows].tolist(), codes[kept.rows].tolist(), strict=True))
    all_pairs = Counter(rows)
    held = Counter(person for person, _ in all_pairs)
    assert len(set(kept.rows.tolist())) == len(kept.rows)
    assert Counter(person for person, _ in pairs) == {
        person: min(groups, count) for person, count in held.items()
    }
    assert all(count == min(most, all_pairs[pair]) for pair, count in pairs.items())
    firsts = list(zip(people[kept.firsts].tolist(), codes[kept.firsts].tolist(), strict=True))
    assert sorted(firsts) == sorted(pairs)


def test_which_groups_stay_is_drawn_anew_and_evenly() -> None:
    """Otherwise the first group of everybody would be counted, and the others not."""
    people = np.repeat(np.arange(3_000), 3)
    codes = np.tile(np.arange(3), 3_000)
    found = Counter(codes[bounded(people, codes, 1, 1).rows].tolist())
    assert all(abs(count - 1_000) < 150 for count in found.values())  # 5.8 standard deviations
    assert not np.array_equal(
        np.sort(bounded(people, codes, 1, 1).rows), np.sort(bounded(people, codes, 1, 1).rows)
    )
