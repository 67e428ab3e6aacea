"""The main job as a flow: a policy's path in, a published version out; a task per partition file.

Parameters and results are paths, names, counts and digests: Prefect's database is outside the
trust boundary, and neither rows nor keys ever reach it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow, tags, task  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import as_completed  # noqa: E402
from prefect.tasks import exponential_backoff  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

from anonymize.errors import AnonymizeError, ArgumentError, UntoldError  # noqa: E402
from anonymize.flows.artifacts import RunProgress  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.guard import in_one_message, quoting_nothing, worth_retrying  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named, tags_of  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.source_files import (  # noqa: E402
    files_by_number,
    policys_source_by_number,
)
from anonymize.flows.told import guarded, show_published, tag_run  # noqa: E402
from anonymize.pipeline.run import (  # noqa: E402
    Job,
    PartReport,
    RunInProgress,
    RunSummary,
    begin,
    measure_partition,
    write_partition,
)
from anonymize.policy import load_policy  # noqa: E402

RETRIES = 3
RETRY_DELAY_SECONDS = 5
"""Before the first repetition; each further one waits twice as long, and up to half as long again,
so that a hundred tasks do not come back in one moment.
"""
BUSY_TRIES = 4
"""How often a run is begun while what stops it may pass; for another run on the dataset each waits
a minute itself.
"""
BUSY_DELAY_SECONDS = 60
Result = TypeVar("Result")
Quoted = Job | tuple[Any, ...]
"""A job as it arrives in a task."""


def _worth_retrying(task: Any, task_run: Any, state: Any) -> bool:
    """Return whether a failure could pass by itself: a refusal of ours never does."""
    return worth_retrying(state.result(raise_on_failure=False))


_OF_A_PARTITION: dict[str, Any] = {
    "retries": RETRIES,
    "retry_delay_seconds": exponential_backoff(RETRY_DELAY_SECONDS),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": _worth_retrying,
    "persist_result": False,
    "cache_policy": NO_CACHE,
}
"""What both tasks of a partition have in common: nothing of one is kept or cached."""


@task(name="measure-partition", **_OF_A_PARTITION)
@in_one_message
@quoting_nothing
def measure(job: Quoted, number: int) -> Any:
    """Return what the first pass learns of one partition: class sizes, no rows."""
    whole = _unquoted(job)
    with files_by_number(_files(whole)):
        return measure_partition(whole, number)


@task(name="write-partition", **_OF_A_PARTITION)
@in_one_message
@quoting_nothing
def write(job: Quoted, number: int) -> PartReport:
    """Transform, encrypt and check one partition; return its counts and digests."""
    whole = _unquoted(job)
    with files_by_number(_files(whole)):
        return write_partition(whole, number)


def _files(job: Job) -> list[str]:
    return list(job.files)


@dataclass(frozen=True)
class PrefectTasks:
    """Works on every partition in a task of its own, which Prefect's task runner places."""

    progress: RunProgress | None = None
    """Told after each partition."""
    workers = 1
    """Only the task runner knows how many."""

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``; see `Executor`."""
        tasks: dict[str, tuple[Any, str]] = {
            "measure_partition": (measure, "measure"),
            "write_partition": (write, "write"),
        }
        one, what = tasks[work.__name__]  # by name: another object may stand in for the function
        submitted = [
            one.with_options(task_run_name=_task_name(what, job, number)).submit(
                _unseen(job), number
            )
            for number in numbers
        ]
        for done, future in enumerate(as_completed(submitted), 1):
            future.result()  # raises the first refusal; what was not begun is not begun any more
            if self.progress is not None:
                self.progress.parts(what, done, len(submitted))
        return [future.result() for future in submitted]


def _task_name(what: str, job: Job, number: int) -> str:
    """Return a task's name: a partition is told by its number, because a file may be named like a
    person.
    """
    return f"{job.plan.policy.dataset}: {what} {number + 1} of {len(job.partitions)}"


def _unseen(job: Job) -> Any:
    """Return ``job`` so that Prefect passes it on without looking inside."""
    return quote(job)


def _unquoted(job: Quoted) -> Job:
    """Return the job itself: Prefect takes its quotation off, and Dask, which rebuilds tuples,
    hands that over as one.

    Raises:
        ArgumentError: it is something else.
    """
    inner: object = job
    while isinstance(inner, tuple) and len(inner) == 1:
        inner = inner[0]
    if not isinstance(inner, Job):
        raise ArgumentError(f"a task got a {type(inner).__name__} for its job")
    return inner


@contextmanager
def _begun(
    policy: str, keyring: str | None, accept_change: bool, incremental: bool = False
) -> Iterator[RunInProgress]:
    """Begin a run; while another one is at work on the dataset, wait for it, and then try anew a
    few times.

    So it is where the vault's database or the key service does not answer.

    Raises:
        AnonymizeError: as ``begin``; BusyError where the other run outlasts that.
    """
    with ExitStack() as stack:
        for tries_left in reversed(range(BUSY_TRIES)):
            try:
                running = stack.enter_context(
                    begin(policy, keyring, accept_change, incremental=incremental)
                )
                break
            except AnonymizeError as error:
                if not tries_left or not error.passes:
                    raise
                time.sleep(BUSY_DELAY_SECONDS)
        yield running


@flow(
    name="anonymize-dataset",
    flow_run_name=run_named("publish"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("publication")
def anonymize_dataset(
    policy: str,
    keyring: str | None = None,
    accept_change: bool = False,
    store: str | None = None,
    incremental: bool = False,
) -> dict[str, Any]:
    """Publish a new version of the dataset that the policy in a file describes.

    Args:
        policy: Path of the policy file.
        keyring: URI of where each worker opens its keys, or ``block:NAME`` of a block that holds
            it; by default as the command line does.
        accept_change: Publish although source, types, purpose, rules, models or files are not
            those of the current version.
        store: Name of a block with the address of the object store; by default the environment's.
        incremental: Take over the parts of the current version whose files did not change, and
            publish nothing if nothing did.

    Returns:
        The run's summary as the manifest tells it: dataset, version, counts; no values, small
        counts raised.

    Raises:
        AnonymizeError: as ``anonymize.pipeline.run.run``; nothing was published.
        UnforeseenError: anything else, without its text; nothing was published.
        UntoldError: the version is published, and its artifact is there; the anchor or the
            policy's ``lineage:`` does not know it.
    """
    loaded = load_policy(policy)
    tag_run(loaded)
    with (
        policys_source_by_number(policy),
        addressed(store),
        one_at_a_time(loaded.dataset),
        tags(*tags_of(loaded)),
        _begun(policy, keyring_uri(keyring), accept_change, incremental) as run,
    ):
        plan = run.job.plan
        tell(
            "%s: columns published: %s, places dropped: %s, partitions: %s",
            plan.policy.dataset,
            len(plan.output_schema),
            len(plan.dropped),
            f"{len(run.job.partitions):,}",
        )
        progress = RunProgress(plan.policy.dataset)
        try:
            summary = run.complete(PrefectTasks(progress)).for_anybody(plan.policy)
        except UntoldError as error:
            if isinstance(error.result, RunSummary):
                summary = error.result.for_anybody(plan.policy)
                progress.end(f"version {summary.version} is current", done=True)
                show_published(summary.as_dict())
            raise
        except BaseException:
            progress.end("nothing was published", done=False)
            raise
    if summary.increment and summary.increment.nothing_changed:
        progress.end(f"nothing changed; version {summary.version} stays", done=True)
        tell("%s: nothing changed since version %s", summary.dataset, summary.version)
        return summary.as_dict()
    progress.end(f"version {summary.version} is current", done=True)
    show_published(summary.as_dict())
    return summary.as_dict()
