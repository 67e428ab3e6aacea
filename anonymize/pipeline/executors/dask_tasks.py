"""What a Dask worker does for a run: looks whether it can, works on a partition, merges results.

What a task finds out, refusals included, is its result. Dask logs what is raised, with the task's
arguments, and would try it again; a refusal is the same at every try. Arguments are a job, which
holds no rows, and results are counts and encrypted facts: they may be logged and spilled to disk.
``COATCHECK_DEBUG`` changes nothing of that.
"""

from __future__ import annotations

import os
import pickle
import secrets
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from anonymize.errors import AnonymizeError, KeysError, Problem, WorkerUnfitError, without_text
from anonymize.keys.keyring.keyring_uri import KEYRING_VARIABLE
from anonymize.pipeline.apart import own_folder
from anonymize.pipeline.executors.counted import counted
from anonymize.pipeline.partition import Job, write_partition
from anonymize.plan import merged
from anonymize.process.foreign_code import quoting_nothing
from anonymize.process.quiet_libraries import quiet_libraries
from anonymize.process.while_any_runs import WhileAnyRuns

ALIKE = (
    "coatcheck",
    "pyarrow",
    "numpy",
    "faker",
    "phonenumbers",
    "presidio-analyzer",
    "presidio-anonymizer",
    "regex",
)
"""Packages whose versions decide what is published: every worker has the driver's."""
_OPEN = (
    "set COATCHECK_KEYRING, and COATCHECK_KEYFILE or COATCHECK_PASSPHRASE, in this worker's"
    " environment, or have the keyring at the same path as the driver"
)
_REACH = (
    "driver and workers reach the staging folder under one path: name a sink on a file system that"
    " they share, and for a sink in an object store a TMPDIR"
)


@dataclass(frozen=True)
class Sent:
    """What all tasks of one pass are sent."""

    versions: Mapping[str, str]
    """The driver's versions, by name."""
    content: bytes = field(repr=False)
    """The pickled function and job. Bytes, so that a worker of another version does not unpickle
    them.
    """
    folder: str
    """Folder for attempts. Work goes on as long as it exists."""


@dataclass(frozen=True)
class Worked:
    """The result of a partition, or of several that were merged."""

    result: Any
    rows: int
    """Number of rows that were read."""


@dataclass(frozen=True)
class Refused:
    """The error of a partition."""

    error: AnonymizeError


Answer = Worked | Refused


class NotWantedError(AnonymizeError):
    """The run has ended, or was given up; nobody reads this."""


def python_version(told: Sequence[object]) -> str:
    """Return the Python version that is compared: ``3.11``."""
    return ".".join(str(one) for one in told[:2])


@cache
def versions_here() -> Mapping[str, str]:
    """Return the versions of this process that are compared; empty for what is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": python_version(sys.version_info)}
    for name in ALIKE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def unlike(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """Return the sentence about versions that differ from the driver's; empty if none does."""
    told = [
        f"{name} {theirs.get(name) or '(none)'} and not {version}"
        for name, version in ours.items()
        if theirs.get(name) != version
    ]
    if not told:
        return ""
    return f"has {', '.join(told)} as the driver; install the same versions everywhere"


def look(sent: Sent) -> list[Problem]:
    """Return why this worker cannot do the work; empty if it can. Reads no row."""
    quiet_libraries()
    problems = []
    _, job = _opened(sent.content)
    try:
        job.keyring()
    except AnonymizeError as error:
        problems += [Problem(one.place, f"{one.what}; {_OPEN}") for one in error.problems]
    except Exception as error:  # noqa: BLE001 - Dask would log its text
        problems.append(Problem("keyring", without_text(error)))
    try:
        probe = Path(sent.folder) / f"probe-{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except FileNotFoundError:
        problems.append(
            Problem(job.plan.policy.sink.path, f"this worker does not reach it; {_REACH}")
        )
    except OSError as error:
        problems.append(Problem(job.plan.policy.sink.path, f"{without_text(error)}; {_REACH}"))
    return problems


def work_on(sent: Sent, number: int) -> Answer:
    """Return the result for a partition, or the refusal, which quotes nothing."""
    with _no_warnings.block():
        try:
            return quoting_nothing(_worked, debug=False)(sent, number)
        except AnonymizeError as error:
            return Refused(error.with_traceback(None))


def _worked(sent: Sent, number: int) -> Worked:
    quiet_libraries()
    if what := unlike(versions_here(), sent.versions):
        raise WorkerUnfitError(what, place=_here())
    work, job = _opened(sent.content)
    folder, read = Path(sent.folder), [0]

    def tell(rows: int) -> None:
        read[0] += rows
        if not folder.is_dir():
            raise NotWantedError("the run has ended")

    tell(0)
    watched = counted(job, tell)
    try:
        if work is write_partition:
            result: object = write_partition(watched, number, own_folder(folder))
        else:
            result = work(watched, number)
    except KeysError as error:  # of a worker that came later than the driver looked
        problems = [
            Problem(f"{_here()}: {one.place}", f"{one.what}; {_OPEN}") for one in error.problems
        ]
    else:
        return Worked(result, read[0])
    raise KeysError(problems)


def rows_of(answer: Answer) -> Answer:
    """Return a result's number of rows without the result, or the refusal."""
    return Worked(None, answer.rows) if isinstance(answer, Worked) else answer


def merge(answers: Sequence[Answer]) -> Answer:
    """Return results of a first pass merged into one; a refusal if there is one among them."""
    results = []
    for answer in answers:
        if isinstance(answer, Refused):
            return answer
        results.append(answer)
    try:
        return Worked(merged(one.result for one in results), sum(one.rows for one in results))
    except AnonymizeError as error:
        return Refused(error.with_traceback(None))


def itself(sent: Sent) -> Sent:
    """Return ``sent``: as a task's result it travels to each worker once, and is made again if a
    worker is lost with it.
    """
    return sent


@lru_cache(maxsize=2)
def _opened(content: bytes) -> tuple[Callable[[Job, int], Any], Job]:
    """Return function and job; the keyring is what this worker's environment says, if it does."""
    work, job = pickle.loads(content)  # noqa: S301 - the driver's own
    if os.environ.get(KEYRING_VARIABLE):
        job = replace(job, plan=replace(job.plan, keyring_uri=None))
    return work, job


def _here() -> str:
    from distributed import get_worker

    return f"worker {get_worker().address}"


def _silence() -> list[Any]:
    before = list(warnings.filters)
    warnings.simplefilter("ignore")  # they may quote data, and what there is to say the driver says
    return before


def _speak(before: list[Any]) -> None:
    warnings.filters[:] = before  # type: ignore[index]


_no_warnings = WhileAnyRuns(_silence, _speak)
