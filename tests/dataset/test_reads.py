"""The log of reads: entered before the first row, signed, chained, and noticed when it is cut."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from anonymize.custody.revocation import revoke
from anonymize.dataset import (
    Dataset,
    audit,
    export,
    iter_batches,
    read,
    read_quarantine,
    reads,
    staging,
)
from anonymize.dataset.audit_lines import audit_lines, audit_problems
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.reads import ReadNotEntered, read_log
from anonymize.errors import DatasetError
from anonymize.keys import Keyring, init_keyring, open_keyring
from anonymize.names import KeyName
from anonymize.readers import TrainingBatches

from .conftest import CANARY, publish, rows
from .test_killed import killed_at


@pytest.fixture
def logged(tmp_path: Path, keyring: Keyring) -> Dataset:
    """Return a dataset whose policy has reads entered."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1, audit_reads=True)
    return dataset


def test_a_read_is_entered_with_who_when_and_what(logged: Dataset, keyring: Keyring) -> None:
    """Columns, not values; the log of acts stays as it was."""
    read(logged, columns=["id"], keyring=keyring)
    list(read_quarantine(logged, keyring=keyring))
    first, second = read_log(logged).entries(keyring)
    assert (first.what, first.version, first.details["columns"]) == ("read", 1, ["id"])
    assert (first.details["of"], second.details["of"]) == ("rows", "rows set aside")
    assert first.details["software"].startswith("coatcheck ")
    assert "@" in first.who
    assert [entry.what for entry in logged.audit.entries(keyring)] == ["publish"]
    assert CANARY not in read_log(logged).path.read_text()


def test_the_entry_is_there_before_the_first_row(logged: Dataset, keyring: Keyring) -> None:
    """A read that is stopped behind it was one."""
    batches = iter_batches(logged, keyring=keyring)
    assert read_log(logged).entries(keyring) == ()
    next(batches)
    assert len(read_log(logged).entries(keyring)) == 1


def test_an_export_is_one_read(logged: Dataset, keyring: Keyring, tmp_path: Path) -> None:
    """Not one for each of its steps."""
    export(logged, tmp_path / "plain.csv", keyring=keyring)
    assert len(read_log(logged).entries(keyring)) == 1


WAYS: dict[str, Callable[[Dataset, Keyring], Iterable[object]]] = {
    "a table": lambda dataset, keyring: [read(dataset, columns=["id"], keyring=keyring)],
    "a filter": lambda dataset, keyring: [
        read(dataset, ["id"], filters=[("id", ">=", 0)], keyring=keyring)
    ],
    "pandas": lambda dataset, keyring: [read(dataset, ["id"], keyring=keyring, as_="pandas")],
    "a stream": lambda dataset, keyring: read(dataset, ["id"], keyring=keyring, as_="batches"),
    "batches": lambda dataset, keyring: iter_batches(dataset, ["id"], keyring=keyring),
    "the dataset's": lambda dataset, keyring: dataset.to_batches(["id"], keyring=keyring),
    "training": lambda dataset, keyring: TrainingBatches(
        dataset, ["id"], batch_size=8, keyring=keyring
    ).record_batches(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_way_to_read_is_entered_once(
    logged: Dataset, keyring: Keyring, way: Callable[[Dataset, Keyring], Iterable[object]]
) -> None:
    """Whoever adds a reader adds it here."""
    assert sum(1 for _ in way(logged, keyring))
    (entry,) = read_log(logged).entries(keyring)
    assert entry.details["columns"] == ["id"]


def test_schema_and_number_of_rows_are_no_read(logged: Dataset, keyring: Keyring) -> None:
    """No row leaves."""
    assert logged.schema(keyring=keyring).names
    assert logged.count_rows(keyring=keyring)
    assert not read_log(logged).path.exists()


def test_without_the_setting_nothing_is_entered(dataset: Dataset, keyring: Keyring) -> None:
    """And no file is made."""
    read(dataset, keyring=keyring)
    assert not read_log(dataset).path.exists()
    assert not read_log(dataset).head_path.exists()


def test_who_cannot_sign_reads_and_is_told(logged: Dataset, reader: Keyring) -> None:
    """An unsigned entry would prove nothing: anybody who may write there could make it."""
    with pytest.warns(ReadNotEntered, match="the keyring cannot sign") as told:
        table = read(logged, columns=["id"], keyring=reader)
    assert table.num_rows == 300
    assert len([one for one in told if one.category is ReadNotEntered]) == 1
    assert not read_log(logged).path.exists()


def test_a_read_that_cannot_be_entered_gives_no_row(
    logged: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who could sign would otherwise read without a trace on a full disk."""
    read(logged, keyring=keyring)

    def full(*_: object) -> int:
        raise OSError(28, "no space")

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(DatasetError, match="the disk is full"):
        next(iter_batches(logged, keyring=keyring))
    monkeypatch.undo()
    assert len(read_log(logged).entries(keyring)) == 1


@pytest.mark.parametrize("cut", ["line", "log", "both files"])
def test_a_cut_log_of_reads_is_noticed(logged: Dataset, keyring: Keyring, cut: str) -> None:
    """Without its head at once, with its head from the next publication on."""
    for _ in range(3):
        read(logged, keyring=keyring)
    publish(logged, keyring, 2, audit_reads=True)
    assert audit_problems(logged, keyring) == ()
    log = read_log(logged)
    if cut == "line":
        log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:2]))
    else:
        log.path.unlink()
        if cut == "both files":
            log.head_path.unlink()
    (problem,) = audit_problems(logged, keyring)
    assert "cut short" in problem.what
    if cut != "both files":  # a log that was begun anew is a log
        with pytest.raises(DatasetError, match="cut short"):
            read(logged, keyring=keyring)
    else:
        read(logged, keyring=keyring)
        assert "cut short" in audit_problems(logged, keyring)[0].what


def test_another_log_in_its_place_is_noticed(
    logged: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """The log of acts, which the same key signs, and another dataset's reads."""
    acts, log = logged.audit, read_log(logged)
    log.path.write_bytes(acts.path.read_bytes())
    log.head_path.write_bytes(acts.head_path.read_bytes())
    assert "is no entry of a read" in audit_problems(logged, keyring)[0].what
    other = Dataset(tmp_path / "other")
    publish(other, keyring, 1, audit_reads=True, name="others")
    read(other, keyring=keyring)
    for path in (log.path, log.head_path):
        path.write_bytes((other.path / path.name).read_bytes())
    assert "another dataset's" in audit_problems(logged, keyring)[0].what


def test_killed_at_any_step_a_read_is_entered_or_not(logged: Dataset, keyring: Keyring) -> None:
    """The log holds after each kill, and the next read goes on from it."""
    read(logged, keyring=keyring)
    step, before = 1, 1
    while killed_at(step, logged.path, lambda: next(iter_batches(logged, keyring=keyring))):
        found = [p for p in audit_problems(logged, keyring) if "interrupted" not in p.what]
        assert found == []
        assert read(logged, keyring=keyring).equals(rows(1))
        count = len(read_log(logged).entries(keyring))
        assert before + 1 <= count <= before + 2
        step, before = step + 1, count
    assert step > 5
    assert audit_problems(logged, keyring) == ()


def test_entering_does_not_check_the_whole_log(
    logged: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line is looked at, however many there are."""
    log, parsed = read_log(logged), []
    for _ in range(20):
        log.enter(keyring, 1, {"dataset": "people"})
    real = AuditEntry.parsed
    monkeypatch.setattr(AuditEntry, "parsed", lambda *given: parsed.append(1) or real(*given))
    log.enter(keyring, 1, {"dataset": "people"})
    assert len(parsed) == 1


def test_lines_say_what_their_signature_is(logged: Dataset, keyring: Keyring) -> None:
    """Also of a log that does not hold: what is left of it can be shown."""
    for _ in range(3):
        read(logged, keyring=keyring)
    log = read_log(logged)
    lines = [json.loads(line) for line in log.path.read_bytes().splitlines()]
    lines[1]["who"] = "somebody@else"
    body = {name: lines[1][name] for name in lines[1] if name not in ("hash", "signature")}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    lines[1]["hash"] = hashlib.sha256(canonical).hexdigest()
    text = [json.dumps(line, sort_keys=True, separators=(",", ":")) for line in lines]
    log.path.write_text("\n".join([*text, "CANARY of no entry", ""]))
    found = [(one.signature, one.chained) for one in audit_lines(logged, keyring, "reads")]
    assert found == [("valid", True), ("invalid", True), ("valid", False), ("damaged", False)]
    assert "CANARY" not in repr([one.as_json() for one in audit_lines(logged, keyring, "reads")])
    assert audit_problems(logged, keyring) != ()
    unchecked = audit_lines(logged, None, "reads")
    assert {one.signature for one in unchecked} == {"unchecked", "damaged"}


def test_every_line_of_a_log_that_holds_is_valid(dataset: Dataset, keyring: Keyring) -> None:
    """And follows from the one before."""
    states = {(one.signature, one.chained) for one in audit_lines(dataset, keyring)}
    assert states == {("valid", True)}


def test_a_revocation_leaves_the_log_of_reads_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the revoked key signed since is refused, line by line; reads go on under the new key."""
    uri = f"file:{tmp_path / 'keyring.json'}"
    init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1, audit_reads=True)
    for day in ("20", "25"):
        at(monkeypatch, f"2026-11-{day}T10:00:00Z")
        read(dataset, keyring=open_keyring(uri))
    revoke(KeyName("signing"), 1, "2026-11-24", [dataset.path], uri)
    owner = open_keyring(uri)
    assert audit_problems(dataset, owner) == ()
    read(dataset, keyring=owner)
    assert audit_problems(dataset, owner) == ()
    found = [(one.signature, one.chained) for one in audit_lines(dataset, owner, "reads")]
    assert found == [("valid", True), ("refused", True), ("valid", True), ("valid", True)]


def at(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    """Let what is written bear that time."""
    for module in (audit, reads, staging):
        monkeypatch.setattr(module, "now", lambda: time)
