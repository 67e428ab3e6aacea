"""A release as a flow pays once, however often it is tried, and tells Prefect no value."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.csv as pacsv
import pytest

from anonymize.custody.budget import PaidError, budget_of
from anonymize.errors import AnonymizeError, ArgumentError, GateError
from anonymize.keys import open_keyring
from anonymize.pipeline.aggregate import open_aggregates
from anonymize.pipeline.synthesize import open_synthetic
from anonymize.policy import load_policy
from tests.prefect_server import database_text, stored

pytest.importorskip("opendp")
POLICY = """version: 1
dataset: {name}
purpose: planning
source: {{path: {folder}/v.csv, types: {{person: string, town: string, age: int64}}}}
sink: {{path: {folder}/out}}
subject: person
detect: {{ner: off}}
columns: {{person: {{action: drop}}, town: {{action: keep}}}}
aggregates:
  budget: {{epsilon: 20}}
  queries:
    towns: {{count: people, by: {{town: [Zuqotown, Wexoham]}}, epsilon: 5}}
    ages: {{mean: age, bounds: [0, 100], epsilon: 1}}
  synthetic: {{epsilon: 4, columns: {{town: {{values: [Zuqotown, Wexoham]}}}}}}
"""


class Place:
    """A source of 400 people, its policy, and a folder for releases."""

    def __init__(self, folder: Path, uri: str, name: str) -> None:
        self.uri, self.out = uri, folder / "given"
        self.out.mkdir()
        lines = [f"Zuqo{n},{('Zuqotown', 'Wexoham')[n % 4 == 0]},{n % 90}" for n in range(400)]
        (folder / "v.csv").write_text("person,town,age\n" + "\n".join(lines) + "\n")
        self.policy = folder / "p.yaml"
        self.policy.write_text(POLICY.format(folder=folder, name=name))

    def spent(self) -> Decimal:
        """Return the ε that the log knows of."""
        return budget_of(load_policy(self.policy), open_keyring(self.uri)).spent.epsilon

    def released(self, flow: Any, **asked: Any) -> dict[str, Any]:
        """Run a flow."""
        done: dict[str, Any] = flow(str(self.policy), str(self.out), keyring=self.uri, **asked)
        return done


@pytest.fixture
def place(prefect_home: Path, tmp_path: Path, keyring_uri: str, request: Any) -> Place:
    """Return a place whose dataset is named after the test."""
    return Place(tmp_path, keyring_uri, f"d{abs(hash(request.node.name)) % 10**9}")


@pytest.fixture
def flows(prefect_home: Path) -> dict[str, Any]:
    """Return the two flows' modules."""
    import anonymize.flows.aggregate_dataset as aggregates
    import anonymize.flows.synthesize_dataset as synthetic

    return {"aggregates": aggregates, "synthetic": synthetic}


def _once_failing(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``work``, whose first call fails before it does anything."""
    calls: list[int] = []

    def failing(*args: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("a disk that is back in a moment")
        return work(*args, **named)

    return failing


def test_a_run_releases_into_a_file_and_tells_prefect_no_statistic(
    place: Place, flows: dict[str, Any]
) -> None:
    """The page says what it cost and where it is; groups and numbers are in the file alone."""
    done = place.released(flows["aggregates"].aggregate_dataset)
    (file,) = place.out.iterdir()
    assert (done["path"], done["paid_now"]) == (str(file), True)
    body = open_aggregates(file.read_bytes(), open_keyring(place.uri), "a.json")
    assert [one["name"] for one in body["statistics"]] == ["towns", "ages"]
    assert file.stat().st_mode & 0o777 == 0o600
    name = load_policy(place.policy).dataset
    ((page,),) = stored("SELECT data FROM artifact WHERE key = ?", f"coatcheck-{name}-aggregates")
    assert "ε = 6 of ε = 20" in json.loads(page)
    held = database_text()
    assert ("towns, ages" in held, "Zuqotown" in held) == (True, False)
    query = "SELECT payload FROM events WHERE event = ? AND resource_id = ?"
    found = stored(query, "coatcheck.released", f"coatcheck.dataset.{name}", least=1)
    assert json.loads(found[0][0])["cost"] == {"epsilon": "6", "delta": "0"}


def test_a_retry_after_a_failure_does_not_spend_again(
    place: Place, flows: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was paid for and came to nothing stays paid; the retry is refused and says so."""
    from anonymize.pipeline.aggregate import publish

    monkeypatch.setattr(publish.Reader, "read", _once_failing(publish.Reader.read))
    flow = flows["aggregates"].aggregate_dataset.with_options(retries=2, retry_delay_seconds=0)
    with pytest.raises(PaidError, match=r"a retry does not spend again.*start a new run"):
        place.released(flow)
    assert place.spent() == 6
    assert list(place.out.iterdir()) == []
    assert place.released(flow)["paid_now"]
    assert place.spent() == 12


def test_a_retry_of_what_was_not_paid_for_releases(
    place: Place, flows: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure before the budget was spent costs nothing."""
    from anonymize.pipeline.aggregate import publish

    monkeypatch.setattr(publish, "spend", _once_failing(publish.spend))
    flow = flows["aggregates"].aggregate_dataset.with_options(retries=1, retry_delay_seconds=0)
    assert place.released(flow)["paid_now"]
    assert place.spent() == 6


@pytest.mark.parametrize("kind", ["aggregates", "synthetic"])
def test_a_retry_gives_what_an_earlier_try_released(
    place: Place, flows: dict[str, Any], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The run failed behind the release: the file is there, and is not made anew."""
    module = flows[kind]
    monkeypatch.setattr(module, "show_released", _once_failing(module.show_released))
    flow = module.aggregate_dataset if kind == "aggregates" else module.synthesize_dataset
    done = place.released(flow.with_options(retries=1, retry_delay_seconds=0))
    assert not done["paid_now"]
    with pytest.raises(ArgumentError, match="is the dataset's own, where only runs write"):
        flow(str(place.policy), str(place.policy.parent / "out"), keyring=place.uri)
    assert place.spent() == Decimal(done["cost"]["epsilon"])
    assert len(list(place.out.iterdir())) == (1 if kind == "aggregates" else 2)


def test_a_caller_that_is_tried_again_does_not_spend_again(
    place: Place, flows: dict[str, Any]
) -> None:
    """A flow that calls ours may be what fails: its retry is a new run of ours, not a new one of
    its own.
    """
    from prefect import flow

    done: list[dict[str, Any]] = []

    @flow(retries=1, persist_result=False)
    def night() -> None:
        done.append(place.released(flows["aggregates"].aggregate_dataset))
        if len(done) == 1:
            raise OSError("something else of the night")

    night()
    assert [one["paid_now"] for one in done] == [True, False]
    assert done[0]["path"] == done[1]["path"]
    assert place.spent() == 6


@pytest.mark.soak
def test_another_run_is_another_release_until_the_budget_is_spent(
    place: Place, flows: dict[str, Any]
) -> None:
    """Runs of a schedule pay each; the last one is refused."""
    first, second = (place.released(flows["aggregates"].aggregate_dataset) for _ in range(2))
    assert first["path"] != second["path"]
    assert place.released(flows["aggregates"].aggregate_dataset, queries=["ages"])["cost"] == {
        "epsilon": "1",
        "delta": "0",
    }
    with pytest.raises(GateError, match="ε = 13 of ε = 20 is spent, and this costs ε = 8"):
        place.released(flows["synthetic"].synthesize_dataset, epsilon=8.0)
    assert place.spent() == 13
    assert len(list(place.out.iterdir())) == 3
    name = load_policy(place.policy).dataset
    ((page,),) = stored("SELECT data FROM artifact WHERE key = ?", f"coatcheck-{name}-release")
    assert "What was spent stays spent" in json.loads(page)


@pytest.mark.soak
def test_synthetic_rows_are_a_file_whose_document_signs_them(
    place: Place, flows: dict[str, Any]
) -> None:
    """Parquet too; a changed file is told."""
    done = place.released(flows["synthetic"].synthesize_dataset, rows=50)
    rows = Path(done["path"])
    assert pacsv.read_csv(rows).num_rows == 50
    data, keyring = rows.with_name(f"{rows.name}.json").read_bytes(), open_keyring(place.uri)
    assert open_synthetic(data, keyring, "s.json", rows)["rows"] == 50
    rows.write_bytes(rows.read_bytes().replace(b"Wexoham", b"Zuqotown", 1))
    with pytest.raises(AnonymizeError, match="holds other rows than the signed document is of"):
        open_synthetic(data, keyring, "s.json", rows)
    made = place.released(flows["synthetic"].synthesize_dataset, form="parquet")
    assert made["path"].endswith(".parquet")


def test_a_folder_that_is_none_is_refused_before_anything_is_spent(
    place: Place, flows: dict[str, Any]
) -> None:
    """So is the dataset's own, and a form that is none."""
    flow = flows["aggregates"].aggregate_dataset
    for folder in (str(place.out / "none"), "s3://bucket/given"):
        with pytest.raises(ArgumentError, match="is no folder of the worker's machine"):
            flow(str(place.policy), folder, keyring=place.uri)
    with pytest.raises(ArgumentError, match="form: is none of csv, parquet"):
        place.released(flows["synthetic"].synthesize_dataset, form="xlsx")
    assert place.spent() == 0


def test_releases_of_one_run_are_told_apart(
    place: Place, monkeypatch: pytest.MonkeyPatch, flows: dict[str, Any]
) -> None:
    """A flow that releases for two purposes, or other queries, is not given the first one again
    under the other's name.
    """
    from anonymize.flows import releases

    monkeypatch.setattr(releases, "_run", lambda: "one")
    text = place.policy.read_text()
    first = place.released(flows["aggregates"].aggregate_dataset)
    assert place.released(flows["aggregates"].aggregate_dataset) == {**first, "paid_now": False}
    paths = {first["path"]}
    for other in (text.replace("planning", "research"), text.replace("    ages:", "    years:")):
        place.policy.write_text(other)
        made = place.released(flows["aggregates"].aggregate_dataset)
        assert made["paid_now"]
        paths.add(made["path"])
    assert len(paths) == 3
