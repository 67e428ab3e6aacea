"""Completes or undoes an interrupted act. Does only what the signed log states."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from anonymize.dataset.entry import MOVES, expired_by
from anonymize.dataset.folder_changes import prepared_current, remove_version
from anonymize.dataset.lost_log import refuse_lost_log
from anonymize.dataset.plainfile import is_folder, is_plain, names_in
from anonymize.dataset.refusing import refused_versions
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import PREFIX, DatasetView
from anonymize.errors import DatasetError


def recover(dataset: DatasetView, keyring: Keyring, staged: Collection[Path]) -> None:
    """Remove staging folders and unpublished versions, and complete an expiry or a move of
    ``CURRENT``. The caller holds the lock.

    ``staged`` are folders that stay: the calling run's, and those it may go on with.

    Raises:
        DatasetError: the log is damaged, not signed, or lacks a version that was published; nothing
            was changed.
        KeysError: the log is signed by keys that are not in the keyring.
    """
    if not is_folder(dataset.versions_path):
        raise DatasetError("is not a plain folder", place=str(dataset.versions_path))
    entries = dataset.audit.entries(keyring)
    refused = set(refused_versions(entries))
    published = {
        entry.version for entry in entries if entry.what == "publish" and entry.version is not None
    }
    refuse_lost_log(dataset, entries, published | refused, keyring)
    dataset.audit.drop_torn()
    expired = expired_by(entries)
    for path in dataset.versions_path.iterdir():
        if path.name.startswith(PREFIX) and path not in staged:
            shutil.rmtree(path) if is_folder(path) else path.unlink()
    for number in dataset.folders():
        if (number not in published and number not in refused) or number in expired:
            remove_version(dataset, number)
    moves = [entry.version for entry in entries if entry.what in MOVES]
    if (
        moves
        and moves[-1] is not None
        and moves[-1] != dataset.said()
        and is_folder(dataset.folder(moves[-1]))
    ):
        prepared_current(dataset, moves[-1]).put()
    if not moves and dataset.said() in refused:
        (dataset.path / "CURRENT").unlink()
    _clear_leftovers(dataset, staged)


def _clear_leftovers(dataset: DatasetView, staged: Collection[Path]) -> None:
    """Remove the temporary files of interrupted acts. Those of a process that is appending to the
    log now stay.
    """
    with dataset.audit.alone(wait=False) as nobody_appends:
        for path in _temporary_files(dataset):
            theirs = path.name.startswith(f".{dataset.audit.head_path.name}.")
            if not (theirs and not nobody_appends) and not set(staged) & set(path.parents):
                path.unlink(missing_ok=True)


def _temporary_files(dataset: DatasetView) -> Iterator[Path]:
    """Yield what is named like our temporary files, where they are written: plain files in plain
    folders. Who can write to the folder may put links there, to files that are not the dataset's.
    """
    versions = [dataset.versions_path / name for name in names_in(dataset.versions_path)]
    inside = ("", "quarantine", "subjects", "canaries")
    places = [dataset.path, *(one / name for one in versions for name in inside)]
    for place in places:
        if is_folder(place) and (place == dataset.path or is_folder(place.parent)):
            for name in names_in(place):
                if name.startswith(".") and name.endswith(".tmp") and is_plain(place / name):
                    yield place / name
