"""Publishes the current version for one recipient: a dataset of its own, whose ids join with no
other recipient's and whose canaries tell that a leak is this recipient's.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of
from anonymize.dataset import Dataset, Manifest
from anonymize.dataset.canaries import RealRows
from anonymize.dataset.facts import SourceFacts
from anonymize.dataset.manifest import NAME, FileEntry
from anonymize.dataset.owner import digest, open_facts
from anonymize.dataset.sink import sink_of
from anonymize.dataset.staging import Staging
from anonymize.dataset.version_reader import VersionReader, opened_version
from anonymize.errors import ArgumentError, PlanError
from anonymize.keys import CANARY, OWNER, Keyring, open_keyring
from anonymize.pipeline.canaries.places import recipients_place
from anonymize.pipeline.canaries.plant import Wanted
from anonymize.pipeline.keys_of_run import keys_of_run
from anonymize.pipeline.manifest import PublishedFacts, manifest_of
from anonymize.pipeline.partition import Job, write_rows
from anonymize.pipeline.passed import fitted, output_of
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.prepare import require_owner
from anonymize.pipeline.readiness import require_room, require_signer
from anonymize.pipeline.results import nulls_of
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.canaries import canary_count
from anonymize.plan.canaries.rekeyed import Rekeyed, rekeyed
from anonymize.policy import Policy, as_policy
from anonymize.policy.privacy import PrivacySpec
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable
from anonymize.report.cards import cards_of


@dataclass(frozen=True)
class PublishedFor:
    """A recipient's version."""

    dataset: str
    """The base dataset's name."""
    base: int
    """The version of it that this one is made of."""
    path: str
    """The recipient's dataset."""
    version: int
    recipient: str
    rows: int
    """Rows in its files, canaries included."""
    canaries: int
    rekeyed: tuple[str, ...]
    """Places whose ids join within this recipient's datasets alone."""
    texts: tuple[str, ...]
    """Texts with replaced names or ids in them, equal for all recipients."""

    @property
    def unchanged_says(self) -> str:
        """Return what still joins, for people."""
        texts = f" So do names and ids inside {', '.join(self.texts)}." if self.texts else ""
        return (
            "all other columns are as in the base version: two recipients can still join rows by"
            f" them, where a combination of values is rare.{texts}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@checked
@no_core_files()
@not_world_writable()
def publish_for(
    policy: Policy | str | PathLike[str],
    recipient: str,
    keyring: Keyring | str | None = None,
    *,
    wait_seconds: float = 60.0,
) -> PublishedFor:
    """Publish the current version of a policy's dataset for one recipient.

    The dataset lies beside the base, in ``<sink>@<recipient>``, and is read, verified, rolled back
    and expired like any other, under the sink's keys. Pseudonyms, tokens, encrypted values and
    fakes are made again from the published ones, under keys of the recipient: they join within its
    datasets, where those of the base join, and with no other recipient's. All other columns are
    taken over as they are. Rows are in another order, the base's canaries are left out, and others
    are planted.

    Raises:
        ArgumentError: no name for a folder; the policy has no canaries, or has changed since its
            version was published; the source of an id cannot be found again.
        KeysError: the keyring is not the owner's, or lacks the key ``canary``.
        DatasetError: nothing is published yet, or it is not as it was signed.
        PlanError: ids inside a column cannot be made again.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    place = recipients_place(policy.sink.path, recipient)
    if policy.sink.canaries is None:
        what = "says nothing of canaries, by which a leak would be known; say canaries: 20"
        raise ArgumentError(what, place=policy.place("sink"))
    opened.require(CANARY)
    require_owner(opened)
    require_signer(opened)
    base_dataset = sink_of(policy)
    base_dataset.require_named(policy.dataset, opened)
    reader = opened_version(base_dataset, None, opened, policy.dataset)
    _refuse_other_policy(policy, reader.manifest, opened)
    made = _plan(policy, reader, recipient, place, opened)
    require_keys_of(place, opened)
    require_room(made.policy)
    with sink_of(made.policy, wait_seconds).stage(opened) as staging:
        return _published(made, reader, recipient, staging, opened)


def _refuse_other_policy(policy: Policy, made: Manifest, keyring: Keyring) -> None:
    """Refuse a policy that is not the one by which the version was made.

    Raises:
        ArgumentError: it is not: its rules would say something else of the columns.
    """
    if open_facts(made, keyring)["policy_sha256"] != policy.digest():
        what = (
            f"is not the policy that made version {made.version}: run it first, so that what is"
            " published for a recipient is what it says"
        )
        raise ArgumentError(what, place=policy.place("columns").partition(":")[0])


@dataclass(frozen=True)
class _Made:
    plan: Plan
    rules: Rekeyed
    privacy: PrivacySpec | None
    """Of the base."""

    @property
    def policy(self) -> Policy:
        return self.plan.policy


def _plan(
    policy: Policy, reader: VersionReader, recipient: str, place: str, keyring: Keyring
) -> _Made:
    """Return the plan that makes a recipient's rows of published ones.

    Raises:
        PlanError: ids cannot be made again.
    """
    with ExitStack() as stack:
        part = stack.enter_context(reader.opened(reader.files()[0]))
        schema = reader.selection(part, None, None).full
    rules, problems = rekeyed(policy, schema.remove_metadata(), recipient, place)
    if problems:
        raise PlanError(problems)
    plan = compile_plan(rules.policy, schema, [], keyring=keyring)
    return _Made(plan, rules, policy.privacy)


def _published(
    made: _Made, base: VersionReader, recipient: str, staging: Staging, keyring: Keyring
) -> PublishedFor:
    plan, owner = made.plan, keyring.current(OWNER)
    while plan.needs_first_pass:
        bound = PlanWithKeys(plan, keyring)
        plan = fitted(plan, [bound.measure_all(rows) for _, rows in _parts(base, keyring)], keyring)
    seed = secrets.token_hex(16) if plan.policy.rows.order == "shuffled" else ""
    plan = plan if plan.run else replace(plan, run=secrets.token_hex(16))
    job = Job(
        plan,
        (),
        str(staging.dir.absolute()),
        owner,
        seed,
        keys=keys_of_run(plan, owner, keyring),
        canaries=_shares(canary_count(plan), base.files()),
        version=staging.next_version(),
        recipient=recipient,
        privacy=made.privacy,
    )
    bound = PlanWithKeys(plan, keyring)
    reports = [
        write_rows(job, bound, keyring, rows, name=entry.path, number=at, place=at)
        for at, (entry, rows) in enumerate(_parts(base, keyring))
    ]
    signed = hashlib.sha256((base.folder / NAME).read_bytes()).hexdigest()
    manifest = _manifest(job, reports, base.manifest, signed, recipient, keyring)
    cards = partial(cards_of, schema=plan.output_schema)
    done = staging.publish(manifest, keyring, why=f"for {recipient}", cards=cards)
    return PublishedFor(
        base.manifest.dataset,
        base.manifest.version,
        plan.policy.sink.path,
        done.version,
        recipient,
        done.rows.written,
        sum(report.planted.people for report in reports),
        made.rules.ids,
        made.rules.texts,
    )


def _shares(count: int, entries: tuple[FileEntry, ...]) -> tuple[Wanted, ...]:
    """Return the canaries of each part, in proportion to its rows."""
    rows = np.array([entry.rows for entry in entries], float)
    edges = np.round(np.cumsum(rows) / (rows.sum() or 1.0) * count).astype(int)
    counts = np.diff(np.r_[0, edges]).tolist()
    return tuple(Wanted(n, entry.rows) for n, entry in zip(counts, entries, strict=True))


def _parts(
    base: VersionReader, keyring: Keyring
) -> Iterator[tuple[FileEntry, Iterator[pa.RecordBatch]]]:
    """Yield each part with its rows that are of the source."""
    assert isinstance(base.dataset, Dataset)
    real = RealRows(base.dataset, base.manifest, keyring)

    def rows(entry: FileEntry) -> Iterator[pa.RecordBatch]:
        with base.opened(entry) as part:
            chosen = base.selection(part, "readable", None)
            for batch in base.rows_of(part, entry, chosen, 131_072):
                yield batch.filter(pa.array(real.next(batch.num_rows)))

    for entry in base.files():
        yield entry, rows(entry)


def _manifest(
    job: Job,
    reports: list[PartReport],
    base: Manifest,
    signed: str,
    recipient: str,
    keyring: Keyring,
) -> Manifest:
    """Return the manifest: what the rows are is as the base says, of what they are made is the
    base.
    """
    output = output_of(reports, nulls_of(reports))
    facts = PublishedFacts.of(job.plan, reports, output)
    source: Mapping[str, object] = {
        "format": f"version {base.version} of {base.dataset}",
        "files": [],
        "sha256": signed,
        "recipient": recipient,
    }
    manifest = manifest_of(job, facts, reports, source, keyring, [])
    policy = job.plan.policy
    keyed = digest(keyring, job.owner, policy.dataset, policy.purpose, "source", signed)
    return manifest.model_copy(
        update={
            "plan": base.plan,
            "unlisted": base.unlisted,
            "privacy": base.privacy,
            "checks": base.checks,
            "reveal": base.reveal,
            "source": SourceFacts(format=str(source["format"]), files=1, hmac_sha256=keyed),
        }
    )
