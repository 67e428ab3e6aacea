"""Says whether a file holds canaries of a dataset, and of which version and recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.dataset.canaries import CanaryRecord, has_canaries, read_canaries
from anonymize.dataset.manifest import Manifest
from anonymize.errors import ArgumentError
from anonymize.keys import CANARY, Keyring, open_keyring
from anonymize.pipeline.canaries.ids import Searched, found_by_ids
from anonymize.pipeline.canaries.leak import Leak, read_leak
from anonymize.pipeline.canaries.patterns import found_by_rows
from anonymize.pipeline.canaries.places import datasets_of

MOST_FALSE = 1e-6
"""Probability of a false accusation below which a file is said to hold canaries."""
_TESTS = 2
"""A leak is searched for ids, and for rows."""


@dataclass(frozen=True)
class Version:
    """A version with canaries, as its holder knows it."""

    place: str
    """The dataset's folder."""
    dataset: str
    version: int
    recipient: str
    """Whom it was made for; empty for all readers."""
    canaries: int
    """Number of canaries in it."""
    rows: int
    """Rows of its files, canaries included."""
    ids: tuple[str, ...]
    """Columns by which one canary suffices."""


@dataclass(frozen=True)
class Held:
    """What a file holds of one version."""

    version: Version
    found: int
    """Canaries of it that were recognized."""
    by: str
    """``ids`` or ``rows``: by what."""
    false: float
    """Bound of the probability that a file which has nothing to do with the version, or only with
    its real rows, is said to hold as many; for all versions that were compared together.
    """

    @property
    def accused(self) -> bool:
        """Return True if the bound is below `MOST_FALSE`."""
        return self.found > 0 and self.false < MOST_FALSE


@dataclass(frozen=True)
class Checked:
    """The result for all versions that were compared."""

    held: tuple[Held, ...]
    """Of each version that it holds canaries of, the most probable first."""
    compared: int
    """Number of versions."""

    @property
    def accused(self) -> tuple[Held, ...]:
        """Return the versions that the file is of."""
        return tuple(one for one in self.held if one.accused)


@checked
def check_canaries(
    leak: str | Path,
    dataset: str | Path,
    keyring: Keyring | str | None = None,
    *,
    given: bytes | None = None,
) -> Checked:
    """Return the versions, of a dataset and its recipients' datasets, whose canaries a file holds.

    Args:
        leak: A CSV, JSON lines or Parquet file, or any text. Columns may be missing, rows in
            another order, text in another case or with other spaces, numbers and dates in other
            formats.
        dataset: The dataset's folder or address.
        keyring: With the keys ``canary`` and, for the manifests, ``signing``.
        given: The content, instead of the file's.

    Raises:
        SourceError: the file cannot be read.
        KeysError: the keyring lacks the key ``canary``: it is a reader's.
        DatasetError: the dataset is not as it was signed.
        ArgumentError: no version has canaries.
    """
    opened = open_keyring(keyring)
    opened.require(CANARY)
    read = read_leak(leak, given)
    searched = Searched.of(read)
    known = list(_known(str(dataset), opened))
    if not known:
        what = "no version has canaries; say sink: {canaries: 20} in its policy, and run it"
        raise ArgumentError(what, place=str(dataset))
    found = [_held(version, records, read, searched, len(known)) for version, records in known]
    held = sorted((one for one in found if one.found), key=lambda one: (one.false, -one.found))
    return Checked(tuple(held), len(known))


def list_canaries(dataset: str | Path, keyring: Keyring | str | None = None) -> tuple[Version, ...]:
    """Return the versions with canaries of a dataset and of its recipients' datasets.

    Raises:
        KeysError: the keyring lacks the key ``canary``.
        DatasetError: the dataset is not as it was signed.
    """
    opened = open_keyring(keyring)
    opened.require(CANARY)
    return tuple(version for version, _ in _known(str(dataset), opened))


def _known(place: str, keyring: Keyring) -> Iterator[tuple[Version, list[CanaryRecord]]]:
    for folder in datasets_of(place):
        dataset = Dataset(folder)
        dataset.require()
        for number in dataset.versions(keyring):
            made = dataset.manifest(number, keyring=keyring)
            if has_canaries(made):
                records = [record for _, record in read_canaries(dataset, made, keyring)]
                yield _version(folder, made, records), records


def _version(folder: str, made: Manifest, records: Sequence[CanaryRecord]) -> Version:
    with_any = [one for one in records if one.people]
    ids = dict.fromkeys(str(path) for one in with_any for path, _ in one.facts["marks"])
    recipients = dict.fromkeys(str(one.facts["recipient"]) for one in records)
    return Version(
        folder,
        made.dataset,
        made.version,
        next(iter(recipients), ""),
        sum(one.people for one in records),
        made.rows.written,
        tuple(ids),
    )


def _held(
    version: Version,
    records: Sequence[CanaryRecord],
    leak: Leak,
    searched: Searched,
    compared: int,
) -> Held:
    """Return what a leak holds of one version, by the stronger of both tests."""
    records = [one for one in records if one.people]
    by_ids, chance = found_by_ids(searched, records)
    best = Held(version, len(by_ids), "ids", min(1.0, chance * compared * _TESTS))
    if leak.table is None or not records or best.accused:
        return best
    by_rows, chance = found_by_rows(leak.table, records)
    other = Held(version, len(by_rows), "rows", min(1.0, chance * compared * _TESTS))
    return min(best, other, key=lambda one: one.false)
