"""The one loop: inspect, compile, transform, encrypt, check, publish. Command line and flows both call it.

A run is three acts, so that the middle one can happen in other processes: ``begin`` (one process,
holding the dataset's lock), ``write_partition`` per source file (anywhere), ``RunInProgress.finish``
(the first process again). What travels between them are paths, counts, digests and key names.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import reduce
from importlib.metadata import version as installed
from os import PathLike
from types import ModuleType
from typing import Any

from anonymize.dataset import Dataset, FileEntry, Manifest, RowCounts, Staging
from anonymize.errors import GateError
from anonymize.frame import anonymize_frame
from anonymize.io import Source
from anonymize.keys import Keyring, open_keyring
from anonymize.look import open_spec, plan_source, refuse_sink
from anonymize.partition import Job, PartReport, Residual, measure_partition, write_partition
from anonymize.plan import Partial, Plan, explain
from anonymize.plan.gates import check_suppression
from anonymize.plan.scan import residual_problem
from anonymize.policy import Policy, load_policy
from anonymize.privacy import linkage_risk

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

Progress = Callable[[int, int, str], None]
"""Called with partitions done, partitions in all, and what is being done."""


@dataclass(frozen=True)
class RunSummary:
    """What a run did; everything in it may be shown to anybody."""

    dataset: str
    """The dataset's name."""
    path: str
    """Its folder."""
    version: int
    """The version published."""
    rows_in: int
    """Rows read."""
    rows_out: int
    """Rows published."""
    filtered: int
    """Rows that ``where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows set aside because of a bad value."""
    columns_out: int
    """Columns published."""
    columns_dropped: int
    """Leaves of the source that no output holds."""
    residual: Mapping[str, Any]
    """Findings of the residual scan and how hard it looked."""
    privacy: Mapping[str, Any]
    """k, classes and risk after suppression; empty where the policy asks for none."""
    seconds: float
    """Wall seconds of the whole run."""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def run(
    policy: Policy | str | PathLike[str],
    *,
    keyring_uri: str | None = None,
    progress: Progress = lambda done, total, what: None,
) -> RunSummary:
    """Apply ``policy`` to its source and publish the result as a new version of the sink's dataset.

    The version appears whole and verified or not at all; killed anywhere, the last version stays.

    Args:
        policy: The policy, or the path of its file.
        keyring_uri: Where the keys are; by default what COATCHECK_KEYRING says.
        progress: Told of every partition done.

    Raises:
        AnonymizeError: policy, data or keys do not fit together (PlanError, SourceError, DataError,
            KeysError), or a check on the result failed (GateError); nothing was published.
    """
    with begin(policy, keyring_uri) as running:
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
def begin(policy: Policy | str | PathLike[str], keyring_uri: str | None = None) -> Iterator[RunInProgress]:
    """Open policy, keys and source, compile the plan, lock the dataset and stage a version; yield the run.

    What is staged and not published when the block ends is removed.

    Raises:
        AnonymizeError: as ``run``.
    """
    started = time.monotonic()
    _no_core_dumps()
    loaded = policy if isinstance(policy, Policy) else load_policy(policy)
    keyring = open_keyring(keyring_uri)
    source = open_spec(loaded.source)
    refuse_sink(loaded, keyring)
    plan = plan_source(loaded, source, keyring)
    with Dataset(loaded.sink.path).stage() as staging:
        job = Job(plan, source.partitions(), str(staging.dir))
        yield RunInProgress(job, source, keyring, staging, started)


def _no_core_dumps() -> None:
    """Keep raw values and keys in this process's memory out of core files."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


class RunInProgress:
    """A run whose dataset is locked and whose version is staged; lives in the process that began it."""

    def __init__(self, job: Job, source: Source, keyring: Keyring, staging: Staging, started: float) -> None:
        self.job = job
        self._source, self._keyring, self._staging, self._started = source, keyring, staging, started

    def fit(self, partials: Sequence[Partial]) -> None:
        """Take the first pass's partials, in any order, into the job's plan.

        Raises:
            GateError: more rows would be suppressed than the policy allows.
        """
        self.job = replace(self.job, plan=self.job.plan.fit(reduce(Partial.merge, partials, Partial())))
        check_suppression(self.job.plan)

    def finish(self, reports: Sequence[PartReport]) -> RunSummary:
        """Check what was written and publish it; return the summary.

        Raises:
            GateError: the residual scan found what the policy does not allow.
            SourceError: the source changed while it was read.
            DatasetError: the version could not be published.
        """
        ordered = sorted(reports, key=lambda report: report.number)
        plan, residual = self.job.plan, _residual_summary(self.job.plan, ordered)
        if plan.policy.checks.residual == "refuse" and residual.get("findings"):
            raise GateError(
                [
                    residual_problem(plan, found["column"], found["what"], found["evidence"])
                    for found in residual["findings"]
                ]
            )
        fingerprint = self._source.fingerprint()
        rows = RowCounts(
            read=sum(report.rows_in for report in ordered),
            written=sum(report.rows_out for report in ordered),
            suppressed=sum(report.suppressed for report in ordered),
            quarantined=sum(report.quarantined for report in ordered),
            filtered=sum(report.filtered for report in ordered),
        )
        manifest = Manifest(
            dataset=plan.policy.dataset,
            purpose=plan.policy.purpose,
            policy_sha256=plan.policy.digest(),
            plan=[{**asdict(line), "column": str(line.column)} for line in explain(plan)],
            keys=tuple(str(key) for key in (*plan.key_ids, *self._sink_keys())),
            files=tuple(self._files(ordered)),
            rows=rows,
            columns=_column_counts(plan, ordered),
            privacy=_privacy_summary(plan),
            checks={"residual": residual},
            source=fingerprint,
            software=_software(plan),
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
            columns_out=len(plan.output_schema),
            columns_dropped=len(plan.dropped),
            residual=residual,
            privacy=manifest.privacy,
            seconds=round(time.monotonic() - self._started, 2),
        )

    def _sink_keys(self) -> tuple[str, ...]:
        sink = self.job.plan.policy.sink
        names = [sink.key, *([sink.restricted.key] if sink.restricted else [])]
        return tuple(self._keyring.current(name) for name in names)

    def _files(self, reports: Sequence[PartReport]) -> Iterator[FileEntry]:
        for report in reports:
            yield FileEntry.of(report.part, self._staging.dir)
            if report.quarantine:
                yield FileEntry.of(report.quarantine, self._staging.dir, "quarantine")


def _residual_summary(plan: Plan, reports: Sequence[PartReport]) -> dict[str, Any]:
    """Return what the residual scan found over all parts, and how hard it looked; empty where it was off."""
    scans = [report.residual for report in reports if report.residual]
    if not scans:
        return {}
    findings = [asdict(found) for scan in scans for found in scan.findings]
    return {
        "sample": plan.policy.checks.residual_sample,
        "findings": findings,
        "sampled_distinct": _over_parts(scans, "sampled_distinct", sum),
        "miss_probability_of_1_percent": _over_parts(scans, "miss_1_percent", max),
        "names_left": _names_left(scans),
    }


def _names_left(scans: Sequence[Residual]) -> dict[str, dict[str, int]]:
    """Return per column of free text the cells that the name model read again, and those with a name left."""
    counts: dict[str, dict[str, int]] = {}
    for left in (left for scan in scans for left in scan.names_left):
        count = counts.setdefault(str(left.column), {"cells": 0, "named": 0})
        count["cells"] += left.cells
        count["named"] += left.named
    return counts


def _over_parts(scans: Sequence[Residual], name: str, combine: Callable[[list[Any]], Any]) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {}
    for scan in scans:
        for column, value in getattr(scan, name).items():
            columns.setdefault(str(column), []).append(value)
    return {column: combine(values) for column, values in columns.items()}


def _column_counts(plan: Plan, reports: Sequence[PartReport]) -> dict[str, Any]:
    """Return per top-level output column its type, nulls, and bad values that became null."""
    nulled: dict[str, int] = {}
    for report in reports:
        for column, count in report.nulled.items():
            nulled[str(column)] = nulled.get(str(column), 0) + count
    counts: dict[str, Any] = {
        field.name: {"type": str(field.type), "nulls": sum(report.part.nulls.get(field.name, 0) for report in reports)}
        for field in plan.output_schema
    }
    for name, count in nulled.items():
        counts.setdefault(name, {})["bad_values_nulled"] = count
    verdicts = {str(finding.column): str(finding.verdict) for finding in plan.findings}
    for step in plan.steps:
        entry = counts.setdefault(str(step.column), {})
        entry["source_type"] = str(step.input_type)
        if str(step.column) in verdicts:
            entry["source_verdict"] = verdicts[str(step.column)]
    return counts


def _privacy_summary(plan: Plan) -> dict[str, Any]:
    """Return k-anonymity as asked and as reached; empty where the policy asks for none."""
    privacy, fitted = plan.policy.privacy, plan.fitted
    if privacy is None or fitted is None or fitted.classes is None:
        return {}
    risk = linkage_risk(fitted.classes, privacy.k)
    return {"quasi_identifiers": list(privacy.quasi_identifiers), "asked_k": privacy.k, **asdict(risk)}


def _software(plan: Plan) -> dict[str, str]:
    """Return what ran, by version; the model that found names by its digest too."""
    names = ("coatcheck", "pyarrow", "presidio-analyzer", "faker", "cryptography")
    model = {"name model": str(plan.names)} if plan.names else {}
    return {"python": platform.python_version(), **{name: installed(name) for name in names}, **model}


class _CallableModule(ModuleType):
    """This module, callable: ``anonymize.run(policy)`` is ``anonymize.run.run(policy)``.

    The library's function and the module that holds it have one name; whichever way it is
    imported first, both ways work.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> RunSummary:
        """Return ``run(*args, **kwargs)``."""
        return run(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule
