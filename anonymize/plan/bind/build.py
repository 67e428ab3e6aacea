"""Builds the transform of a rule, including its ``when:`` and ``otherwise:``."""

from __future__ import annotations

import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.plan.bind.conditional import Conditional
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import Context
from anonymize.policy import Rule
from anonymize.transform.first_pass import Unfitted
from anonymize.transform.interface import RowTransform, Transform


def build(
    rule: Rule, column: ColumnName, input_type: pa.DataType, context: Context
) -> Transform | RowTransform | None:
    """Return the transform of ``rule``, None for drop.

    Raises:
        UnsupportedTypeError: an action does not accept ``input_type``, or the two branches give
            different types.
        ValueError: the parameters cannot be satisfied.
    """
    then = transform_for(rule, column, input_type, context)
    if then is None or rule.when is None or rule.otherwise is None:
        return then
    otherwise = build(rule.otherwise, column, input_type, context)
    if otherwise is None:
        raise ValueError("otherwise: drop makes no sense for some rows of a column; use redact")
    if any(isinstance(side, Unfitted) for side in (then, otherwise)):
        raise ValueError(
            "when: does not go with rules that need a first pass (quantiles, rare, unique, shuffle)"
        )
    reads = dict.fromkeys(sorted(columns_in(rule.when)))
    for side in (then, otherwise):
        reads.update(dict.fromkeys(side.reads if isinstance(side, RowTransform) else ()))
    return Conditional(rule.when, then, otherwise, tuple(reads))
