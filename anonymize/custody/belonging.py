"""Checks that a keyring and a vault belong to a dataset. An old copy, or one of another project,
would otherwise be used without any error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anonymize.dataset import Dataset, Manifest
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.owner import open_facts
from anonymize.errors import DatasetError, KeysError, Problem, VaultError
from anonymize.keys import Keyring
from anonymize.names import KeyId
from anonymize.vault import TokenVault, shown_place, vault_if_there, vault_place

_OLD = "it is an older copy of the keyring, or another one: put the newest back"


@dataclass
class _Named:
    """The keys that a dataset names."""

    checks: dict[KeyId, set[str]] = field(default_factory=dict)
    """Id of each key version → its check values; empty if none were stored."""
    destroyed: set[KeyId] = field(default_factory=set)

    def add(self, keys: Mapping[str, str]) -> None:
        for key_id, check in keys.items():
            self.checks.setdefault(KeyId(key_id), set()).update([check] if check else [])

    def add_entries(self, entries: Iterable[AuditEntry]) -> None:
        for entry in entries:
            self.add(entry.details.get("keys", {}))
            if entry.what == "destroy key":
                key_id = KeyId(str(entry.details.get("key")))
                self.destroyed.add(key_id)
                self.checks.setdefault(key_id, set())


def require_keys_of(path: str | Path, keyring: Keyring) -> None:
    """Check that the keyring holds every key version that the dataset's log and current manifest
    name, with the same key bytes.

    Retired and destroyed versions count as held, because their ids are never used again. A folder
    without versions names no keys.

    Raises:
        KeysError: the keyring lacks a version, holds another key under its id, or holds one that
            was destroyed according to the log; or it cannot sign, because it is a reader's keyring,
            which lacks keys by design.
        DatasetError: the log is damaged or not signed.
    """
    keyring.sign(b"is this keyring the owner's")
    dataset = Dataset(path)
    if not dataset.folders() and dataset.audit.head() is None:
        return
    _require(_named(dataset, keyring), dataset, keyring)


def require_keys_in_log(dataset: Dataset, entries: Iterable[AuditEntry], keyring: Keyring) -> None:
    """Check the same of some checked entries of a dataset's log alone.

    Raises:
        KeysError: see `require_keys_of`.
    """
    named = _Named()
    named.add_entries(entries)
    _require(named, dataset, keyring)


def _require(named: _Named, dataset: Dataset, keyring: Keyring) -> None:
    held = {entry.id: entry.state for entry in keyring.entries()}
    problems = []
    for key_id, checks in sorted(named.checks.items()):
        here = keyring.check_value(key_id)
        if key_id not in held:
            problems.append(
                f"the dataset was made with '{key_id}', which this keyring lacks: {_OLD}"
            )
        elif here and checks - {here}:
            told = f"the dataset's has check value {min(checks - {here})}, this one's {here}"
            problems.append(
                f"'{key_id}' is another key of this name than the one that was used ({told}):"
                f" {_OLD}"
            )
        elif key_id in named.destroyed and held[key_id] != "destroyed":
            problems.append(
                f"'{key_id}' was destroyed by the dataset's log, and this keyring holds it: {_OLD},"
                " or destroy it again (keys destroy)"
            )
    if problems:
        raise KeysError(Problem(str(dataset.path), what) for what in problems)


def _named(dataset: Dataset, keyring: Keyring) -> _Named:
    """Return the keys that the signed log (of all versions and rotations) and the current manifest
    name.
    """
    named = _Named()
    try:
        entries = dataset.audit.entries(keyring)
        manifest = _current(dataset, keyring)
    except KeysError as error:
        raise KeysError(
            Problem(found.place, f"{found.what}; {_OLD}") for found in error.problems
        ) from None
    named.add_entries(entries)
    if manifest is not None:
        named.add(dict.fromkeys(manifest.keys, ""))
        named.add(manifest.key_checks)
    return named


def _current(dataset: Dataset, keyring: Keyring) -> Manifest | None:
    """Return the current version's manifest; None if there is none or it cannot be read (a run
    reports that).
    """
    try:
        return dataset.manifest(keyring=keyring)
    except DatasetError:
        return None


def key_checks(keyring: Keyring, key_ids: Sequence[str]) -> dict[str, str]:
    """Return the check value of each of ``key_ids``, as stored in manifests and logs."""
    return {key_id: keyring.check_value(KeyId(key_id)) for key_id in key_ids}


def vault_problem(place: str, identity: str, version: int) -> str:
    """Return the problem if the vault at ``place`` is not the one of ``identity`` that made
    ``version``; empty if it is.

    Raises:
        VaultError: the vault does not open.
    """
    vault = vault_if_there(place)
    found = vault.identity() if vault else ""
    if found == identity:
        return ""
    here = f"vault {found[:8]}" if found else "no vault"
    return (
        f"version {version} was made with token vault {identity[:8]}, and there is {here} at"
        f" {shown_place(place)}: values would get other tokens, and that version's be unknown; name"
        " its vault by vault: or COATCHECK_VAULT"
    )


def vault_of(
    path: str | Path, keyring: Keyring, said: str | None = None, version: int | None = None
) -> TokenVault:
    """Return the vault that can reverse the tokens of a dataset's ``version`` (None: the current
    one).

    Raises:
        VaultError: the vault was never created (an empty one would find nothing, as if there were
            nothing to find), or it is not the one that made the version.
    """
    place = vault_place(keyring.place, said)
    vault = vault_if_there(place)
    if vault is None:
        what = (
            "no token vault is here; say vault: or COATCHECK_VAULT as it was when the dataset was"
            " made"
        )
        raise VaultError(what, place=shown_place(place))
    made = _manifest(Dataset(path), keyring, version)
    if made is not None and made.vault and (what := vault_problem(place, made.vault, made.version)):
        raise VaultError(what)
    return vault


def _manifest(dataset: Dataset, keyring: Keyring, version: int | None) -> Manifest | None:
    if not dataset.versions(keyring):
        return None
    return dataset.manifest(version, keyring=keyring)


def versions_of_other_vaults(path: str | Path, keyring: Keyring, identity: str) -> tuple[int, ...]:
    """Return the versions on disk whose tokens are in another vault than the one of
    ``identity``.
    """
    dataset = Dataset(path)
    made = {
        number: dataset.manifest(number, keyring=keyring).vault
        for number in dataset.versions(keyring)
    }
    return tuple(number for number, vault in made.items() if vault not in ("", identity))


def vaults_of(paths: Sequence[str | Path], keyring: Keyring) -> tuple[TokenVault, ...]:
    """Return the vaults that a keyring's keys lock: this process's vault, and those of the
    datasets' current versions.

    Raises:
        VaultError: a dataset's vault is missing from its place, another one is there, or it does
            not open.
    """
    found: dict[str, TokenVault] = {}
    problems = []
    own = vault_if_there(vault_place(keyring.place))
    if own is not None:
        found[own.identity()] = own
    for path, manifest in _latest(paths, keyring):
        if manifest.vault in ("", *found):
            continue
        place = _kept_place(manifest, keyring)
        if place and not (what := vault_problem(place, manifest.vault, manifest.version)):
            found[manifest.vault] = _there(place)
        else:
            problems.append(
                Problem(str(path), what if place else "its token vault is not COATCHECK_VAULT's")
            )
    if problems:
        raise VaultError(problems)
    return tuple(found.values())


def _latest(paths: Sequence[str | Path], keyring: Keyring) -> Iterator[tuple[str | Path, Manifest]]:
    for path in paths:
        if (manifest := _manifest(Dataset(path), keyring, None)) is not None:
            yield path, manifest


def _kept_place(manifest: Manifest, keyring: Keyring) -> str:
    try:
        return str(open_facts(manifest, keyring).get("vault_place", ""))
    except (DatasetError, KeysError):
        return ""


def _there(place: str) -> TokenVault:
    vault = vault_if_there(place)
    if vault is None:
        raise VaultError("no token vault is here", place=shown_place(place))
    return vault
