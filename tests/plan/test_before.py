"""Distributions of the source that a plan keeps: of which columns, and when a manifest has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import plan_source
from anonymize.pipeline.results import column_facts
from anonymize.plan import Plan
from anonymize.policy import parse_policy
from anonymize.transform.subject_ids import ForgottenIds

POLICY = """version: 1
dataset: d
purpose: p
source: {{path: {path}}}
sink: {{path: {path}.out, restricted: {{key: clinical, columns: [shut]}}}}
detect: {{ner: 'off'}}
columns:
  size: {{action: generalize, band: 10}}
  shut: {{action: generalize, band: 10}}
  born: {{action: generalize, to: year}}
  zip: {{action: generalize, prefix: 2}}
  kept: {{action: keep}}
  inner.size: {{action: generalize, band: 10}}
  some: {{action: generalize, band: 10, when: [[kept, '=', 1]], otherwise: {{action: redact}}}}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of 600 rows."""
    path = tmp_path_factory.mktemp("before") / "rows.parquet"
    numbers = range(600)
    rows = {
        "size": [n % 100 for n in numbers],
        "shut": [n % 100 for n in numbers],
        "born": [f"19{n % 90 + 10}-0{n % 9 + 1}-11" for n in numbers],
        "zip": [f"{10_115 + 7 * (n % 3)}" for n in numbers],
        "kept": [n % 2 for n in numbers],
        "inner": [{"size": n % 100} for n in numbers],
        "some": [n % 100 for n in numbers],
    }
    pq.write_table(pa.table(rows), path)
    policy = parse_policy(POLICY.format(path=path), "d.yaml")
    return plan_source(policy, open_spec(policy.source), None)


def test_columns_that_one_rule_makes_coarser_are_counted(plan: Plan) -> None:
    """Not restricted ones, birth dates, nested or kept ones, or those of two rules."""
    verdicts = {str(one.column): str(one.verdict) for one in plan.findings}
    assert verdicts["born"] == "DATE_OF_BIRTH"
    assert set(plan.before) == {"size", "zip"}


def test_no_text_of_the_source_is_kept(plan: Plan) -> None:
    """Ranks in its place; numbers in round ranges."""
    labels = [bar.label for bars in plan.before.values() for bar in bars]
    assert [label for label in labels if label.startswith("value ")] == [
        "value 1", "value 2", "value 3",
    ]  # fmt: skip
    assert not [label for label in labels if "101" in label]
    assert all(bar.rows % 10 == 0 for bars in plan.before.values() for bar in bars)


def test_nothing_is_published_of_them_where_somebody_was_forgotten(plan: Plan) -> None:
    """Their rows were among those that were looked at."""
    facts = column_facts(plan, [])
    assert {name for name, one in facts.items() if one.before} == {"size", "zip"}
    forgotten = replace(plan, forgotten=(_ids(plan),))
    assert not any(one.before for one in column_facts(forgotten, []).values())


def _ids(plan: Plan) -> ForgottenIds:
    return object.__new__(ForgottenIds)


def test_a_plan_travels_with_them(plan: Plan, tmp_path: Path) -> None:
    """Workers get the plan."""
    import pickle

    assert pickle.loads(pickle.dumps(plan)).before == plan.before
