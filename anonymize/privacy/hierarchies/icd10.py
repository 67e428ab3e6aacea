"""Diagnoses by ICD-10."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.levels import Known, by_text
from anonymize.privacy.hierarchies.prefixes import one_spelling
from anonymize.privacy.hierarchies.texts import as_texts, is_text, joined, plain_values

_FORM = r"^[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?[+*!†]?$"
_WHAT = "do not have the form of an ICD-10 code (A00.1); make them missing, or say"


@dataclass(frozen=True)
class Icd10:
    """Diagnoses by ICD-10: ``A00.1`` → category ``A00`` → ten categories ``A00–A09`` → letter
    ``A`` → everything, also for national editions (``C4A.0``).

    Groups are made of the code's characters. So ten categories are not WHO's blocks, some of which
    have other bounds, and a letter is not quite a chapter: A and B are one, D and H are two each.
    A leaf is a value of the column.

    Source: the structure of codes, ICD-10 volume 2, 2.4.
    """

    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that do not have the form of a code."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with three levels.

        Raises:
            PlanError: the values are no text.
            DataError: values do not have the form of a code.
        """
        values = plain_values(name, values)
        if not (is_text(values.type) or pa.types.is_null(values.type)):
            raise PlanError(
                f"is {values.type}, and codes: icd10 takes text", place=f"column {name}"
            )
        codes = one_spelling(as_texts(values))
        mask = pc.match_substring_regex(codes, _FORM).fill_null(False)
        known = Known.of(name, values, mask, self.unknown, _WHAT)
        codes = codes.filter(pa.array(known.mask))
        ten = pc.utf8_slice_codeunits(codes, 0, 2)
        levels = (
            pc.utf8_slice_codeunits(codes, 0, 3),
            joined(ten, "0–", ten, "9"),
            pc.utf8_slice_codeunits(codes, 0, 1),
        )
        return known.column([by_text(level) for level in levels])
