"""Makes the job of a run, with what a killed run finished and what an incremental one keeps."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from anonymize.dataset import Staging
from anonymize.io import Source
from anonymize.io.sources.pieces import is_hashed_when_divided, rows_of, size_bytes_of
from anonymize.keys import Keyring
from anonymize.names import KeyId
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.canaries.plant import Wanted, stream_of
from anonymize.pipeline.incremental import Increment
from anonymize.pipeline.keys_of_run import keys_of_run
from anonymize.pipeline.partition import Job
from anonymize.pipeline.pieces import Pieces
from anonymize.pipeline.way import Way, identity_of
from anonymize.plan import Plan
from anonymize.plan.canaries import canary_count

_RUN = "run"


def job_of(
    plan: Plan,
    pieces: Pieces,
    staging: Staging,
    owner: KeyId,
    way: Way,
    increment: Increment | None,
    keyring: Keyring,
    rows: int = 0,
) -> Job:
    """Return the job of a run, which goes on where a killed run of the same way and source stopped.

    Its random names are those of that run, or of the version that an incremental run builds on, so
    that digests compare; else new ones. ``rows`` are those of the source, 0 if not known.
    """
    base = increment.base if increment else None
    names = {
        "run": base.run if base else secrets.token_hex(16),
        "seed": base.order_seed if base else _seed(plan),
    }
    identity, partitions = "", pieces.partitions
    if len(partitions) > 1:  # of one partition nothing is finished before all is
        gone = [[group.key, group.spelled, sorted(group.ids)] for group in plan.forgotten]
        more: list[object] = [base.version if base else 0, gone]
        if plan.screened:
            more.append(str(plan.screened))
        identity = identity_of(way, partitions, more)
    job = Job(
        plan,
        partitions,
        "",
        owner,
        "",
        files=pieces.names,
        identity=identity,
        keys=keys_of_run(plan, owner, keyring),
        version=staging.next_version(),
    )
    found: dict[str, str] = {}

    def fits(folder: Path) -> bool:
        journal = replace(job, staging=str(folder.absolute())).journal(keyring)
        noted = journal.get(_RUN) if journal else None
        found.update(json.loads(noted) if noted else {})
        return noted is not None

    staging.take_over(fits)
    names = found or names
    job = replace(
        job,
        plan=replace(plan, run=names["run"]),
        staging=str(staging.dir.absolute()),
        order_seed=names["seed"],
        goes_on=bool(found),
    )
    if (journal := job.journal(keyring)) and not found:
        journal.put(_RUN, json.dumps(names).encode())
    places = increment.places(job.order(keyring)) if increment else ()
    return replace(job, places=places, canaries=wanted_of(job, increment, rows, keyring))


def wanted_of(
    job: Job, increment: Increment | None, rows: int, keyring: Keyring
) -> tuple[Wanted, ...]:
    """Return the canaries of each partition: shared out at random, in proportion to what their rows
    take. A run that takes parts over plants only as many as the share of what it does.
    """
    total = canary_count(job.plan)
    if not total or not job.partitions:
        return ()
    sizes = np.array([max(1, size_bytes_of(one)) for one in job.partitions], float)
    doing = np.zeros(len(sizes), np.bool_)
    doing[list(increment.wanting()) if increment else slice(None)] = True
    count = int(np.ceil(total * sizes[doing].sum() / sizes.sum()))
    edges = np.cumsum(np.where(doing, sizes, 0.0))
    stream = stream_of(
        keyring,
        dataset=job.plan.policy.dataset,
        recipient=job.recipient,
        run=job.plan.run,
        version=job.version,
        place="shares",
    )
    drawn = np.searchsorted(edges, stream.uniform(count) * edges[-1], side="right")
    counts = np.bincount(np.minimum(drawn, len(sizes) - 1), minlength=len(sizes))
    spread = rows * sizes / (sizes[doing].sum() or 1.0)
    expected = [rows_of(one) or int(spread[at]) for at, one in enumerate(job.partitions)]
    return tuple(map(Wanted, counts.tolist(), expected))


def _seed(plan: Plan) -> str:
    return secrets.token_hex(16) if plan.policy.rows.order == "shuffled" else ""


def fingerprint_of(source: Source, increment: Increment | None) -> Mapping[str, Any]:
    """Return the source's fingerprint; files that are kept are not read for it again."""
    if increment is None or not increment.kept:
        return source.fingerprint()
    kept = increment.kept_files()
    files = [
        kept[number] if number in kept else partition.fingerprint()
        for number, partition in enumerate(source.files)
    ]
    whole = "\n".join(f"{file['sha256']} {file['name']}" for file in files)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return {"format": source.format, "files": files, "sha256": digest}


def fingerprint_behind(
    divided: Beside[Pieces], source: Source, increment: Increment | None
) -> Mapping[str, Any]:
    """Return the source's fingerprint. Of objects in a store it is taken once their pieces are
    known, because who looks for those reads all bytes and notes the digest.
    """
    if any(map(is_hashed_when_divided, source.files)):
        divided.result()
    return fingerprint_of(source, increment)


def pieces_of_run(source: Source, increment: Increment | None, slow: bool) -> Pieces:
    """Return what a run works on, under rules that are ``slow`` or not; an incremental one has
    found it.
    """
    return increment.pieces if increment else Pieces.of(source, slow=slow)
