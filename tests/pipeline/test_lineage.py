"""A published version is told of by events; what cannot be told is said, and undoes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.errors import (
    AnchorError,
    AnonymizeError,
    ArgumentError,
    DatasetError,
    LineageError,
    PolicyError,
)
from anonymize.keys import Keyring
from anonymize.pipeline import lineage
from anonymize.pipeline.erase import erase
from anonymize.pipeline.lineage import send_lineage
from anonymize.pipeline.run import RunSummary
from anonymize.policy import load_policy
from tests.tls_server import Answer, Asked, tls_server
from tests.workplace import Workplace


def run(workplace: Workplace, extra: str) -> RunSummary:
    """Run the workplace's policy with ``extra`` in it."""
    return anonymize.run(workplace.policy(extra), keyring=workplace.keyring_uri)


def events(file: Path) -> list[dict[str, Any]]:
    """Return the events in a file."""
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def file(workplace: Workplace) -> Path:
    """Return where events go."""
    return workplace.folder / "lineage" / "events.jsonl"


def test_each_version_is_told_of_by_its_start_and_its_end(
    workplace: Workplace, file: Path, keyring: Keyring
) -> None:
    """Lines are appended; the end is the version's own card, and begins no earlier than the run."""
    for _ in (1, 2):
        run(workplace, f"lineage: {{file: {file}, namespace: prod, source: crm.people}}")
    found = events(file)
    assert [one["eventType"] for one in found] == ["START", "COMPLETE"] * 2
    assert found[0]["run"] == found[1]["run"] != found[2]["run"] == found[3]["run"]
    card = Dataset(workplace.sink).card("openlineage.json", version=1, keyring=keyring)
    assert card is not None
    assert found[1] == json.loads(card)
    assert found[0]["eventTime"] <= found[1]["eventTime"]
    assert found[1]["job"] | {"facets": {}} == {"namespace": "prod", "name": "people", "facets": {}}
    assert found[1]["inputs"][0]["name"] == "crm.people"
    assert "castro" not in file.read_text().lower()


def test_where_events_go_is_no_part_of_the_policys_digest(workplace: Workplace, file: Path) -> None:
    """So that a version's policy is the same after a service moved."""
    plain = load_policy(workplace.policy()).digest()
    assert load_policy(workplace.policy(f"lineage: {{file: {file}}}")).digest() == plain


def test_a_file_that_takes_no_events_undoes_no_version(
    workplace: Workplace, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says that it published, how to send the events again, and has its summary."""

    def full(path: Path, line: bytes, place: str) -> None:
        raise DatasetError("the disk is full", place=str(path))

    monkeypatch.setattr(lineage, "append_line", full)
    with pytest.raises(LineageError) as untold:
        run(workplace, f"lineage: {{file: {file}}}")
    said = str(untold.value)
    assert f"lineage {file}: the disk is full; version 1 is published" in said
    assert "coatcheck lineage POLICY --version 1" in said
    assert isinstance(untold.value.result, RunSummary)
    assert untold.value.exit_code == 4
    assert Dataset(workplace.sink).verify(keyring=keyring).ok
    monkeypatch.undo()
    send_lineage(workplace.folder / "people.yaml", keyring=keyring)
    send_lineage(workplace.folder / "people.yaml", 1, keyring=keyring)
    assert len({one["run"]["runId"] for one in events(file)}) == 1


def test_what_neither_anchor_nor_lineage_took_is_said_together(
    workplace: Workplace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the anchor's error, whose head the next act tells."""

    def full(path: Path, line: bytes, place: str) -> None:
        raise DatasetError("the disk is full", place=str(path))

    monkeypatch.setattr(lineage, "append_line", full)
    monkeypatch.setattr("anonymize.dataset.anchor.append_line", full)
    anchor = f"audit: {{anchor: {{file: {workplace.folder / 'heads.jsonl'}}}}}"
    with pytest.raises(AnchorError) as untold:
        run(workplace, f"{anchor}\nlineage: {{file: {file}}}")
    assert [problem.place for problem in untold.value.problems] == [
        str(workplace.folder / "heads.jsonl"),
        f"lineage {file}",
    ]
    assert isinstance(untold.value.result, RunSummary)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("{file: out/events.jsonl}", "lies in the sink's folder"),
        ("{file: people.csv/x}", "is not a folder"),
        ("{url: 'https://localhost/x', auth: {bearer_env: ABSENT_TOKEN}}", "is not set"),
        ("{url: 'https://localhost/x', ca_file: people.csv}", "cannot be read as certificates"),
    ],
)
def test_what_can_be_known_is_refused_before_the_first_row(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, said: str, what: str
) -> None:
    """No host is asked, and nothing is written."""
    monkeypatch.chdir(workplace.folder)
    with pytest.raises(AnonymizeError, match=what) as refused:
        run(workplace, f"lineage: {said}")
    assert "people.yaml:6: lineage" in str(refused.value)
    assert not workplace.sink.exists()


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("{}", "name either file or url"),
        ("{file: a, url: 'https://h/x'}", "name either file or url"),
        ("{file: a, allow_private: true}", "allow_private: go with url"),
        ("{url: 'http://h/x'}", "plain http shows the data"),
        ("{url: 'https://u:p@h/x'}", "holds credentials"),
        ("{url: 'https://h/x?api_key=1'}", "is a secret by its name"),
        ("{url: a.jsonl}", "is no https:// address; say file:"),
        ("{file: 's3://b/x'}", "is not supported yet"),
        ("{file: a, namespace: 'a b'}", "should match pattern"),
    ],
)
def test_a_policy_that_says_it_wrong_is_refused(workplace: Workplace, said: str, what: str) -> None:
    """With its line."""
    with pytest.raises(PolicyError, match=what):
        load_policy(workplace.policy(f"lineage: {said}"))


def served(url: str, ca_file: Path, more: str = "") -> str:
    """Return the policy's block for a server on loopback."""
    return (
        f"lineage: {{url: '{url}/api/v1/lineage', ca_file: {ca_file}, allow_private: true{more}}}"
    )


def test_events_are_posted_with_the_credentials_that_the_policy_names(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with no others: the token for sources goes to sources alone."""
    monkeypatch.setenv("LINEAGE_TOKEN", "tok-1")
    monkeypatch.setenv("COATCHECK_HTTPS_TOKEN", "tok-of-sources")
    with tls_server(workplace.folder, lambda asked: Answer(status=201)) as server:
        run(workplace, served(server.url, server.ca_file, ", auth: {bearer_env: LINEAGE_TOKEN}"))
        run(workplace, served(server.url, server.ca_file))
    assert [json.loads(one.body)["eventType"] for one in server.asked] == ["START", "COMPLETE"] * 2
    assert {one.path for one in server.asked} == {"/api/v1/lineage"}
    assert [one.headers.get("Authorization") for one in server.asked] == [
        "Bearer tok-1", "Bearer tok-1", None, None,
    ]  # fmt: skip
    assert {one.headers["Content-Type"] for one in server.asked} == {"application/json"}


def test_a_host_that_is_busy_is_asked_again(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few times, and then the events are taken."""
    monkeypatch.setattr(lineage, "PAUSE_SECONDS", 0)
    answers = iter([503, 429, 200, 200])
    with tls_server(workplace.folder, lambda asked: Answer(status=next(answers))) as server:
        run(workplace, served(server.url, server.ca_file))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("status", "posts"), [(503, 3), (400, 1), (302, 1), (404, 1)], ids=lambda given: str(given)
)
def test_a_host_that_takes_no_events_is_told_of_after_publication(
    workplace: Workplace, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, status: int, posts: int
) -> None:
    """By its status, without what it said; no redirect is followed."""
    monkeypatch.setattr(lineage, "PAUSE_SECONDS", 0)

    def answer(asked: Asked) -> Answer:
        return Answer(b"CANARY", status, {"Location": "https://localhost:1/"})

    what = f"status {status}; version 1 is published"
    with (
        tls_server(workplace.folder, answer) as server,
        pytest.raises(LineageError, match=what) as told,
    ):
        run(workplace, served(server.url, server.ca_file))
    assert "CANARY" not in str(told.value)
    assert len(server.asked) == posts
    assert Dataset(workplace.sink).verify(keyring=keyring).ok


def test_a_host_that_does_not_answer_undoes_no_version(
    workplace: Workplace, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a private address that the policy does not allow is not connected to."""
    monkeypatch.setattr(lineage, "PAUSE_SECONDS", 0)
    with tls_server(workplace.folder, lambda asked: Answer()) as server:
        url, ca_file = server.url, server.ca_file
        with pytest.raises(LineageError, match="say allow_private: true if that is meant"):
            run(workplace, served(url, ca_file).replace("allow_private: true", "namespace: n"))
        assert server.asked == []
    with pytest.raises(LineageError, match="the host cannot be reached"):
        run(workplace, served(url, ca_file))
    assert Dataset(workplace.sink).versions(keyring) == (1, 2)


def test_an_incremental_run_that_publishes_nothing_tells_nothing(
    workplace: Workplace, file: Path
) -> None:
    """There is no version to tell of."""
    policy = workplace.policy(f"lineage: {{file: {file}}}")
    for _ in (1, 2):
        anonymize.run(policy, keyring=workplace.keyring_uri, incremental=True)
    assert len(events(file)) == 2


def test_a_person_leaves_also_if_lineage_takes_no_events(
    workplace: Workplace, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older versions go, and the error has the certificate."""
    extra = "subject: email\nerasure: {index: true}\nrows: {max_quarantined: 0.5}\n"
    policy = workplace.policy(f"{extra}lineage: {{file: {file}}}")
    anonymize.run(policy, keyring=keyring)

    def full(path: Path, line: bytes, place: str) -> None:
        raise DatasetError("the disk is full", place=str(path))

    monkeypatch.setattr(lineage, "append_line", full)
    with pytest.raises(LineageError) as untold:
        erase(policy, "bo@example.org", keyring, reason="asked to")
    assert isinstance(untold.value.result, dict)
    assert untold.value.result["certificate"]["was"]["in_versions"] == [1]
    assert Dataset(workplace.sink).versions(keyring) == (2,)


def test_sending_again_needs_a_place_and_a_version_with_an_event(
    workplace: Workplace, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is said."""
    monkeypatch.setattr("anonymize.pipeline.in_progress.cards_of", lambda *_, **__: {})
    run(workplace, "")
    with pytest.raises(ArgumentError, match="says nothing of where events go"):
        send_lineage(workplace.policy(), keyring=keyring)
    with pytest.raises(ArgumentError, match="version 1 was published without cards"):
        send_lineage(workplace.policy(f"lineage: {{file: {file}}}"), keyring=keyring)
    assert not file.exists()
