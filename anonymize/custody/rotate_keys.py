"""Rotates and destroys keys (crypto-shredding), and updates the datasets that use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of, vaults_of
from anonymize.custody.export_dek import given_out
from anonymize.dataset import Dataset
from anonymize.dataset.keymaterial import wrapping_keys
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.rewrapping import require_wrapped
from anonymize.errors import AnonymizeError, DatasetError, KeysError, Problem, VaultError
from anonymize.keys import Keyring, destroy_key, open_keyring, rotate_key
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.keys.keyring.store import require_writable
from anonymize.names import KeyId, KeyName, key_name_of, key_version_of
from anonymize.vault import TokenVault


@dataclass(frozen=True)
class Rotated:
    """The result of a rotation."""

    key_id: KeyId
    """The new current version."""
    rewrapped: dict[str, int]
    """Dataset → number of files whose keys an older version wrapped and the new one wraps now."""
    relocked: int = 0
    """Number of vault namespaces that the new version locks now; their tokens do not change."""


@checked
def rotate(
    name: KeyName, datasets: Sequence[str | Path], keyring: Keyring | str | None = None
) -> Rotated:
    """Make a new version of a key, and wrap with it the keys that older versions wrap in the
    datasets; no data is rewritten.

    Keys that other keys wrap do not change. For a key that pseudonyms derive from, nothing is
    wrapped: the next run gives other pseudonyms, published versions keep theirs, and the manifests
    name the key version of each. Vault namespaces of this process and of the datasets are locked by
    the new version, so that the old one can be destroyed. Each dataset's log names the new version.
    If the process is killed, ``relock`` completes the rotation.

    Raises:
        KeysError: the keyring has no such key, is older than a dataset or a vault, or belongs to
            another one; nothing was done.
        DatasetError: a dataset is missing, busy or damaged, and nothing was done; or the disk is
            full: the error then states that the key was made, and how to complete the rotation.
        VaultError: the vault is unavailable, and nothing was done; or it does not open with this
            keyring's key, and the error states the same.
    """
    require_datasets(datasets)
    before = open_keyring(locate(keyring).uri)
    vaults = _own_vaults(datasets, before)
    with _held(datasets, before, name) as held:
        keyring = rotate_key(name, keyring)
        made = keyring.current(name)
        with _completed_by_relock(made, datasets):
            for dataset in held:  # so that an older copy of the keyring can be recognized
                details = {"keys": {made: keyring.check_value(made)}}
                dataset.audit.append(
                    "rotate key", why=f"rotation of {name}", details=details, keyring=keyring
                )
            return _brought_to(name, made, held, keyring, vaults)


@contextmanager
def _held(
    datasets: Sequence[str | Path], keyring: Keyring, name: KeyName
) -> Iterator[list[Dataset]]:
    """Lock every dataset once. Problems that the rotation would meet are raised before the new key
    is made.

    Raises:
        BusyError: a run holds one; nothing was done.
        DatasetError: a dataset, a version of it or wrapped keys are damaged; nothing was done.
    """
    held = list({Path(path).resolve(): Dataset(path) for path in datasets}.values())
    with ExitStack() as locks:
        for dataset in held:
            locks.enter_context(dataset.lock(keyring))
        for dataset in held:
            require_wrapped(dataset, keyring, name)
        yield held


@contextmanager
def _completed_by_relock(made: KeyId, datasets: Sequence[str | Path]) -> Iterator[None]:
    """Add to an error that the key version exists, and how to complete the rotation."""
    try:
        yield
    except AnonymizeError as error:
        command = " ".join(("coatcheck keys relock", key_name_of(made), *map(str, datasets)))
        what = (
            f"'{made}' was made and is current, not everything is wrapped by it; {command}"
            " completes it"
        )
        raise type(error)([*error.problems, Problem("", what)]) from None


def _own_vaults(datasets: Sequence[str | Path], keyring: Keyring) -> tuple[TokenVault, ...]:
    """Return the vaults that the keyring locks, after checking that the keyring belongs to the
    datasets and vaults. With an older copy, a second, different ``name.2`` would be made.

    Raises:
        KeysError: the keyring is older than a dataset or a vault, or belongs to another one.
        VaultError: a dataset's vault is missing.
    """
    for path in datasets:
        require_keys_of(path, keyring)
    vaults = vaults_of(datasets, keyring)
    have = {entry.id for entry in keyring.entries()}
    locks = {held for vault in vaults for held in vault.key_ids().values()}
    if lacking := sorted(locks - have):
        what = f"the token vault is locked by {', '.join(lacking)}, which this keyring lacks"
        raise KeysError(
            f"{what}: it is an older copy of the keyring, or another one: put the newest back"
        )
    return vaults


@checked
def relock(
    name: KeyName, datasets: Sequence[str | Path], keyring: Keyring | str | None = None
) -> Rotated:
    """Wrap the datasets' Parquet keys and lock the vault with the key's current version; no key
    version is made.

    Completes a rotation that was interrupted or did not name a dataset. Can be repeated.

    Raises:
        KeysError: the keyring has no such key, or lacks the version that wraps or locks something.
        DatasetError: a dataset is missing, and nothing was done; or it is busy or damaged.
        VaultError: the vault is unavailable, or does not open with this keyring's key.
    """
    require_datasets(datasets)
    keyring = open_keyring(locate(keyring).uri)
    opened = [Dataset(path) for path in datasets]
    return _brought_to(name, keyring.current(name), opened, keyring, _own_vaults(datasets, keyring))


def _brought_to(
    name: KeyName,
    current: KeyId,
    datasets: Sequence[Dataset],
    keyring: Keyring,
    vaults: Sequence[TokenVault],
) -> Rotated:
    done = {
        str(one.path): one.rewrap(keyring=keyring, name=name, why=f"rotation of {name}")
        for one in datasets
    }
    return Rotated(current, done, sum(_relock(vault, name, keyring) for vault in vaults))


def require_datasets(paths: Sequence[str | Path], besides: str = "; nothing was changed") -> None:
    """Refuse folders that hold no dataset. Without this check a mistyped name would create a
    folder. ``besides`` ends each message: a look-up changes nothing anyway, and passes "".

    Raises:
        DatasetError: with every such folder.
    """
    problems = list[Problem]()
    for path in paths:
        try:
            Dataset(path).require()
        except DatasetError as error:
            problems += (Problem(found.place, f"{found.what}{besides}") for found in error.problems)
    if problems:
        raise DatasetError(problems)


def _relock(vault: TokenVault, name: KeyName, keyring: Keyring) -> int:
    """Lock with a key's current version the vault namespaces that an older one locks; return their
    number.
    """
    older = {space: held for space, held in vault.key_ids().items() if key_name_of(held) == name}
    older = {space: held for space, held in older.items() if held != keyring.current(name)}
    for space, held in older.items():
        _relock_one(vault, space, name, (held, keyring.current(name)), keyring)
    return len(older)


def _relock_one(
    vault: TokenVault, space: str, name: KeyName, moves: tuple[KeyId, KeyId], keyring: Keyring
) -> None:
    """Lock one namespace with another version. A name such as ``a/b`` may be domain and entity, or
    a domain with a slash; both are tried.
    """
    domain, _, entity = space.rpartition("/")
    for domain_, entity_ in ((space, ""), (domain, entity)):
        versions = (key_version_of(key_id) for key_id in moves)
        old, new = (
            keyring.purpose_key(
                name, action="tokenize", domain=domain_, entity=entity_, version=version
            )
            for version in versions
        )
        try:
            vault.rewrap(old, new)
            return
        except VaultError:
            if not domain or entity_:
                raise


def destroyable(name: KeyName, version: int, keyring: Keyring) -> KeyId:
    """Return the id of a key version that can be destroyed, live or retired.

    Raises:
        KeysError: the keyring has no such version, or it is destroyed already.
    """
    key_id = KeyId(f"{name}.{version}")
    if any(entry.id == key_id and entry.state == "retired" for entry in keyring.entries()):
        return key_id
    return keyring.require(key_id).id


def unreadable_without(
    key_id: KeyId, datasets: Sequence[str | Path], keyring: Keyring
) -> tuple[str, ...]:
    """Return ``dataset version N`` for every version with a file whose keys only ``key_id`` opens.

    Also lists the tokens in the vaults of this process and the datasets that nobody could reverse,
    or issue again, without it.

    Raises:
        DatasetError: a dataset is missing.
    """
    require_datasets(datasets)
    for path in datasets:
        require_whole_log(Dataset(path), keyring)
    vaults = vaults_of(datasets, keyring)
    locked = [
        space for vault in vaults for space, held in vault.key_ids().items() if held == key_id
    ]
    tokens = (f"the vault's tokens of {space.replace(chr(0x1F), ' ')}" for space in locked)
    return (*_wrapped_by(key_id, datasets, keyring), *tokens)


def _wrapped_by(key_id: KeyId, datasets: Sequence[str | Path], keyring: Keyring) -> Iterator[str]:
    for path in datasets:
        dataset = Dataset(path)
        out = given_out(dataset, keyring)
        for number in dataset.gone(keyring):
            yield f"{path} version {number} (its folder is not there, so its keys cannot be told)"
        for number in dataset.versions(keyring):
            folder, manifest = dataset.folder(number), dataset.manifest(number, keyring=keyring)
            roles = {
                entry.role
                for entry in manifest.files
                if str(key_id) in wrapping_keys(folder / entry.path)
            }
            if "data" in roles:
                given = (
                    f" (but who was given its data keys, {at})" if (at := out.get(number)) else ""
                )
                yield f"{path} version {number}{given}"
            elif roles:
                yield f"the rows set aside of {path} version {number}"
            if manifest.owner.key == str(key_id):
                yield f"what the manifest of {path} version {number} keeps for the owner"


@checked
def destroy(
    name: KeyName,
    version: int,
    datasets: Sequence[str | Path],
    *,
    reason: str,
    keyring: Keyring | str | None = None,
) -> None:
    """Destroy a key version irrevocably (crypto-shredding). The act is first entered in each
    dataset's audit log.

    Raises:
        KeysError: the keyring has no such version, or its file cannot be written.
        DatasetError: a dataset is missing, or an audit entry could not be written; nothing is
            destroyed.
    """
    require_datasets(datasets)
    keyring = open_keyring(locate(keyring).uri)
    key_id = destroyable(name, version, keyring)
    for path in datasets:
        require_whole_log(Dataset(path), keyring)
    require_writable(keyring)  # the logs must not say that it was destroyed while it is there
    for path in datasets:
        details = {"key": str(key_id)}
        dataset = Dataset(path)
        dataset.audit.append("destroy key", why=reason, details=details, keyring=keyring)
        dataset.tell()
    destroy_key(name, version, keyring)
