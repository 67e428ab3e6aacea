"""Numbers that a rule leaves or makes in text, taken out of what the scan of the output reads.

``encrypt_format`` keeps a number's layout, so what it makes of an address is four groups of digits
with dots, and such groups read like telephone numbers: ``642.945.39.35``, the more behind *call
from*. Where the policy lets an entity through, numbers of the layout that only it has are that
entity, whatever else they look like.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.columns.sample import ColumnSample

_SSN = r"\d{3}-\d{2}-\d{4}"
_LAYOUTS = {
    "IP_ADDRESS": r"\d{1,3}(?:\.\d{1,3}){3}",
    "US_SSN": _SSN,
    "US_ITIN": _SSN,
    "CREDIT_CARD": r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}",
}
"""Entity → a layout that no telephone number has as a rule. The layouts of other identifiers are
those of telephone numbers too (``UK_NHS``): beside such, a number that was missed would pass."""
_MADE = {
    entity: re.compile(rf"(?<![\w.+-]){form}(?![\w-]|\.\d)", re.ASCII)
    for entity, form in _LAYOUTS.items()
}


def without_made(sample: ColumnSample, allowed: Collection[str]) -> ColumnSample:
    """Return a sample with a label for each number that is laid out like an entity of ``allowed``.

    As many values in the same order, of the same type; a column of no text is as it was.
    """
    forms = [(entity, form) for entity, form in _MADE.items() if entity in allowed]
    if not forms or not _is_text(sample.distinct.type):
        return sample

    def labelled(values: pa.Array) -> pa.Array:
        texts = values.to_pylist()
        for entity, form in forms:
            texts = [form.sub(f"<{entity}>", text) for text in texts]
        return pa.array(texts, values.type)

    return dataclasses.replace(
        sample, distinct=labelled(sample.distinct), head=labelled(sample.head)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))
