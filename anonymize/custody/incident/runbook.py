"""Chooses the runbook for an incident."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from anonymize.arguments import checked
from anonymize.custody.incident.leaked_key import leaked_key
from anonymize.custody.incident.leaked_vault import VAULT, leaked_vault
from anonymize.custody.incident.steps import Incident, Scene
from anonymize.custody.incident.wrong_version import wrong_version
from anonymize.custody.rotate_keys import require_datasets
from anonymize.errors import ArgumentError
from anonymize.keys import Keyring, open_keyring
from anonymize.policy import load_policy


@checked
def scene_of(
    datasets: Sequence[str | PathLike[str]],
    keyring: Keyring | str | None = None,
    *,
    policies: Sequence[str | PathLike[str]] = (),
) -> Scene:
    """Return what an incident is about. ``policies`` publish into the datasets: their sinks count
    as datasets, and without them the steps that publish again have no command.

    Raises:
        ArgumentError: there is no dataset.
        DatasetError: a folder holds none.
        KeysError: the keyring is a reader's: it cannot do what the steps ask for.
    """
    opened = open_keyring(keyring)
    opened.sign(b"is this keyring the owner's")
    named = {_resolved(str(path)): str(path) for path in datasets}
    of_policy = dict[str, str]()
    for path in policies:
        sink = load_policy(path).sink.path
        of_policy[named.setdefault(_resolved(sink), sink)] = str(path)
    if not named:
        raise ArgumentError("name the datasets that it is about, or their policies by --policy")
    require_datasets(list(named.values()))
    uri = keyring if isinstance(keyring, str) else None
    return Scene(opened, tuple(named.values()), of_policy, uri)


@checked
def incident(what: str, scene: Scene, *, since: str | None = None) -> Incident:
    """Return the runbook for a leaked key or a wrong version, with its commands filled in.

    ``what`` is the name of a key in the keyring (every version of it that is not destroyed), one
    version of it (``training.2``), ``vault`` for the token vault without its keys, or the number of
    a version of the one dataset. ``since`` is when a signing key may have come into other hands, a
    day or a second, UTC. Nothing is changed, and the log gets no entry.

    Raises:
        ArgumentError: no such key, several datasets for a version, or a signing key without
            ``since``.
        DatasetError: there is no such version, or a log or a manifest is not as it was signed.
        VaultError: for ``vault``, it is not where it was.
    """
    if what.isdecimal():
        return wrong_version(int(what), scene)
    if what == VAULT and what not in {str(entry.name) for entry in scene.keyring.entries()}:
        return leaked_vault(scene)
    return leaked_key(what, scene, since)


def _resolved(path: str) -> str:
    return path if "://" in path else str(Path(path).resolve())
