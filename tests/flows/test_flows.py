"""Flows call the same run: retries for what may pass, none for refusals, nothing raw in Prefect's
database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import BusyError, DataError, GateError, PlanError, SourceError
from anonymize.flows.guard import UnforeseenError
from anonymize.keys import Keyring
from tests.dask_cluster import dask_cluster
from tests.pipeline.test_travels import canary_policy, spellings
from tests.prefect_server import database_text
from tests.workplace import ROWS, Workplace


def _publish(flow_of: Any, place: Workplace, extra: str = "") -> dict[str, Any]:
    done: dict[str, Any] = flow_of.anonymize_dataset(str(place.policy(extra)), place.keyring_uri)
    return done


def test_a_flow_publishes_what_the_command_line_does(
    flow_of: Any,
    workplace: Workplace,
    keyring: Keyring,
) -> None:
    """Same run, same summary."""
    summary = _publish(flow_of, workplace)
    assert (summary["version"], summary["rows_out"]) == (1, 3)
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_a_passing_failure_is_retried(
    flow_of: Any,
    workplace: Workplace,
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
    workplace: Workplace,
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


def test_inspection_is_a_flow_without_values(prefect_home: Path, workplace: Workplace) -> None:
    """A row per column: verdict and evidence."""
    from anonymize.flows.inspect_dataset import inspect_dataset

    rows = inspect_dataset(str(workplace.source))
    assert [row["column"] for row in rows] == ["name", "email", "zip", "born", "visits"]
    assert "Castro" not in str(rows)


def test_first_passes_leave_no_value_in_the_database(
    flow_of: Any, tmp_path: Path, keyring_uri: str
) -> None:
    """Over every action that needs one: parameters, results and artifacts are counts, digests and
    what is encrypted.
    """
    summary = flow_of.anonymize_dataset(str(canary_policy(tmp_path)), keyring_uri)
    held = database_text().encode()
    assert summary["rows_out"] == 59
    assert b"people counted: distinct values of who" in held
    assert not [spelling for spelling in spellings() if spelling in held]


def test_the_artifact_says_what_was_not_looked_for(flow_of: Any, workplace: Workplace) -> None:
    """Who reads the result in Prefect alone learns that the policy switched the name model off."""
    summary = _publish(flow_of, workplace, "detect: {ner: 'off'}")
    (sentence,) = summary["not_looked_for"]
    assert "ner: off" in sentence
    assert f"| not looked for | {sentence} |" in database_text().replace("<br>", " ")


@pytest.mark.parametrize("place", ["write_partition", "begin"])
def test_an_unforeseen_error_is_told_without_its_text(
    flow_of: Any,
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    place: str,
) -> None:
    """A bug whose exception quotes a cell leaves its kind and place in Prefect's states and logs,
    not the cell.
    """

    def broken(*_: object, **__: object) -> Any:
        cell = "@".join(("planted.cell", "example.com"))
        try:
            raise KeyError(cell)
        except KeyError:
            raise ValueError(cell)  # noqa: B904 - a chain, as bugs have

    monkeypatch.setattr(flow_of, place, broken)
    with pytest.raises(
        UnforeseenError, match=r"ValueError at test_flows.py:\d+: its text is not shown"
    ):
        _publish(flow_of, workplace)
    shown = capfd.readouterr()
    assert "planted.cell@" not in database_text() + shown.out + shown.err
    assert "internal error: ValueError at test_flows.py" in database_text()
    assert "Traceback" not in shown.out + shown.err


def test_people_in_place_of_names_are_refused(flow_of: Any, workplace: Workplace) -> None:
    """A first row that is a person, and keys of objects that are: nobody reads of them in
    Prefect.
    """
    from anonymize.errors import SourceError
    from anonymize.flows.inspect_dataset import inspect_dataset

    workplace.source.write_text("Zuqo Kaxi,Lumi\nBome Ruvi,Gako\nTiza Fole,Nubo\n")
    for work in (
        lambda: inspect_dataset(str(workplace.source)),
        lambda: _publish(flow_of, workplace),
    ):
        with pytest.raises(SourceError, match="the first row is like the rows below it"):
            work()
    keys = workplace.folder / "keys.jsonl"
    keys.write_text(
        "".join(
            f'{{"id": {n}, "scores": {{"Zuqo{chr(97 + n % 9)} Kaxi": 1}}}}\n' for n in range(30)
        )
    )
    with pytest.raises(SourceError, match=r"column scores: 9 keys look like data"):
        inspect_dataset(str(keys))
    assert "Zuqo" not in database_text()


def test_prefects_database_holds_no_raw_value(flow_of: Any, workplace: Workplace) -> None:
    """Parameters are paths and names, states are counts: read as text, no cell of the source is in
    it.
    """
    _publish(flow_of, workplace)
    dump = database_text()
    assert "anonymize-dataset" in dump
    assert not [
        word for word in ("Castro", "castro", "Jensen", "1984-02-29", "chen@") if word in dump
    ]


@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, type("Odd", (BaseException,), {})])
def test_an_exit_is_told_without_its_text(
    flow_of: Any,
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kind: type[BaseException],
) -> None:
    """What is no ``Exception`` passed the guard, and its text went into Prefect's states and
    logs.
    """

    def broken(*_: object, **__: object) -> Any:
        raise kind("@".join(("planted.exit", "example.com")))

    monkeypatch.setattr(flow_of, "write_partition", broken)
    named = "BaseException" if kind.__name__ == "Odd" else kind.__name__  # no module holds Odd
    with pytest.raises(UnforeseenError, match=f"{named} at test_flows.py") as told:
        _publish(flow_of, workplace)
    assert told.value.__context__ is None or "planted.exit@" not in str(told.value.__context__)
    shown = capfd.readouterr()
    assert "planted.exit@" not in database_text() + shown.out + shown.err


def test_no_exception_of_a_flow_is_stored(
    flow_of: Any,
    prefect_home: Path,
    workplace: Workplace,
) -> None:
    """Prefect pickles what a flow raises, even where results are not persisted; the caller gets it
    all the same.
    """
    from anonymize.flows.inspect_dataset import inspect_dataset

    storage = prefect_home / "storage"
    before = set(storage.rglob("*")) if storage.exists() else set()
    with pytest.raises(PlanError):
        _publish(flow_of, workplace, "subject: nobody")
    with pytest.raises(SourceError):
        inspect_dataset(str(workplace.folder / "none.csv"))
    state = flow_of.anonymize_dataset(
        str(workplace.folder / "none.yaml"), workplace.keyring_uri, return_state=True
    )
    assert state.is_failed()
    assert (set(storage.rglob("*")) if storage.exists() else set()) == before


@pytest.mark.soak
def test_a_dask_cluster_does_the_partitions(
    flow_of: Any,
    workplace: Workplace,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One that is there already: Dask rebuilds the quotation of the job as a plain tuple."""
    from prefect_dask import DaskTaskRunner

    text = workplace.source.read_text()
    for number in (1, 2, 3):
        (workplace.folder / f"people-{number}.csv").write_text(text)
    policy = workplace.policy("privacy: {quasi_identifiers: [zip], k: 2}")
    policy.write_text(policy.read_text().replace("people.csv", "people-*.csv"))
    with dask_cluster(tmp_path_factory.mktemp("dask")) as cluster:
        runner = DaskTaskRunner(address=cluster.address)
        flow = flow_of.anonymize_dataset.with_options(task_runner=runner)
        assert flow(str(policy), workplace.keyring_uri)["rows_out"] == 9
        assert not [mail for _, mail, *_ in ROWS if mail.encode() in cluster.texts()]
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


@pytest.mark.parametrize("wrapped", [lambda job: job, lambda job: (job,), lambda job: ((job,),)])
def test_a_job_is_known_however_it_was_wrapped(
    flow_of: Any,
    workplace: Workplace,
    wrapped: Any,
) -> None:
    """And what is no job is refused in one sentence."""
    from anonymize.errors import ArgumentError
    from anonymize.pipeline.run import begin

    with begin(workplace.policy(), workplace.keyring_uri) as running:
        assert flow_of._unquoted(wrapped(running.job)) is running.job
        with pytest.raises(ArgumentError, match="got a dict for its job"):
            flow_of._unquoted(wrapped({}))


def _told(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(
        record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")
    )


def test_a_refusal_is_one_message(
    flow_of: Any,
    workplace: Workplace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sixty lines of Prefect's insides hid the one that says what to do; the caller still gets our
    error.
    """
    with pytest.raises(PlanError, match="no column 'nobody'"):
        _publish(flow_of, workplace, "subject: nobody")
    assert _told(caplog).count("the source has no column 'nobody'") == 1
    assert "Traceback" not in caplog.text


def test_a_refusal_of_a_task_is_one_message_too(
    flow_of: Any,
    workplace: Workplace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its own and the flow's."""
    workplace.source.write_text(workplace.source.read_text().replace("10117", "1"))
    with pytest.raises(DataError, match="has no more than 2 characters"):
        _publish(flow_of, workplace, "rows: {on_bad_value: refuse}")
    assert 1 <= _told(caplog).count("has no more than 2 characters") <= 2
    assert "Traceback" not in caplog.text


def test_a_held_dataset_is_tried_again(
    flow_of: Any,
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other run ends some time; a second night begins in the first's."""
    tries, begin = [], flow_of.begin

    def busy_once(*arguments: Any, **options: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise BusyError("another run is at work on this dataset", place="out")
        return begin(*arguments, **options)

    monkeypatch.setattr(flow_of, "begin", busy_once)
    monkeypatch.setattr(flow_of, "BUSY_DELAY_SECONDS", 0)
    assert _publish(flow_of, workplace)["rows_out"] == 3
    assert len(tries) == 2


def test_a_flow_takes_the_consent_to_a_change(flow_of: Any, workplace: Workplace) -> None:
    """As the command's option and the library's argument do."""
    _publish(flow_of, workplace)
    path = workplace.policy()
    path.write_text(path.read_text().replace("purpose: test", "purpose: another"))
    with pytest.raises(GateError, match="purpose: is another"):
        flow_of.anonymize_dataset(str(path), workplace.keyring_uri)
    assert (
        flow_of.anonymize_dataset(str(path), workplace.keyring_uri, accept_change=True)["version"]
        == 2
    )
