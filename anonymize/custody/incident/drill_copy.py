"""The private copy of datasets, keyring, vault and policies on which a drill runs."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from anonymize.custody.incident.steps import Scene
from anonymize.dataset import Dataset
from anonymize.dataset.view import PREFIX
from anonymize.durable import write_error
from anonymize.errors import DatasetError, VaultError
from anonymize.keys import Secret
from anonymize.keys.keyring.passphrase import random_passphrase
from anonymize.keys.keyring.sharing import copy_keyring
from anonymize.policy import load_policy
from anonymize.policy.addresses import address_of
from anonymize.vault import shown_place, vault_if_there, vault_place

_LEFT_OUT = (PREFIX, ".lock", ".CURRENT.")
"""Beginnings of names that belong to an act at work."""
_ROOM = 2
"""Free bytes in ``TMPDIR`` per byte of the datasets: a run writes a version beside the copy."""


@contextmanager
def copied(scene: Scene) -> Iterator[tuple[Mapping[str, str], Secret]]:
    """Yield where the copy of each path of ``scene`` is, the copy's folder under the empty name,
    and the passphrase of the keyring's copy.

    Raises:
        DatasetError, VaultError: see `drill`.
    """
    _require_room(scene)
    folder = Path(tempfile.mkdtemp(prefix="coatcheck-drill-"))
    try:
        try:
            places = _filled(folder, scene, passphrase := random_passphrase())
        except OSError as error:
            raise write_error(error, folder) from None
        yield places, passphrase
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            what = "the drill's copy could not be removed: remove it by hand"
            raise DatasetError(what, place=str(folder))


def _filled(folder: Path, scene: Scene, passphrase: Secret) -> dict[str, str]:
    places = {"": str(folder)}
    for number, dataset in enumerate(scene.datasets):
        copy = folder / f"dataset-{number}"
        _copy_dataset(Path(dataset), copy)
        places[dataset] = str(copy)
    copy_keyring(scene.keyring, folder / "keyring.json", passphrase)
    if scene.keyring_uri:
        places[scene.keyring_uri] = f"file:{folder / 'keyring.json'}"
    _copy_vault(folder, scene)
    for number, (dataset, policy) in enumerate(scene.policies.items()):
        places[policy] = str(folder / f"policy-{number}.yaml")
        _write_policy(Path(places[policy]), Path(policy), places[dataset], folder)
    return places


def _require_room(scene: Scene) -> None:
    """Check that the datasets are folders, and that there is room for what a drill writes."""
    for dataset in scene.datasets:
        if address_of(dataset) is not None:
            what = "is in an object store, and a drill copies folders; copy it to one and name that"
            raise DatasetError(what, place=dataset)
    states = [_state(Path(dataset)) for dataset in scene.datasets]
    size = sum(bytes_ for state in states for bytes_, _ in state.values())
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if size * _ROOM > free:
        what = (
            f"the copy and what the steps write need {size * _ROOM:,} bytes, and {free:,} are free"
        )
        raise DatasetError(f"{what}; set TMPDIR to a folder with room", place=tempfile.gettempdir())


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of each file below ``folder``, by its path there.

    Raises:
        DatasetError: it holds something other than files and folders.
    """
    found = dict[str, tuple[int, int]]()
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(_LEFT_OUT)]
        for name in (*folders, *files):
            if name.startswith(_LEFT_OUT):
                continue
            path = Path(at, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue  # the comparison after the copy notices
            if stat.S_ISREG(status.st_mode):
                found[str(path.relative_to(folder))] = (status.st_size, status.st_mtime_ns)
            elif not stat.S_ISDIR(status.st_mode):
                what = (
                    "is neither a file nor a folder, so it is not copied; coatcheck verify has more"
                )
                raise DatasetError(what, place=str(path))
    return found


def _copy_dataset(original: Path, copy: Path) -> None:
    """Copy a dataset's files as they are at one moment.

    Raises:
        DatasetError: another act changes it meanwhile.
    """
    before = _state(original)
    gone = False
    for path in before:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(original / path, copy / path, follow_symlinks=False)
        except FileNotFoundError:
            gone = True
    (copy / "versions").mkdir(parents=True, exist_ok=True)
    if gone or _state(original) != before:
        what = "changed while it was copied: another act is at work; repeat the drill"
        raise DatasetError(what, place=str(original))


def _copy_vault(folder: Path, scene: Scene) -> None:
    """Copy the vault that holds the datasets' tokens, if one does.

    Raises:
        VaultError: it is in PostgreSQL, not where this process looks, or changes meanwhile. A drill
            without it would reach for the original.
    """
    wanted = {
        made.vault
        for dataset in scene.datasets
        for made in Dataset(dataset).manifests(scene.keyring)
        if made.vault
    }
    said = {load_policy(policy).vault_said for policy in scene.policies.values()} - {None}
    place = vault_place(scene.keyring.place, next(iter(said), None))
    if not place.startswith("sqlite:"):
        what = (
            "a drill copies the vault, and one in PostgreSQL is not copied; the steps are printed"
        )
        raise VaultError(f"{what} without --drill", place=shown_place(place))
    if not wanted and not os.path.exists(place.removeprefix("sqlite:")):
        return
    original, copy = place.removeprefix("sqlite:"), folder / "vault.db"
    pairs = [(f"{original}{end}", f"{copy}{end}") for end in ("", "-wal")]
    there = [(one, other) for one, other in pairs if os.path.exists(one)]
    before = [os.stat(one).st_mtime_ns for one, _ in there]
    for one, other in there:
        shutil.copyfile(one, other)
        os.chmod(other, 0o600)
    if [os.stat(one).st_mtime_ns for one, _ in there if os.path.exists(one)] != before:
        raise VaultError("changed while it was copied; repeat the drill", place=place)
    vault = vault_if_there(f"sqlite:{copy}")
    if wanted - {vault.identity() if vault else ""} or len(said) > 1:
        what = "the datasets' tokens are in another vault than this, so that it cannot be copied"
        raise VaultError(f"{what}; name it by COATCHECK_VAULT", place=place)


def _write_policy(copy: Path, original: Path, sink: str, folder: Path) -> None:
    """Write a policy that is the original but for what is outside: sink, vault, anchor, lineage."""
    over = {
        "extends": str(original.resolve()),
        "sink": {"path": sink},
        "vault": {"place": f"sqlite:{folder / 'vault.db'}"},
        "audit": {"anchor": None},
        "lineage": None,
    }
    copy.write_text(json.dumps(over), encoding="utf-8")  # JSON is YAML
