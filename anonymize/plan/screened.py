"""Looks up which rows of a batch a screen sets aside."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from anonymize.errors import PlanError
from anonymize.names import ColumnName
from anonymize.plan.aside import Bad
from anonymize.plan.model import Plan

SCREEN = ColumnName("screen")
"""What stands for a column in the quarantine, for rows that a screen sets aside."""
UNSCREENED = (
    "the policy has a screen:, and the rows were not screened; run the policy, or anonymize_frame:"
    " a screen looks at all rows before the first is written, so no engine can apply this plan"
    " batch by batch. Screen the source with coatcheck screen, and leave screen: out here"
)


def screened_rows(plan: Plan, file: str, numbers: pa.Array) -> list[Bad]:
    """Return the rows that the plan's screen sets aside, as bad values, by position.

    ``numbers`` gives the source's row number by position, from 1.

    Raises:
        PlanError: the policy asks for a screen, and it was not made.
    """
    if plan.policy.screen is None:
        return []
    if plan.screened is None:
        raise PlanError(UNSCREENED, place=plan.policy.place("screen"))
    found = plan.screened.files.get(file)
    if found is None or not len(numbers):
        return []
    here = numbers.to_numpy(zero_copy_only=False)
    place = np.minimum(np.searchsorted(found.rows, here), len(found.rows) - 1)
    hit = np.flatnonzero(found.rows[place] == here)
    by_reason: dict[str, list[int]] = {}
    for position in hit.tolist():
        by_reason.setdefault(found.why[int(place[position])], []).append(position)
    return [Bad(SCREEN, pa.array(rows, pa.int64()), why) for why, rows in by_reason.items()]
