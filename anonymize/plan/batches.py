"""Batches as a plan takes them: of the schema it was compiled for, without unused values."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from anonymize.arrow.plain_layouts import differences
from anonymize.errors import Problem, SourceError
from anonymize.plan.model import Plan


def check_batch(plan: Plan, batch: pa.RecordBatch, columns: Sequence[str]) -> None:
    """Refuse a batch that the plan was not compiled for, because its rules were not checked for
    such data.

    Raises:
        SourceError: columns are missing, occur twice, or have another type; the message quotes
            no values.
    """
    found = differences(batch.schema, plan.input_schema, columns)
    strange = len(set(batch.schema.names) - set(plan.input_schema.names))
    problems = [Problem(f"column {name}", what) for name, what in found]
    if strange and plan.policy.unlisted == "refuse":
        what = (
            f"the batch has {strange} columns that the plan does not know, and the policy says"
            " unlisted: refuse"
        )
        problems.append(Problem("", what))
    if problems:
        raise SourceError(problems)


def without_unused(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return ``batch`` with dictionaries reduced to the values of its rows. Unused values would be
    published without any rule applied to them.
    """
    columns = [
        (
            column.cast(column.type.value_type).dictionary_encode().cast(column.type)
            if pa.types.is_dictionary(column.type)
            else column
        )
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
