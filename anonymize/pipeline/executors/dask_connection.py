"""Connects to a Dask cluster, and asks each of its workers whether it can do a run's work."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anonymize.errors import (
    ArgumentError,
    MissingExtraError,
    Problem,
    WorkerUnfitError,
    without_text,
)
from anonymize.pipeline.executors import dask_tasks as tasks

if TYPE_CHECKING:
    from distributed import Client

SCHEMES = {"dask": "tcp", "dask+tls": "tls"}
"""Scheme of a runner's address → Dask's."""
CONNECT_SECONDS = 30.0
LOST_SECONDS = 5.0
"""Time in which a scheduler notices that a worker is gone whose connection was closed."""


def dasks_address(runner: str) -> str:
    """Return the address by which Dask knows a cluster.

    Raises:
        ArgumentError: it is no address of one.
    """
    with contextlib.suppress(ValueError):
        said = urlsplit(runner)
        if said.scheme in SCHEMES and said.hostname and said.port and not said.path.strip("/"):
            return f"{SCHEMES[said.scheme]}://{said.netloc}"
    what = "a runner is the address of a Dask scheduler: dask://HOST:PORT or dask+tls://HOST:PORT"
    raise ArgumentError(what, place=runner)


def connected(address: str) -> tuple[Client, tuple[str, ...]]:
    """Return a connection to the cluster at ``address``, and its workers' addresses, after each
    worker's versions were compared with this process's.

    Raises:
        ArgumentError: it is no address of a cluster.
        MissingExtraError: Dask is not installed.
        WorkerUnfitError: no scheduler answers, it has no worker, or one has other versions.
    """
    at, client = dasks_address(address), None
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError.of("a runner on Dask", "dask") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions that differ: they are refused below
            client = Client(at, timeout=CONNECT_SECONDS, set_as_default=False, name="coatcheck")
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            theirs = client.get_versions(packages=list(tasks.ALIKE))["workers"]
        if not (problems := _unlike(theirs)):
            return client, tuple(sorted(theirs))
        failure = WorkerUnfitError(problems)
    except Exception as error:  # noqa: BLE001 - Dask's kinds, by version
        failure = _no_cluster(address, error)
    if client is not None:
        with contextlib.suppress(Exception):
            client.close()
    raise failure


def require_fit(client: Client, address: str, sent: tasks.Sent) -> tuple[str, ...]:
    """Have every worker look whether it can do the work; return their addresses. No row is read.
    One that is lost meanwhile is left out, as Dask gives a lost worker's parts to others.

    Raises:
        WorkerUnfitError: one does not open the keyring, opens another one, or does not reach the
            staging folder.
    """
    try:
        answers = _asked(client, sent)
        workers = tuple(sorted(answers))
        problems = [one for worker in workers for one in _named(worker, answers[worker])]
        if workers and not problems:
            return workers
        failure = WorkerUnfitError(problems or [Problem(address, "has no worker any more")])
    except Exception as error:  # noqa: BLE001 - its text may be anything
        failure = _no_cluster(address, error)
    raise failure


def _asked(client: Client, sent: tasks.Sent) -> dict[str, Any]:
    """Return what every worker found, without those that the scheduler lost while they looked."""
    answers: dict[str, Any] = client.run(tasks.look, sent, on_error="return")
    until = time.monotonic() + LOST_SECONDS
    while any(isinstance(answer, Exception) for answer in answers.values()):
        there = client.nthreads()
        answers = {worker: answer for worker, answer in answers.items() if worker in there}
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    return answers


def _no_cluster(address: str, error: Exception) -> WorkerUnfitError:
    what = (
        f"no Dask scheduler with a worker answers there ({type(error).__name__}); start one with"
        " 'dask scheduler' and 'dask worker', or mend the address"
    )
    return WorkerUnfitError(what, place=address)


def _unlike(theirs: Mapping[str, Any]) -> list[Problem]:
    """Return a problem per worker that has other versions, from what Dask asked of them."""
    problems = []
    for worker, told in sorted(theirs.items()):
        found = {name: told["packages"].get(name) or "" for name in tasks.ALIKE}
        found["python"] = tasks.python_version(told["packages"]["python"].split("."))
        if what := tasks.unlike(found, tasks.versions_here()):
            problems.append(Problem(f"worker {worker}", what))
    return problems


def _named(worker: str, found: object) -> list[Problem]:
    """Return what a worker found, with its address."""
    if isinstance(found, Exception):
        return [Problem(f"worker {worker}", without_text(found))]
    assert isinstance(found, list)
    return [
        Problem(": ".join(filter(None, (f"worker {worker}", one.place))), one.what) for one in found
    ]
