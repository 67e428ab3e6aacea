"""Attacks a version: what it tells of the people in it, beyond what it tells of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset import Manifest
from anonymize.dataset.canaries import RealRows
from anonymize.dataset.owner import open_facts
from anonymize.dataset.reader import read
from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError
from anonymize.keys import Keyring, open_keyring
from anonymize.pipeline.attacked import (
    LEAST_CONTROL,
    AttackedRows,
    attacked_rows,
    refuse_same_people,
)
from anonymize.pipeline.attacked_columns import attack_table
from anonymize.policy import Policy, as_policy
from anonymize.process.core_files import no_core_files
from anonymize.report.attacks import Attack, require_anonymeter, run_attacks

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Attacked:
    """What attacks on a version showed, and of what."""

    dataset: str
    """The dataset's name."""
    version: int
    """The version."""
    attacks: tuple[Attack, ...]
    """Each attack."""
    quasi_identifiers: tuple[str, ...]
    """What attackers know."""
    sensitive: tuple[str, ...]
    """What they want to learn."""
    published: int
    """Rows of the version."""
    source: int
    """Rows of the source that the policy's filter takes."""
    control: int
    """Rows of the control set."""
    twins: float
    """The share of the control set's rows that equal a row of the source in every column that the
    policy reads, 0 to 1.
    """
    source_twins: float
    """The share of the source's rows that equal another row of the source: what ``twins`` would be
    by chance.
    """
    asked: int
    """Attacks of each kind, at most."""
    seed: int
    """The seed of what is drawn."""


@checked
@no_core_files()
def attack(
    policy: Policy | str | PathLike[str],
    control: str | PathLike[str],
    *,
    source: str | PathLike[str] | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
    attacks: int = 500,
    seed: int = 0,
    advance: Advance = lambda done, total, what: None,
) -> Attacked:
    """Return what attacks on a version (None: the current one) of a policy's dataset show.

    Reads the version, the policy's source and the control set, in this process; writes nothing.
    Quasi-identifiers and sensitive columns that are published as columns take part. People's values
    go through the rules of the policy first, then attackers write them in the version's labels.

    Args:
        policy: The policy that made the version.
        control: Rows of the same population that are not in the version, with the source's columns.
        source: Where the source is now; by default where the policy says.
        version: The version's number.
        keyring: Opens the version, and makes what rules derive.
        attacks: Attacks of each kind, at most.
        seed: Equal seeds give equal results.
        advance: Called before each kind of attack.

    Raises:
        MissingExtraError: anonymeter is not installed.
        ArgumentError: the policy names no quasi-identifier, the control set is too small or has
            people of the source, or the source is not what the version was made of.
        AnonymizeError: what is read cannot be read (PolicyError, SourceError, DatasetError,
            KeysError), or does not fit the policy (PlanError, DataError).
    """
    require_anonymeter()
    policy = as_policy(policy)
    if policy.privacy is None:
        what = "is not there, so nothing is known of what attackers know; add privacy:"
        raise ArgumentError(what, place=policy.place("privacy"))
    if attacks < 1:
        raise ArgumentError("attacks: one or more")
    opened, dataset = open_keyring(keyring), sink_of(policy)
    dataset.require_named(policy.dataset, opened)
    manifest = dataset.manifest(version, keyring=opened)
    rows = attacked_rows(policy, str(control), None if source is None else str(source), opened)
    _refuse_other_rows(policy, rows, manifest, opened)
    twins, source_twins = refuse_same_people(rows)
    names = [name for name in (*rows.quasi, *rows.sensitive) if name in manifest.columns]
    published = read(dataset, names, version=manifest.version, keyring=opened)
    real = RealRows(dataset, manifest, opened).next(published.num_rows)
    published = published.filter(pa.array(real))
    table = attack_table(rows, published)
    return Attacked(
        manifest.dataset,
        manifest.version,
        run_attacks(table, attacks, seed, advance),
        tuple(column.name for column in table.columns[: table.quasi]),
        tuple(column.name for column in table.columns[table.quasi :]),
        len(table.published),
        len(table.source),
        len(table.control),
        twins,
        source_twins,
        attacks,
        seed,
    )


def _refuse_other_rows(
    policy: Policy, rows: AttackedRows, manifest: Manifest, keyring: Keyring
) -> None:
    """Refuse a source of another size than the version was made of, and a small control set."""
    said = manifest.rows
    invented = (open_facts(manifest, keyring).get("canaries") or {}).get("rows", 0)
    # each of three counts of rows left out may be told as larger than it is, and so their sum
    if not 0 <= said.read - invented - rows.read <= 3 * said.raised_to:
        what = (
            f"has {rows.read:,} rows, and version {manifest.version} was made of"
            f" {said.read:,}: name the rows it was made of with --source"
        )
        raise ArgumentError(what, place=policy.place("source"))
    if len(rows.control_ids) < LEAST_CONTROL:
        what = f"has {len(rows.control_ids)} rows; {LEAST_CONTROL} or more show something"
        raise ArgumentError(what, place="the control set")
