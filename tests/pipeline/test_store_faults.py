"""Runs whose source or sink is in a store that goes away in the middle."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import DatasetAwayError, SourceAwayError
from anonymize.io.stores import objects
from anonymize.keys import Keyring
from anonymize.pipeline import in_progress
from anonymize.policy import Policy, parse_policy
from tests.faulty_store import FaultyStore, Request, store, waits  # noqa: F401
from tests.object_store import bucket, s3  # noqa: F401

ROWS = 20


@pytest.fixture
def raw(s3: Any, bucket: str, store: FaultyStore) -> str:
    """The address of four objects with the same people, of this test alone."""
    lines = ["name,plan", *(f"Ana {bucket} {n},p{n % 4}" for n in range(ROWS))]
    for day in range(4):
        body = "\n".join([*lines, f"Bo {day},p0"]).encode()
        s3.put_object(Bucket=bucket, Key=f"raw/day{day}.csv", Body=body)
    return f"s3://{bucket}/raw/"


def _policy(source: str, sink: str) -> Policy:
    return parse_policy(
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: '{source}'}}\n"
        f"sink: {{path: '{sink}'{', bucket: accept' if '//' in sink else ''}}}\n"
        "columns:\n  name: {action: pseudonymize}\n  plan: {action: keep}\n"
    )


@pytest.mark.soak
def test_a_source_that_goes_away_leaves_what_was_done(
    store: FaultyStore, raw: str, tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the object and says that it may pass; the next run goes on."""
    monkeypatch.setattr(objects, "KEPT_BYTES", 0)  # as of larger objects: each read asks the store
    policy, write = _policy(raw, str(tmp_path / "out")), in_progress.write_partition

    def until(job: Any, number: int) -> Any:
        if number == 2:
            store.reset(lambda request: "503")
        return write(job, number)

    with monkeypatch.context() as patch:
        patch.setattr(in_progress, "write_partition", until)
        with pytest.raises(SourceAwayError, match=r"day2\.csv: the store is overloaded") as told:
            anonymize.run(policy, keyring=keyring)
    assert told.value.passes
    (left,) = (tmp_path / "out" / "versions").iterdir()
    assert len(list(left.glob("part-*.parquet"))) == 2
    store.reset()
    assert anonymize.run(policy, keyring=keyring).rows_out == 4 * (ROWS + 1)
    assert [path.name for path in (tmp_path / "out" / "versions").iterdir()] == ["000001"]


@pytest.mark.soak
def test_a_sink_that_goes_away_keeps_its_last_version(
    store: FaultyStore,
    raw: str,
    tmp_path: Path,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For its last word alone: all parts are there, and none is seen. Nothing stays on this
    machine.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sink = raw.replace("/raw/", "/out/people")
    policy = _policy(raw, sink)
    anonymize.run(policy, keyring=keyring)
    gone: list[Request] = []

    def away(request: Request) -> str:
        if request.method == "PUT" and "CURRENT" in request.path:
            gone.append(request)
        return "503" if gone else ""

    store.reset(away)
    with pytest.raises(DatasetAwayError, match="the store is overloaded"):
        anonymize.run(policy, keyring=keyring)
    assert gone
    gc.collect()  # the error held what it was raised in
    assert list(tmp_path.iterdir()) == []
    store.reset()
    assert Dataset(sink).current == 1
    assert anonymize.run(policy, keyring=keyring).version == 2
    assert Dataset(sink).verify(keyring=keyring).ok
    assert read(sink, keyring=keyring).num_rows == 4 * (ROWS + 1)
