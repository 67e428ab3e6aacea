"""A source's database that goes away is tried again by the flow; Prefect keeps no password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import SourceAwayError
from tests.io.tables.conftest import Database, database
from tests.pipeline.test_databases import filled, policy_of
from tests.prefect_server import database_text
from tests.workplace import Workplace

__all__ = ["database"]


@pytest.mark.soak
def test_a_partition_whose_connection_was_lost_is_read_again(
    flow_of: Any,
    prefect_home: Path,
    workplace: Workplace,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the same state of the database, while the flow holds it; in no file is the password."""
    filled(database)
    source = f"{{path: '{database.address}', table: people, partitions: 2}}"
    path, tries, write = policy_of(workplace, source), [], flow_of.write_partition

    def cut_once(job: Any, number: int) -> Any:
        tries.append(number)
        if len(tries) == 1:
            database.do("DELETE FROM people")
            raise SourceAwayError("the connection was lost while rows were read")
        return write(job, number)

    monkeypatch.setattr(flow_of, "write_partition", cut_once)
    summary = flow_of.anonymize_dataset(str(path), workplace.keyring_uri)
    assert summary["rows_out"] == 3
    assert len(tries) == 3
    assert database.password not in database_text()
    assert not [
        file
        for file in prefect_home.rglob("*")
        if file.is_file() and database.password.encode() in file.read_bytes()
    ]
