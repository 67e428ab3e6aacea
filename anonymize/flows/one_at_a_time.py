"""One run at a time per dataset, over all of a Prefect server's workers: the second waits.

The dataset's own lock, or the conditional write of a store, is what protects it. The limit keeps a
second run from reading a source for an hour on another machine only to lose then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from anonymize.errors import BusyError
from anonymize.flows.logs import only_told, tell
from anonymize.flows.names import limit_of

WAIT_SECONDS = 3600.0
"""How long the second run waits for the first."""
PAUSE_SECONDS = 5.0
"""Between two looks."""
LEASE_SECONDS = 60.0
"""A worker that was killed gives its place up after this time; the shortest that Prefect takes."""


@contextmanager
def one_at_a_time(dataset: str) -> Iterator[None]:
    """Hold the dataset's place while the block runs.

    Makes the concurrency limit ``coatcheck:DATASET`` of one place if the server has none, and keeps
    one that was set there. A place that stays taken for an hour, as after a restart of the server,
    which forgets who holds it, stops nothing: the dataset's own lock tells whether a run is at
    work. Nor does a server that cannot tell.

    Raises:
        BusyError: the limit was set to 0.
    """
    held = ExitStack()
    with only_told():
        if _came_free(dataset):
            _enter(held, limit_of(dataset))
    try:
        yield
    finally:
        with only_told():
            held.close()


def _came_free(dataset: str) -> bool:
    """Wait for the dataset's place; return whether it came free in time.

    Looks by itself, because an attempt of Prefect's that runs out of time prints a traceback.
    """
    name, until, said = limit_of(dataset), time.monotonic() + WAIT_SECONDS, False
    while True:
        places, taken = _limit(name)
        if places < 1:
            raise BusyError(f"is paused: its limit {name} in Prefect is 0", place=dataset)
        if taken < places:
            return True
        if time.monotonic() >= until:
            what = "%s: going on: its place in Prefect stays taken, see: prefect gcl inspect %s"
            tell(what, dataset, name, level=logging.WARNING)
            return False
        if not said:
            tell("%s: another run is at work; waiting for it to end", dataset)
            said = True
        time.sleep(min(PAUSE_SECONDS, WAIT_SECONDS))


def _enter(held: ExitStack, name: str) -> None:
    """Take the place. If another run that waited took it first, Prefect waits for that one."""
    from prefect.concurrency.sync import concurrency

    place = concurrency(name, timeout_seconds=WAIT_SECONDS, lease_duration=LEASE_SECONDS)
    held.enter_context(place)


def _limit(name: str) -> tuple[int, int]:
    """Return a limit's places and how many are taken; make the limit if there is none."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
    from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

    client = get_client(sync_client=True)
    try:
        found = client.read_global_concurrency_limit_by_name(name)
        return found.limit, found.active_slots
    except ObjectNotFound:
        pass
    try:
        client.create_global_concurrency_limit(
            GlobalConcurrencyLimitCreate(name=name, limit=1, active=True)
        )
    except ObjectAlreadyExists:
        pass  # another run made it in between
    return 1, 0
