"""A store that fails: what passes is tried again and then said so, what stays is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io import open_source
from anonymize.io.stores import client
from tests.io.stores.failing_server import FailingStore, failing_store

ADDRESS = "s3://some-bucket/a.csv"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingStore]:
    """Run the stand-in, and ask it two times at most, for a second."""
    monkeypatch.setattr(client, "TRIES", 2)
    monkeypatch.setattr(client, "READ_SECONDS", 1)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with failing_store() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield server


def rows(address: str = ADDRESS) -> int:
    """Read everything and count."""
    return sum(batch.num_rows for batch in open_source(address).batches())


@pytest.mark.parametrize("fault", ["503 SlowDown", "500 InternalError", "cut", "slow 1"])
def test_a_fault_that_passes_is_not_noticed(store: FailingStore, fault: str) -> None:
    """One failed request is asked again."""
    store.fault, store.left = fault, 1
    assert rows() == 1000


@pytest.mark.parametrize("fault", ["503 SlowDown", "cut", "slow 1"])
def test_a_fault_that_stays_is_one_error_worth_a_retry(store: FailingStore, fault: str) -> None:
    """Of the class that Prefect tries again; the server's text is not quoted."""
    store.fault, store.left = fault, -1
    with pytest.raises(SourceAwayError) as caught:
        rows()
    assert caught.value.passes
    assert "qqq" not in str(caught.value)
    assert str(caught.value).startswith(ADDRESS)


@pytest.mark.parametrize(
    "fault, said",
    [
        ("403 AccessDenied", "have no permission: AccessDenied"),
        ("403 InvalidAccessKeyId", "refuses the credentials"),
        ("412 PreconditionFailed", "changed while it was read"),
        ("400 Strange.code", "refuses: an unknown code"),
    ],
)
def test_a_refusal_is_said_once(store: FailingStore, fault: str, said: str) -> None:
    """Not asked again, and no retry is worth it."""
    store.fault, store.left = fault, -1
    with pytest.raises(SourceError, match=said) as caught:
        rows()
    assert not caught.value.passes
    assert store.asked == 1


def test_a_store_that_is_not_there_is_away(
    store: FailingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection is worth a retry."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(SourceAwayError, match="cannot be reached"):
        rows()


def test_a_missing_library_is_said_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "nowhere-1")
    from anonymize.errors import MissingExtraError

    with pytest.raises(MissingExtraError, match="extra aws"):
        open_source(ADDRESS)
