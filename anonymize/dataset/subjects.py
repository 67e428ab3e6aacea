"""Whose the rows of a version are, as keyed ids that the owner alone can make or compare.

A version whose policy says ``erasure: {index: true}`` has a file ``subjects/part-N.parquet`` beside
each part, encrypted under the owner's key. It has one line per row of the part, and one per row
that was set aside, sorted by the id: a digest of the subject under a key of the dataset, its
purpose and one version of the owner's key. No id can be turned back. Who has the owner's key can
tell whether a subject that they name is in the version, and which rows are of one subject.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.owner import owners_key
from anonymize.dataset.reader import read_role
from anonymize.dataset.signing import Keyring
from anonymize.keys import Keyring as OwnersKeyring
from anonymize.keys import PurposeKey
from anonymize.keys.primitives.cmac import cmac
from anonymize.names import KeyId
from anonymize.transform.normalize import Normalization
from anonymize.transform.subjects import subjects_of

ROLE: Literal["subjects"] = "subjects"
FOLDER = "subjects"
SCHEMA = pa.schema(
    [("high", pa.int64()), ("low", pa.int64()), ("row", pa.int64()), ("aside", pa.bool_())]
)
"""The digest in two halves; the row's position in the part from 0, or of a row that was set aside
its number in the source file from 1; whether it was.
"""
_ACTION = "subject index"
Words = npt.NDArray[np.int64]


def subject_key(keyring: OwnersKeyring, key_id: KeyId, dataset: str, purpose: str) -> PurposeKey:
    """Return the key of the ids of one dataset and purpose.

    Raises:
        KeysError: the keyring lacks the owner's key: it is a reader's.
    """
    return owners_key(keyring, key_id, dataset=dataset, purpose=purpose, action=_ACTION)


def subject_digests(key: PurposeKey, subjects: pa.Array, spelled: Normalization) -> Words:
    """Return the keyed id of each subject, n × 2 words of 64 bits.

    AES-256-CMAC over the NFC-normalised UTF-8 bytes of the subject as text, after ``spelled``. A
    row without a subject has the id of the empty text, which no subject has.
    """
    texts = pc.fill_null(subjects_of(subjects, spelled), "")
    tags = cmac(key.derive("subject", length=32), pc.utf8_normalize(texts, "NFC"))
    return np.ascontiguousarray(tags).view(np.int64).reshape(-1, 2)


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
