"""Lists the actions that accept an Arrow type, by trying each transform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from anonymize.names import ColumnName
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import planning_context
from anonymize.policy import RULES, Rule

EXAMPLES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "constant": ({"value": "x"},),
    "custom": (),
    "fake": ({"kind": "name"},),
    "generalize": ({"to": "year"}, {"band": 10}, {"prefix": 3}),
    "perturb": ({"scale": 1},),
    "shift_dates": ({"within_days": 1, "by": "subject"},),
    "shuffle": ({"by": "subject"},),
}
"""Example parameters for actions that need some."""


def takers_of(kind: pa.DataType) -> tuple[str, ...]:
    """Return the actions that accept columns of type ``kind``, with parameters that suit it."""
    return tuple(
        action
        for action in RULES
        if any(_takes(action, said, kind) for said in EXAMPLES.get(action, ({},)))
    )


def _takes(action: str, parameters: Mapping[str, Any], kind: pa.DataType) -> bool:
    rule: Rule = TypeAdapter(Rule).validate_python({"action": action, **parameters})
    try:
        transform_for(rule, ColumnName("column"), kind, planning_context({}))
    except (TypeError, ValueError):
        return False
    return True
