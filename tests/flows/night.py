"""A Prefect server and its process workers as children of a test, and a rule that holds a run until
it is let go.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.workplace import ROOT, Workplace

HELD = """
import time
from dataclasses import dataclass
from pathlib import Path
import pyarrow as pa

@dataclass(frozen=True)
class Held:
    folder: str = ""
    def output_type(self, kind):
        return pa.string()
    def __call__(self, column):
        from prefect.context import TaskRunContext
        folder = Path(self.folder)
        if TaskRunContext.get() is not None:
            (folder / "reached").touch()
            while (folder / "hold").exists():
                time.sleep(0.05)
        return pa.array(["x"] * len(column))
"""
"""An action that waits, in a task, while a file is there."""
PREFECT = [sys.executable, "-m", "prefect"]


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def waited(what: Callable[[], Any], seconds: float, log: Path) -> Any:
    """Return the first true answer of ``what``; fail with the end of ``log`` where none comes in
    time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if answer := what():
                return answer
        time.sleep(0.5)
    pytest.fail(
        f"nothing within {seconds} s; the end of {log.name}:"
        f" {log.read_text(errors='replace')[-2000:]}"
    )


@contextlib.contextmanager
def child(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` as a child with a process group of its own; end the whole group
    afterwards.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            env=env,
            cwd=log.parent,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@dataclass(frozen=True)
class Night:
    """A server with a work pool, and how its workers are started."""

    folder: Path
    api: str
    env: dict[str, str]

    @property
    def server_log(self) -> Path:
        """Return where the server writes."""
        return self.folder / "server.log"

    @property
    def worker_log(self) -> Path:
        """Return where the workers write."""
        return self.folder / "worker.log"

    def asked(self, path: str, body: Any = None) -> Any:
        """Return the API's answer; a server whose SQLite file is locked is asked again."""
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.api}{path}", data, kind)
        for left in reversed(range(10)):
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    text = answer.read()
                    return json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                if error.code != 503 or not left:
                    raise
                time.sleep(1)

    def deploy(self, name: str, policy: Path, keyring: str, cron: str | None = None) -> str:
        """Deploy the publication of a policy; return the deployment's id."""
        code = (
            "import sys, json\n"
            "from prefect.types.entrypoint import EntrypointType\n"
            "from anonymize.flows.anonymize_dataset import anonymize_dataset\n"
            "one = anonymize_dataset.to_deployment(name=sys.argv[1], cron=sys.argv[4] or None,\n"
            "    parameters={'policy': sys.argv[2], 'keyring': sys.argv[3]},\n"
            "    entrypoint_type=EntrypointType.MODULE_PATH, concurrency_limit=1)\n"
            "print(one.apply(work_pool_name='trusted'))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, name, str(policy), keyring, cron or ""],
            env=self.env,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.split()[-1]

    def begin(self, deployment: str) -> str:
        """Have a run of a deployment made; return its id."""
        made = self.asked(f"/deployments/{deployment}/create_flow_run", {"state": _SCHEDULED})
        return str(made["id"])

    def state(self, run: str) -> str:
        """Return the type of a run's state."""
        return str(self.asked(f"/flow_runs/{run}")["state_type"])

    def ended(self, run: str, state: str, seconds: float = 240) -> None:
        """Wait until a run has a state; fail if it ends in another."""
        final = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}

        def over() -> bool:
            return self.state(run) in final

        waited(over, seconds, self.worker_log)
        assert self.state(run) == state, self.worker_log.read_text(errors="replace")[-3000:]

    def said(self, run: str) -> list[str]:
        """Return a run's log lines."""
        wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        return [str(line["message"]) for line in self.asked("/logs/filter", wanted)]

    def worker(self) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        """Start a worker for the block."""
        command = [*PREFECT, "worker", "start", "--pool", "trusted", "--type", "process"]
        return child(command, self.env, self.worker_log)


_SCHEDULED = {"type": "SCHEDULED", "message": "by a test"}


@contextlib.contextmanager
def night_in(folder: Path) -> Iterator[Night]:
    """Start a server with a work pool for the block."""
    port = free_port()
    site, info = folder / "site", folder / "site" / "held-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "held_action.py").write_text(HELD)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: held\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coatcheck.actions]\nheld = held_action:Held\n")
    env = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PREFECT_", "COATCHECK_"))
        },
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
    }
    night = Night(folder, f"http://127.0.0.1:{port}/api", env)
    server = [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    pool = [*PREFECT, "work-pool", "create", "trusted", "--type", "process"]
    with child(server, env, night.server_log):
        waited(lambda: night.asked("/health"), 180, night.server_log)
        subprocess.run(pool, env=env, check=True, cwd=folder, capture_output=True)
        yield night


def held_policy(place: Workplace, dataset: str) -> Path:
    """Write a policy whose rows are held in their task while the file ``hold`` is there; return its
    path.
    """
    path = place.policy()
    rule = f"{{action: custom, name: held, parameters: {{folder: '{place.folder}'}}}}"
    text = path.read_text().replace("{action: fake, kind: name}", rule)
    path.write_text(text.replace("dataset: people", f"dataset: {dataset}"))
    (place.folder / "hold").touch()
    return path
