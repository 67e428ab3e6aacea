"""A real Dask cluster on loopback: a scheduler and workers, processes, stopped by their ids."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.workplace import ROOT

SECONDS = 120.0
_SPILLING = {
    "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "0.0000001",
    "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": "False",
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "debug",
}
"""Every result is written to the spill folder, and logs say all there is."""


@dataclass
class Cluster:
    """A scheduler and its workers."""

    folder: Path
    """Logs, and spill folders."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def runner(self) -> str:
        """Return the address for ``--runner``."""
        return self.address.replace("tcp:", "dask:")

    @property
    def address(self) -> str:
        """Return the scheduler's own address."""
        return str(json.loads((self.folder / "scheduler.json").read_text())["address"])

    def start(self, workers: int, **env: str) -> None:
        """Start the scheduler and so many workers, and wait for them."""
        file = self.folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self._begin("scheduler", [*options, "--scheduler-file", str(file)], env)
        self._until(lambda: file.exists() and bool(file.read_text().strip()))
        for number in range(workers):
            self.begin_worker(f"worker-{number}", **env)
        for number in range(workers):
            self.wait_for(f"worker-{number}")

    def begin_worker(self, name: str, **env: str) -> None:
        """Start a worker of one thread."""
        options = ["--host", "127.0.0.1", "--no-dashboard", "--no-nanny", "--nthreads", "1"]
        options += ["--memory-limit", "4GiB", "--local-directory", str(self.folder / name)]
        self._begin(name, [self.address, "--name", name, *options], env)

    def wait_for(self, name: str) -> None:
        """Wait until a worker is the scheduler's."""
        log = self.folder / f"{name}.log"
        self._until(lambda: "Registered to:" in log.read_text())

    def address_of(self, name: str) -> str:
        """Return a worker's address, which its log tells."""
        log = (self.folder / f"{name}.log").read_text()
        return re.findall(r"Start worker at: +(\S+)", log)[-1]

    def stop(self, name: str) -> None:
        """End a process."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def texts(self) -> bytes:
        """Return all that lies in logs and spill folders now."""
        found = []
        for path in self.folder.rglob("*"):
            try:
                found.append(path.read_bytes() if path.is_file() else b"")
            except FileNotFoundError:
                continue
        return b"".join(found)

    def _begin(self, name: str, options: list[str], env: dict[str, str]) -> None:
        kind = "scheduler" if name == "scheduler" else "worker"
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        path = os.pathsep.join(filter(None, (env.pop("PYTHONPATH", ""), str(ROOT))))
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **_SPILLING, **env, "PYTHONPATH": path},
            )

    def _until(self, seen: object) -> None:
        assert callable(seen)
        end = time.monotonic() + SECONDS
        while not seen():
            assert time.monotonic() < end, self.texts()[-2000:].decode(errors="replace")
            time.sleep(0.1)


@contextmanager
def dask_cluster(folder: Path, workers: int = 2, **env: str) -> Iterator[Cluster]:
    """Yield a cluster whose logs and spill folders are in ``folder``; then stop it."""
    cluster = Cluster(folder)
    try:
        cluster.start(workers, **env)
        yield cluster
    finally:
        for name in reversed([*cluster.processes]):
            cluster.stop(name)
