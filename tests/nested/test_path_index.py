"""Paths among many: the index finds what comparing each with each finds, and plans stay linear in
the columns.
"""

from __future__ import annotations

import time

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import inspect_samples, sample_columns
from anonymize.names import ColumnName
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import within
from anonymize.plan import compile_plan
from anonymize.plan.checks import covers
from anonymize.policy.load import parse_policy

paths = st.lists(
    st.sampled_from(["a", "b", "a/", ".a", ".b", "[]", ".$", '["a.b"]', "\\", "é"]),
    min_size=1,
    max_size=5,
).map("".join)


@given(st.lists(paths), paths)
def test_the_index_finds_what_comparing_each_finds(known: list[str], path: str) -> None:
    """Around, covering and inside are what ``within`` and ``covers`` say of each path, in the
    paths' order.
    """
    index, order = PathIndex(known), list(dict.fromkeys(known))
    assert index.around(path) == [other for other in order if within(other, path)]
    assert index.covering(path) == [other for other in order if covers(other, ColumnName(path))]
    assert index.inside(path) == [other for other in order if within(path, other)]
    assert index.has_inside(path) is any(within(path, other) for other in order)


def planned(columns: int) -> float:
    """Return the processor time of reading and compiling a policy of as many columns."""
    table = pa.record_batch({f"code_{i}": pa.array(["x", "y"]) for i in range(columns)})
    findings = inspect_samples(sample_columns([table]))
    rules = "".join(f"  {name}: {{action: redact}}\n" for name in table.schema.names)
    text = (
        "version: 1\ndataset: d\npurpose: p\nsource: {path: s.csv}\nsink: {path:"
        f" out}}\ncolumns:\n{rules}"
    )
    start = time.process_time()
    policy = parse_policy(text)
    compile_plan(policy, table.schema, findings).input_columns  # noqa: B018
    return time.process_time() - start


def test_a_plan_of_many_columns_is_made_in_linear_time() -> None:
    """Four times the columns take at most five times as long, in the best of three tries."""
    planned(10)
    assert any(planned(1_600) <= 5 * max(planned(400), 0.1) for _ in range(3))
