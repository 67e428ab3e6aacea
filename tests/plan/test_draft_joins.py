"""Columns of one kind of ids join in a draft, and its privacy block names what the draft leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.names import ColumnName
from anonymize.plan import compile_plan
from anonymize.plan.draft import draft_policy
from anonymize.plan.same_ids import SharedIds
from anonymize.policy import Policy, SourceSpec, parse_policy

ROWS = 400
IDS = random.Random(5).sample(range(10_000, 99_999), ROWS)


def _some(of: Sequence[Any], many: int) -> list[Any]:
    chosen = random.Random(6)
    few = chosen.sample(list(of), many)
    return [*few, *(chosen.choice(few) for _ in range(ROWS - many))]


def _drafted(columns: dict[str, Any], batches: int = 3) -> tuple[str, Policy]:
    table = pa.table(columns)
    findings = inspect_samples(sample_columns(table.to_batches()))
    ids = SharedIds(findings)
    passed = list(ids.watch(table.to_batches(max_chunksize=ROWS // batches)))
    assert pa.Table.from_batches(passed) == table
    text = draft_policy(SourceSpec(path="p.csv"), table.schema, findings, domains=ids.domains())
    policy = parse_policy(text)
    compile_plan(policy, table.schema, findings)
    return text, policy


def _domain(policy: Policy, column: str) -> str | None:
    return getattr(policy.columns[ColumnName(column)], "domain", None)


@pytest.mark.parametrize("kind", [int, str, float, lambda number: f"E{number}"])
def test_ids_of_the_same_people_get_one_domain(kind: Any) -> None:
    """A manager is an employee: apart, their pseudonyms did not join; order numbers have a space of
    their own.
    """
    orders = random.Random(7).sample(range(100_000, 999_999), ROWS)
    columns = {"EmpID": IDS, "Manager ID": _some(IDS, 80), "order_id": orders}
    _, policy = _drafted({name: [kind(one) for one in values] for name, values in columns.items()})
    assert _domain(policy, "EmpID") == _domain(policy, "Manager ID") == "empid"
    assert _domain(policy, "order_id") is None


def test_types_need_not_agree_and_some_ids_may_be_gone() -> None:
    """As text in one place, as a number with gaps in another; a tenth has left."""
    gone = [*_some(IDS, 90)[:-40], *range(1_000_000, 1_000_020), *[None] * 20]
    _, policy = _drafted(
        {"EmpID": [str(one) for one in IDS], "parent_id": [g and float(g) for g in gone]}
    )
    assert _domain(policy, "parent_id") == _domain(policy, "EmpID") == "empid"


def test_numbers_that_count_up_share_ids_only_where_names_say_so() -> None:
    """1 to 200 lie in 1 to 400 whatever they are of."""
    count = list(range(1, ROWS + 1))
    small = _some(count[:200], 120)
    columns = {
        "customer_id": count,
        "order_id": small,
        "first_customer_id": small,
        "visits": _some(count[:60], 55),
    }
    _, policy = _drafted(columns)
    assert _domain(policy, "order_id") is None
    assert _domain(policy, "first_customer_id") == _domain(policy, "customer_id") == "customer_id"
    _, alone = _drafted({"id": count, "supervisor_id": small})
    assert _domain(alone, "supervisor_id") == _domain(alone, "id") == "id"
    assert policy.columns[ColumnName("visits")].action == "keep"


def test_ids_under_a_name_that_says_nothing_are_not_kept() -> None:
    """The draft published raw in one column what it pseudonymized in another."""
    _, policy = _drafted(
        {"EmpID": [f"E{one}" for one in IDS], "x2": [f"E{one}" for one in _some(IDS, 90)]}
    )
    assert policy.columns[ColumnName("x2")].action == "pseudonymize"
    assert _domain(policy, "x2") == "empid"


def test_few_ids_are_redacted_and_the_line_says_how_to_join_them() -> None:
    """Twelve managers would be told by how often each occurs; the plan refuses them without a
    reason.
    """
    text, policy = _drafted({"EmpID": IDS, "Manager ID": _some(IDS, 12)})
    assert policy.columns[ColumnName("Manager ID")].action == "redact"
    assert "or {action: pseudonymize, domain: empid, accept: the reason}" in text


@pytest.mark.parametrize("seed", range(3))
def test_ids_drawn_apart_do_not_join(seed: int) -> None:
    """No domain without common values, however alike they look."""
    draw = random.Random(seed)
    columns = {
        name: draw.sample(range(10**8, 10**9), ROWS)
        for name in ("EmpID", "manager_id", "parent_id")
    }
    _, policy = _drafted(columns)
    assert {_domain(policy, name) for name in columns} == {None}


def test_the_drafted_privacy_block_names_what_the_draft_leaves() -> None:
    """Uncommented it was refused: columns that the draft drops, or redacts, or that are many per
    row, stood in it.
    """
    columns = {
        "date_of_birth": [f"{1 + at % 28} March {1950 + at % 50}" for at in range(ROWS)],
        "born": pa.array([at * 40 for at in range(ROWS)], pa.date32()),
        "postal_code": [10_000 + at for at in range(ROWS)],
        "gender": ["F", "M"] * (ROWS // 2),
        "visits": [[{"city": "Berlin"}, {"city": "Paris"}]] * ROWS,
        "age": [20 + at % 50 for at in range(ROWS)],
    }
    text, policy = _drafted(columns)
    left = {name for name, rule in policy.columns.items() if rule.action != "drop"}
    block = text[text.index("# privacy:") :].replace("# ", "")
    asked = parse_policy(text + block)
    assert asked.privacy is not None
    assert set(asked.privacy.quasi_identifiers) <= left
    assert {"born", "gender", "age"} <= set(asked.privacy.quasi_identifiers)
    assert {"date_of_birth", "visits[].city"}.isdisjoint(asked.privacy.quasi_identifiers)
    table = pa.table(columns)
    compile_plan(asked, table.schema, inspect_samples(sample_columns(table.to_batches())))
