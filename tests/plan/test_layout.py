"""What DuckDB could not read is refused before a row is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.errors import PlanError, PolicyError
from anonymize.plan import compile_plan
from anonymize.policy import Policy, parse_policy


def policy_to(sink: str, columns: str = "  a: {action: keep}\n") -> Policy:
    """Return a policy with this sink."""
    return parse_policy(
        "version: 1\ndataset: people\npurpose: test\nsource: {path: p.csv}\n"
        f"sink: {{path: out/people{sink}}}\ncolumns:\n{columns}",
        "people.yaml",
    )


def test_restricted_columns_and_one_key_for_all_do_not_go_together() -> None:
    """The line of the policy, why, and what to do."""
    policy = policy_to(", layout: duckdb, restricted: {key: clinical, columns: [a]}")
    with pytest.raises(PlanError) as refused:
        compile_plan(policy, pa.schema([("a", pa.int64())]), ())
    assert str(refused.value).startswith("people.yaml:5: sink.layout: duckdb: DuckDB knows one key")
    assert "publish those as a dataset of their own" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (pa.list_(pa.int64()), "no encrypted lists"),
        (pa.decimal256(50, 2), "rounds decimals"),
        (pa.duration("us"), "a plain number"),
    ],
)
def test_a_type_that_duckdb_does_not_read_as_it_is_is_refused(kind: pa.DataType, why: str) -> None:
    """With the standard layout it is fine."""
    schema = pa.schema([("a", kind)])
    with pytest.raises(PlanError, match=f"column a is .*{why}.*docs/readers.md"):
        compile_plan(policy_to(", layout: duckdb"), schema, ())
    assert compile_plan(policy_to(""), schema, ()).output_schema.names == ["a"]


def test_a_struct_is_named_by_its_column() -> None:
    """Rules name what is inside."""
    schema = pa.schema([("a", pa.struct([("b", pa.int64())]))])
    with pytest.raises(PlanError, match="column a is struct"):
        compile_plan(policy_to(", layout: duckdb", "  a.b: {action: keep}\n"), schema, ())


def test_names_that_differ_in_capitals_are_refused() -> None:
    """DuckDB would call the second one a_1."""
    schema = pa.schema([("a", pa.int64()), ("A", pa.int64())])
    policy = policy_to(", layout: duckdb", "  a: {action: keep}\n  A: {action: keep}\n")
    with pytest.raises(PlanError, match="capitals in names"):
        compile_plan(policy, schema, ())


def test_a_layout_that_does_not_exist_is_refused() -> None:
    """With those that do."""
    with pytest.raises(PolicyError, match=r"layout.*standard.*duckdb"):
        policy_to(", layout: parquet")
