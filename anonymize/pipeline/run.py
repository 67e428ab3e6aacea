"""The main loop: inspect, compile, transform, encrypt, check, publish. The command line and the
flows both call it.

A run has three steps, so that the second can run in other processes: ``begin`` (one process, which
holds the dataset's lock), ``write_partition`` per source file (any process),
``RunInProgress.finish`` (the first process). Only paths, counts, digests and key names are passed
between them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from os import PathLike
from typing import Any

from anonymize.arguments import checked
from anonymize.custody.belonging import key_checks, require_keys_of
from anonymize.dataset import FileEntry, Manifest, Staging
from anonymize.dataset.owner import digest, seal_facts, told_columns, told_residual, told_rows
from anonymize.dataset.sink import sink_of
from anonymize.errors import GateError
from anonymize.gates.not_looked_for import not_looked_for
from anonymize.gates.residual_scan import residual_problem
from anonymize.gates.rows import check_rows, check_values
from anonymize.gates.suppression import (
    check_suppression,
    check_written,
    privacy_measured,
    subject_sentences,
)
from anonymize.io import Source
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.changes import Change, facts_to_compare, refuse_changes
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.partition import Job, PartReport, measure_partition, write_partition
from anonymize.pipeline.prepare import plan_source, refuse_sink, require_owner
from anonymize.pipeline.readiness import (
    require_anchor,
    require_purpose,
    require_room,
    require_signer,
    require_vault,
    with_vault,
)
from anonymize.pipeline.results import (
    classes_of,
    column_counts,
    emptied_values,
    nulls_of,
    order_said,
    reasons_of,
    residual_summary,
    row_counts,
    shut_columns,
    small_count,
    software_of,
)
from anonymize.pipeline.summary import RunSummary
from anonymize.plan import Partial, merged
from anonymize.plan.show.explain import explain_to_readers, unlisted
from anonymize.policy import Policy, as_policy
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable

__all__ = [
    "Job",
    "PartReport",
    "RunInProgress",
    "RunSummary",
    "anonymize_frame",
    "begin",
    "measure_partition",
    "run",
    "write_partition",
]

WAIT_SECONDS = 60.0
"""Default time to wait for another run on the same dataset."""
Progress = Callable[[int, int, str], None]
"""Called with the number of partitions done, the number of all partitions, and the current step."""


@checked
def run(
    policy: Policy | str | PathLike[str],
    *,
    keyring: Keyring | str | None = None,
    progress: Progress = lambda done, total, what: None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> RunSummary:
    """Apply ``policy`` to its source and publish the result as a new version of the sink's dataset.

    The version is published whole and verified, or not at all. If the process is killed, the
    previous version stays current.

    Args:
        policy: The policy, or the path of its file.
        keyring: The keys, or the URI of where they are; by default what COATCHECK_KEYRING says.
            What is given open must still be at the place it was opened from.
        progress: Told of every partition done.
        accept_change: Publish although types, purpose, rules, models or files are not those of the
            current version.
        wait_seconds: How long to wait for another run on the dataset.

    Raises:
        BusyError: another run still held the dataset.
        AnonymizeError: policy, data or keys do not fit together (PlanError, SourceError, DataError,
            KeysError), or a check failed (GateError); nothing was published.
    """
    with begin(policy, keyring, accept_change=accept_change, wait_seconds=wait_seconds) as running:
        numbers = range(len(running.job.partitions))
        while running.job.plan.needs_first_pass:
            partials = []
            for number in numbers:
                progress(number, len(numbers), "measuring")
                partials.append(measure_partition(running.job, number))
            running.fit(partials)
        reports = []
        for number in numbers:
            progress(number, len(numbers), "writing")
            reports.append(write_partition(running.job, number))
        progress(len(numbers), len(numbers), "publishing")
        return running.finish(reports)


@contextmanager
def begin(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> Iterator[RunInProgress]:
    """Open policy, keys and source, compile the plan, lock the dataset and stage a version; yield
    the run.

    A staged version that is not published when the block ends is removed. Everything that can be
    refused before a row is written is refused here: keys, vault and sink are tried, and the plan is
    compared with the one that made the current version.

    Raises:
        AnonymizeError: as ``run``.
    """
    started = time.monotonic()
    with no_core_files(), not_world_writable():
        yield from _begun(policy, keyring, started, accept_change, wait_seconds)


def _begun(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None,
    started: float,
    accept_change: bool,
    wait_seconds: float,
) -> Iterator[RunInProgress]:
    loaded, keyring = as_policy(policy), open_keyring(keyring)
    source = open_spec(loaded.source)
    refuse_sink(loaded, keyring)
    require_purpose(loaded)
    require_owner(keyring)
    require_signer(keyring)
    require_keys_of(loaded.sink.path, keyring)
    require_room(loaded)
    require_anchor(loaded)
    fingerprint = Beside(
        source.fingerprint, "coatcheck-fingerprint"
    )  # hashing releases the GIL, so it overlaps with planning
    plan = replace(plan_source(loaded, source, keyring), run=secrets.token_hex(16))
    require_vault(plan, keyring)
    with sink_of(loaded, wait_seconds).stage(keyring) as staging:
        accepted = refuse_changes(plan, keyring, accept_change)
        seed = secrets.token_hex(16) if loaded.rows.order == "shuffled" else ""
        job = Job(
            with_vault(plan), source.partitions(), str(staging.dir), keyring.current(OWNER), seed
        )
        yield RunInProgress(job, source, fingerprint, keyring, staging, started, accepted)


class RunInProgress:
    """A run that holds the dataset's lock and has a staged version. Belongs to the process that
    began it.
    """

    def __init__(
        self,
        job: Job,
        source: Source,
        fingerprint: Beside[dict[str, object]],
        keyring: Keyring,
        staging: Staging,
        started: float,
        accepted: Sequence[Change] = (),
    ) -> None:
        self.job, self._accepted = job, accepted
        self._source, self._fingerprint = source, fingerprint
        self._keyring, self._staging, self._started = keyring, staging, started

    def fit(self, partials: Sequence[Partial]) -> None:
        """Merge the first pass's partial results, in any order, into the job's plan.

        Raises:
            GateError: more rows would be suppressed than the policy allows.
        """
        self.job = replace(self.job, plan=self.job.plan.fit(merged(partials)))
        check_suppression(self.job.plan)

    def finish(self, reports: Sequence[PartReport]) -> RunSummary:
        """Check the output and publish it; return the summary.

        Raises:
            GateError: too many rows were set aside, or none is left; the residual scan found
                something that the policy does not allow; or a published class is smaller than k.
            SourceError: the source changed while it was read.
            DatasetError: the version could not be published.
        """
        ordered = sorted(reports, key=lambda report: report.number)
        plan, residual = self.job.plan, residual_summary(self.job.plan, ordered)
        policy, unseen, rows = plan.policy, not_looked_for(plan), row_counts(ordered)
        check_rows(policy, **rows.model_dump(exclude={"raised_to"}), reasons=reasons_of(ordered))
        check_values(
            policy, *nulls_of(ordered), written=rows.written, taken=rows.read - rows.filtered
        )
        if plan.policy.checks.residual == "refuse" and residual.get("findings"):
            raise GateError(
                [
                    residual_problem(plan, found["column"], found["what"], found["evidence"])
                    for found in residual["findings"]
                ]
            )
        fingerprint = self._fingerprint.result()
        self._source.check_unchanged()
        classes = classes_of(ordered)
        measured = privacy_measured(plan, classes)
        unseen = (*unseen, *subject_sentences(plan, measured))
        check_written(plan, classes, written=rows.written, suppressed=rows.suppressed)
        columns, left = column_counts(plan, ordered), unlisted(plan)
        shut, k = shut_columns(policy), small_count(policy)
        exact: dict[str, Any] = {
            "source": fingerprint,
            "policy_sha256": policy.digest(),
            "rows": rows.model_dump(),
            "columns": columns,
            "checks": {"residual": residual},
            "unlisted": list(left),
            "parts": [report.part.path.name for report in ordered],
            "vault_place": plan.vault_place or "",
            "accepted_changes": [str(change) for change in self._accepted],
            "accepted_because": (
                policy.accept_change.reason if self._accepted and policy.accept_change else ""
            ),
            **facts_to_compare(plan),
        }
        manifest = Manifest(
            dataset=policy.dataset,
            purpose=policy.purpose,
            policy_hmac_sha256=self._digest("policy", policy.digest()),
            plan=[
                {**asdict(line), "column": str(line.column)}
                for line in explain_to_readers(plan, shut)
            ],
            unlisted=len(left),
            order=order_said(policy),
            keys=self._keys(),
            key_checks=key_checks(self._keyring, (*self._keys(), self.job.owner)),
            vault=plan.vault_id,
            files=tuple(self._files(ordered)),
            rows=told_rows(rows, k),
            columns=told_columns(columns, k, shut),
            privacy=measured,
            checks={"residual": told_residual(residual, shut), "not_looked_for": list(unseen)},
            source={
                "format": fingerprint["format"],
                "files": len(self.job.partitions),
                "hmac_sha256": self._digest("source", str(fingerprint["sha256"])),
            },
            owner=seal_facts(exact, self._keyring, self.job.owner, self.job.order_seed),
            software=software_of(plan),
        )
        published = self._staging.publish(manifest, self._keyring, why=plan.policy.purpose)
        return RunSummary(
            dataset=plan.policy.dataset,
            path=plan.policy.sink.path,
            version=published.version,
            rows_in=rows.read,
            rows_out=rows.written,
            filtered=rows.filtered,
            suppressed=rows.suppressed,
            quarantined=rows.quarantined,
            emptied=emptied_values(columns),
            columns_out=len(plan.output_schema),
            columns_dropped=len(plan.dropped),
            order=policy.rows.order,
            residual=residual,
            not_looked_for=unseen,
            privacy=manifest.privacy,
            seconds=round(time.monotonic() - self._started, 2),
        )

    def _keys(self) -> tuple[str, ...]:
        sink = self.job.plan.policy.sink
        names = [sink.key, *([sink.restricted.key] if sink.restricted else [])]
        return (*self.job.plan.key_ids, *(self._keyring.current(name) for name in names))

    def _digest(self, use: str, content: str) -> str:
        policy = self.job.plan.policy
        return digest(self._keyring, self.job.owner, policy.dataset, policy.purpose, use, content)

    def _files(self, reports: Sequence[PartReport]) -> Iterator[FileEntry]:
        for report in sorted(reports, key=lambda report: report.part.path.name):
            yield FileEntry.of(report.part, self._staging.dir)
            if report.quarantine:
                yield FileEntry.of(report.quarantine, self._staging.dir, "quarantine")
