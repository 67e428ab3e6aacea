"""Partitions on a real Dask cluster of two worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dask_cluster import Cluster, dask_cluster
from tests.pipeline.test_divided import published_by, write_people

PARTS = 7
CANARIES = (b"Castro0", b"user5@example", b"hamlet29", b"4000000000")
"""Values of the source: a name, an address, a rare town, a card."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Yield a cluster that spills every result and logs all there is."""
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source."""
    folder = tmp_path_factory.mktemp("people")
    write_people(folder)
    return folder


@pytest.fixture(scope="module")
def here(people: Path, keyring_uri: str) -> dict[str, Any]:
    """Return what this process publishes."""
    return published_by(people, keyring_uri, PARTS, "here", workers=1)


def _same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["table"].combine_chunks().equals(other["table"].combine_chunks())
    assert one["quarantine"].equals(other["quarantine"])
    for name in ("parts", "summary", "files", "columns"):
        assert one[name] == other[name]


def test_a_cluster_publishes_what_this_machine_does(
    cluster: Cluster, people: Path, here: dict[str, Any], keyring_uri: str
) -> None:
    """Byte for byte, in order, with the same classes and facts; and its spill folders and logs hold
    no value.
    """
    seen = set[str]()
    texts = []
    spilled = set[str]()

    def progress(done: int, total: int, what: str) -> None:
        seen.add(what)
        spilled.update(path.name for path in cluster.folder.glob("**/storage/*"))
        texts.append(cluster.texts())

    there = published_by(
        people, keyring_uri, PARTS, "dask", runner=cluster.runner, progress=progress
    )
    _same(there, here)
    assert seen == {"measuring", "writing", "publishing"}
    assert not list((people / f"out-{PARTS}-dask").rglob("at-work-*"))
    text = b"".join(texts)
    assert b"coatcheck-writing" in text
    assert spilled
    assert not [value for value in CANARIES if value in text]
