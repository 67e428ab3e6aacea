"""Counts the equivalence classes of a batch, before and after: person, class and sensitive values
of each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.vocabulary.missing_words import stands_for_missing
from anonymize.keys import PurposeKey
from anonymize.names import ColumnName
from anonymize.nested.open_close import close_batch, open_batch
from anonymize.nested.path_index import PathIndex
from anonymize.nested.wanted import WantedPlaces
from anonymize.policy import PrivacySpec
from anonymize.privacy import ClassCounts, ClassDigests, class_digests, persons
from anonymize.transform.columns import as_text, is_scalar, is_text, over_distinct, plain
from anonymize.transform.normalize import Normalization, normalized
from anonymize.transform.number_spellings import one_spelling


def people_in(key: PurposeKey, subjects: pa.Array, spelled: Normalization = "exact") -> pa.Array:
    """Return a keyed number for the person of each row, null if there is none.

    Errs on the safe side: spellings that differ in case and spaces are one person, and so are those
    of one number (7, 7.0, +7: one file of a folder may hold floats), and a subject that is null,
    blank or a marker for missing is no further person, so a class never looks larger than it is.
    007 and 7 are two people, unless ``spelled``, the subject's own rule, says ``number``.
    """
    subjects = plain(subjects)
    if not is_scalar(subjects.type):
        return persons(key, subjects)
    texts = pc.utf8_normalize(normalized(as_text(subjects), "fold"), form="NFKC")
    named = pc.fill_null(pc.invert(stands_for_missing(texts)), False)
    texts = one_spelling(texts)
    if spelled == "number":
        texts = normalized(texts, spelled)
    return persons(key, pc.if_else(named, texts, pa.scalar(None, pa.string())))


def class_columns(
    batch: pa.RecordBatch,
    names: Sequence[ColumnName],
    results: Mapping[ColumnName, pa.Array],
    asked: WantedPlaces,
) -> list[pa.Array]:
    """Return row-aligned columns of which equal rows are those that are published alike.

    A quasi-identifier that is a column is itself. One inside a document, a struct or a map is
    published with what is around it, by which equal values are told apart: ``{}`` from
    ``{"x":null}`` and ``null``, ``1`` from ``"1"``, a struct that is null from one whose field is.
    So its whole column is returned, without the places that are no quasi-identifiers. The order of
    keys tells nothing: such documents and maps are written in one (``WantedPlaces.in_order``).

    Args:
        batch: The rows, as read or as written.
        names: The quasi-identifiers.
        results: The published values of each.
        asked: The places that ``batch`` was opened to.
    """
    flat = [name for name in names if name in batch.schema.names]
    inside = {name: results[name] for name in names if name not in flat}
    if not inside:
        return [results[name] for name in flat]
    index = PathIndex(sorted(inside))
    around = batch.select([name for name in batch.schema.names if index.has_inside(name)])
    opened = open_batch(around, replace(asked, kept=frozenset(inside)))
    closed = close_batch(around, inside, opened)
    return [*(results[name] for name in flat), *(c for c in closed if c is not None)]


def classes_written(
    key: PurposeKey,
    privacy: PrivacySpec,
    written: pa.RecordBatch,
    sensitive: Mapping[ColumnName, pa.Array],
    people: pa.Array | None,
    whole: frozenset[ColumnName],
) -> ClassCounts:
    """Return the class counts of rows in their published form, read again from ``written``.

    Args:
        key: Key for the digests.
        privacy: Names the quasi-identifiers and sensitive columns.
        written: The rows that go to the file.
        sensitive: The same rows' values of sensitive columns that are places inside columns.
        people: The person of each row; None if rows are counted.
        whole: Places whose rule takes objects and arrays too.
    """
    top = written.schema.names
    values = {
        str(name): one_each(written.column(name) if name in top else sensitive[name])
        for name in privacy.sensitive
    }
    return ClassCounts.of(classes_of(key, privacy, written, whole), people, values, key)


def classes_of(
    key: PurposeKey, privacy: PrivacySpec, written: pa.RecordBatch, whole: frozenset[ColumnName]
) -> ClassDigests:
    """Return the class of each row in its published form; see `classes_written`."""
    quasi = privacy.quasi_identifiers
    names = frozenset(quasi)
    asked = WantedPlaces(read=names, kept=names, listed=names, whole=whole)
    found = open_batch(written, asked).columns
    return class_digests(key, class_columns(written, quasi, found, asked))


def one_each(values: pa.Array) -> pa.Array:
    """Return sensitive values: texts that differ in case and spaces, and those that write one
    number in several ways, are one value; blank ones are null, so that spellings make no class look
    diverse.
    """
    values = plain(values)
    return over_distinct(values, _folded, pa.string()) if is_text(values.type) else values


def _folded(texts: pa.Array) -> pa.Array:
    folded = pc.utf8_normalize(normalized(as_text(texts), "fold"), form="NFKC")
    blank = pc.equal(pc.utf8_trim_whitespace(folded), "")
    return one_spelling(pc.if_else(blank, pa.scalar(None, pa.string()), folded))
