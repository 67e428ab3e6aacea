"""Who can write to the folder and holds no key: forged, cut, replayed, swapped; neither obeyed nor
passed by verify.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import AuditEntry, AuditLog, Dataset, export, read
from anonymize.dataset.canonical import canonical
from anonymize.dataset.entry import _hash
from anonymize.errors import AnonymizeError, DatasetError
from anonymize.keys import Keyring

from .conftest import publish, rows
from .test_refusals import refused


def forge(
    dataset: Dataset, what: str, *, version: int | None = None, head: bool = True, **details: Any
) -> None:
    """Append an entry as the log's own would be, without a signature, and make the head fit."""
    entries = dataset.audit.entries()
    body = {
        "index": len(entries),
        "at": "2026-11-29T00:00:00Z",
        "who": "root@vm",
        "what": what,
        "why": "ordinary",
        "version": version,
        "details": details,
        "previous": entries[-1].hash,
    }
    entry = AuditEntry(**body, hash=_hash(body))  # type: ignore[arg-type]
    with open(dataset.audit.path, "ab") as log:
        log.write(entry.line())
    if head:
        told = {
            "entries": len(entries) + 1,
            "hash": entry.hash,
            "act": len(entries) + 1,
            "act_hash": entry.hash,
        }
        old = json.loads(dataset.audit.head_path.read_bytes())
        dataset.audit.head_path.write_bytes(canonical(old | told))


def verified(
    dataset: Dataset, keyring: Keyring, version: int | None = None, name: str | None = None
) -> bool:
    """Return whether verification finds nothing."""
    try:
        return dataset.verify(version, keyring=keyring, dataset=name).ok
    except AnonymizeError:
        return False


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize(
    "what", ["publish", "rollback", "expire", "reveal", "rewrap", "forget", "destroy key"]
)
def test_an_unsigned_entry_is_neither_obeyed_nor_verified(
    dataset: Dataset, keyring: Keyring, what: str, head: bool
) -> None:
    """With a head that fits it, or as if a crash had come before the head."""
    forge(dataset, what, version=1, head=head, versions=[1], manifest_sha256="0" * 64)
    if what == "rollback":
        (dataset.path / "CURRENT").write_bytes(b"000001\n")
    refused(dataset, keyring)
    assert not verified(dataset, keyring)
    with pytest.raises(DatasetError, match=r"not signed|not right"):
        publish(dataset, keyring, 3)
    assert dataset.folder(1).is_dir()


def test_an_entry_of_another_dataset_is_not_obeyed(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Rightly signed, by the same key, for another log."""
    other = Dataset(tmp_path / "other")
    for number in (1, 2):
        publish(other, keyring, number)
    other.rollback(1, keyring=keyring)
    with open(dataset.audit.path, "ab") as log:
        log.write(other.audit.entries()[-1].line())
    shutil.copy(other.audit.head_path, dataset.audit.head_path)
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "does not follow" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_a_version_without_a_log_is_not_read(dataset: Dataset, keyring: Keyring) -> None:
    """Its manifest is signed; that it was published here is said by the log alone."""
    dataset.audit.path.unlink()
    refused(dataset, keyring)
    dataset.audit.head_path.unlink()
    refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_current_set_by_hand_is_not_read(dataset: Dataset, keyring: Keyring) -> None:
    """Nor after a rollback, to the newer version."""
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "the last signed move in the audit log says 2" in refused(dataset, keyring)
    dataset.rollback(1, keyring=keyring)
    (dataset.path / "CURRENT").write_bytes(b"000002\n")
    assert "the last signed move in the audit log says 1" in refused(dataset, keyring)


def test_a_move_that_was_interrupted_is_read_as_the_log_says(
    dataset: Dataset, keyring: Keyring
) -> None:
    """The log decides, whatever somebody puts where the interrupted move left its file."""
    current = dataset.path / "CURRENT"
    current.write_bytes(b"000001\n")
    left = dataset.path / ".CURRENT.7.ab.tmp"
    left.write_bytes(b"000002\n")
    assert read(dataset, keyring=keyring).equals(rows(2))
    assert dataset.current == 2
    left.write_bytes(b"000001\n")
    refused(dataset, keyring)
    current.unlink()
    refused(dataset, keyring)


def test_the_tail_cut_off_without_its_old_head_is_refused(
    dataset: Dataset, keyring: Keyring
) -> None:
    """A head for the shorter log cannot be made without the key."""
    dataset.audit.append("reveal", why="fraud case", keyring=keyring)
    lines = dataset.audit.path.read_bytes().splitlines(keepends=True)
    dataset.audit.path.write_bytes(b"".join(lines[:-1]))
    old = json.loads(dataset.audit.head_path.read_bytes())
    told = {"entries": 2, "hash": json.loads(lines[1])["hash"]}
    dataset.audit.head_path.write_bytes(canonical(old | told))
    assert "signature is not right" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_a_log_cut_to_its_first_entry_and_no_head_is_refused(
    dataset: Dataset, keyring: Keyring
) -> None:
    """It is not taken for one whose first head a crash prevented."""
    lines = dataset.audit.path.read_bytes().splitlines(keepends=True)
    dataset.audit.path.write_bytes(lines[0])
    dataset.audit.head_path.unlink()
    shutil.rmtree(dataset.folder(2))
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "cut short" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_a_whole_folder_of_another_dataset_is_refused_by_its_name(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """One key signs both: who reads says which one is wanted."""
    assert read(dataset, dataset="people", keyring=keyring).equals(rows(2))
    for act in (
        lambda: read(dataset, dataset="orders", keyring=keyring),
        lambda: export(dataset, tmp_path / "x.csv", dataset="orders", keyring=keyring),
    ):
        with pytest.raises(DatasetError, match="holds dataset 'people', not 'orders'"):
            act()
    assert verified(dataset, keyring, name="people")
    assert not verified(dataset, keyring, name="orders")


def test_a_folder_beyond_the_log_is_found(dataset: Dataset, keyring: Keyring) -> None:
    """Whatever is in it."""
    shutil.copytree(dataset.folder(1), dataset.folder(3))
    assert [problem.what for problem in dataset.verify(keyring=keyring).problems] == [
        "no signed entry in the audit log publishes it: a run was interrupted (the next one removes"
        " it), it was added by hand, or the log was cut short"
    ]
    assert read(dataset, keyring=keyring).equals(rows(2))


def test_verify_looks_again_while_a_version_is_published(
    dataset: Dataset, keyring: Keyring
) -> None:
    """A folder that the log is just about to know, and a CURRENT that is about to follow, are no
    forgery.
    """
    began, real = threading.Event(), AuditLog.append

    def slow(self: AuditLog, *args: Any, **kwargs: Any) -> AuditEntry:
        began.set()
        looked.wait(20)
        return real(self, *args, **kwargs)

    looked = threading.Event()
    found: list[bool] = []

    def look() -> None:
        began.wait(20)
        looks = iter(range(10**6))
        sleep = verify.time.sleep

        def pause(seconds: float) -> None:
            if next(looks) == 1:
                looked.set()
            sleep(seconds)

        patch.setattr(verify, "time", type("Time", (), {"sleep": staticmethod(pause)}))
        found.append(verified(Dataset(dataset.path), keyring))
        looked.set()

    from anonymize.dataset import verify

    with pytest.MonkeyPatch.context() as patch:
        thread = threading.Thread(target=look)
        thread.start()
        patch.setattr(AuditLog, "append", slow)
        publish(dataset, keyring, 3)
        thread.join()
    assert found == [True]


def test_recovery_leaves_an_entry_alone_that_is_being_written(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run begins in the middle of a reveal's entry: both are done."""
    real = AuditLog._write

    def beside(self: AuditLog, line: bytes, length: int) -> None:
        monkeypatch.setattr(AuditLog, "_write", real)
        with Dataset(dataset.path).lock(keyring):
            pass
        real(self, line, length)

    monkeypatch.setattr(AuditLog, "_write", beside)
    dataset.audit.append("reveal", why="fraud case", keyring=keyring)
    assert [entry.what for entry in dataset.audit.entries(keyring)] == [
        "publish",
        "publish",
        "reveal",
    ]
    assert dataset.verify(keyring=keyring).ok


def _link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_entry_whose_signature_was_taken_away_is_not_obeyed(
    dataset: Dataset, keyring: Keyring, at: int
) -> None:
    """Its hash is right, and so is the head: by readers of what it says, and by the next act."""
    dataset.rollback(1, keyring=keyring)
    lines = dataset.audit.path.read_bytes().splitlines(keepends=True)
    entry = json.loads(lines[at])
    entry.pop("signature")
    lines[at] = canonical(entry) + b"\n"
    dataset.audit.path.write_bytes(b"".join(lines))
    for act in (
        lambda: dataset.audit.entries(keyring),
        lambda: read(dataset, version=2 if at == 1 else None, keyring=keyring),
        lambda: dataset.rollback(2, keyring=keyring),
    ):
        with pytest.raises(DatasetError, match="entry is not signed"):
            act()
    assert not verified(dataset, keyring)


def test_an_entry_that_says_something_else_under_its_hash_is_not_obeyed(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Chain, head and signatures are over hashes: the hash must be that of what is said."""
    dataset.rollback(1, keyring=keyring)
    data = dataset.audit.path.read_bytes()
    assert data.count(b'"version":1,"what"') + data.count(b'"version":1,"who"') == 2
    start = data.rindex(b'"version":1')
    dataset.audit.path.write_bytes(
        data[:start] + b'"version":2' + data[start + len(b'"version":1') :]
    )
    (dataset.path / "CURRENT").write_bytes(b"000002\n")
    assert "audit log was changed" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


@pytest.mark.parametrize("beyond", [False, True])
def test_a_right_entry_of_another_log_is_no_last_entry(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, beyond: bool
) -> None:
    """Signed by the same key, of the right number, in the last place or behind it."""
    other = Dataset(tmp_path / "other")
    for number in (1, 2):
        publish(other, keyring, number)
    other.rollback(1, keyring=keyring)
    if not beyond:
        dataset.audit.append("reveal", keyring=keyring)
    lines = dataset.audit.path.read_bytes().splitlines(keepends=True)[:2]
    dataset.audit.path.write_bytes(b"".join([*lines, other.audit.entries()[2].line()]))
    if beyond:
        (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "audit log was" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_a_log_cut_under_a_head_of_ones_own_removes_nothing(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Every entry that is left is rightly signed, and what was cut off looks like what a killed run
    left.
    """
    first = dataset.audit.entries()[0]
    dataset.audit.path.write_bytes(first.line())
    head = json.loads(dataset.audit.head_path.read_bytes()) | {"entries": 1, "hash": first.hash}
    dataset.audit.head_path.write_bytes(canonical(head | {"act": 1, "act_hash": first.hash}))
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    manifest = {"manifest": {"audit": {"entries": 1, "head": first.hash}}}
    (dataset.folder(2) / "manifest.json").write_bytes(canonical(manifest))
    with pytest.raises(DatasetError, match="signature"), dataset.lock(keyring):
        pass
    assert dataset.folder(2).is_dir()


@pytest.mark.parametrize("name", ["audit.head", "audit.jsonl"])
def test_a_signature_of_another_kind_is_refused(
    dataset: Dataset, keyring: Keyring, name: str
) -> None:
    """What stands beside the signed bytes is of one form, too."""
    path = dataset.path / name
    path.write_bytes(path.read_bytes().replace(b'"Ed25519"', b'"Ed25518"'))
    assert "signature" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def _fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


@pytest.mark.parametrize("put", [_link, _fifo, _folder])
@pytest.mark.parametrize(
    "name",
    [
        "CURRENT",
        "audit.head",
        "audit.jsonl",
        "versions/000002/manifest.json",
        "versions/000002/part-00000.parquet",
        "versions/000002/_KEY_MATERIAL_FOR_part-00000.parquet.json",
    ],
)
def test_a_device_or_a_pipe_in_place_of_a_file_is_one_error(
    dataset: Dataset, keyring: Keyring, name: str, put: Callable[[Path], None]
) -> None:
    """Nothing is followed, waited for or read without end."""
    put(dataset.path / name)
    refused(dataset, keyring)
    assert not verified(dataset, keyring)


@pytest.mark.parametrize("name", [".lock", ".audit.lock", "audit.jsonl"])
def test_a_link_in_place_of_a_lock_is_not_written_through(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, name: str
) -> None:
    """What it leads to would be cut off."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (dataset.path / name).unlink(missing_ok=True)
    (dataset.path / name).symlink_to(victim)
    with pytest.raises(DatasetError):
        publish(dataset, keyring, 3)
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize("number", [1, 2])
def test_a_version_behind_a_link_is_refused(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, number: int
) -> None:
    """And expiry takes the link away, not what it leads to."""
    elsewhere = tmp_path / "elsewhere"
    os.replace(dataset.folder(number), elsewhere)
    dataset.folder(number).symlink_to(elsewhere)
    with pytest.raises(DatasetError, match="not on disk"):
        read(dataset, version=number, keyring=keyring)
    assert not verified(dataset, keyring, number)
    assert not verified(dataset, keyring)
    if number == 1:
        assert dataset.expire(keep=1, keyring=keyring) == (1,)
    assert (elsewhere / "manifest.json").is_file()


@pytest.mark.parametrize(
    "head",
    [
        b'{"entries":1e400,"hash":""}',
        b"{",
        b"[]",
        b'{"act":0,"act_hash":"","entries":true,"hash":"","signature":{}}',
        b'{"act":0,"act_hash":"","entries":' + b"9" * 3000 + b',"hash":"","signature":{}}',
        b"[" * 4000,
        b"x" * 100_000,
    ],
)
def test_a_strange_head_is_one_error(dataset: Dataset, keyring: Keyring, head: bytes) -> None:
    """Of every form."""
    dataset.audit.head_path.write_bytes(head)
    assert "audit" in refused(dataset, keyring)
    assert not verified(dataset, keyring)


def test_a_current_of_five_thousand_digits_is_one_error(dataset: Dataset, keyring: Keyring) -> None:
    """Python refuses to make a number of them."""
    (dataset.path / "CURRENT").write_bytes(b"9" * 5000 + b"\n")
    assert "damaged" in refused(dataset, keyring) or "larger" in refused(dataset, keyring)
