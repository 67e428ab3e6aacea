"""Parts on several processes: what is published is the same, and what fails is named."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from anonymize.errors import ArgumentError, DataError, UnforeseenError, WorkerLostError
from anonymize.keys.keyring.passphrase import take_passphrase
from anonymize.pipeline.executors import choose
from anonymize.pipeline.executors.choose import workers_for
from anonymize.pipeline.executors.processes import WorkerProcesses
from anonymize.pipeline.partition import Job
from tests.pipeline import worker_acts
from tests.pipeline.worker_acts import Task
from tests.workplace import ROOT

SECONDS = 300.0


def _job(folder: Path, count: int) -> Job:
    return cast(Job, Task.of(folder, count))


def _until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.05)


def _gone(pid: int) -> bool:
    """Return whether a process has ended; one that nobody has waited for yet is a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_results_come_in_order_and_processes_are_few(tmp_path: Path) -> None:
    """Two processes work on seven parts; none is left when the block ends."""
    with WorkerProcesses(2, 2) as executor:
        done = executor.map(worker_acts.who, _job(tmp_path, 7), range(7))
        again = executor.map(worker_acts.who, _job(tmp_path, 7), [5, 3])
    pids = {pid for _, pid in [*done, *again]}
    assert [number for number, _ in [*done, *again]] == [0, 1, 2, 3, 4, 5, 6, 5, 3]
    assert 1 <= len(pids) <= 2
    assert all(map(_gone, pids))


def test_a_partition_whose_worker_died_once_is_done_again(tmp_path: Path) -> None:
    """By a new process."""
    with WorkerProcesses(2, 2) as executor:
        assert executor.map(worker_acts.die_once, _job(tmp_path, 4), range(4)) == [0, 1, 2, 3]


def test_a_partition_whose_worker_died_twice_is_named(tmp_path: Path) -> None:
    """With the file, the part and the signal."""
    found = r"people.csv: part 2 of 4: its worker process ended 2 times.*signal SIGKILL"
    with WorkerProcesses(2, 2) as executor, pytest.raises(WorkerLostError, match=found):
        executor.map(worker_acts.die_always, _job(tmp_path, 4), range(4))


def test_a_refusal_stops_the_others(tmp_path: Path) -> None:
    """Which would have taken an hour."""
    with WorkerProcesses(2, 2) as executor, pytest.raises(DataError, match="is refused"):
        executor.map(worker_acts.refuse_the_second, _job(tmp_path, 4), range(4))
    pids = [int(path.name.rpartition("-")[2]) for path in tmp_path.glob("at-work-*")]
    assert all(map(_gone, pids))


def test_an_unforeseen_error_of_a_worker_quotes_nothing(tmp_path: Path) -> None:
    """Its kind and place are told, and the part that fails."""
    with WorkerProcesses(2, 2) as executor, pytest.raises(UnforeseenError) as told:
        executor.map(worker_acts.fail_with_a_value, _job(tmp_path, 2), range(2))
    assert re.match(r"people\.csv: part [12] of 2: internal error", str(told.value))
    assert "RuntimeError at worker_acts.py" in str(told.value)
    assert "Castro" not in str(told.value)


def test_what_unlocks_the_keyring_goes_by_the_pipe_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in no variable and no argument of a worker, whose cores and core files are limited."""
    monkeypatch.setenv("COATCHECK_PASSPHRASE", "correct horse battery")
    with WorkerProcesses(2, 2) as executor:
        seen = executor.map(worker_acts.environment, _job(tmp_path, 2), range(2))
    held = take_passphrase()
    assert held is not None
    assert held.reveal() == b"correct horse battery"
    for one in cast(list[dict[str, Any]], seen):
        assert one["passphrase"] == b"correct horse battery"
        assert "COATCHECK_PASSPHRASE" not in one["variables"]
        assert b"horse" not in one["arguments"]
        assert one["variables"]["OMP_NUM_THREADS"] == "1"
        assert (one["cores"], one["core files"]) == (1, 0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_starter(tmp_path: Path, how: signal.Signals) -> None:
    """However it ends."""
    code = (
        "import signal, sys; from pathlib import Path; from tests.pipeline import worker_acts\n"
        # a shell that starts the tests in the background has them ignore it, and so their children
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.pipeline.worker_acts import Task\n"
        "from anonymize.pipeline.executors.processes import WorkerProcesses\n"
        "with WorkerProcesses(2, 2) as executor:\n"
        "    executor.map(worker_acts.slow, Task.of(Path(sys.argv[1]), 4), range(4))\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: len(list(tmp_path.glob("at-work-*"))) == 2)
    finally:
        starter.send_signal(how)
        starter.wait(60)
    pids = [int(path.name.rpartition("-")[2]) for path in tmp_path.glob("at-work-*")]
    _until(lambda: all(map(_gone, pids)))


class _Part:
    """A partition of some bytes."""

    def __init__(self, size_bytes: int) -> None:
        self.name = "people.csv"
        self.state = type("State", (), {"size_bytes": size_bytes})()


def _count(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], cores: int, free: int, *, slow: bool = False
) -> int:
    monkeypatch.setattr(choose, "usable_cores", lambda: cores)
    monkeypatch.setattr(choose, "available_memory_bytes", lambda: free)
    return workers_for([cast(Any, _Part(size)) for size in sizes], 0, None, slow=slow).count


def test_the_default_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cores, as far as there are memory and parts."""
    large, plenty = [64 << 20] * 40, 1 << 40
    assert _count(monkeypatch, large, 16, plenty) == 16
    assert _count(monkeypatch, large, 16, 4 << 30) == 6
    assert _count(monkeypatch, large, 16, 0) == 1
    assert _count(monkeypatch, large[:3], 16, plenty) == 3
    assert _count(monkeypatch, large[:1], 16, plenty) == 1


def test_a_small_source_is_left_to_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where starting others takes longer than they save; slow rules are sooner worth it."""
    plenty = 1 << 40
    assert _count(monkeypatch, [1 << 10] * 5000, 16, plenty) == 1
    assert _count(monkeypatch, [40 << 20] * 5, 2, plenty) == 1
    assert _count(monkeypatch, [40 << 20] * 5, 16, plenty) == 5
    assert _count(monkeypatch, [40 << 20] * 12, 2, plenty) == 2
    assert _count(monkeypatch, [8 << 20] * 5, 16, plenty) == 1
    assert _count(monkeypatch, [8 << 20] * 5, 16, plenty, slow=True) == 5


def test_a_number_that_is_asked_for_is_taken() -> None:
    """Up to the number of parts; none is refused."""
    parts = [cast(Any, _Part(10))] * 3
    assert workers_for(parts, 0, 2).count == 2
    assert workers_for(parts, 0, 7).count == 3
    with pytest.raises(ArgumentError, match="at least one process"):
        workers_for(parts, 0, 0)


def test_the_command_refuses_no_workers(workplace: Any) -> None:
    """Before anything is read."""
    told = workplace.coatcheck("run", str(workplace.policy()), "--workers", "0")
    assert told.returncode == 2
    assert "--workers" in told.stderr
