"""Prefect tries again what passes by itself, such as a vault's database that goes away; a wrong
password does not.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import empty  # type: ignore[attr-defined]

from anonymize.dataset import Dataset
from anonymize.errors import KeysAwayError, VaultError
from anonymize.keys import open_keyring
from anonymize.vault import opening
from tests.postgres import stoppable_postgres
from tests.prefect_server import database_text
from tests.workplace import Workplace


@pytest.fixture
def with_postgres(
    workplace: Workplace,
    postgres_uri: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Workplace:
    """Return a workplace whose e-mails are kept in PostgreSQL."""
    empty(postgres_uri)
    opening._opened.clear()
    monkeypatch.setenv("COATCHECK_VAULT", postgres_uri)
    return _in_vault(workplace)


def _in_vault(workplace: Workplace) -> Workplace:
    """Keep its e-mails in the vault."""
    path = workplace.policy()
    path.write_text(
        path.read_text().replace(
            "pseudonymize, domain: email", "tokenize, method: vault, domain: email"
        )
    )
    return workplace


def _publish(flow_of: Any, place: Workplace) -> Any:
    return flow_of.anonymize_dataset(str(place.folder / "people.yaml"), place.keyring_uri)


@pytest.mark.soak
def test_a_connection_lost_while_rows_are_written_is_no_failure(
    flow_of: Any,
    with_postgres: Workplace,
    postgres_uri: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server ends all connections after the run began, as a failover does; it was taken for a
    refusal.
    """
    tries, write = [], flow_of.write_partition

    def cut_once(job: Any, number: int) -> Any:
        tries.append(number)
        if len(tries) == 1:
            opening.open_vault(job.plan.vault_place).identity()  # this thread is connected
            with psycopg.connect(postgres_uri, autocommit=True) as other:
                ours = "FROM pg_stat_activity WHERE application_name = 'coatcheck'"
                assert other.execute(
                    f"SELECT count(pg_terminate_backend(pid)) {ours}"
                ).fetchone() > (0,)
        return write(job, number)

    monkeypatch.setattr(flow_of, "write_partition", cut_once)
    assert _publish(flow_of, with_postgres)["rows_out"] == 3
    assert tries == [0, 0]
    keyring = open_keyring(with_postgres.keyring_uri)
    assert Dataset(with_postgres.sink).verify(keyring=keyring).ok


@pytest.mark.soak
def test_a_database_that_is_gone_for_twenty_seconds_is_waited_for(
    flow_of: Any,
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the delays that users have."""
    delays = flow_of._OF_A_PARTITION["retry_delay_seconds"]
    waiting = flow_of.write.with_options(retry_delay_seconds=delays)
    monkeypatch.setattr(flow_of, "write", waiting)
    opening._opened.clear()
    tries, write = [], flow_of.write_partition
    with stoppable_postgres() as server:
        monkeypatch.setenv("COATCHECK_VAULT", server.uri)
        place = _in_vault(workplace)
        back = threading.Timer(20, server.start)

        def gone_once(job: Any, number: int) -> Any:
            tries.append(number)
            if len(tries) == 1:
                server.stop()
                back.start()
            return write(job, number)

        monkeypatch.setattr(flow_of, "write_partition", gone_once)
        assert _publish(flow_of, place)["rows_out"] == 3
        back.join()
    assert 2 < len(tries) <= 4


@pytest.mark.soak
def test_a_key_service_that_throttles_while_a_run_begins_is_asked_again(
    flow_of: Any,
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run begins outside of any task, so the flow itself tries again."""
    tries, begin = [], flow_of.begin

    def throttled_once(*arguments: Any, **options: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise KeysAwayError("AWS KMS is overloaded or failed inside: ThrottlingException")
        return begin(*arguments, **options)

    monkeypatch.setattr(flow_of, "begin", throttled_once)
    monkeypatch.setattr(flow_of, "BUSY_DELAY_SECONDS", 0)
    workplace.policy()
    assert _publish(flow_of, workplace)["rows_out"] == 3
    assert len(tries) == 2


@pytest.mark.parametrize("form", ["uri", "keywords"])
def test_a_wrong_address_is_refused_once_and_prefect_keeps_no_password(
    flow_of: Any,
    prefect_home: Path,
    with_postgres: Workplace,
    postgres_uri: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    form: str,
) -> None:
    """In no state, log, artifact or file of its folder; the keyword form stood in its database with
    the password.
    """
    secret, place = "c4n4ry-of-prefect", postgres_uri.rpartition("@")[2]
    keywords = f"host=127.0.0.1 user=coatcheck password={secret} dbname=postgres"
    monkeypatch.setenv(
        "COATCHECK_VAULT", f"postgresql://coatcheck:{secret}@{place}" if form == "uri" else keywords
    )
    tries, begin = [], flow_of.begin

    def counted(*arguments: Any, **options: Any) -> Any:
        tries.append(arguments)
        return begin(*arguments, **options)

    monkeypatch.setattr(flow_of, "begin", counted)
    with pytest.raises(
        VaultError, match="the password is not the role's" if form == "uri" else "keyword form"
    ):
        _publish(flow_of, with_postgres)
    assert len(tries) == 1
    assert secret not in caplog.text
    held = database_text()
    assert (
        "keyword form" if form == "keywords" else "the password is not the role's"
    ) in held.replace("''", "'")
    assert secret not in held
    assert not [
        file
        for file in prefect_home.rglob("*")
        if file.is_file() and secret.encode() in file.read_bytes()
    ]
