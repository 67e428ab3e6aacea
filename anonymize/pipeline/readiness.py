"""Refusals before row one: what a run would otherwise only find out after hours of work."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from anonymize.custody.reversible_rules import vault_keys
from anonymize.dataset.plainfile import is_plain
from anonymize.durable import write_error
from anonymize.errors import DatasetError, KeysError, PlanError, Problem, VaultError
from anonymize.keys import Keyring
from anonymize.plan import Plan
from anonymize.policy import Policy
from anonymize.policy.model import PLACEHOLDER_PURPOSE
from anonymize.vault import open_vault, require_vault_writable, vault_if_there

LEAST_FREE_BYTES = 16 << 20
"""Room that the sink's disk must have at least, whatever the source's size: a part's first row
group may need it.
"""
VAULT_SECONDS = 10.0
"""How long the vault may be held by somebody else before a run says so."""


def require_signer(keyring: Keyring) -> None:
    """Return if the keyring can sign a manifest.

    Raises:
        KeysError: it cannot: it is a reader's, or its signing key was destroyed.
    """
    try:
        keyring.sign(b"may this keyring publish")
    except KeysError as error:
        said = error.problems[0].what if error.problems else "it holds no signing key"
        raise KeysError(f"this keyring cannot sign what a run publishes: {said}") from None


def purpose_problem(policy: Policy) -> Problem | None:
    """Return that the purpose is still the draft's; None where somebody said one."""
    if " ".join(policy.purpose.split()).casefold() != PLACEHOLDER_PURPOSE:
        return None
    what = "is still the draft's text, and a run refuses it: write down what the data is for"
    return Problem(policy.place("purpose"), what)


def require_purpose(policy: Policy) -> None:
    """Return if somebody said what the data is for.

    Raises:
        PlanError: the purpose is the draft's.
    """
    problem = purpose_problem(policy)
    if problem is not None:
        raise PlanError(problem)


def require_room(policy: Policy) -> None:
    """Return if the sink can be written to, by a file of a few bytes in the nearest folder that is
    there.

    Raises:
        DatasetError: it cannot: no permission, a read-only or full disk, or a file in the folder's
            place.
    """
    sink = Path(policy.sink.path).absolute()
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
    """Return if a file can be made in ``folder``, in which ``wanted`` will lie."""
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
    """Return if the policy's anchor can be told of what a run does; asked for nothing, it is told
    when all is done.

    Raises:
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
    if anchor.file is None:
        return
    file, sink = Path(anchor.file).absolute(), Path(policy.sink.path).resolve()
    if sink in (file.resolve(), *file.resolve().parents):
        raise DatasetError(
            "lies in the sink's folder, whose writers it is to be safe from; name another",
            place=place,
        )
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
    """Return if the vault of the plan's rules opens, can be written to, and its namespaces open
    with this keyring.

    One that is not there yet is made later, once the dataset's last version did not have another.

    Raises:
        VaultError: it is held by another process, unavailable, or of another keyring.
        KeysError: the keyring lacks the key version that locks what is in it.
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
    """Return the plan with the id of its vault, which is made where missing; workers compare it and
    make none.

    Raises:
        VaultError: it cannot be made.
    """
    return (
        replace(plan, vault_id=open_vault(plan.vault_place).identity())
        if plan.vault_place
        else plan
    )
