"""Whose the rows of a version are, as keyed ids that the owner alone can make or compare.

A version whose policy says ``erasure: {index: true}`` has a file ``subjects/part-N.parquet`` beside
each part, encrypted under the owner's key. It has one line per row of the part, and one per row
that was set aside, sorted by the id: a digest of the subject under a key of the dataset and one
version of the owner's key. No id can be turned back. Who has the owner's key can
tell whether a subject that they name is in the version, and which rows are of one subject.
"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.reader import read_role
from anonymize.dataset.signing import Keyring
from anonymize.transform.subject_ids import Words

ROLE: Literal["subjects"] = "subjects"
FOLDER = "subjects"
SCHEMA = pa.schema(
    [("high", pa.int64()), ("low", pa.int64()), ("row", pa.int64()), ("aside", pa.bool_())]
)
"""The digest in two halves; the row's position in the part from 0, or of a row that was set aside
its number in the source file from 1; whether it was.
"""


def has_subjects(manifest: Manifest) -> bool:
    """Return True if a version keeps whose its rows are."""
    return any(entry.role == ROLE for entry in manifest.files)


def holds_subject(
    dataset: Dataset, made: Manifest, keyring: Keyring, digest: Words
) -> tuple[bool, bool]:
    """Return whether a version has rows of the subject with that id, and whether it has rows of
    theirs that were set aside.

    Raises:
        DatasetError: the version's files are not as signed.
        KeysError: the keyring lacks the owner's key.
    """
    written = aside = False
    for batch in read_role(dataset, made.version, keyring, ROLE):
        theirs = pc.and_(
            pc.equal(batch["high"], int(digest[0])), pc.equal(batch["low"], int(digest[1]))
        )
        found = batch["aside"].filter(theirs)
        aside |= found.true_count > 0
        written |= found.true_count < len(found)
    return written, aside
