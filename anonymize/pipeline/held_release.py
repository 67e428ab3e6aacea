"""An earlier release, read with the run's keyring and counted as the run counts its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anonymize.dataset import Dataset
from anonymize.dataset.canaries import RealRows
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.reader import read_role
from anonymize.dataset.subjects import FOLDER, ROLE
from anonymize.dataset.version_reader import VersionReader, opened_version
from anonymize.keys import Keyring, PurposeKey
from anonymize.plan.against import PUBLISHED, Earlier, Link
from anonymize.plan.counting import one_each
from anonymize.plan.held import label_digests, published_ids
from anonymize.plan.recoding.combinations import Combinations
from anonymize.privacy import ClassCounts
from anonymize.privacy.across.release import places
from anonymize.privacy.digests import Words
from anonymize.transform.columns import as_text, plain
from anonymize.transform.subject_ids import subject_digests, subject_key


@dataclass(frozen=True)
class Wanted:
    """What is read of a release."""

    quasi: tuple[str, ...]
    """Quasi-identifiers that both have, in the policy's order."""
    sensitive: tuple[str, ...]
    """Sensitive columns that both have."""
    subject: str | None
    """The column by whose published values people are found; None if there is none."""
    link: Link | None
    """The index by which they are found; None if there is none."""


@dataclass(frozen=True)
class HeldRelease:
    """The rows of an earlier release by class, person and sensitive value, as keyed digests."""

    counts: ClassCounts
    """Persons of this run have the run's numbers; others have numbers of their own."""
    labels: Combinations = field(repr=False)
    """The labels of each class."""
    found: bool
    """Whether a person of this run is in it."""
    joins: bool
    """Whether an id that this run publishes is in it."""


class People:
    """The persons of a run by their ids in other releases."""

    def __init__(self, table: pa.Table | None) -> None:
        """Take the table of `Linked`; None if there is none."""
        self._sorted: dict[str, tuple[Words, Words]] = {}
        if table is None:
            return
        links = np.asarray(table["link"].to_pylist(), object)
        high, person = np.asarray(table["high"]), np.asarray(table["person"])
        for name in set(links.tolist()):
            mine = np.flatnonzero(links == name)
            mine = mine[np.argsort(high[mine], kind="stable")]
            self._sorted[name] = high[mine], person[mine]

    def has(self, link: str) -> bool:
        """Return True if persons have ids of a link."""
        return link in self._sorted

    def numbers(self, link: str, ids: Words) -> tuple[Words, bool]:
        """Return the number of each person by the first halves of ids, of others the half itself,
        and whether any is a person of this run. Two people share a half with a chance below 2^-24
        for 2^20 people.
        """
        high, person = self._sorted.get(link, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        at = places(high, ids)
        known = at >= 0
        made = ids.copy()
        made[known] = person[at[known]]
        return made, bool(known.any())


def read_release(
    earlier: Earlier, wanted: Wanted, people: People, keyring: Keyring, key: PurposeKey
) -> HeldRelease | None:
    """Return an earlier release, counted under the key of the run; None if it has no rows.

    Raises:
        DatasetError: it is not as it was signed.
        KeysError: the keyring does not open it.
    """
    opened = opened_version(Dataset(earlier.place), earlier.version, keyring, earlier.dataset)
    names = [*wanted.quasi, *wanted.sensitive, *([wanted.subject] if wanted.subject else [])]
    ids = _Ids(opened, wanted.link, keyring) if wanted.link else None
    counts: ClassCounts | None = None
    labels: Combinations | None = None
    found = joins = False
    source = RealRows(opened.dataset, opened.manifest, keyring)  # type: ignore[arg-type]
    for read in opened.started(list(dict.fromkeys(names)))[1]:
        real = pa.array(source.next(read.num_rows))
        batch = read.filter(real)
        texts = [as_text(plain(batch[name])) for name in wanted.quasi]
        classes, person = label_digests(key, texts), None
        if wanted.subject is not None:
            nobody = np.asarray(plain(batch[wanted.subject]).is_null())
            half = published_ids(key, batch[wanted.subject])[:, 0]
            person, hit = people.numbers(PUBLISHED, half)
            joins |= hit and not nobody.all()
        if ids is not None and wanted.link is not None:
            half, nobody = (one[np.asarray(real)] for one in ids.next(read.num_rows))
            person, hit = people.numbers(wanted.link.name, half)
        if person is not None:
            found |= hit
        held = {name: one_each(batch[name]) for name in wanted.sensitive}
        who = None if person is None else pa.array(person, mask=nobody)
        one = ClassCounts.of(classes, who, held, key)
        counts = one if counts is None else counts.merge(one)
        combined = Combinations.of(classes, None, texts)
        labels = combined if labels is None else labels.merge(combined)
    if counts is None or labels is None:
        return None
    return HeldRelease(counts.together(), labels, found, joins)


class _Ids:
    """The ids of a release's rows, in their order."""

    def __init__(self, opened: VersionReader, link: Link, keyring: Keyring) -> None:
        made = subject_key(keyring, link.key, link.dataset)
        self._nobody = int(subject_digests(made, pa.array([""]), "exact")[0, 0])
        self._parts = self._of(opened.dataset, opened.manifest, keyring)  # type: ignore[arg-type]
        self._left = np.zeros(0, np.int64)

    def next(self, rows: int) -> tuple[Words, np.ndarray]:
        """Return the ids of the next rows, and which have no person."""
        while len(self._left) < rows:
            self._left = np.concatenate([self._left, next(self._parts)])
        taken, self._left = self._left[:rows], self._left[rows:]
        return taken, taken == self._nobody

    @staticmethod
    def _of(dataset: Dataset, manifest: Manifest, keyring: Keyring) -> Iterator[Words]:
        """Yield the first halves of each part's ids."""
        for entry in manifest.data_files():
            ids = np.zeros(entry.rows, np.int64)
            path = f"{FOLDER}/{entry.path}"
            for batch in read_role(dataset, manifest.version, keyring, ROLE, path):
                kept = ~np.asarray(batch["aside"])
                ids[np.asarray(batch["row"])[kept]] = np.asarray(batch["high"])[kept]
            yield ids
