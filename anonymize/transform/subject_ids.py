"""Keyed ids of subjects: digests that the owner alone can make or compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import OWNER, Keyring, PurposeKey
from anonymize.keys.primitives.cmac import cmac
from anonymize.names import KeyId, key_version_of
from anonymize.transform.normalize import Normalization
from anonymize.transform.subjects import subjects_of

_ACTION = "subject index"
Words = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ForgottenIds:
    """Ids of people whose rows are left out. Picklable; without the key it says nothing of them."""

    key: KeyId
    """Version of the owner's key that made the ids."""
    spelled: Normalization
    """Which spellings of a subject were one person then."""
    ids: frozenset[str]
    """32 hexadecimal digits each."""


def subject_key(keyring: Keyring, key_id: KeyId, dataset: str) -> PurposeKey:
    """Return the key of the ids of one dataset, for all its purposes.

    Raises:
        KeysError: the keyring lacks that version of the owner's key.
    """
    version = key_version_of(key_id)
    return keyring.purpose_key(OWNER, action=_ACTION, domain="", entity=dataset, version=version)


def subject_digests(key: PurposeKey, subjects: pa.Array, spelled: Normalization) -> Words:
    """Return the keyed id of each subject, n × 2 words of 64 bits.

    AES-256-CMAC over the NFC-normalised UTF-8 bytes of the subject as text, after ``spelled``. A
    row without a subject has the id of the empty text, which no subject has.
    """
    texts = pc.fill_null(subjects_of(subjects, spelled), "")
    tags = cmac(key.derive("subject", length=32), pc.utf8_normalize(texts, "NFC"))
    return np.ascontiguousarray(tags).view(np.int64).reshape(-1, 2)


def id_of(key: PurposeKey, subject: str, spelled: Normalization) -> str:
    """Return the id of one subject, 32 hexadecimal digits."""
    return hex_of(subject_digests(key, pa.array([subject]), spelled)[0])


def hex_of(digest: Words) -> str:
    """Return one digest as 32 hexadecimal digits."""
    return np.ascontiguousarray(digest).tobytes().hex()


def holds_any(digests: Words, ids: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Return which of n digests are among ``ids``."""
    wanted = np.array([_words(one) for one in sorted(ids)], np.int64).reshape(-1, 2)
    found = np.isin(digests[:, 0], wanted[:, 0])
    for at in np.flatnonzero(found):  # few: half of the digest is right by chance in 2^-64
        found[at] = bool((wanted == digests[at]).all(axis=1).any())
    return found


def _words(one: str) -> Words:
    return np.frombuffer(bytes.fromhex(one), np.int64)


def forgotten_rows(
    subjects: pa.Array, forgotten: Sequence[ForgottenIds], keyring: Keyring, dataset: str
) -> npt.NDArray[np.bool_]:
    """Return which rows are of people who were forgotten.

    Raises:
        KeysError: the keyring lacks a version of the owner's key that made their ids.
    """
    found = np.zeros(len(subjects), np.bool_)
    for group in forgotten:
        key = subject_key(keyring, group.key, dataset)
        found |= holds_any(subject_digests(key, subjects, group.spelled), group.ids)
    return found
