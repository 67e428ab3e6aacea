"""Partitions on a real Dask cluster of two worker processes."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    DataError,
    UnforeseenError,
    WorkerLostError,
    WorkerUnfitError,
)
from anonymize.io.sources import pieces, record_ends
from anonymize.keys import Keyring, init_keyring
from anonymize.names import KeyName
from anonymize.pipeline.apart import folder_at_work, own_folder, put_in_place, withdraw
from anonymize.pipeline.executors import dask_connection
from anonymize.pipeline.executors.dask_cluster import DaskCluster
from anonymize.pipeline.executors.local import InThisProcess
from anonymize.pipeline.partition import write_partition
from anonymize.pipeline.run import begin
from tests.dask_cluster import Cluster, dask_cluster
from tests.pipeline import dask_acts
from tests.pipeline.test_divided import published_by, write_people
from tests.workplace import Workplace

PARTS = 7
CANARIES = (b"Castro0", b"user5@example", b"hamlet29", b"4000007919")
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


@pytest.mark.soak
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


@pytest.mark.soak
def test_the_command_runs_on_a_cluster(cluster: Cluster, workplace: Workplace) -> None:
    """Also an incremental one, which keeps what was measured of each part; it says how many."""
    policy = workplace.policy("privacy: {quasi_identifiers: [zip], k: 2}")
    for number in (1, 2):
        (workplace.folder / f"people-{number}.csv").write_text(workplace.source.read_text())
    policy.write_text(policy.read_text().replace("people.csv", "people-*.csv"))
    told = workplace.coatcheck("run", str(policy), "--incremental", "--runner", cluster.runner)
    assert told.returncode == 0, told.stderr
    assert "6 rows out of 6" in told.stdout
    assert "2 parts by 2 processes" in told.stdout
    assert "distributed" not in told.stderr


def _fails(
    cluster: Cluster, keyring_uri: str, work: Any, policy: Path, numbers: tuple[int, ...] = (0, 1)
) -> None:
    """Have ``work`` done on some parts of a begun run."""
    with begin(policy, keyring_uri) as running, DaskCluster(cluster.runner) as executor:
        staging = Path(running.job.staging)
        try:
            executor.map(work, running.job, numbers)
        finally:
            assert not list(staging.glob("at-work-*"))


@pytest.fixture
def policy(people: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a policy whose source has seven parts."""
    file = tmp_path / "people.yaml"
    file.write_text(
        "version: 1\ndataset: failing\npurpose: test\ndetect: {ner: off}\n"
        f"source: {{path: {people / 'people.jsonl'}}}\nsink: {{path: {tmp_path / 'out'}}}\n"
        "columns:\n  line: {action: keep, accept: tried}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "SMALLEST_BYTES", (people / "people.jsonl").stat().st_size // PARTS)
        patch.setattr(pieces, "MOST_PIECES", 1 << 40)
        patch.setattr(record_ends, "CHUNK_BYTES", 1 << 12)
        yield file


@pytest.mark.soak
def test_a_refusal_stops_the_others(cluster: Cluster, policy: Path, keyring_uri: str) -> None:
    """Which would have taken a minute; and Dask logs no value and no failed task."""
    began = time.monotonic()
    with pytest.raises(DataError, match="is refused"):
        _fails(cluster, keyring_uri, dask_acts.refuse_the_second, policy)
    assert time.monotonic() - began < dask_acts.SECONDS / 2
    assert b"Compute Failed" not in cluster.texts()


@pytest.mark.soak
def test_an_unforeseen_error_of_a_worker_quotes_nothing(
    cluster: Cluster, policy: Path, keyring_uri: str
) -> None:
    """Its kind and place are told, here and in Dask's logs."""
    with pytest.raises(UnforeseenError) as told:
        _fails(cluster, keyring_uri, dask_acts.fail_with_a_value, policy)
    assert "RuntimeError at dask_acts.py" in str(told.value)
    assert "Castro" not in str(told.value)
    assert b"Castro" not in cluster.texts()


@pytest.mark.soak
def test_a_worker_that_does_not_open_the_keyring_is_named(
    cluster: Cluster, policy: Path, keyring_uri: str
) -> None:
    """With what to set, before a row is read: its own environment says where its keys are."""
    cluster.begin_worker("keyless", COATCHECK_KEYRING="file:/nowhere/keyring.json")
    try:
        cluster.wait_for("keyless")
        with pytest.raises(WorkerUnfitError) as told:
            anonymize.run(policy, keyring=keyring_uri, runner=cluster.runner)
    finally:
        cluster.stop("keyless")
    (problem,) = told.value.problems
    assert problem.place.startswith(f"worker {cluster.address_of('keyless')}: ")
    assert "set COATCHECK_KEYRING, and COATCHECK_KEYFILE" in problem.what


@pytest.mark.soak
def test_a_worker_with_other_keys_is_named(
    cluster: Cluster, policy: Path, keyring_uri: str, tmp_path: Path
) -> None:
    """Its pseudonyms would join with nobody's."""
    other = f"file:{tmp_path / 'other' / 'keyring.json'}"
    init_keyring(other, [KeyName(name) for name in ("training", "pseudonym")])
    cluster.begin_worker("other-keys", COATCHECK_KEYRING=other)
    try:
        cluster.wait_for("other-keys")
        with pytest.raises(WorkerUnfitError, match=r"'owner.1'.* another key, or is gone"):
            anonymize.run(policy, keyring=keyring_uri, runner=cluster.runner)
    finally:
        cluster.stop("other-keys")


@pytest.mark.soak
class _ClientThatIsNone:
    """Answers as Dask's client does when a worker is killed while all are asked."""

    def __init__(self, there: list[str]) -> None:
        self.there = there

    def run(self, *_: Any, on_error: str) -> dict[str, Any]:
        """Return one worker's answer, and what Dask says of the other's."""
        return {"tcp://a": [], "tcp://b": OSError("in <TCP>: Stream is closed")}

    def nthreads(self) -> dict[str, int]:
        """Return the workers that the scheduler has."""
        return dict.fromkeys(self.there, 1)


def test_a_worker_that_is_lost_while_it_is_asked_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ended the run with an internal error; one that is there and fails is named as before."""
    asked: Any = _ClientThatIsNone(["tcp://a"])
    assert dask_connection.require_fit(asked, "tcp://s", None) == ("tcp://a",)  # type: ignore[arg-type]
    monkeypatch.setattr(dask_connection, "LOST_SECONDS", 0.2)
    asked = _ClientThatIsNone(["tcp://a", "tcp://b"])
    with pytest.raises(WorkerUnfitError, match="worker tcp://b"):
        dask_connection.require_fit(asked, "tcp://s", None)  # type: ignore[arg-type]
    asked = _ClientThatIsNone([])
    with pytest.raises(WorkerUnfitError, match="has no worker any more"):
        dask_connection.require_fit(asked, "tcp://s", None)  # type: ignore[arg-type]


def test_a_worker_of_another_version_is_named(
    cluster: Cluster, policy: Path, keyring_uri: str, tmp_path: Path
) -> None:
    """With both versions, before the source is looked at."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.metadata as told\n"
        "asked = told.version\n"
        "told.version = lambda name: '0.0.9' if name == 'coatcheck' else asked(name)\n"
    )
    cluster.begin_worker("older", PYTHONPATH=str(tmp_path))
    try:
        cluster.wait_for("older")
        policy.write_text(policy.read_text().replace("people.jsonl", "none.jsonl"))
        with pytest.raises(WorkerUnfitError) as told:
            anonymize.run(policy, keyring=keyring_uri, runner=cluster.runner)
    finally:
        cluster.stop("older")
    (problem,) = told.value.problems
    assert problem.place == f"worker {cluster.address_of('older')}"
    assert f"coatcheck 0.0.9 and not {version('coatcheck')}" in problem.what


@pytest.mark.soak
def test_a_worker_that_is_killed_loses_no_part(
    tmp_path: Path, people: Path, here: dict[str, Any], keyring_uri: str
) -> None:
    """Dask has its tasks done by the other one: six parts are not yet done when it is killed."""
    with dask_cluster(tmp_path) as cluster:
        lost = cluster.processes["worker-0"]

        def progress(done: int, total: int, what: str) -> None:
            if what == "writing" and done and lost.poll() is None:
                lost.kill()
                lost.wait()

        there = published_by(
            people, keyring_uri, PARTS, "killed", runner=cluster.runner, progress=progress
        )
        assert lost.poll() == -signal.SIGKILL
    _same(there, here)


@pytest.mark.soak
def test_a_run_whose_scheduler_is_killed_ends(
    tmp_path: Path, people: Path, keyring_uri: str
) -> None:
    """With the cluster's address, and nothing is published."""
    with dask_cluster(tmp_path) as cluster:

        def progress(done: int, total: int, what: str) -> None:
            if what == "writing" and done:
                cluster.processes["scheduler"].kill()

        began, runner = time.monotonic(), cluster.runner
        with pytest.raises(WorkerLostError, match="connection to its scheduler was lost"):
            published_by(people, keyring_uri, PARTS, "lost", runner=runner, progress=progress)
    assert time.monotonic() - began < 60
    assert not (people / f"out-{PARTS}-lost" / "versions" / "000001").exists()


@pytest.mark.soak
def test_a_part_whose_workers_die_is_named(tmp_path: Path, policy: Path, keyring_uri: str) -> None:
    """After as many as the cluster's allowed-failures says."""
    allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    # beside another part it could be that one: Dask counts against all that wait on a lost worker
    found = r"people.jsonl: part 2 of \d: its worker was lost 2 times"
    (tmp_path / "dask").mkdir()
    with (
        dask_cluster(tmp_path / "dask", 3, **allowed) as cluster,
        pytest.raises(WorkerLostError, match=found),
    ):
        _fails(cluster, keyring_uri, dask_acts.die, policy, (1,))


@pytest.mark.parametrize("said", ["dask", "dask://", "dask://host", "tcp://h:1", "dask://h:1/x"])
def test_what_is_no_address_is_refused(workplace: Workplace, said: str) -> None:
    """Before anything else."""
    with pytest.raises(ArgumentError, match="dask://HOST:PORT"):
        anonymize.run(workplace.policy(), keyring=workplace.keyring_uri, runner=said)


def test_the_command_refuses_workers_beside_a_runner(workplace: Workplace) -> None:
    """The cluster has its own."""
    arguments = ("run", str(workplace.policy()), "--workers", "2", "--runner", "dask://h:1")
    told = workplace.coatcheck(*arguments)
    assert told.returncode == 2
    assert "the cluster has its own workers" in told.stderr


def test_an_attempt_that_was_given_up_names_no_file(workplace: Workplace, keyring: Keyring) -> None:
    """A worker that the scheduler no longer heard of ends late: its part is nowhere."""
    with begin(workplace.in_source_order(), workplace.keyring_uri) as running:
        folder, staging = folder_at_work(running.job), Path(running.job.staging)
        own = own_folder(folder)
        report = write_partition(running.job, 0, own)
        assert report.part.path.parent == own
        late = own_folder(folder)
        placed = put_in_place(running.job, report)
        withdraw(folder)
        with pytest.raises(AnonymizeError):
            write_partition(running.job, 0, late)
        with pytest.raises(FileNotFoundError):
            own_folder(folder)
        assert {path.name for path in staging.iterdir()} == {
            "part-00000.parquet",
            "_KEY_MATERIAL_FOR_part-00000.parquet.json",
        }
        assert running.finish([placed]).rows_out == 3
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_what_a_killed_run_left_of_attempts_is_removed(workplace: Workplace) -> None:
    """Whatever works on the next run: a version has no file that its manifest does not name."""
    with begin(workplace.policy(), workplace.keyring_uri) as running:
        own = own_folder(folder_at_work(running.job))
        (own / "part-00000.parquet").write_bytes(b"half")
        assert running.complete(InThisProcess()).rows_out == 3
    assert not list(workplace.sink.rglob("at-work-*"))
