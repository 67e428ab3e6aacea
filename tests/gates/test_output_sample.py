"""What the policy allows anything in is not sampled, everything else is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.gates.output_sample import output_sampler
from tests.plan.helpers import plan_of

TABLE = pa.table(
    {"a": ["x", "y"], "b": ["x", "y"], "doc": ['{"x":"1"}', '{"x":"2"}'], "blob": [b"x", b"\xff"]}
)
COLUMNS = (
    "  a: {action: keep}\n  b: {action: keep, accept: made up}\n  'doc.$.x': {action: keep}\n"
    "  blob: {action: keep}\n"
)


@pytest.mark.parametrize(("size", "most"), [(None, 2), (1, 1)])
def test_leaves_are_sampled_unless_the_policy_accepts_them(size: int | None, most: int) -> None:
    """Also inside documents; bytes that are text are read, others are none."""
    sampler = output_sampler(plan_of(TABLE, COLUMNS), size)
    sampler.add(TABLE.to_batches()[0])
    found = {sample.name: sample.distinct.to_pylist() for sample in sampler.samples()}
    assert list(found) == ["a", "doc.$.x", "blob"]
    assert [len(values) for values in found.values()] == [most, most, 1]
    assert set(found["a"]) <= {"x", "y"}
    assert set(found["doc.$.x"]) <= {"1", "2"}
