"""Publishes parts that an engine's own workers wrote: the gates, the signature and the version that
applying a plan alone does not give.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError, PlanError, SourceError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.pipeline.changes import refuse_changes
from anonymize.pipeline.earlier import with_against
from anonymize.pipeline.forgotten import refuse_forgotten_since
from anonymize.pipeline.keys_of_run import keys_of_run
from anonymize.pipeline.partition import Job
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.readiness import require_vault, with_vault
from anonymize.pipeline.run import WAIT_SECONDS, RunInProgress, require_sink
from anonymize.pipeline.summary import RunSummary
from anonymize.plan import Plan
from anonymize.policy.addresses import address_of
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable

WriteParts = Callable[[Job], Sequence[PartReport]]
"""Writes every row of a source into the job's staging folder, by ``write_rows`` in any process, and
returns a report per part.
"""


@dataclass(frozen=True)
class _HandedRows:
    """What is known of rows that an engine hands over: no digest, and nothing to compare at the
    end.
    """

    format: str
    rows: int = 0

    def check_unchanged(self) -> None:
        """Do nothing: that two passes saw the same rows is seen by their classes alone."""

    def result(self) -> Mapping[str, object]:
        return {"format": self.format, "sha256": ""}


@no_core_files()
@not_world_writable()
def publish_parts(
    plan: Plan,
    write: WriteParts,
    *,
    format: str,
    keyring: Keyring | str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> RunSummary:
    """Have ``write`` write the parts of a new version, ask every gate about them, and publish it.

    The dataset is locked, and the plan compared with the one that made the current version, before
    ``write`` is called. The version is published whole and verified, or not at all. Files in the
    staging folder that no report names, for example of a task that was tried twice, are removed.

    Args:
        plan: A plan that has had its first passes.
        write: Writes the parts; see `WriteParts`.
        format: What the rows are from, for the manifest.
        keyring: The owner's keyring of this process; by default what COATCHECK_KEYRING says.
        accept_change: As in `run`.
        wait_seconds: As in `run`.

    Raises:
        ArgumentError: the sink is no folder: parts reach an object store only through `run`.
        PlanError: the plan needs a first pass that it has not had.
        SourceError: ``write`` found no row.
        AnonymizeError: as `run`; nothing was published.
    """
    started, policy = time.monotonic(), plan.policy
    if plan.needs_first_pass:
        raise PlanError("the plan needs a first pass over all rows: call fit, and give its result")
    if policy.sink.canaries is not None:
        what = (
            "are planted by coatcheck run, which knows how large the source is; an engine's own"
            " workers plant none: leave canaries: out"
        )
        raise ArgumentError(what, place=policy.place("sink.canaries"))
    if address_of(policy.sink.path) is not None:
        what = (
            "workers write parts into a folder that all of them reach under this path; name one, or"
            " publish to an object store with coatcheck run"
        )
        raise ArgumentError(what, place=policy.place("sink.path"))
    opened = open_keyring(keyring)
    require_sink(policy, opened)
    require_vault(plan, opened)
    plan = plan if plan.run else replace(plan, run=secrets.token_hex(16))
    with sink_of(policy, wait_seconds).stage(opened) as staging:
        accepted = refuse_changes(plan, opened, accept_change)
        refuse_forgotten_since(plan, opened)
        seed = secrets.token_hex(16) if policy.rows.order == "shuffled" else ""
        folder = staging.dir.absolute()
        plan, owner = with_against(with_vault(plan), opened), opened.current(OWNER)
        job = Job(plan, (), str(folder), owner, seed, keys=keys_of_run(plan, owner, opened))
        reports = write(job)
        if not reports:
            raise SourceError("it holds no row, so there is nothing to publish", place=format)
        _leave_only(reports, folder)
        handed = _HandedRows(format)
        return RunInProgress(job, handed, handed, opened, staging, started, accepted).finish(
            reports
        )


def _leave_only(reports: Sequence[PartReport], folder: Path) -> None:
    """Remove the files in ``folder`` that no report names."""
    parts = [one.part.path for one in reports]
    parts += [info.path for one in reports for info in one.beside]
    named = {path for part in parts for path in (part, sidecar_of(part))}
    for path in folder.rglob("*"):
        if path.is_file() and path not in named:
            path.unlink()
