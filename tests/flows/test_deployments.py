"""What is deployed: prefect.yaml, the script for many datasets, and the workers' image."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.prefect_server import stored
from tests.workplace import ROOT, Workplace

NAMES = {"drift", "nightly", "unusual", "verify", "expire", "rotate"}
RELEASES = {"aggregate", "synthesize"}
"""Of policies with aggregates alone; their schedules spend budgets, so they sleep."""


def _yaml() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    return said


@pytest.mark.parametrize("deployed", _yaml()["deployments"], ids=lambda one: one["name"])
def test_prefect_yaml_names_flows_and_their_parameters(deployed: dict[str, Any]) -> None:
    """By module, so that workers of any pool find them in the package."""
    from prefect.flows import load_flow_from_entrypoint

    flow: Any = load_flow_from_entrypoint(deployed["entrypoint"], use_placeholder_flow=False)
    inspect.signature(flow.fn).bind(**deployed["parameters"])
    assert deployed["entrypoint"].startswith("anonymize.flows.")
    assert deployed["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_prefect_yaml_is_neutral_and_holds_no_secret() -> None:
    """The pool's name comes from the environment; nothing is pulled, no job variable is set."""
    said = _yaml()
    assert {one["name"] for one in said["deployments"]} == NAMES | RELEASES
    assert said["pull"] == []
    for one in said["deployments"]:
        assert one["work_pool"] == {"name": "{{ $COATCHECK_WORK_POOL }}"}
        assert one["parameters"]["keyring"] == "{{ $COATCHECK_KEYRING_BLOCK }}"
    asleep = [s.get("active", True) for one in said["deployments"] for s in one["schedules"]]
    assert asleep == [True] * 5 + [False] * 3


def test_prefect_takes_prefect_yaml() -> None:
    """As its own reader does."""
    from prefect.cli.deploy._models import PrefectYamlModel

    assert len(PrefectYamlModel.model_validate(_yaml()).deployments) == len(NAMES | RELEASES)


def test_the_script_deploys_a_dataset_to_a_pool(
    prefect_home: Path, workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them, by name; the rotation's schedule sleeps."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate

    from flows.deploy import main

    get_client(sync_client=True).create_work_pool(WorkPoolCreate(name="any", type="process"))
    keyring = ["--keyring", "block:nightly"]
    assert main([str(workplace.policy()), "--work-pool", "any", *keyring]) == 0
    printed = capsys.readouterr().out.split()
    assert {line.partition("/people-")[2] for line in printed} == NAMES
    found = stored(
        "SELECT deployment.name, cron_active FROM deployment JOIN (SELECT deployment_id, active AS"
        " cron_active FROM deployment_schedule) ON deployment_id = deployment.id"
        " WHERE deployment.name LIKE 'people-%'"
    )
    assert {name for name, active in found if not active} == {"people-rotate"}
    assert len(found) == len(NAMES)


def test_releases_are_deployed_of_a_policy_that_has_them(
    prefect_home: Path, workplace: Workplace
) -> None:
    """Into the folder that is named; asleep, because each run spends a part of the budget."""
    from anonymize.flows.deployments import deployments

    queries = "queries: {n: {count: people, epsilon: 1}}"
    extra = f"subject: email\naggregates: {{budget: {{epsilon: 1}}, {queries}}}"
    policy, folder = str(workplace.policy(extra)), "/srv/given"
    assert {one.name for one in deployments(policy)} == {f"people-{name}" for name in NAMES}
    (made,) = [one for one in deployments(policy, releases=folder) if "aggregate" in one.name]
    assert made.parameters == {"policy": policy, "folder": folder}
    assert [one.active for one in made.schedules] == [False]
    text = Path(policy).read_text()
    Path(policy).write_text(text.partition("columns:")[0])
    assert [one.name for one in deployments(policy, releases=folder)] == ["people-aggregate"]


def test_the_script_tells_a_mistake_and_deploys_nothing(
    prefect_home: Path, workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one message."""
    from anonymize.flows.deployments import main

    missing = str(workplace.folder / "none.yaml")
    assert main([missing, "--work-pool", "any"]) == 2
    assert main([str(workplace.policy()), "--work-pool", "any", "--keep", "0"]) == 2
    shown = capsys.readouterr()
    assert "none.yaml" in shown.err
    assert "--keep: must be at least 1" in shown.err
    assert not shown.out


def test_the_image_is_made_of_what_is_there() -> None:
    """It cannot be built by a test; what it copies, installs and runs exists."""
    text = (ROOT / "Dockerfile").read_text()
    (copied,) = re.findall(r"^COPY (.+) /tmp/coatcheck/$", text, re.MULTILINE)
    lock, wheel = copied.split()
    assert (ROOT / lock).is_file()
    assert wheel == "dist/coatcheck-*.whl"
    makefile = (ROOT / "Makefile").read_text()
    assert "pip wheel --quiet --no-deps --no-build-isolation -w dist ." in makefile
    assert "docker build -t coatcheck-worker ." in makefile
    assert set((ROOT / ".dockerignore").read_text().split()) == {"*", "!dist/*.whl", f"!{lock}"}
    assert "--require-hashes -r /tmp/coatcheck/requirements-worker.lock" in text
    assert not re.search(r"passphrase=|KEYRING=|http", text, re.IGNORECASE)


def test_the_image_has_the_python_that_the_package_needs() -> None:
    """And a worker of Prefect as its command."""
    text = (ROOT / "Dockerfile").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (python,) = re.findall(r"^FROM python:(\d\.\d+)-slim", text, re.MULTILINE)
    assert project["requires-python"] == f">={python}"
    assert 'CMD ["prefect", "worker", "start", "--pool", "trusted", "--type", "process"]' in text


def test_the_workers_lock_is_a_part_of_the_whole_one() -> None:
    """Same versions, same hashes, every extra that a run needs, no tool of the tests."""
    whole, worker = (_pins(ROOT / f"requirements{part}.lock") for part in ("", "-worker"))
    assert worker.items() <= whole.items()
    assert {"prefect", "prefect-dask", "psycopg", "boto3", "onnxruntime"} <= set(worker)
    assert not {"pytest", "mypy", "moto"} & set(worker)
    extras = re.search(r"^WORKER_EXTRAS := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extras is not None
    assert f"coatcheck[{','.join(extras[1].split())}]" in project["optional-dependencies"]["dev"]


def _pins(lock: Path) -> dict[str, tuple[str, ...]]:
    """Return package → version and hashes."""
    blocks = re.split(r"^(?=\S+==)", lock.read_text(), flags=re.MULTILINE)
    named = [(block.split()[0], re.findall(r"sha256:\w+", block)) for block in blocks if block]
    return {
        pin.partition("==")[0].partition("[")[0]: (pin.partition("==")[2], *sorted(hashes))
        for pin, hashes in named
        if "==" in pin
    }
