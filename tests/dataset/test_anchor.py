"""A log put back to an earlier state, its own head with it: nothing in the folder shows it, the
anchor does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from anonymize.dataset import Anchor, AuditLog, Dataset, audit, read
from anonymize.dataset.anchor import HeadsCutShort
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.sink import sink_of
from anonymize.errors import AnchorError, DatasetError, KeysError, PolicyError
from anonymize.keys import Keyring, init_keyring, revoke_key, rotate_key
from anonymize.names import KeyName
from anonymize.policy import load_policy

from .conftest import publish, rows


@pytest.fixture(params=["file", "command"])
def anchored(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    """A dataset whose heads go out of its folder."""
    heads = tmp_path / "elsewhere" / "heads.jsonl"
    if request.param == "file":
        return Dataset(tmp_path / "people", Anchor("people", file=heads))
    heads.parent.mkdir()
    put = [sys.executable, "-c", f"import sys; open({str(heads)!r}, 'a').write(sys.stdin.read())"]
    latest = [
        sys.executable,
        "-c",
        (
            f"import os; print(open({str(heads)!r}).read() if os.path.exists({str(heads)!r}) "
            "else '', end='')"
        ),
    ]
    return Dataset(tmp_path / "people", Anchor("people", command=put, latest=latest))


def test_a_log_put_back_together_with_its_head_shows_by_the_anchor(
    anchored: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Without it the old state is a sound one; with it verify says so and the next run stops."""
    publish(anchored, keyring, 1)
    shutil.copytree(anchored.path, tmp_path / "saved")
    publish(anchored, keyring, 2)
    assert anchored.verify(keyring=keyring).ok
    shutil.rmtree(anchored.path)
    shutil.copytree(tmp_path / "saved", anchored.path)
    assert Dataset(anchored.path).verify(keyring=keyring).ok
    assert read(anchored.path, keyring=keyring).equals(rows(1))
    problems = anchored.verify(keyring=keyring).problems
    assert [
        "was told of 2 entries, the audit log holds 1" in str(problem) for problem in problems
    ] == [True]
    with pytest.raises(DatasetError, match="cut short or replaced"):
        publish(anchored, keyring, 3)


def test_every_act_reaches_the_anchor(anchored: Dataset, tmp_path: Path) -> None:
    """Publications, rollbacks, re-wrapping, expiry."""
    uri = f"file:{tmp_path / 'own.json'}"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    for number in (1, 2, 3):
        publish(anchored, keyring, number)
    anchored.rollback(2, keyring=keyring)
    keyring = rotate_key(KeyName("training"), uri)
    anchored.rewrap(2, keyring=keyring)
    anchored.expire(keep=1, keyring=keyring)
    assert anchored.anchor is not None
    told = anchored.anchor._told()
    assert [head.entries for head in told] == [1, 2, 3, 4, 5, 6]
    assert told[-1].hash == anchored.audit.entries()[-1].hash
    assert anchored.verify(keyring=keyring).ok


def test_an_anchor_that_knows_nothing_is_a_problem(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Lost, or not the one: verify says so; a run begins to tell it."""
    anchored = Dataset(dataset.path, Anchor("people", file=tmp_path / "heads.jsonl"))
    assert "holds no head of this dataset" in str(anchored.verify(keyring=keyring).problems[0])
    publish(anchored, keyring, 3)
    assert anchored.verify(keyring=keyring).ok


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The number of bytes of the anchor's file for which the disk has ``room``; -1: for all."""
    disk, write, heads = {"room": -1}, os.write, tmp_path / "heads.jsonl"

    def limited(handle: int, data: bytes) -> int:
        if disk["room"] < 0 or os.fstat(handle).st_ino != heads.stat().st_ino:
            return write(handle, data)
        if not disk["room"]:
            raise OSError(errno.ENOSPC, "full")
        done = write(handle, data[: disk["room"]])
        disk["room"] -= done
        return done

    monkeypatch.setattr(os, "write", limited)
    return disk


@pytest.mark.parametrize("room", [0, 1, 5, 30, 120, 300])
@pytest.mark.parametrize("append_only", [True, False])
def test_a_disk_that_gets_full_is_told_and_the_next_head_begins_a_line(
    tmp_path: Path,
    keyring: Keyring,
    full: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    room: int,
    append_only: bool,
) -> None:
    """A head is in the anchor's file whole, or its act says that it is not; neither breaks it."""
    heads = tmp_path / "heads.jsonl"
    anchored = Dataset(tmp_path / "people", Anchor("people", file=heads))
    publish(anchored, keyring, 1)
    before = heads.read_bytes()
    if append_only:

        def refuse(
            handle: int, length: int, cut: Callable[[int, int], None] = os.ftruncate
        ) -> None:
            if os.fstat(handle).st_ino == heads.stat().st_ino:
                raise OSError(errno.EPERM, "append-only")
            cut(handle, length)

        monkeypatch.setattr(os, "ftruncate", refuse)
    full["room"] = room
    with pytest.raises(DatasetError, match="disk is full"):
        publish(anchored, keyring, 2)
    full["room"] = -1
    torn = heads.read_bytes() != before
    assert torn == (append_only and room > 0)
    for _ in range(2):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            assert anchored.verify(keyring=keyring).problems == ()
        assert any("cut short and are skipped" in str(one.message) for one in said) == torn
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HeadsCutShort)
            publish(anchored, keyring, len(anchored.folders()) + 1)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b'{"dataset":"people"}\n', b"x\n"])
def test_a_line_that_is_no_beginning_of_a_head_is_a_problem(
    tmp_path: Path, keyring: Keyring, line: bytes
) -> None:
    """Whole JSON, or something else."""
    heads = tmp_path / "heads.jsonl"
    anchored = Dataset(tmp_path / "people", Anchor("people", file=heads))
    publish(anchored, keyring, 1)
    heads.write_bytes(line + heads.read_bytes())
    with pytest.raises(DatasetError, match="a line that is no head"):
        anchored.verify(keyring=keyring)


def test_an_anchor_that_does_not_answer_leaves_the_act_done_and_says_so(
    tmp_path: Path, keyring: Keyring
) -> None:
    """The version is there and sound."""
    dead = Dataset(
        tmp_path / "people", Anchor("people", command=["/bin/false"], latest=["/bin/true"])
    )
    with pytest.raises(AnchorError, match="exit code 1; the act is done") as told:
        publish(dead, keyring, 1)
    assert told.value.exit_code == 4
    assert Dataset(dead.path).verify(keyring=keyring).ok


@pytest.mark.parametrize("anchor", ["{}", "{file: a, command: [b], latest: [c]}", "{command: [b]}"])
def test_an_anchor_is_a_file_or_two_commands(policy_file: Callable[..., Path], anchor: str) -> None:
    """A command that cannot be asked back would show nothing."""
    path = policy_file("  id: {action: keep}\n", extra=f"audit: {{anchor: {anchor}}}\n")
    with pytest.raises(PolicyError, match="either file, or command and latest"):
        load_policy(path)


def test_a_policy_names_the_anchor(policy_file: Callable[..., Path]) -> None:
    """With the dataset's name."""
    path = policy_file("  id: {action: keep}\n", extra="audit: {anchor: {file: heads.jsonl}}\n")
    assert sink_of(load_policy(path)).anchor == Anchor(
        "people", file=Path("heads.jsonl"), command=(), latest=()
    )


def test_two_acts_do_not_append_to_one_anchor_at_once(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is locked while a head is written, and whoever finds it locked waits, then says
    so.
    """
    heads = tmp_path / "heads.jsonl"
    heads.touch()
    monkeypatch.setattr("anonymize.dataset.appended._PAUSE_SECONDS", 0)
    dataset = Dataset(tmp_path / "people", Anchor("people", file=heads))
    with heads.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(AnchorError, match="is locked by another process"):
            publish(dataset, keyring, 1)
    assert heads.read_bytes() == b""
    publish(dataset, keyring, 2)
    assert heads.read_bytes().count(b"\n") == 1


def _told(heads: Path, log: Dataset) -> None:
    """Let an anchor hold the head of a log."""
    head = parse_canonical(log.audit.head_path.read_bytes())
    heads.write_bytes(canonical({"dataset": "people", "head": head}) + b"\n")


def test_a_head_that_nobody_signed_is_no_proof_of_a_cut(tmp_path: Path, keyring: Keyring) -> None:
    """Whoever can write to the anchor cannot make a sound log look cut: the head is to blame."""
    heads = tmp_path / "heads.jsonl"
    dataset = Dataset(tmp_path / "people", Anchor("people", file=heads))
    publish(dataset, keyring, 1)
    _told(heads, dataset)
    told = parse_canonical(heads.read_bytes().strip())
    told["head"]["entries"] = 9
    heads.write_bytes(canonical(told) + b"\n")
    (problem,) = dataset.verify(keyring=keyring).problems
    assert "the signature is not right: the log's head was changed" in str(problem)


def test_heads_of_another_keyring_say_nothing(tmp_path: Path, keyring: Keyring) -> None:
    """Who lacks its keys cannot tell a cut from a mistake."""
    heads, names = tmp_path / "heads.jsonl", ("training", "clinical", "reveal")
    theirs = init_keyring(f"file:{tmp_path / 'their.json'}", [KeyName(name) for name in names])
    other = Dataset(tmp_path / "other")
    for number in (1, 2):
        publish(other, theirs, number)
    dataset = Dataset(tmp_path / "people", Anchor("people", file=heads))
    publish(dataset, keyring, 1)
    _told(heads, other)
    with pytest.raises(KeysError, match="another keyring"):
        dataset.verify(keyring=keyring)


def test_a_command_that_cannot_be_run_is_told(tmp_path: Path, keyring: Keyring) -> None:
    """The act is done, and its head is not out."""
    dataset = Dataset(tmp_path / "people", Anchor("people", command=["/no/such/program"]))
    with pytest.raises(AnchorError, match="cannot be asked: FileNotFoundError"):
        publish(dataset, keyring, 1)


def test_a_head_from_before_its_key_was_revoked_shows_a_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head bears no date: it is judged by that of the last entry that is left."""
    uri = f"file:{tmp_path / 'own.json'}"
    keyring = init_keyring(uri, [KeyName("training")])
    monkeypatch.setattr(audit, "now", lambda: "2026-11-20T10:00:00Z")
    log, anchor = AuditLog(tmp_path / "people"), Anchor("people", file=tmp_path / "heads.jsonl")
    log.append("reveal", keyring=keyring)
    before = {path: path.read_bytes() for path in (log.path, log.head_path)}
    log.append("reveal", keyring=keyring)
    anchor.tell(log)
    for path, data in before.items():
        path.write_bytes(data)
    for since, what in (
        ("2026-11-24", "was told of 2 entries, the audit log holds 1: it was cut"),
        ("2026-11-19", "the log's head is refused: key 'signing.1' was revoked from 2026-11-19"),
    ):
        owner = revoke_key(KeyName("signing"), 1, since, uri)
        (found,) = anchor.problems(log, owner)
        assert found.what.startswith(what)
