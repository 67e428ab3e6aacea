"""A store that is overloaded, drops connections or does not know our time, while a version is
published.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anonymize.dataset import Dataset, read
from anonymize.errors import DatasetAwayError, SourceAwayError
from anonymize.io import open_source
from anonymize.keys import Keyring
from tests.faulty_store import TRIES, FaultyStore, Request, store, waits  # noqa: F401
from tests.object_store import bucket, s3  # noqa: F401

from .conftest import publish, rows


@pytest.fixture
def address(bucket: str, store: FaultyStore, keyring: Keyring) -> str:
    """The address of a dataset with version 1."""
    made = f"s3://{bucket}/sets/people"
    publish(Dataset(made), keyring, 1)
    return made


def _writes(store: FaultyStore, address: str, keyring: Keyring, version: int) -> int:
    """Publish, and return the number of requests up to the replacement of CURRENT."""
    store.reset()
    publish(Dataset(address), keyring, version)
    return 1 + max(r.number for r in store.requests if r.method == "PUT" and "CURRENT" in r.path)


def _check(address: str, keyring: Keyring, version: int) -> None:
    dataset = Dataset(address)
    assert dataset.current == version
    assert dataset.verify(keyring=keyring).ok
    assert read(address, keyring=keyring).num_rows == 300


@pytest.mark.soak
@pytest.mark.parametrize("how", ["503", "drop", "lost"])
def test_every_request_may_fail_once(
    store: FaultyStore, address: str, keyring: Keyring, waits: list[int], how: str
) -> None:
    """It is sent again after a pause. Of an answer that was lost, what was done is recognised."""
    failed = set()

    def once(request: Request) -> str:
        known = (request.method, request.path) in failed
        failed.add((request.method, request.path))
        return "" if known else how

    store.reset(once)
    assert publish(Dataset(address), keyring, 2).version == 2
    assert len(failed) > 10
    assert len(waits) >= len(failed)
    store.reset()
    _check(address, keyring, 2)


def test_a_store_that_stays_overloaded_leaves_the_last_version(
    store: FaultyStore, address: str, keyring: Keyring
) -> None:
    """From whichever request on: nothing of the new version is seen, and it is done the next time.
    A request is sent twice; that it may pass is said, and the store's words are not quoted.
    """
    many, version = _writes(store, address, keyring, 2), 2
    for first in (0, many // 2, many - 1):
        store.reset(lambda request, first=first: "503" if request.number >= first else "")
        with pytest.raises(DatasetAwayError, match="the store is overloaded") as told:
            publish(Dataset(address), keyring, 3)
        assert told.value.passes
        assert str(told.value).startswith(address)
        assert "of the tests" not in str(told.value)
        asked = [(r.method, r.path) for r in store.requests if r.number >= first]
        assert max(map(asked.count, asked)) <= 2 * TRIES
        store.reset()
        assert Dataset(address).current == version
    publish(Dataset(address), keyring, 3)
    _check(address, keyring, 3)


@pytest.mark.soak
def test_answers_cut_in_the_middle_are_asked_for_again(
    store: FaultyStore, address: str, keyring: Keyring
) -> None:
    """Or said to be the store's: a CURRENT of which half came was taken for a damaged one."""
    cut = set()

    def once(request: Request) -> str:
        known = request.path in cut
        cut.add(request.path)
        return "half" if request.method == "GET" and not known else ""

    store.reset(once)
    assert read(address, keyring=keyring).equals(rows(1))
    assert len(cut) > 4
    store.reset(lambda request: "half" if request.method == "GET" else "")
    with pytest.raises(DatasetAwayError, match="cannot be reached"):
        read(address, keyring=keyring)


@pytest.mark.soak
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_killed_between_any_two_requests_nothing_is_seen(
    store: FaultyStore, address: str, keyring: Keyring, every: bool
) -> None:
    """Of a version whose CURRENT was not replaced; the next publication goes through."""
    many, version = _writes(store, address, keyring, 2), 2
    for last in range(many + 1) if every else (many // 2, many - 1, many):
        begin = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.read(begin[0], 1)
                publish(Dataset(address), keyring, 3)
            finally:
                os._exit(0)

        def kill(request: Request, child: int = child, last: int = last) -> str:
            if request.number == last:
                os.kill(child, signal.SIGKILL)
            return "drop" if request.number >= last else ""

        store.reset(kill)
        os.write(begin[1], b"!")
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        store.reset()
        version += last == many
        assert Dataset(address).current == version
    publish(Dataset(address), keyring, 4)
    _check(address, keyring, version + 1)


@pytest.fixture(params=[1, -1], ids=["ahead", "behind"])
def a_day_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Set the clock that this process signs requests by a day ahead or behind."""
    import botocore.auth

    from anonymize.io.stores import refusals

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=request.param)

    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: Clock.now(UTC))
    monkeypatch.setattr(refusals, "datetime", Clock)
    for module in ("anonymize.dataset.when_and_who", "anonymize.io.stores.folder"):
        monkeypatch.setattr(f"{module}.datetime", Clock, raising=False)
    return int(request.param)


def test_a_store_that_refuses_our_time_is_told_as_that(
    store: FaultyStore, address: str, keyring: Keyring, a_day_off: int
) -> None:
    """How far the clock is off, also where the answer has no text; it was taken for an overload,
    or for a permission that lacks.
    """
    far = "24 h 0 min ahead of" if a_day_off > 0 else "24 h 0 min behind"
    store.reset(lambda request: "skew")
    with pytest.raises(DatasetAwayError, match=f"its clock is {far} the store's; set it"):
        Dataset(address)
    with pytest.raises(SourceAwayError, match=f"its clock is {far} the store's"):
        open_source(f"{address}/raw.csv")


def test_a_wrong_clock_removes_nothing_of_a_run_at_work(
    store: FaultyStore, s3: Any, address: str, keyring: Keyring, a_day_off: int
) -> None:
    """In a store that takes any time, what is a day old is so by the store's clock; by this
    machine's, the other run's parts were left over.
    """
    name, _, prefix = address.removeprefix("s3://").partition("/")
    young = f"{prefix}/versions/000002-0123456789abcdef/part-00000.parquet"
    s3.put_object(Bucket=name, Key=young, Body=b"PARE")
    publish(Dataset(address), keyring, 2)
    assert s3.head_object(Bucket=name, Key=young)["ContentLength"] == 4
    assert Dataset(address).verify(keyring=keyring).ok
