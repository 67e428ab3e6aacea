"""A run between its first row and its publication."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from anonymize.dataset import Manifest, Staging
from anonymize.dataset.when_and_who import ago
from anonymize.errors import AnchorError, LineageError, UntoldError
from anonymize.gates.interface import Output
from anonymize.gates.refuse import refuse
from anonymize.io import PartInfo
from anonymize.keys import Keyring
from anonymize.pipeline.across import with_across
from anonymize.pipeline.apart import remove_left
from anonymize.pipeline.changes import Change
from anonymize.pipeline.executors.interface import Executor, MergingExecutor
from anonymize.pipeline.forgotten import refuse_forgotten_since
from anonymize.pipeline.incremental import Increment
from anonymize.pipeline.lineage import naming_of, tell_lineage
from anonymize.pipeline.manifest import PublishedFacts, manifest_of
from anonymize.pipeline.partition import Job, measure_partition, write_partition
from anonymize.pipeline.passed import fitted, output_of
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.results import emptied_values, nulls_of
from anonymize.pipeline.since_last import changed_since, current_manifest
from anonymize.pipeline.summary import RunSummary, columns_of, increment_facts, parts_of
from anonymize.pipeline.way import Way
from anonymize.plan import Partial, Plan
from anonymize.report.cards import cards_of


class RowsRead(Protocol):
    """What a run in progress asks of its source."""

    @property
    def rows(self) -> int:
        """Number of its rows; 0 if not known."""
        ...

    def check_unchanged(self) -> None:
        """Refuse a source that changed while it was read."""
        ...


class Fingerprint(Protocol):
    """What identifies the content of a source, at the end of a run."""

    def result(self) -> Mapping[str, Any]:
        """Return ``format`` and ``sha256``, which is empty if nobody took a digest."""
        ...


class RunInProgress:
    """A run that holds the dataset's lock and has a staged version. Belongs to the process that
    began it.
    """

    def __init__(
        self,
        job: Job,
        source: RowsRead,
        fingerprint: Fingerprint,
        keyring: Keyring,
        staging: Staging,
        started: float,
        accepted: Sequence[Change] = (),
        increment: Increment | None = None,
        way: Way | None = None,
    ) -> None:
        self.job, self._accepted = job, accepted
        self._increment, self._way = increment, way
        self._source, self._fingerprint = source, fingerprint
        self.rows = increment.rows if increment else source.rows
        self._keyring, self._staging, self._started = keyring, staging, started
        self._begun_at = ago(time.monotonic() - started)
        self._last: Manifest | None = None
        self._workers = 1
        self._taken_over = 0

    def complete(self, executor: Executor) -> RunSummary:
        """Work on all partitions by means of ``executor``, check what was written and publish it.

        Raises:
            AnonymizeError: see `run`; nothing was published.
        """
        if self._increment and self._increment.changes_nothing:
            return self._nothing_changed(self._increment)
        self._workers = executor.workers
        remove_left(self.job)
        while self.job.plan.needs_first_pass:
            numbers = self.numbers()
            if isinstance(executor, MergingExecutor) and not self._increment:
                self.fit([executor.measured(self.job, numbers)])
                continue
            partials = executor.map(measure_partition, self.job, numbers)
            if self._increment:  # it keeps the results of each partition for the next run
                self._increment.measured(self.job.plan, partials, self.fit, self._keyring)
            else:
                self.fit(partials)
        return self.finish(executor.map(write_partition, self.job, self.numbers()))

    def numbers(self) -> Sequence[int]:
        """Return the numbers of the partitions to work on."""
        if self._increment:
            return self._increment.wanting()
        return range(len(self.job.partitions))

    def fit(self, partials: Sequence[Partial]) -> Plan:
        """Take the results of a first pass, in any order, into the job's plan; return that.

        Raises:
            GateError: more rows would be suppressed than the policy allows.
        """
        self.job = replace(self.job, plan=fitted(self.job.plan, partials, self._keyring))
        return self.job.plan

    def finish(self, reports: Sequence[PartReport]) -> RunSummary:
        """Check the output and publish it; return the summary.

        Raises:
            GateError: too many rows were set aside, or none is left; the residual scan found
                something that the policy does not allow; a published class is smaller than k; or
                earlier releases tell too much together with this one.
            SourceError: the source changed while it was read.
            PlanError: somebody was forgotten since the plan was made.
            DatasetError: the version could not be published.
            AnchorError: it is published, and the anchor does not know it yet; the error has the
                summary.
            LineageError: it is published, and the policy's ``lineage:`` does not know it; the
                error has the summary.
        """
        plan, staging = self.job.plan, Path(self.job.staging)
        if self._increment:
            if self._increment.kept:
                plan = replace(plan, before={})  # of new files alone, detection looked at no other
            renamed = not self.job.order_seed
            reports = self._increment.reports(reports, staging, renamed)
        self._taken_over = sum(report.taken_over for report in reports)
        ordered = sorted(reports, key=lambda report: report.number)
        output = with_across(output_of(ordered, nulls_of(ordered)), plan, self._keyring)
        refuse(output, plan)
        fingerprint = self._fingerprint.result()
        self._source.check_unchanged()
        facts = PublishedFacts.of(plan, ordered, output)
        records = self._records(ordered, fingerprint)
        manifest = manifest_of(
            self.job, facts, ordered, fingerprint, self._keyring, self._accepted, records
        ).model_copy(update={"begun_at": self._begun_at})
        refuse_forgotten_since(plan, self._keyring)
        if journal := self.job.journal(self._keyring):
            journal.remove()
        self._last = current_manifest(plan.policy.sink.path, self._keyring)
        published, untold = self._published(manifest)
        summary = self._summary(output, facts, published)
        if untold is not None:
            untold.result = summary
            raise untold
        return summary

    def _published(self, manifest: Manifest) -> tuple[Manifest, UntoldError | None]:
        """Publish, and tell who is to be told: the anchor, then the policy's ``lineage:``. Return
        the version, and the error for what could not be told: nothing of it undoes the version.
        """
        policy, untold = self.job.plan.policy, None
        cards = partial(cards_of, schema=self.job.plan.output_schema, naming=naming_of(policy))
        try:
            published = self._staging.publish(
                manifest, self._keyring, why=policy.purpose, cards=cards
            )
        except AnchorError as error:
            if not isinstance(error.result, Manifest):
                raise
            published, untold = error.result, error
        try:
            tell_lineage(policy, published, self._staging.dataset.folder(published.version))
        except LineageError as error:
            if untold is None:
                return published, error
            untold.problems = (*untold.problems, *error.problems)
        return published, untold

    def _records(
        self, reports: Sequence[PartReport], fingerprint: Mapping[str, Any]
    ) -> PartInfo | None:
        """Write what the next incremental run needs, if this one is incremental."""
        if not (self._increment and self._way):
            return None
        run, staging = self.job.plan.run, Path(self.job.staging)
        return self._increment.write_records(
            reports, fingerprint["files"], self._way, run, staging, self._keyring
        )

    def _nothing_changed(self, increment: Increment) -> RunSummary:
        """Return the summary of a run that publishes nothing, because the source is what the
        current version was made of.
        """
        self._source.check_unchanged()
        reports = [record.report for record in increment.kept.values()]
        output = output_of(reports, nulls_of(reports))
        facts = PublishedFacts.of(self.job.plan, reports, output)
        published = self._staging.dataset.manifest(keyring=self._keyring)
        return self._summary(output, facts, published)

    def _summary(self, output: Output, facts: PublishedFacts, published: Manifest) -> RunSummary:
        plan = self.job.plan
        return RunSummary(
            dataset=plan.policy.dataset,
            path=plan.policy.sink.path,
            version=published.version,
            rows_in=output.read,
            rows_out=output.written,
            filtered=output.filtered,
            suppressed=output.suppressed,
            quarantined=output.quarantined,
            emptied=emptied_values(facts.columns),
            columns_out=len(plan.output_schema),
            columns_dropped=len(plan.dropped),
            order=plan.policy.rows.order,
            residual=facts.residual,
            not_looked_for=facts.not_looked_for,
            privacy=published.privacy,
            taken_over=self._taken_over,
            increment=increment_facts(self._increment),
            seconds=round(time.monotonic() - self._started, 2),
            policy_hmac_sha256=published.policy_hmac_sha256,
            keys=tuple(dict.fromkeys(published.keys)),
            parts=parts_of(published),
            columns=columns_of(published),
            last_version=self._last.version if self._last else 0,
            changed=changed_since(self._last, published),
            workers=self._workers,
        )
