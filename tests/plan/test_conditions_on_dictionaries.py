"""Conditional rules on dictionary columns of types of which pyarrow makes no null scalar."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from anonymize.plan import PlanWithKeys, compile_plan
from anonymize.policy import make_policy

VALUES = [
    pa.array([12, 5], pa.int64()).cast(pa.timestamp("s", "Asia/Kolkata")),
    pa.array([12, 5], pa.int32()).cast(pa.date32()),
    pa.array([12, 5], pa.int32()).cast(pa.time32("s")),
    pa.array([Decimal("1.20"), Decimal("3.40")], pa.decimal128(9, 2)),
    pa.array(["x", "y"]),
]


@pytest.mark.parametrize("values", VALUES, ids=lambda values: str(values.type))
def test_rows_that_a_condition_takes_keep_their_value(values: pa.Array) -> None:
    """Found by the fuzzer: `NotImplemented` for a categorical column of moments."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 1], pa.int32()), values)
    table = pa.table({"a": column, "c": ["yes", "yes", "no", "yes"]})
    rule = {"action": "keep", "accept": "a test", "when": [["c", "=", "yes"]]}
    policy = make_policy(
        {
            "version": 1,
            "dataset": "d",
            "purpose": "test",
            "source": {"path": "a.parquet"},
            "sink": {"path": "out"},
            "checks": {"residual": "off"},
            "rows": {"order": "source"},
            "columns": {
                "a": {**rule, "otherwise": {"action": "null"}},
                "c": {"action": "keep", "accept": "a test"},
            },
        }
    )
    plan = compile_plan(policy, table.schema, (), key_ids={"training": "training.1"})  # type: ignore[dict-item]
    done = PlanWithKeys(plan, None).apply(table.combine_chunks().to_batches()[0])
    raw = column.to_pylist()
    assert done.batch.column("a").to_pylist() == [raw[0], None, None, raw[3]]
