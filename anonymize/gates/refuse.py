"""All gates, in the order in which they are asked: runs and frames pass the same ones."""

from __future__ import annotations

from anonymize.errors import GateError
from anonymize.gates.across import told_together
from anonymize.gates.contract import contract_kept
from anonymize.gates.interface import Gate, Output
from anonymize.gates.residual_scan import personal_data_left
from anonymize.gates.rows import rows_left_out, values_emptied
from anonymize.gates.suppression import small_classes
from anonymize.plan.model import Plan

GATES: tuple[Gate, ...] = (
    contract_kept,
    rows_left_out,
    values_emptied,
    personal_data_left,
    small_classes,
    told_together,
)
"""The first gate with a finding refuses: what it found is often the cause of the others'."""


def refuse(output: Output, plan: Plan) -> None:
    """Refuse an output that a gate finds fault with.

    Raises:
        GateError: with every finding of the first gate that has one.
    """
    for gate in GATES:
        if problems := gate(output, plan):
            raise GateError(problems)
