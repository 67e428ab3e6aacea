"""What a run publishes does not depend on how its work was divided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.errors import DataError, DatasetError, WorkerLostError
from anonymize.io.sources import pieces, record_ends
from anonymize.pipeline.executors import processes
from anonymize.report import summary_line
from tests.workplace import Workplace

ROWS = 420
COLUMNS = {
    "line": {"action": "keep"},
    "who": {"action": "tokenize"},
    "name": {"action": "fake", "kind": "name", "unique": True},
    "email": {"action": "pseudonymize"},
    "token": {"action": "tokenize", "method": "vault"},
    "card": {"action": "encrypt_format", "keep_last": 2},
    "born": {"action": "generalize", "to": "year"},
    "seen": {"action": "shift_dates", "within_days": 30},
    "town": {"action": "generalize", "rare": 12},
    "income": {"action": "generalize", "quantiles": 4},
    "score": {"action": "shuffle", "by": "line", "within": ["town"]},
    "note": {"action": "free_text", "same_row": ["name", "email"]},
    "site.ip": {"action": "mask", "keep_first": 2},
    "site.tags[].of": {"action": "pseudonymize"},
    "raw.$.mail": {"action": "pseudonymize", "domain": "email"},
    "raw.$.city": {"action": "redact"},
}
POLICY: dict[str, Any] = {
    "version": 1,
    "dataset": "divided",
    "purpose": "test",
    "subject": "who",
    "detect": {"ner": "off"},
    "rows": {
        "on_bad_value": "quarantine",
        "max_quarantined": 0.2,
        "order": "source",
        "accept_order": "tried",
    },
    "privacy": {"quasi_identifiers": ["born", "town"], "k": 3, "max_suppressed": 0.9},
    "checks": {"residual": "report"},
}


def _line(n: int) -> str:
    name = f"{['Ana', 'Bo', 'Chen', 'Dele'][n % 4]} {['Castro', 'Jensen', 'Li'][n % 3]}{n}"
    mail = f"user{n % 61}@example{n % 5}.org"
    row = {
        "line": f"l{n}",
        "who": f"s{n % 97}",
        "name": name,
        "email": mail,
        "token": f"t{n % 31}",
        "card": "no card" if n % 83 == 5 else f"{4000000000 + n * 7919}",
        "born": f"{1950 + n % 7 * 5}-0{n % 9 + 1}-11",
        "seen": f"2024-0{n % 9 + 1}-{n % 27 + 1:02}",
        "town": f"town{n * n % 11}" if n % 29 else f"hamlet{n}",
        "income": n * 7919 % 1009,
        "score": n % 53,
        "note": f"write to {name} at {mail}",
        "site": {"ip": f"203.0.113.{n % 200}", "tags": [{"of": f"g{n % 3}"}] * (n % 3)},
        "raw": json.dumps({"mail": mail, "city": f"c{n % 4}"}),
    }
    return json.dumps(row) + "\n"


def write_people(folder: Path) -> None:
    """Write the source into a folder."""
    (folder / "people.jsonl").write_text("".join(map(_line, range(ROWS))))


def published_by(
    folder: Path, keyring_uri: str, count: int, name: str, **where: Any
) -> dict[str, Any]:
    """Return what one way to divide the source publishes, and ``where`` it is worked on."""
    source, sink = folder / "people.jsonl", folder / f"out-{count}-{name}"
    text = source.read_bytes()
    columns = {name: {"accept": "tried", **rule} for name, rule in COLUMNS.items()}
    said = {
        **POLICY,
        "columns": columns,
        "source": {"path": str(source)},
        "sink": {"path": str(sink)},
    }
    policy = folder / f"{sink.name}.yaml"
    policy.write_text(json.dumps(said))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "SMALLEST_BYTES", len(text) // count)
        patch.setattr(pieces, "MOST_PIECES", 1 << 40)
        patch.setattr(record_ends, "CHUNK_BYTES", 1 << 12)
        patch.setenv("COATCHECK_VAULT", f"sqlite:{folder / 'vault.db'}")
        summary = anonymize.run(policy, keyring=keyring_uri, **where)
        keyring = anonymize.keys.open_keyring(keyring_uri)
        parts = len(list((sink / "versions" / "000001").glob("part-*.parquet")))
        manifest = Dataset(sink).manifest(keyring=keyring)
        return {
            "parts": parts,
            "line": summary_line(summary.as_dict()),
            "table": read(sink, keyring=keyring),
            "quarantine": pa.Table.from_batches(
                read_quarantine(sink, keyring=keyring)
            ).combine_chunks(),
            "summary": {
                name: value
                for name, value in summary.as_dict().items()
                if name not in ("seconds", "path", "residual", "parts", "workers")
                and not name.startswith("policy_hmac")
            },
            "files": manifest.source.files,
            "columns": manifest.columns,
        }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> list[dict[str, Any]]:
    """Return what one piece in this process, two and seven on two workers publish."""
    folder = tmp_path_factory.mktemp("divided")
    write_people(folder)
    ways = ((1, 1), (2, 2), (7, 2))
    return [published_by(folder, keyring_uri, count, str(n), workers=n) for count, n in ways]


@pytest.mark.soak
def test_the_source_was_divided(published: list[dict[str, Any]]) -> None:
    """Into one, two and eight parts of one file: seven pieces are made eight, for equal shares."""
    assert [one["parts"] for one in published] == [1, 2, 8]
    said = ["processes" not in published[0]["line"]]
    said += [f"{n} parts by" in one["line"] for n, one in zip((2, 8), published[1:], strict=True)]
    assert all(said)
    assert [one["files"] for one in published] == [1, 1, 1]


@pytest.mark.soak
def test_rows_and_their_order_are_the_same(published: list[dict[str, Any]]) -> None:
    """Byte for byte, in the order of the source, as the policy says."""
    first: pa.Table = published[0]["table"].combine_chunks()
    assert first.num_rows > 100
    for other in published[1:]:
        assert other["table"].combine_chunks().equals(first)


@pytest.mark.soak
def test_what_was_set_aside_and_counted_is_the_same(published: list[dict[str, Any]]) -> None:
    """The quarantine tells the rows of the file; classes, suppressed rows and facts are equal."""
    first = published[0]
    assert first["quarantine"].num_rows
    assert max(first["quarantine"]["row"].to_pylist()) > ROWS // 2
    assert first["summary"]["suppressed"] > 0
    for other in published[1:]:
        assert other["quarantine"].equals(first["quarantine"])
        assert other["summary"] == first["summary"]
        assert other["columns"] == first["columns"]


@pytest.mark.soak
@pytest.mark.usefixtures("forked_workers")
def test_seven_workers_publish_the_same(
    published: list[dict[str, Any]], tmp_path: Path, keyring_uri: str
) -> None:
    """As one process does, in another vault: its tokens are equal for equal values."""
    write_people(tmp_path)
    one, seven = (
        published[0]["table"],
        published_by(tmp_path, keyring_uri, 7, "7", workers=7)["table"],
    )
    assert seven.drop(["token"]).combine_chunks().equals(one.drop(["token"]).combine_chunks())
    pairs = set(zip(one["token"].to_pylist(), seven["token"].to_pylist(), strict=True))
    assert len(pairs) == len(set(one["token"].to_pylist()))


def test_a_bad_value_far_down_is_told_by_its_row(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the file had been read whole."""
    monkeypatch.setattr(pieces, "SMALLEST_BYTES", 400)
    monkeypatch.setattr(pieces, "MOST_PIECES", 1 << 40)
    rows = [f"Ana Castro,a{n}@example.com,01067,1984-02-29,3" for n in range(60)]
    rows[50] = "Ana Castro,a@example.com,01067,soon,3"
    workplace.source.write_text("\n".join(["name,email,zip,born,visits", *rows]) + "\n")
    text = workplace.policy("rows: {on_bad_value: refuse}").read_text()
    policy = workplace.folder / "people.yaml"
    policy.write_text(
        text.replace(
            f"path: {workplace.source}", f"path: {workplace.source}, types: {{born: string}}"
        )
    )
    with pytest.raises(DataError, match=r"people\.csv: .*row 51"):
        anonymize.run(policy, keyring=workplace.keyring_uri)


@pytest.mark.usefixtures("forked_workers")
def test_the_last_version_stays_when_a_worker_dies_twice(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part is named, nothing half-written is left, and the next run publishes."""
    _in_small_pieces(workplace, monkeypatch, 40)
    policy = workplace.policy()
    anonymize.run(policy, keyring=workplace.keyring_uri)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_BEGIN", "import os; os.kill(os.getpid(), 9)")
        with pytest.raises(WorkerLostError, match=r"people\.csv: part \d of \d+: .*SIGKILL"):
            anonymize.run(policy, keyring=workplace.keyring_uri, workers=2)
    assert Dataset(workplace.sink).current == 1
    assert not list((workplace.sink / "versions").glob(".*"))
    assert anonymize.run(policy, keyring=workplace.keyring_uri, workers=2).version == 2


@pytest.mark.usefixtures("forked_workers")
def test_a_full_disk_is_told_as_by_one_process(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker that met it; no worker goes on."""
    _in_small_pieces(workplace, monkeypatch, 40)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512));"
    quiet = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    monkeypatch.setattr(processes, "_BEGIN", quiet + limit + processes._BEGIN)
    with pytest.raises(DatasetError, match=r"(?i)file too large|full|written"):
        anonymize.run(workplace.policy(), keyring=workplace.keyring_uri, workers=2)
    assert not list((workplace.sink / "versions").glob("*"))


def _in_small_pieces(workplace: Workplace, patch: pytest.MonkeyPatch, rows: int) -> None:
    patch.setattr(pieces, "SMALLEST_BYTES", 800)
    patch.setattr(pieces, "MOST_PIECES", 1 << 40)
    lines = [f"Ana Castro,a{n}@example.com,01067,1984-02-29,3" for n in range(rows)]
    workplace.source.write_text("\n".join(["name,email,zip,born,visits", *lines]) + "\n")
