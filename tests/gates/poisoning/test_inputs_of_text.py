"""The safe profile of rows that are text alone."""

from __future__ import annotations

import pyarrow as pa

from anonymize.gates.poisoning import TableBuilder
from anonymize.gates.poisoning.inputs import InputProfile


def test_a_version_of_one_text_column_has_a_profile() -> None:
    """It has no pairs of values and no border, and still knows a disguise."""
    texts = [f"please pay the fee number {n} for the parcel today" for n in range(60)]
    builder = TableBuilder(["text"], "label")
    rows = pa.table({"text": texts, "label": ["a", "b"] * 30})
    for batch in rows.to_batches():
        builder.add(batch)
    inputs = pa.table({"text": [texts[0], texts[0].replace("pay", "p\u0430y")]})
    assert list(InputProfile.of(builder.table()).check(inputs)) == [1]
