"""The runbook for a token vault whose database or file got away without the keyring."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.custody.belonging import vaults_of
from anonymize.custody.incident.common import numbers, verify_all
from anonymize.custody.incident.steps import Incident, Scene, Step
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError
from anonymize.names import KeyId, key_name_of, key_version_of

VAULT = "vault"
"""What an incident of the vault is called, unless a key of the keyring has that name."""


def leaked_vault(scene: Scene) -> Incident:
    """Return the runbook.

    Raises:
        ArgumentError: no version of the datasets has tokens in a vault.
        VaultError: the vault is not where it was, or does not open.
    """
    holds, used = list[str](), list[str]()
    for dataset in scene.datasets:
        found = [made for made in Dataset(dataset).manifests(scene.keyring) if made.vault]
        if found:
            used.append(dataset)
            told = numbers([made.version for made in found])
            holds.append(f"{dataset} {told}: tokens of {', '.join(sorted(_columns(found[-1])))}")
    if not used:
        what = "no version of these datasets has tokens in a vault (tokenize, method: vault)"
        raise ArgumentError(what, place=VAULT)
    locks = sorted(
        {
            KeyId(str(key))
            for vault in vaults_of(used, scene.keyring)
            for key in vault.key_ids().values()
        }
    )
    about = "a copy of the token vault got away"
    return Incident(about, tuple(holds), tuple(_steps(scene, locks, about)))


def _columns(made: object) -> set[str]:
    lines = getattr(made, "plan", None)
    return {
        str(line["column"])
        for line in (lines if isinstance(lines, list | tuple) else ())
        if "vault" in str(line)
    }


def _steps(scene: Scene, locks: list[KeyId], about: str) -> Iterator[Step]:
    yield Step(
        "Without the keyring the copy shows how many values it has, their lengths, which share a"
        f" subject and when they came. With {', '.join(locks)} it turns every token back: if that"
        " key got away too, the incident is that key's."
    )
    yield Step(
        "Find out how it got away; in PostgreSQL change the passwords of the roles that read it."
    )
    for name in dict.fromkeys(map(key_name_of, locks)):
        yield Step(
            "Lock the vault by a new key version; the copy stays locked by the old one.",
            scene.command("keys", "rotate", str(name), *scene.every()),
        )
    for key in locks:
        options = ("--version", str(key_version_of(key)), *scene.every())
        yield Step(
            f"Destroy {key}, and every copy and backup of the keyring that has it, so that the copy"
            " of the vault opens for nobody. Leave it out if values of method: siv or"
            " encrypt_format that it made must still turn back.",
            scene.command(
                *("keys", "destroy", str(key_name_of(key)), *options),
                *("--reason", f"incident: {about}"),
            ),
            answer="y\n",
        )
    yield from verify_all(scene)
