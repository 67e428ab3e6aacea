"""What a run's page in Prefect says of a version: names, tags, artifacts, assets, events, few log
lines.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.prefect_server import stored
from tests.workplace import ROWS, Workplace

NAME = "people.of-the_Test"
KEY = "coatcheck-people-of-the-test"
FILES = ("vyxa_moru.csv", "pelo_kuvi.csv")
"""Names of files that are people's."""


@pytest.fixture(scope="module")
def twice(
    prefect_home: Path, tmp_path_factory: pytest.TempPathFactory, keyring_uri: str
) -> Workplace:
    """Return a workplace whose two files were published twice, the second time with more rows."""
    from anonymize.flows.anonymize_dataset import anonymize_dataset

    place = Workplace(tmp_path_factory.mktemp("pages"), keyring_uri)
    folder = place.folder / "staff"
    folder.mkdir()
    lines = ["name,email,zip,born,visits", *(",".join(map(str, row)) for row in ROWS)]
    more = [f"Ana Castro,p{n}@example.com,{n % 90000:05},1984-02-29,{n % 40}" for n in range(1500)]
    for name in FILES:
        (folder / name).write_text("\n".join(lines) + "\n")
    policy = place.policy()
    text = policy.read_text().replace("dataset: people", f"dataset: {NAME}")
    for rule in ("kind: name", "domain: email"):
        text = text.replace(rule, f"{rule}, accept: few values in a test")
    policy.write_text(text.replace(str(place.source), str(folder)))
    anonymize_dataset(str(policy), keyring_uri)
    (folder / FILES[0]).write_text("\n".join([*lines, *more]) + "\n")
    anonymize_dataset(str(policy), keyring_uri)
    return place


def _page(key: str) -> str:
    ((data,),) = stored(
        "SELECT data FROM artifact WHERE key = ? ORDER BY created DESC LIMIT 1", key
    )
    return str(json.loads(data))


def test_a_run_is_named_and_tagged_by_dataset_and_purpose(twice: Workplace) -> None:
    """Not by two random words."""
    runs = stored("SELECT name, tags FROM flow_run WHERE name LIKE ?", f"%{NAME}%")
    assert {name for name, _ in runs} == {f"publish {NAME} for test"}
    assert all(json.loads(tags) == [f"dataset:{NAME}", "purpose:test"] for _, tags in runs)


def test_a_task_is_named_by_its_number(twice: Workplace) -> None:
    """Files may be named like people: none of their names is anywhere in the database."""
    tasks = stored("SELECT name FROM task_run WHERE name LIKE ?", f"{NAME}: write%", least=4)
    assert sorted({name for (name,) in tasks}) == [
        f"{NAME}: write 1 of 2",
        f"{NAME}: write 2 of 2",
    ]
    assert not stored("SELECT 1 FROM log WHERE message LIKE '%vyxa%'")
    assert not stored("SELECT 1 FROM artifact WHERE data LIKE '%vyxa%'")


def test_the_page_says_what_was_found_done_and_left(twice: Workplace) -> None:
    """With separators in numbers, keys, the keyed digest of the policy, and the dataset's path."""
    page = _page(KEY)
    for said in (
        f"# {NAME}, version 2",
        f"`{twice.sink}/versions/000002/manifest.json`",
        "| rows published | 1,506 |",
        "Keyed digest of the policy: `",
        "| keys | pseudonym.1, training.1 |",
        "| email | EMAIL_ADDRESS | pseudonymize (domain email) |",
        "| visits | nothing personal | keep |",
        "* visits is published as it is",
        "* k-anonymity was not asked for, so nobody looked at it",
        f"`coatcheck verify {twice.sink}`",
    ):
        assert said in page


def test_the_page_says_what_changed(twice: Workplace) -> None:
    """Since the version before."""
    page = _page(KEY)
    assert "## Changed since version 1\n\n* 1,506 rows, 1,500 more\n* the source is another" in page
    assert "* the policy is the same" in page


def test_rows_are_told_by_published_part(twice: Workplace) -> None:
    """Not by partition of the source: which part holds which file is as secret as the order."""
    page = _page(KEY)
    assert "## Parts: 2" in page
    assert "| part-00000.parquet |" in page
    assert "| part-00001.parquet |" in page


def test_a_table_has_a_row_per_column(twice: Workplace) -> None:
    """Beside the page."""
    ((data,),) = stored(
        "SELECT data FROM artifact WHERE key = ? ORDER BY created DESC LIMIT 1", f"{KEY}-columns"
    )
    rows = json.loads(json.loads(data))
    assert [row["column"] for row in rows] == ["name", "email", "zip", "born", "visits"]
    assert rows[0]["done"] == "fake (kind name)"


def test_progress_ends_at_a_hundred_only_when_published(twice: Workplace) -> None:
    """One artifact, updated."""
    query = "SELECT data, description FROM artifact WHERE key = ? ORDER BY created"
    assert stored(query, f"{KEY}-progress") == [
        (100, f"{NAME}: version 1 is current"),
        (100, f"{NAME}: version 2 is current"),
    ]


def test_source_and_version_are_assets_without_a_path(twice: Workplace) -> None:
    """Keys are made of the dataset's name alone."""
    made = stored(
        "SELECT resource_id, payload FROM events WHERE event ="
        " 'prefect.asset.materialization.succeeded' AND resource_id LIKE ?",
        f"%{NAME}",
        least=2,
    )
    assert {key for key, _ in made} == {f"coatcheck://dataset/{NAME}"}
    assert stored(
        "SELECT 1 FROM events WHERE event = 'prefect.asset.referenced' AND resource_id = ?",
        f"coatcheck://source/{NAME}",
    )


def test_a_publication_is_an_event(twice: Workplace) -> None:
    """For automations: counts, keys and what changed."""
    events = stored(
        "SELECT payload FROM events WHERE event = 'coatcheck.published' AND resource_id = ?"
        " ORDER BY occurred",
        f"coatcheck.dataset.{NAME}",
        least=2,
    )
    payload = json.loads(events[1][0])
    assert (payload["version"], payload["last_version"], payload["rows_out"]) == (2, 1, 1506)
    assert "1,506 rows, 1,500 more" in payload["changed"]


def test_a_good_run_has_two_log_lines(twice: Workplace) -> None:
    """Ours; Prefect's two per task are left out."""
    lines = stored(
        "SELECT message FROM log JOIN flow_run ON flow_run.id = log.flow_run_id"
        " WHERE flow_run.name = ? ORDER BY log.timestamp",
        f"publish {NAME} for test",
        least=4,
    )
    assert len(lines) == 4
    assert lines[2][0] == f"{NAME}: columns published: 5, places dropped: 0, partitions: 2"
    assert lines[3][0].startswith(f"{NAME}: version 2 is current: 1,506 of 1,506 rows; ")


def test_what_prefect_does_not_take_stops_no_run(
    flow_of: Any, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is away for an artifact, an event or the limit: the version is published, and
    one line says so, without the text of the error.
    """
    import prefect.artifacts

    from anonymize.flows import one_at_a_time

    def away(*_: object, **__: object) -> Any:
        raise ConnectionError("planted text")

    monkeypatch.setattr(prefect.artifacts, "create_markdown_artifact", away)
    monkeypatch.setattr(one_at_a_time, "_limit", away)
    assert flow_of.anonymize_dataset(str(workplace.policy()), workplace.keyring_uri)["version"] == 1
    assert stored("SELECT 1 FROM log WHERE message LIKE 'not told to Prefect: %'", least=1)
    assert not stored("SELECT 1 FROM log WHERE message LIKE '%planted text%'")


def test_a_refusal_has_a_page_and_an_event(flow_of: Any, workplace: Workplace) -> None:
    """That say what is still current, why, and where."""
    from anonymize.errors import PlanError

    policy = workplace.policy("subject: nobody")
    policy.write_text(policy.read_text().replace("dataset: people", "dataset: refused-people"))
    with pytest.raises(PlanError) as told:
        flow_of.anonymize_dataset(str(policy), workplace.keyring_uri)
    page = _page("coatcheck-refused-people")
    assert page.startswith("# refused-people: publication refused\n\nNothing was published, and no")
    assert "**: the source has no column 'nobody'" in page
    ((payload,),) = stored(
        "SELECT payload FROM events WHERE event = 'coatcheck.refused' AND resource_id = ?",
        "coatcheck.dataset.refused-people",
        least=1,
    )
    assert json.loads(payload)["said"] == [str(told.value)]


def test_an_error_shows_its_text_in_its_repr() -> None:
    """Prefect logs errors of tasks by their repr."""
    from anonymize.errors import GateError

    assert repr(GateError("no", place="column x")) == "GateError('column x: no')"


def test_a_bug_is_not_tried_again(
    flow_of: Any, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would only be met again; input and output is tried again, later each time."""
    from anonymize.flows.guard import BugError

    calls = []

    def broken(job: Any, number: int) -> Any:
        calls.append(number)
        raise KeyError("a bug")

    monkeypatch.setattr(flow_of, "write_partition", broken)
    with pytest.raises(BugError, match=r"KeyError at test_pages.py"):
        flow_of.anonymize_dataset(str(workplace.policy()), workplace.keyring_uri)
    assert calls == [0]


def test_waits_between_tries_double(prefect_home: Path) -> None:
    """And vary, so that many tasks do not come back at once."""
    from anonymize.flows.anonymize_dataset import measure, write

    assert [task.retry_delay_seconds for task in (measure, write)] == [[5, 10, 20]] * 2
    assert write.retry_jitter_factor == 0.5


def test_a_place_that_stays_taken_stops_no_night(
    flow_of: Any, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that was restarted forgets who holds it: after an hour the dataset's own lock
    decides.
    """
    from anonymize.flows import one_at_a_time

    policy = workplace.policy()
    policy.write_text(policy.read_text().replace("dataset: people", "dataset: met-people"))
    monkeypatch.setattr(one_at_a_time, "WAIT_SECONDS", 1)
    with one_at_a_time.one_at_a_time("met-people"):
        assert flow_of.anonymize_dataset(str(policy), workplace.keyring_uri)["version"] == 1
    query = "SELECT message FROM log WHERE message LIKE 'met-people: %' ORDER BY timestamp"
    lines = stored(query, least=4)
    assert lines[0] == ("met-people: another run is at work; waiting for it to end",)
    assert lines[1][0].endswith("see: prefect gcl inspect coatcheck:met-people")


def test_a_dataset_is_paused_by_its_limit(
    flow_of: Any, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set to 0 on the server: its runs are refused in one message, before anything is read."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate

    from anonymize.errors import BusyError

    limit = GlobalConcurrencyLimitCreate(name="coatcheck:paused", limit=0, active=True)
    get_client(sync_client=True).create_global_concurrency_limit(limit)
    policy = workplace.policy()
    policy.write_text(policy.read_text().replace("dataset: people", "dataset: paused"))
    monkeypatch.setattr(flow_of, "begin", lambda *_, **__: pytest.fail("was begun"))
    with pytest.raises(BusyError, match="is paused: its limit coatcheck:paused in Prefect is 0"):
        flow_of.anonymize_dataset(str(policy), workplace.keyring_uri)


def test_a_place_is_given_back_when_the_block_ends(prefect_home: Path) -> None:
    """Also by an error."""
    from anonymize.flows.one_at_a_time import one_at_a_time

    with pytest.raises(KeyError), one_at_a_time("freed"):
        raise KeyError
    held = "SELECT active_slots FROM concurrency_limit_v2 WHERE name = 'coatcheck:freed'"
    assert stored(held) == [(0,)]
    with one_at_a_time("freed"):
        assert stored(held) == [(1,)]
