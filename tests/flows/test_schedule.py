"""A night by schedule, on real parts: a Prefect server and a process worker, each a child of the
test.
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
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from tests.workplace import ROOT, Workplace

DEPLOY = """
import sys
from prefect import flow

flow.from_source({root!r}, entrypoint="flows/anonymize_dataset.py:anonymize_dataset").deploy(
    name="nightly", work_pool_name="trusted", cron="* * * * *", concurrency_limit=1,
    parameters={{"policy": {policy!r}, "keyring": {keyring!r}}},
)
"""


@contextlib.contextmanager
def child(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` as a child with a process group of its own; end the whole group
    afterwards.
    """
    with log.open("wb") as out:
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


@pytest.mark.soak
def test_a_cron_run_is_scheduled_and_published_by_a_worker(
    workplace: Workplace,
    keyring: Keyring,
    tmp_path: Path,
) -> None:
    """The pinned Prefect schedules, a process worker runs, a version is there, and the run is
    Completed.
    """
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    home = tmp_path / "prefect"
    env = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PREFECT_", "COATCHECK_"))
        },
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(ROOT),
    }
    prefect = [sys.executable, "-m", "prefect"]

    def runs(state: str) -> list[dict[str, Any]]:
        wanted = {"flow_runs": {"state": {"type": {"any_": [state]}}}, "limit": 5}
        request = urllib.request.Request(
            f"{api}/flow_runs/filter",
            json.dumps(wanted).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found

    def healthy() -> bool:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)

    server_log, worker_log = tmp_path / "server.log", tmp_path / "worker.log"
    server = [*prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with child(server, env, server_log):
        waited(healthy, 180, server_log)
        subprocess.run(
            [*prefect, "work-pool", "create", "trusted", "--type", "process"], env=env, check=True
        )
        code = DEPLOY.format(
            root=str(ROOT), policy=str(workplace.policy()), keyring=workplace.keyring_uri
        )
        subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True)
        waited(lambda: runs("SCHEDULED"), 120, server_log)
        with child([*prefect, "worker", "start", "--pool", "trusted"], env, worker_log):
            ended = waited(lambda: runs("COMPLETED"), 240, worker_log)
    assert ended[0]["auto_scheduled"]
    assert Dataset(workplace.sink).verify(keyring=keyring).ok
