"""Checks before the first row for problems that a run would otherwise meet after hours of work."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from anonymize.custody.reversible_rules import vault_keys
from anonymize.dataset.plainfile import is_plain
from anonymize.durable import refuse_in_dataset, write_error
from anonymize.errors import DatasetError, KeysError, Problem, VaultError
from anonymize.io.stores.bucket import require_bucket
from anonymize.keys import Keyring
from anonymize.plan import Plan
from anonymize.policy import Policy
from anonymize.policy.addresses import address_of
from anonymize.vault import open_vault, require_vault_writable, vault_if_there

LEAST_FREE_BYTES = 16 << 20
"""Free bytes that the sink's disk must have, whatever the source's size: the first row group of a
part may need them.
"""
VAULT_SECONDS = 10.0
"""Seconds to wait for a vault that another process holds, before the run is refused."""


def require_signer(keyring: Keyring) -> None:
    """Check that the keyring can sign a manifest.

    Raises:
        KeysError: it cannot: it is a reader's keyring, or its signing key was destroyed.
    """
    try:
        keyring.sign(b"may this keyring publish")
    except KeysError as error:
        said = error.problems[0].what if error.problems else "it holds no signing key"
        raise KeysError(f"this keyring cannot sign what a run publishes: {said}") from None


def require_room(policy: Policy) -> None:
    """Check that the sink can be written to and has space, by writing a file of a few bytes into
    the nearest existing folder.

    Raises:
        DatasetError: it cannot: no permission, a read-only or full disk, or a file in the folder's
            place; or the bucket of an address lacks what `sink.bucket` asks for.
        ArgumentError: it lies in another dataset's folder.
    """
    if (address := address_of(policy.sink.path)) is not None:
        if policy.sink.bucket == "enforce":
            require_bucket(address.bucket, policy.place("sink.path"))
        sink = Path(tempfile.gettempdir())  # a version is prepared there
    else:
        sink = Path(policy.sink.path).absolute()
        refuse_in_dataset(sink)
    folder = next(place for place in (sink, *sink.parents) if place.exists() or place.is_symlink())
    place = policy.place("sink.path")
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder; name another", place=place)
    _probe(folder, sink, place)
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        what = (
            f"the disk has {free >> 20} MiB free, and a run needs {LEAST_FREE_BYTES >> 20} MiB at"
            " least"
        )
        raise DatasetError(what, place=place)


def _probe(folder: Path, wanted: Path, place: str) -> None:
    """Check that a file can be created in ``folder``, which will contain ``wanted``."""
    probe = folder / f".coatcheck.{os.getpid()}.{os.urandom(4).hex()}.tmp"
    try:
        with open(probe, "xb") as file:
            file.write(os.urandom(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DatasetError(write_error(error, wanted).problems[0].what, place=place) from None
    finally:
        probe.unlink(missing_ok=True)


def require_anchor(policy: Policy) -> None:
    """Check that the policy's anchor can be reached. The anchor is not written to: it gets the
    log's head at the end of the run.

    Raises:
        ArgumentError: its file lies in another dataset's folder.
        DatasetError: its file lies in the sink's folder, is none, or cannot be written; or a
            program is not there.
    """
    anchor = policy.audit.anchor
    if anchor is None:
        return
    place = policy.place("audit.anchor")
    for command in filter(None, (anchor.command, anchor.latest)):
        if shutil.which(command[0]) is None:
            raise DatasetError(f"there is no program {command[0]} that can be run", place=place)
    if anchor.file is not None:
        require_file(policy, Path(anchor.file).absolute(), place)


def require_file(policy: Policy, file: Path, place: str) -> None:
    """Check that lines can be appended to ``file``, which a policy names for what is told of its
    dataset.

    Raises:
        ArgumentError: it lies in another dataset's folder.
        DatasetError: it lies in the sink's folder, is none, or cannot be written.
    """
    sink = Path(policy.sink.path).resolve()
    if sink in (file.resolve(), *file.resolve().parents):
        raise DatasetError(
            "lies in the sink's folder, whose writers it is to be safe from; name another",
            place=place,
        )
    refuse_in_dataset(file)
    if os.path.lexists(file):
        if not is_plain(file) or not os.access(file, os.R_OK | os.W_OK):
            raise DatasetError(
                f"{file} is not a plain file that can be read and written", place=place
            )
        return
    folder = next(parent for parent in file.parents if os.path.lexists(parent))
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder; name another", place=place)
    _probe(folder, file, place)


def require_vault(plan: Plan, keyring: Keyring) -> None:
    """Check that the vault of the plan's rules opens, can be written to, and belongs to this
    keyring.

    A vault that does not exist yet is created later, if the dataset's last version had no other
    vault.

    Raises:
        VaultError: the vault is held by another process, unavailable, or belongs to another
            keyring.
        KeysError: the keyring lacks the key version that locks the vault's content.
    """
    if plan.vault_place is None:
        return
    require_vault_writable(plan.vault_place, VAULT_SECONDS)
    vault = vault_if_there(plan.vault_place)
    if vault is None:
        return
    problems = []
    for key in vault_keys(plan.policy, keyring, vault):
        try:
            vault.reveal(key, pa.array([], pa.string()))
        except VaultError as error:
            problems += [Problem(error.problems[0].place or "token vault", error.problems[0].what)]
    if problems:
        raise VaultError(problems)


def with_vault(plan: Plan) -> Plan:
    """Return the plan with its vault's id. Creates the vault if it is missing; workers only compare
    the id.

    Raises:
        VaultError: the vault cannot be created.
    """
    return (
        replace(plan, vault_id=open_vault(plan.vault_place).identity())
        if plan.vault_place
        else plan
    )
