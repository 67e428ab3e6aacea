"""Counts the equivalence classes of a batch, before and after: person, class and sensitive values
of each row.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.vocabulary.missing_words import stands_for_missing
from anonymize.keys import PurposeKey
from anonymize.names import ColumnName
from anonymize.policy import PrivacySpec
from anonymize.privacy import ClassCounts, persons
from anonymize.transform.columns import as_text, is_scalar, plain
from anonymize.transform.normalize import normalized


def people_in(key: PurposeKey, subjects: pa.Array) -> pa.Array:
    """Return a keyed number for the person of each row, null if there is none.

    Errs on the safe side: spellings that differ in case and spaces are one person, and a subject
    that is null, blank or a marker for missing is no further person, so a class never looks larger
    than it is.
    """
    subjects = plain(subjects)
    if not is_scalar(subjects.type):
        return persons(key, subjects)
    texts = pc.utf8_normalize(normalized(as_text(subjects), "fold"), form="NFKC")
    named = pc.fill_null(pc.invert(stands_for_missing(texts)), False)
    return persons(key, pc.if_else(named, texts, pa.scalar(None, pa.string())))


def classes_written(
    key: PurposeKey,
    privacy: PrivacySpec,
    written: pa.RecordBatch,
    places: Mapping[ColumnName, pa.Array],
    people: pa.Array | None,
) -> ClassCounts:
    """Return the class counts of rows in their published form.

    Args:
        key: Key for the digests.
        privacy: Names the quasi-identifiers and sensitive columns.
        written: The rows that go to the file; columns are taken from it.
        places: The same rows' values at places inside columns, for those that are not columns of
            ``written``.
        people: The person of each row; None if rows are counted.
    """

    def column(name: ColumnName) -> pa.Array:
        return written.column(name) if name in written.schema.names else places[name]

    sensitive = {str(name): column(name) for name in privacy.sensitive}
    return ClassCounts.of(
        [column(name) for name in privacy.quasi_identifiers], people, sensitive, key
    )
