"""Runs on a Dask cluster, of which a worker or the driver is killed at any moment, and flow runs
whose process is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.flows.names import limit_of
from anonymize.keys import Keyring
from anonymize.vault import opening
from tests.dask_cluster import Cluster, dask_cluster
from tests.flows.night import Night, night_in
from tests.soak.test_workers_killed import PARTS, Place, alive_in
from tests.workplace import ROOT

KILLS = min(100, int(os.environ.get("COATCHECK_SOAK_WORKER_KILLS", "6")))
SECONDS = 120.0
INTERRUPTED = "or a run was interrupted (the next one completes it)"
_IN_PIECES = f"""
import sys
from anonymize.io.sources import pieces
pieces.SMALLEST_BYTES, pieces.MOST_PIECES = int(sys.argv[3]) // {PARTS}, 1 << 40
"""
ON_DASK = f"""{_IN_PIECES}
import anonymize, distributed
print("loaded", flush=True)
anonymize.run(sys.argv[1], keyring=sys.argv[2], runner=sys.argv[4])
"""
IN_A_FLOW = f"""{_IN_PIECES}
from anonymize.flows.anonymize_dataset import anonymize_dataset
print("loaded", flush=True)
anonymize_dataset(sys.argv[1], sys.argv[2])
"""


class Runs(Place):
    """A source, and runs on it that are given a moment's notice: they say when they begin."""

    def __init__(self, folder: Path, keyring_uri: str, code: str, **env: str) -> None:
        super().__init__(folder, keyring_uri)
        self.code, self.env, self.more = code, env, list[str]()

    def start(self) -> subprocess.Popen[bytes]:
        """Begin a run in a session of its own, and wait until its modules are loaded."""
        policy, size = self.folder / "people.yaml", self.source.stat().st_size
        run = subprocess.Popen(
            [sys.executable, "-c", self.code, str(policy), self.keyring_uri, str(size), *self.more],
            cwd=ROOT,
            env={**os.environ, **self.env, "TMPDIR": str(self.temporary)},
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "stderr").open("wb"),
        )
        assert run.stdout is not None
        assert run.stdout.readline() == b"loaded\n", self.said
        run.stdout.close()
        return run


class Kills:
    """Kills runs at drawn moments, and looks at what is there afterwards."""

    def __init__(self, runs: Runs, keyring: Keyring, victims: tuple[str, ...]) -> None:
        """Publish a first version, which says what each one has to hold and how long a run is."""
        self.runs, self.keyring = runs, keyring
        began = time.monotonic()
        assert runs.start().wait(SECONDS) == 0, runs.said
        self.whole = time.monotonic() - began
        self.dataset, self.versions = Dataset(runs.folder / "out"), 1
        self.wanted = runs.table(keyring)
        self.hits = dict.fromkeys(victims, 0)
        self.draw = random.Random(13)

    def strike(self, kill: Callable[[str, subprocess.Popen[bytes]], bool]) -> None:
        """Have runs killed until there were enough hits; ``kill`` returns whether it hit."""
        while sum(self.hits.values()) < KILLS:
            whom = min(self.hits, key=lambda victim: self.hits[victim])
            run = self.runs.start()
            time.sleep(self.draw.uniform(0, 1) * self.whole)
            hit = kill(whom, run)
            code = run.wait(SECONDS)
            self.hits[whom] += hit
            if not hit:
                # The run had ended before its moment: those after it are drawn from less time.
                self.whole *= 0.9
            self._until(lambda run=run: not alive_in(run.pid))
            assert code == (-signal.SIGKILL if hit and whom != "worker" else 0), self.runs.said
            self.look(code)

    def look(self, code: int) -> None:
        """Look at the dataset after a run; if it was killed, publish another version."""
        now, before = self.dataset.current or 0, self.versions
        assert now in ((before + 1,) if code == 0 else (before, before + 1))
        whole = self.sound(now, killed=code != 0)
        if code == 0:
            assert self.runs.left() == []
            return
        policy, uri = self.runs.folder / "people.yaml", self.runs.keyring_uri
        done = anonymize.run(policy, keyring=uri, workers=1)
        assert done.version in ((now + 1,) if whole else (now + 1, now + 2))
        self.sound(done.version)
        temporary = str(self.runs.temporary)
        assert [path for path in self.runs.left() if not path.startswith(temporary)] == []

    def sound(self, version: int, *, killed: bool = False) -> bool:
        """Check that the current version is whole, and holds what each one has to; return False if
        a run was interrupted behind it.

        A run that was killed between the log's entry and the move of ``CURRENT`` is told by
        ``verify``, and completed by the next one.
        """
        told = self.dataset.verify(keyring=self.keyring)
        assert told.ok or (killed and all(INTERRUPTED in one.what for one in told.problems)), told
        assert self.runs.table(self.keyring).equals(self.wanted)
        self.versions = version
        return bool(told.ok)

    def _until(self, seen: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not seen():
            assert time.monotonic() < end, self.runs.said
            time.sleep(0.02)

    def told(self) -> str:
        """Return what was done."""
        return f"kills: {self.hits}; a run took {self.whole:.1f} s; versions: {self.versions}"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Set the vault of this process and of those that it starts."""
    place = f"sqlite:{tmp_path / 'vault.db'}"
    monkeypatch.setenv("COATCHECK_VAULT", place)
    opening._opened.clear()
    yield place
    opening._opened.clear()


def _kill(process: subprocess.Popen[bytes]) -> bool:
    """Kill a process; return False if it had ended before."""
    if process.poll() is not None:
        return False
    process.kill()
    return process.wait(SECONDS) == -signal.SIGKILL


def _idle(cluster: Cluster) -> None:
    """Wait until no worker works on anything: of a driver that is gone nothing goes on."""
    from distributed import Client

    end = time.monotonic() + SECONDS
    with Client(cluster.address, timeout="30s") as client:
        while any(client.processing().values()):
            assert time.monotonic() < end, "workers go on for a driver that is gone"
            time.sleep(0.1)


@pytest.mark.soak
def test_of_a_dask_run_a_worker_or_the_driver_is_killed(
    tmp_path: Path, keyring_uri: str, keyring: Keyring, vault: str
) -> None:
    """A dead worker's parts are done by the other one. Of a dead driver nothing is seen, no worker
    works for it any more, and the next run publishes what a whole run does.
    """
    (tmp_path / "dask").mkdir()
    with dask_cluster(tmp_path / "dask") as cluster:
        runs = Runs(tmp_path, keyring_uri, ON_DASK)
        runs.more = [cluster.runner]
        kills = Kills(runs, keyring, ("worker", "driver", "both"))
        made = 0

        def kill(whom: str, run: subprocess.Popen[bytes]) -> bool:
            nonlocal made
            hit = run.poll() is None if whom == "worker" else _kill(run)
            if whom != "driver" and hit:
                name = kills.draw.choice([one for one in cluster.processes if one != "scheduler"])
                _kill(cluster.processes.pop(name))
                run.wait(SECONDS)
                made += 1
                cluster.begin_worker(f"worker-again-{made}")
                cluster.wait_for(f"worker-again-{made}")
            _idle(cluster)
            return hit

        kills.strike(kill)
        assert b"@example.org" not in cluster.texts()
    print(f"Dask: {kills.told()}")
    assert runs.left() == []


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A Prefect server."""
    with night_in(tmp_path_factory.mktemp("night")) as started:
        yield started


def _free(night: Night) -> None:
    """Take back the place of a run that was killed, which the server does after a minute."""
    request = urllib.request.Request(
        f"{night.api}/v2/concurrency_limits/{limit_of('people')}",
        json.dumps({"active_slots": 0}).encode(),
        {"Content-Type": "application/json"},
        method="PATCH",
    )
    for left in reversed(range(20)):
        try:
            urllib.request.urlopen(request, timeout=20).close()
            return
        except urllib.error.HTTPError as error:
            if error.code != 503 or not left:  # its SQLite file is locked
                raise
            time.sleep(1)


@pytest.mark.soak
def test_a_flows_process_is_killed(
    tmp_path: Path, keyring_uri: str, keyring: Keyring, vault: str, night: Night
) -> None:
    """Nothing of it is seen, and the next run publishes what a whole run does."""
    env = {**night.env, "COATCHECK_VAULT": vault}
    runs = Runs(tmp_path, keyring_uri, IN_A_FLOW, **env)
    kills = Kills(runs, keyring, ("flow",))

    def kill(whom: str, run: subprocess.Popen[bytes]) -> bool:
        hit = _kill(run)
        _free(night)
        return hit

    kills.strike(kill)
    _free(night)
    assert runs.start().wait(SECONDS) == 0, runs.said
    kills.look(0)
    print(f"flows: {kills.told()}")
    assert runs.left() == []
