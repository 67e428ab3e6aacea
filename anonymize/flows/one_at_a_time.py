"""One run at a time per dataset, over all of a Prefect server's workers: the second waits.

The dataset's own lock, or the conditional write of a store, is what protects it. The limit keeps a
second run from reading a source for an hour on another machine only to lose then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from anonymize.errors import BusyError
from anonymize.flows.logs import only_told, tell
from anonymize.flows.names import limit_of

WAIT_SECONDS = 3600.0
"""How long the second run waits for the first."""
LEASE_SECONDS = 60.0
"""A worker that was killed gives its place up after this time; the shortest that Prefect takes."""


@contextmanager
def one_at_a_time(dataset: str) -> Iterator[None]:
    """Hold the dataset's place while the block runs.

    Makes the concurrency limit ``coatcheck:DATASET`` of one place if the server has none; one that
    was set there, to 0 to pause a dataset for example, is kept. A server that refuses to make it,
    or cannot tell, stops nothing.

    Raises:
        BusyError: the place was taken for an hour.
    """
    name, held = limit_of(dataset), ExitStack()
    with only_told():
        _make_limit(name)
        if _is_taken(name):
            tell("%s: another run is at work; waiting for it to end", dataset)
    with only_told():
        if not _enter(held, name):
            what = (
                "another run is at work on this dataset, or its place in Prefect is taken; see:"
                f" prefect gcl inspect {name}"
            )
            raise BusyError(what, place=dataset)
    try:
        yield
    finally:
        with only_told():
            held.close()


def _enter(held: ExitStack, name: str) -> bool:
    """Take the place; return whether it came free in time."""
    from prefect.concurrency.sync import concurrency

    place = concurrency(name, timeout_seconds=WAIT_SECONDS, lease_duration=LEASE_SECONDS)
    try:
        held.enter_context(place)
    except TimeoutError:
        return False
    return True


def _make_limit(name: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
    from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

    client = get_client(sync_client=True)
    try:
        client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        try:
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=name, limit=1, active=True)
            )
        except ObjectAlreadyExists:
            pass  # another run made it in between


def _is_taken(name: str) -> bool:
    from prefect.client.orchestration import get_client

    found = get_client(sync_client=True).read_global_concurrency_limit_by_name(name)
    return found.active_slots >= found.limit
