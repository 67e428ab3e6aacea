"""What can carry a mark, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import PlanError
from anonymize.plan import Plan, compile_plan
from anonymize.plan.canaries import canary_count, marks_of
from anonymize.policy import parse_policy

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("n", pa.int64()),
        ("t", pa.timestamp("us")),
        ("g", pa.string()),
        ("who", pa.struct([("id", pa.string())])),
    ]
)


def _plan(columns: dict[str, Any], canaries: Any = 20, **more: Any) -> Plan:
    policy = {
        "version": 1,
        "dataset": "d",
        "purpose": "p",
        "source": {"path": "d.csv"},
        "sink": {"path": "out", "canaries": canaries},
        "detect": {"ner": "off"},
        "columns": columns,
        **more,
    }
    return compile_plan(parse_policy(json.dumps(policy)), SCHEMA, [])


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "pseudonymize"},
        {"action": "tokenize"},
        {"action": "fake", "kind": "email", "unique": "stable"},
        {"action": "encrypt_format"},
    ],
)
def test_ids_carry_marks(rule: dict[str, Any]) -> None:
    """One canary among them proves a leak."""
    plan = _plan({"id": rule})
    assert [mark.column for mark in marks_of({s.column: s for s in plan.steps})] == ["id"]


def test_tokens_inside_of_columns_accuse_nobody_by_themselves() -> None:
    """They are encrypted originals: of short ids there are a few hundred, and two datasets of one
    domain would hold the same.
    """
    with pytest.raises(PlanError, match="no column can carry a mark"):
        _plan({"who.id": {"action": "tokenize"}})
    plan = _plan({"who.id": {"action": "tokenize"}, "id": {"action": "pseudonymize"}})
    bits = {mark.column: mark.bits for mark in marks_of({s.column: s for s in plan.steps})}
    assert bits["who.id"] <= 8 < bits["id"]


def test_few_coarse_columns_are_refused_with_what_to_do() -> None:
    """A canary there could be anybody."""
    coarse = {"n": {"action": "generalize", "band": 10}, "g": {"action": "keep"}}
    with pytest.raises(PlanError, match=r"no column can carry a mark.*pseudonymized"):
        _plan(coarse)


def test_a_time_of_full_precision_needs_more_canaries() -> None:
    """Rows are compared with decoys there, and five must be found."""
    with pytest.raises(PlanError, match="it takes 5 canaries"):
        _plan({"t": {"action": "keep"}}, canaries=3)
    assert canary_count(_plan({"t": {"action": "keep"}})) == 20


def test_a_share_and_a_power_choose_the_number() -> None:
    """More where no ids are published."""
    asked = {"share": 0.01, "power": 0.99}
    by_ids = canary_count(_plan({"id": {"action": "pseudonymize"}}, asked))
    by_rows = canary_count(_plan({"t": {"action": "keep"}}, asked))
    assert by_ids == 468 < by_rows


def test_fakes_of_a_first_pass_are_refused() -> None:
    """An invented person is not among the originals that it lists."""
    rules = {"id": {"action": "fake", "kind": "name", "unique": True}, "n": {"action": "tokenize"}}
    with pytest.raises(PlanError, match="unique: stable"):
        _plan(rules)


def test_the_key_is_kept_for_canaries() -> None:
    """A policy cannot encrypt files for readers under it."""
    with pytest.raises(PlanError, match="'canary' is kept"):
        _plan({"id": {"action": "pseudonymize", "key": "canary"}})
