"""A plain file is the same whether one process writes it or several, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import ArgumentError, DataError, GateError, WorkerLostError
from anonymize.io.sources import pieces, record_ends
from anonymize.keys import OWNER, open_keyring, throwaway_keyring
from anonymize.pipeline.executors import processes
from anonymize.pipeline.keys_of_run import keys_of_run
from anonymize.pipeline.one_file import OneOffSummary, write_one_off, write_to_stream
from anonymize.pipeline.one_file_parts import WritePart
from anonymize.pipeline.one_off import ready_one_off
from anonymize.pipeline.partition import Job, measure_partition
from anonymize.pipeline.passed import fitted
from anonymize.pipeline.prepare import keys_wanted
from anonymize.pipeline.sampled import open_sampled
from anonymize.policy import parse_policy
from tests.workplace import ROOT

pytestmark = pytest.mark.usefixtures("forked_workers")
ROWS, PARTS = 600, 4
POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {source}}}
sink: {{path: {folder}/out}}
rows: {{order: {order}, {rows}}}
detect: {{ner: off}}
checks: {{residual: {residual}}}
privacy: {{quasi_identifiers: [born], k: 2, max_suppressed: 0.9}}
columns:
  id: {{action: keep, accept: a number}}
  mail: {{action: pseudonymize, domain: mail}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
  pay: {{action: generalize, quantiles: 3}}
  note: {{action: keep, accept: tried}}
"""
SHUFFLED = "on_bad_value: quarantine, max_quarantined: 0.5"
IN_ORDER = f"accept_order: tried, {SHUFFLED}"


def _source(folder: Path) -> Path:
    lines = [
        f"{n},canary{n % 70}@example.org,"
        f"{'never' if n % 97 == 3 else f'19{n % 40 + 50}-02-03'},{n * 7919 % 1009},"
        f"{'=1+1' if n % 50 == 7 else 'none'}"
        for n in range(ROWS)
    ]
    source = folder / "people.csv"
    source.write_text("\n".join(["id,mail,born,pay,note", *lines]) + "\n")
    return source


def _ready(folder: Path, keyring_uri: str, order: str = "source", **said: str) -> Any:
    source = folder / "people.csv"
    rows = said.get("rows", IN_ORDER if order == "source" else SHUFFLED)
    text = POLICY.format(
        source=source, folder=folder, order=order, rows=rows, residual=said.get("residual", "off")
    )
    policy = parse_policy(text)
    return ready_one_off(policy, open_sampled(policy.source), open_keyring(keyring_uri))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a source that is read in four pieces."""
    size_bytes = _source(tmp_path).stat().st_size
    monkeypatch.setattr(pieces, "SMALLEST_BYTES", size_bytes // PARTS)
    monkeypatch.setattr(pieces, "MOST_PIECES", 1 << 40)
    monkeypatch.setattr(record_ends, "CHUNK_BYTES", 1 << 10)
    return tmp_path


def _counted(summary: OneOffSummary) -> dict[str, Any]:
    return {**summary.as_dict(), "seconds": 0}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_the_file_is_the_one_that_one_process_writes(
    folder: Path, keyring_uri: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte in the order of the source; so is the summary: classes, counts, marks."""
    chosen = list[int]()
    begun = processes.WorkerProcesses.__init__

    def noted(self: Any, workers: int, *rest: Any) -> None:
        chosen.append(workers)
        begun(self, workers, *rest)

    monkeypatch.setattr(processes.WorkerProcesses, "__init__", noted)
    made = [
        write_one_off(_ready(folder, keyring_uri), folder / f"{count}.{kind}", kind, workers=count)
        for count in (1, 2)
    ]
    assert chosen == [2]
    first, second = (folder / f"{count}.{kind}" for count in (1, 2))
    assert first.read_bytes() == second.read_bytes()
    assert _counted(made[0]) == _counted(made[1])
    assert made[0].rows_out > 400
    assert made[0].quarantined > 3
    if kind == "csv":
        assert made[0].marked["note"] == first.read_text().count("'=1+1") > 9
    if kind == "parquet":
        assert pq.read_table(first).num_rows == made[0].rows_out


def test_in_a_secret_order_the_rows_are_the_same(folder: Path, keyring_uri: str) -> None:
    """Those of two processes are those of one, and not in the order of the source."""
    ids = []
    for count in (1, 2):
        path = folder / f"{count}.csv"
        write_one_off(_ready(folder, keyring_uri, "shuffled"), path, "csv", workers=count)
        ids.append([int(line.split(",")[0]) for line in path.read_text().splitlines()[1:]])
    assert sorted(ids[0]) == sorted(ids[1])
    assert all(one != sorted(one) for one in ids)


def test_a_stream_gets_the_same(
    folder: Path, keyring_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Written by two processes, with one header."""
    path = folder / "clean.csv"
    write_one_off(_ready(folder, keyring_uri), path, "csv", workers=1)
    with open(folder / "stream", "w+b") as stream:
        write_to_stream(_ready(folder, keyring_uri), stream, "csv", workers=2)
    assert (folder / "stream").read_bytes() == path.read_bytes()


def test_a_bad_value_is_told_by_its_row_and_leaves_nothing(folder: Path, keyring_uri: str) -> None:
    """As by one process, with its row in the file, from a worker that is far in it."""
    before, _, after = (folder / "people.csv").read_text().rpartition("never")
    (folder / "people.csv").write_text(f"{before.replace('never', '1990-02-03')}never{after}")
    said = set[str]()
    for count in (1, 2):
        ready = _ready(folder, keyring_uri, rows="accept_order: tried, on_bad_value: refuse")
        with pytest.raises(DataError, match=r"people\.csv: column born: .*\(row 586\)") as caught:
            write_one_off(ready, folder / "clean.csv", "csv", workers=count)
        said.add(str(caught.value))
    assert len(said) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["people.csv"]


def test_a_gate_that_fails_leaves_nothing(folder: Path, keyring_uri: str) -> None:
    """The workers' parts go with it."""
    ready = _ready(folder, keyring_uri, rows=f"{IN_ORDER}, where: [[born, '=', '1900-01-01']]")
    with pytest.raises(GateError):
        write_one_off(ready, folder / "clean.csv", "csv", workers=2)
    assert sorted(path.name for path in folder.iterdir()) == ["people.csv"]


def test_the_part_of_a_worker_that_dies_once_is_made_again(
    folder: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is the same: nothing of the first attempt is in it."""
    write_one_off(_ready(folder, keyring_uri), folder / "one.csv", "csv", workers=1)
    started, begun = processes.WorkerProcesses._started, list[Any]()

    def dying(self: Any) -> Any:
        begun.append(started(self))
        return begun[-1]

    def kill_the_first(done: int, total: int, what: str) -> None:
        if what == "writing" and done and begun[0].process.poll() is None:
            begun[0].process.kill()
            begun[0].process.wait()

    monkeypatch.setattr(processes.WorkerProcesses, "_started", dying)
    ready, path = _ready(folder, keyring_uri), folder / "two.csv"
    write_one_off(ready, path, "csv", workers=2, progress=kill_the_first)
    assert len(begun) == 3
    assert path.read_bytes() == (folder / "one.csv").read_bytes()


def test_a_worker_that_dies_twice_is_named(
    folder: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its part; no file is written."""
    ready = _ready(folder, keyring_uri)
    monkeypatch.setattr(processes, "_BEGIN", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(WorkerLostError, match=r"people\.csv: part \d of 4: .*SIGKILL"):
        write_one_off(ready, folder / "clean.csv", "csv", workers=2)
    assert sorted(path.name for path in folder.iterdir()) == ["people.csv"]


def test_keys_that_are_in_no_file_stay_in_one_process(
    folder: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker could open them."""
    ready = _ready(folder, keyring_uri)
    keyring = throwaway_keyring(keys_wanted(ready.look.plan.policy))
    monkeypatch.setattr(processes.WorkerProcesses, "_started", None)
    write_one_off(replace(ready, keyring=keyring), folder / "clean.csv", "csv", workers=2)
    assert len((folder / "clean.csv").read_text().splitlines()) > 400


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_what_waits_on_disk_has_no_name_and_is_encrypted(
    folder: Path, keyring_uri: str, kind: str
) -> None:
    """Neither raw values nor sanitized ones can be read in it."""
    ready = _ready(folder, keyring_uri)
    write_one_off(ready, folder / "clean.csv", "csv", workers=1)
    sanitized = {line.split(",")[1] for line in (folder / "clean.csv").read_text().splitlines()}
    job = _fitted_job(ready)
    before = sorted(folder.iterdir())
    part = WritePart(kind, "neutralise", folder / "x", folder, 0)(job, 1)
    assert sorted(folder.iterdir()) == before
    assert part.spool is not None
    held = os.pread(part.spool.fileno(), 1 << 20, 0)
    assert len(held) > 1000
    assert os.fstat(part.spool.fileno()).st_nlink == 0
    assert not any(value.encode() in held for value in (*sanitized, "none", "example.org"))


def _fitted_job(ready: Any) -> Job:
    plan, owner = ready.look.plan, ready.keyring.current(OWNER)
    partitions = ready.divided.result().partitions
    job = Job(plan, partitions, "", owner, "", keys=keys_of_run(plan, owner, ready.keyring))
    while job.plan.needs_first_pass:
        measured = [measure_partition(job, number) for number in range(len(partitions))]
        job = replace(job, plan=fitted(job.plan, measured))
    return job


def test_values_that_csv_cannot_hold_are_refused_as_by_one_process(
    folder: Path, keyring_uri: str
) -> None:
    """By the worker that met them, with the way on."""
    table = pa.table({"id": list(range(40)), "raw": [b"\xff\xfe"] * 40})
    pq.write_table(table, folder / "raw.parquet", row_group_size=10)
    policy = parse_policy(
        f"version: 1\ndataset: raw\npurpose: test\nsource: {{path: {folder}/raw.parquet}}\n"
        f"sink: {{path: {folder}/out}}\ndetect: {{ner: off}}\nchecks: {{residual: off}}\ncolumns:\n"
        "  id: {action: keep, accept: tried}\n  raw: {action: keep, accept: tried}\n"
    )
    for count in (1, 2):
        ready = ready_one_off(policy, open_sampled(policy.source), open_keyring(keyring_uri))
        with pytest.raises(ArgumentError, match=r"clean\.csv: CSV cannot hold bytes .*raw"):
            write_one_off(ready, folder / "clean.csv", "csv", workers=count)


_KILLED = """
import sys
from pathlib import Path
from anonymize.io.sources import pieces
pieces.SMALLEST_BYTES, pieces.MOST_PIECES = 4000, 1 << 40
from anonymize.pipeline.one_file import write_one_off
from tests.pipeline import test_one_file_workers as here
folder = Path(sys.argv[1])
ready = here._ready(folder, sys.argv[2])
print("ready", flush=True)
def tell(*told):
    print("row", flush=True)
write_one_off(ready, folder / "clean.csv", "csv", workers=2, progress=tell)
"""


def test_a_killed_process_leaves_no_file_and_no_process(folder: Path, keyring_uri: str) -> None:
    """Killed while its workers write."""
    run = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder), keyring_uri],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    assert run.stdout.readline() == "row\n"
    run.send_signal(signal.SIGKILL)
    run.wait()
    end = time.monotonic() + 30
    while any(_session(path) == run.pid for path in Path("/proc").iterdir()):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert sorted(path.name for path in folder.iterdir()) == ["people.csv"]


def _session(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text() if process.name.isdigit() else ""
    except OSError:
        return None
    found = re.match(r"\d+ \(.*\) (\S) \d+ \d+ (\d+)", stat)
    return int(found[2]) if found and found[1] != "Z" else None
