"""Flows call the same run: retries for what may pass, none for refusals, nothing raw in Prefect's database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import PlanError, SourceError
from anonymize.keys import Keyring
from flows.guard import UnforeseenError
from tests.run.conftest import Workplace, workplace  # noqa: F401
from tests.run.test_travels import canary_policy, spellings


@pytest.fixture(scope="module")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder of a Prefect server of this module's own, on loopback."""
    home = tmp_path_factory.mktemp("prefect")
    before = {name: os.environ.get(name) for name in ("PREFECT_HOME", "PREFECT_SERVER_DATABASE_CONNECTION_URL")}
    os.environ["PREFECT_HOME"] = str(home)
    from flows.settings import quiet_prefect

    quiet_prefect()
    from prefect.settings import PREFECT_HOME, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with temporary_settings({PREFECT_HOME: home}), prefect_test_harness(server_startup_timeout=180):
        yield home
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture
def flow_of(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the flows' module, with retries that do not wait."""
    import flows.anonymize_dataset as module

    monkeypatch.setattr(module, "write", module.write.with_options(retry_delay_seconds=0))
    return module


def _publish(flow_of: Any, place: Workplace, extra: str = "") -> dict[str, Any]:
    done: dict[str, Any] = flow_of.anonymize_dataset(str(place.policy(extra)), place.keyring_uri)
    return done


def test_a_flow_publishes_what_the_command_line_does(flow_of: Any, workplace: Workplace, keyring: Keyring) -> None:  # noqa: F811
    """Same run, same summary."""
    summary = _publish(flow_of, workplace)
    assert (summary["version"], summary["rows_out"]) == (1, 3)
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_a_passing_failure_is_retried(
    flow_of: Any,
    workplace: Workplace,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that could not write once gets its partition again."""
    calls, write = [], flow_of.write_partition

    def once_broken(job: Any, number: int) -> Any:
        calls.append(number)
        if len(calls) == 1:
            raise OSError("a disk that is back in a moment")
        return write(job, number)

    monkeypatch.setattr(flow_of, "write_partition", once_broken)
    assert _publish(flow_of, workplace)["rows_out"] == 3
    assert calls == [0, 0]


def test_a_refusal_is_not_retried_and_publishes_nothing(
    flow_of: Any,
    workplace: Workplace,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a policy refuses now it refuses again."""
    calls = []

    def refused(job: Any, number: int) -> Any:
        calls.append(number)
        raise PlanError("no")

    monkeypatch.setattr(flow_of, "write_partition", refused)
    with pytest.raises(PlanError):
        _publish(flow_of, workplace)
    assert calls == [0]
    assert Dataset(workplace.sink).current is None


def test_inspection_is_a_flow_without_values(prefect_home: Path, workplace: Workplace) -> None:  # noqa: F811
    """A row per column: verdict and evidence."""
    from flows.inspect_dataset import inspect_dataset

    rows = inspect_dataset(str(workplace.source))
    assert [row["column"] for row in rows] == ["name", "email", "zip", "born", "visits"]
    assert "Castro" not in str(rows)


def _database() -> str:
    """Return all that Prefect's database holds, as text."""
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    url = PREFECT_SERVER_DATABASE_CONNECTION_URL.value()
    url = url.get_secret_value() if hasattr(url, "get_secret_value") else str(url)
    return "\n".join(sqlite3.connect(url.split("///", 1)[1]).iterdump())


def test_first_passes_leave_no_value_in_the_database(flow_of: Any, tmp_path: Path, keyring_uri: str) -> None:
    """Over every action that needs one: parameters, results and artifacts are counts, digests and what is encrypted."""
    summary = flow_of.anonymize_dataset(str(canary_policy(tmp_path)), keyring_uri)
    held = _database().encode()
    assert summary["rows_out"] == 59
    assert b"people counted: distinct values of who" in held
    assert not [spelling for spelling in spellings() if spelling in held]


def test_the_artifact_says_what_was_not_looked_for(flow_of: Any, workplace: Workplace) -> None:  # noqa: F811
    """Who reads the result in Prefect alone learns that the policy switched the name model off."""
    summary = _publish(flow_of, workplace, "detect: {ner: 'off'}")
    (sentence,) = summary["not_looked_for"]
    assert "ner: off" in sentence
    assert f"| not looked for | {sentence} |" in _database()


@pytest.mark.parametrize("place", ["write_partition", "begin"])
def test_an_unforeseen_error_is_told_without_its_text(
    flow_of: Any,
    workplace: Workplace,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    place: str,
) -> None:
    """A bug whose exception quotes a cell leaves its kind and place in Prefect's states and logs, not the cell."""

    def broken(*_: object) -> Any:
        cell = "@".join(("planted.cell", "example.com"))
        try:
            raise KeyError(cell)
        except KeyError:
            raise ValueError(cell)  # noqa: B904 - a chain, as bugs have

    monkeypatch.setattr(flow_of, place, broken)
    with pytest.raises(UnforeseenError, match=r"ValueError at test_flows.py:\d+: its text is not shown"):
        _publish(flow_of, workplace)
    shown = capfd.readouterr()
    assert "planted.cell@" not in _database() + shown.out + shown.err
    assert "UnforeseenError" in _database()


def test_people_in_place_of_names_are_refused(flow_of: Any, workplace: Workplace) -> None:  # noqa: F811
    """A first row that is a person, and keys of objects that are: nobody reads of them in Prefect."""
    from anonymize.errors import SourceError
    from flows.inspect_dataset import inspect_dataset

    workplace.source.write_text("Zuqo Kaxi,Lumi\nBome Ruvi,Gako\nTiza Fole,Nubo\n")
    for work in (lambda: inspect_dataset(str(workplace.source)), lambda: _publish(flow_of, workplace)):
        with pytest.raises(SourceError, match="the first row is like the rows below it"):
            work()
    keys = workplace.folder / "keys.jsonl"
    keys.write_text("".join(f'{{"id": {n}, "scores": {{"Zuqo{chr(97 + n % 9)} Kaxi": 1}}}}\n' for n in range(30)))
    with pytest.raises(SourceError, match=r"column scores: 9 keys look like data"):
        inspect_dataset(str(keys))
    assert "Zuqo" not in _database()


def test_prefects_database_holds_no_raw_value(flow_of: Any, workplace: Workplace) -> None:  # noqa: F811
    """Parameters are paths and names, states are counts: read as text, no cell of the source is in it."""
    _publish(flow_of, workplace)
    dump = _database()
    assert "anonymize-dataset" in dump
    assert not [word for word in ("Castro", "castro", "Jensen", "1984-02-29", "chen@") if word in dump]


@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, type("Odd", (BaseException,), {})])
def test_an_exit_is_told_without_its_text(
    flow_of: Any,
    workplace: Workplace,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kind: type[BaseException],
) -> None:
    """What is no ``Exception`` passed the guard, and its text went into Prefect's states and logs."""

    def broken(*_: object) -> Any:
        raise kind("@".join(("planted.exit", "example.com")))

    monkeypatch.setattr(flow_of, "write_partition", broken)
    with pytest.raises(UnforeseenError, match=f"{kind.__name__} at test_flows.py") as told:
        _publish(flow_of, workplace)
    assert told.value.__context__ is None or "planted.exit@" not in str(told.value.__context__)
    shown = capfd.readouterr()
    assert "planted.exit@" not in _database() + shown.out + shown.err


def test_no_exception_of_a_flow_is_stored(flow_of: Any, prefect_home: Path, workplace: Workplace) -> None:  # noqa: F811
    """Prefect pickles what a flow raises, even where results are not persisted; the caller gets it all the same."""
    from flows.inspect_dataset import inspect_dataset

    storage = prefect_home / "storage"
    before = set(storage.rglob("*")) if storage.exists() else set()
    with pytest.raises(PlanError):
        _publish(flow_of, workplace, "subject: nobody")
    with pytest.raises(SourceError):
        inspect_dataset(str(workplace.folder / "none.csv"))
    state = flow_of.anonymize_dataset(str(workplace.folder / "none.yaml"), workplace.keyring_uri, return_state=True)
    assert state.is_failed()
    assert (set(storage.rglob("*")) if storage.exists() else set()) == before
