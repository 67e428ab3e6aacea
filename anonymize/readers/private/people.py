"""Reads a version as numbers, and says whose each row is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.vocabulary.missing_words import stands_for_missing
from anonymize.errors import DatasetError
from anonymize.privacy.differential import bounded
from anonymize.readers.private.features import Encoded, Features, Ints
from anonymize.readers.training import TrainingBatches
from anonymize.transform.columns import as_text, plain


def read_people(
    batches: TrainingBatches, features: Features, whose: str | None, most_rows: int
) -> Encoded:
    """Return the version's rows by person, at most ``most_rows`` of each, drawn at random; rows
    whose label is no class are left out. A column ``whose`` names the person of each row; without
    one, each row is a person's own.

    Raises:
        DatasetError: a row is of nobody, whose contribution nothing would bound; or the version
            cannot be read.
    """
    codes, numbers, labels, people = [], [], [], []
    for batch in batches.record_batches():
        coded = features.coded(batch)
        codes.append(coded[0])
        numbers.append(coded[1])
        labels.append(features.labels(batch))
        if whose is not None:
            people.append(_named(batch, whose))
    if not codes:
        raise DatasetError("the version has no row", place=str(batches.source.place))
    label = np.concatenate(labels)
    persons = np.arange(len(label)) if whose is None else _numbered(people)
    usable = np.flatnonzero(label >= 0)
    kept = bounded(persons[usable], np.zeros(len(usable), np.int64), 1, most_rows)
    rows = usable[kept.rows]
    rows = rows[np.argsort(persons[rows], kind="stable")]
    by_person = persons[rows]
    new = np.ones(len(rows), np.bool_)
    new[1:] = by_person[1:] != by_person[:-1]
    return Encoded(
        np.concatenate(codes)[rows],
        np.concatenate(numbers)[rows],
        label[rows],
        np.cumsum(new) - 1,
        np.concatenate([np.flatnonzero(new), [len(rows)]]),
        features.width,
        features.places(),
    )


def _named(batch: pa.RecordBatch, whose: str) -> pa.Array:
    """Return the person of each row as text.

    Raises:
        DatasetError: a row has none.
    """
    texts = as_text(plain(batch.column(whose)))
    nobody = pc.fill_null(stands_for_missing(texts), True)
    if nobody.true_count:
        what = "a row has no person (null, blank, or a marker for missing), so nothing bounds what"
        raise DatasetError(
            f"{what} that person tells the model; publish without such rows", place=whose
        )
    return texts


def _numbered(people: list[pa.Array]) -> Ints:
    coded = pa.chunked_array(people, pa.string()).combine_chunks().dictionary_encode()
    return np.asarray(coded.indices).astype(np.int64)
