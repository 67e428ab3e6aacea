"""Measures of two releases are those that going through all worlds gives."""

from __future__ import annotations

import pytest

from anonymize.privacy.across import Across, compare
from tests.privacy.across import oracle


def check(seed: int) -> Across:
    """Compare one pair of tables in both ways; return what is measured by people."""
    pair, k, need = oracle.drawn(seed), 2 + seed % 4, 2 + seed % 2
    both = {row.who for row in pair.old} & {row.who for row in pair.new}
    made = oracle.coded(pair, by_people=True)
    found = compare(
        made.old, made.new, made.met, made.same, needs=[need], k=k, matched=bool(both), joins=True
    )
    if both:
        want = oracle.counted(list(oracle.worlds_of_people(pair).values()), need)
        assert {name: getattr(found, name) for name in want} == want, seed
        assert found.joined == oracle.joined(pair, k), seed
    assert found.isolated == oracle.isolated(pair, k, by_people=True, matched=True), seed
    made = oracle.coded(pair, by_people=False)
    rows = compare(
        made.old, made.new, made.met, made.same, needs=[need], k=k, matched=False, joins=False
    )
    want = oracle.counted(oracle.worlds_of_rows(pair), need)
    want.pop("changed")
    assert {name: getattr(rows, name) for name in want} == want, seed
    assert rows.changed is None
    assert rows.isolated == oracle.isolated(pair, k, by_people=False, matched=False), seed
    return found


def test_measures_are_those_of_all_worlds() -> None:
    """Sixty pairs of tables, and each measure finds something in some of them."""
    found = [check(seed) for seed in range(60)]
    for name in ("narrowed", "known", "already", "isolated", "joined", "changed"):
        assert any(getattr(one, name) for one in found), name


@pytest.mark.soak
def test_measures_are_those_of_all_worlds_in_many_tables() -> None:
    """Three thousand pairs of tables."""
    for seed in range(1_000, 4_000):
        check(seed)
