"""Leaves out the rows of people who were forgotten, before anything else sees them."""

from __future__ import annotations

import pyarrow as pa

from anonymize.errors import PlanError
from anonymize.keys import Keyring
from anonymize.plan.model import Plan
from anonymize.transform.subject_ids import forgotten_rows


def without_forgotten(
    plan: Plan, keyring: Keyring | None, batch: pa.RecordBatch, numbers: pa.Array
) -> tuple[pa.RecordBatch, pa.Array]:
    """Return the rows of ``batch`` that are of nobody who was forgotten, and their positions.

    Raises:
        PlanError: no keyring is open that could tell.
        KeysError: the keyring lacks a version of the owner's key that made their ids.
    """
    column = plan.left_out_by
    if column is None:
        return batch, numbers
    if keyring is None:
        raise PlanError("people were forgotten, and without a keyring nobody can tell their rows")
    gone = forgotten_rows(batch[str(column)], plan.forgotten, keyring, plan.policy.dataset)
    present = pa.array(~gone)
    return batch.filter(present), numbers.filter(present)
