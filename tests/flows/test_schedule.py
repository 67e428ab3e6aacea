"""Nights on real parts, a Prefect server and process workers: a schedule fires, a run is cancelled,
a worker is killed, two runs meet; nothing of it holds a value.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from tests.flows.night import Night, held_policy, night_in, waited
from tests.workplace import ROOT, Workplace

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Yield a server with a work pool."""
    with night_in(tmp_path_factory.mktemp("night")) as started:
        yield started


def _reached(place: Workplace, night: Night) -> None:
    """Wait until a run holds rows in its task."""
    waited((place.folder / "reached").exists, 180, night.worker_log)


def test_a_cron_run_is_scheduled_and_published_by_a_worker(
    night: Night, workplace: Workplace, keyring: Keyring
) -> None:
    """The pinned Prefect schedules, a process worker runs, a version is there, and the run is
    Completed.
    """
    night.deploy("nightly", workplace.policy(), workplace.keyring_uri, cron="* * * * *")
    wanted = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}, "limit": 5}
    with night.worker():
        ended = waited(lambda: night.asked("/flow_runs/filter", wanted), 300, night.worker_log)
        paused = night.asked("/deployments/filter", {})[0]["id"]
        night.asked(f"/deployments/{paused}/pause_deployment", {})
    assert ended[0]["auto_scheduled"]
    assert ended[0]["name"] == "publish people for test"
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_a_cancelled_run_publishes_nothing_and_stops_no_other(
    night: Night, workplace: Workplace, keyring: Keyring
) -> None:
    """Its process ends, the dataset is free, and the next run succeeds."""
    policy = held_policy(workplace, "cancelled")
    deployment = night.deploy("cancelled", policy, workplace.keyring_uri)
    with night.worker():
        run = night.begin(deployment)
        _reached(workplace, night)
        night.asked(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})
        night.ended(run, "CANCELLED")
        assert Dataset(workplace.sink).current is None
        (workplace.folder / "hold").unlink()
        night.ended(night.begin(deployment), "COMPLETED")
    assert Dataset(workplace.sink).versions() == (1,)
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_a_killed_worker_leaves_the_dataset_free(
    night: Night, workplace: Workplace, keyring: Keyring
) -> None:
    """With its run: nothing is half published, and another worker's run succeeds once the place of
    the dead one is given up.
    """
    policy = held_policy(workplace, "killed")
    deployment = night.deploy("killed", policy, workplace.keyring_uri)
    with night.worker() as worker:
        night.begin(deployment)
        _reached(workplace, night)
        for pid in (worker.pid, *_children(worker.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.wait(20)
    assert Dataset(workplace.sink).current is None
    (workplace.folder / "hold").unlink()
    other = night.deploy("after-killed", policy, workplace.keyring_uri)
    with night.worker():
        night.ended(night.begin(other), "COMPLETED", seconds=300)
    assert Dataset(workplace.sink).versions() == (1,)
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def _children(pid: int) -> list[int]:
    """Return the processes that a process started, and those that these did."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    own = [int(word) for file in listed for word in file.read_text().split()]
    return [*own, *(below for one in own for below in _children(one))]


def test_of_two_runs_that_meet_the_second_waits(
    night: Night, workplace: Workplace, keyring: Keyring
) -> None:
    """It says so in one line, and then publishes the next version."""
    policy = held_policy(workplace, "met")
    first, second = (
        night.deploy(name, policy, workplace.keyring_uri) for name in ("met-a", "met-b")
    )
    with night.worker():
        one = night.begin(first)
        _reached(workplace, night)
        two = night.begin(second)
        waiting = "met: another run is at work; waiting for it to end"
        waited(lambda: waiting in night.said(two), 120, night.worker_log)
        (workplace.folder / "hold").unlink()
        night.ended(one, "COMPLETED")
        night.ended(two, "COMPLETED")
    assert Dataset(workplace.sink).versions() == (1, 2)
    assert next(line for line in night.said(two) if line.startswith("met: ")) == waiting


def test_a_drifted_source_pauses_the_publication(night: Night, workplace: Workplace) -> None:
    """By the automation that `automations.yaml` shows."""
    policy = workplace.policy()
    deployment = night.deploy("drifts", policy, workplace.keyring_uri, cron="0 3 * * *")
    shown = yaml.safe_load((ROOT / "automations.yaml").read_text())["automations"][0]
    shown["trigger"]["match"] = {"prefect.resource.id": "coatcheck.dataset.people"}
    shown["actions"][0]["deployment_id"] = deployment
    night.asked("/automations/", shown)
    workplace.source.write_text(workplace.source.read_text().replace("visits", "visit"))
    code = (
        "import sys\nfrom anonymize.flows.inspect_dataset import inspect_dataset\n"
        "state = inspect_dataset(expect=sys.argv[1], return_state=True)\n"
        "assert state.is_failed(), state\n"
    )
    command = [sys.executable, "-c", code, str(policy)]
    subprocess.run(command, env=night.env, cwd=night.folder, check=True, capture_output=True)
    paused = f"/deployments/{deployment}"
    waited(lambda: night.asked(paused)["paused"], 120, night.server_log)


def test_nothing_of_these_nights_holds_a_value(night: Night) -> None:
    """Parameters, results, artifacts, events, logs: all that the server and the workers wrote."""
    values = (b"Castro", b"castro", b"Jensen", b"1984-02-29", b"chen@", b"10117")
    written = [path for path in night.folder.rglob("*") if path.is_file()]
    assert {"prefect.db", "server.log"} <= {path.name for path in written}
    for path in written:
        content = path.read_bytes()
        assert not [value for value in values if value in content], path
