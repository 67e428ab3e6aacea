"""An entry and its head are two files: whatever comes between them, the log goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.entry import Head
from anonymize.durable import Prepared
from anonymize.errors import DatasetError, KeysError
from anonymize.keys import Keyring, init_keyring
from anonymize.names import KeyName

from .conftest import publish


class Dies(BaseException):
    """The process ends here."""


def die_at_put(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end at the start of so many-th replacement of a file."""
    put, calls = Prepared.put, list[Path]()

    def counted(prepared: Prepared, *, sync: bool = True) -> None:
        calls.append(prepared.path)
        if len(calls) == number:
            raise Dies
        put(prepared, sync=sync)

    monkeypatch.setattr(Prepared, "put", counted)


def interrupted(log: AuditLog, keyring: Keyring, put: int) -> None:
    """Append an entry, and die at a replacement."""
    with pytest.MonkeyPatch.context() as patch:
        die_at_put(put, patch)
        with pytest.raises(Dies):
            log.append("reveal", keyring=keyring)


def test_a_first_entry_without_its_head_is_completed(tmp_path: Path, keyring: Keyring) -> None:
    """A marker stands there before the line does, so that a log without a head is one that was
    cut.
    """
    log = AuditLog(tmp_path)
    interrupted(log, keyring, put=2)
    assert [entry.what for entry in log.entries(keyring)] == ["reveal"]
    log.append("reveal", keyring=keyring)
    assert (len(log.entries(keyring)), log.verify(keyring)) == (2, ())


def test_entries_that_die_one_after_the_other_are_completed(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Each act first writes the head of the entry before."""
    log = AuditLog(tmp_path)
    log.append("reveal", keyring=keyring)
    interrupted(log, keyring, put=1)
    interrupted(log, keyring, put=2)
    interrupted(log, keyring, put=2)
    assert (len(log.entries(keyring)), log.verify(keyring)) == (4, ())
    log.append("reveal", keyring=keyring)
    head = log.head()
    assert head is not None
    assert head.entries == len(log.entries(keyring)) == 5


def test_a_head_without_its_entry_is_not_left(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the line cannot be written, the head that was prepared for it goes."""
    log = AuditLog(tmp_path)
    log.append("reveal", keyring=keyring)
    before = sorted(path.name for path in tmp_path.iterdir())

    def refuse(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("os.pwrite", refuse)
    with pytest.raises(DatasetError, match="the disk is full"):
        log.append("reveal", keyring=keyring)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_log_itself_knows_no_version_that_was_never_published(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Whoever asks: one version, several, or the current one of a log without moves."""
    with pytest.raises(DatasetError, match="holds no signed publication of version 9"):
        dataset.audit.standing(keyring, 9)
    with pytest.raises(DatasetError, match="version 9"):
        dataset.audit.standings(keyring, [1, 9])


def test_a_log_without_moves_has_no_current_version(tmp_path: Path, keyring: Keyring) -> None:
    """Nor has an empty one."""
    log = AuditLog(tmp_path)
    assert log.standing(keyring) is None
    log.append("reveal", keyring=keyring)
    assert log.standing(keyring) is None


def test_a_head_of_no_entries_is_no_act(keyring: Keyring) -> None:
    """And names none."""
    head = Head.made(keyring, ())
    assert (head.entries, head.hash, head.act, head.act_hash) == (0, "", 0, "")


@pytest.mark.parametrize("cut", ["the log", "the head"])
def test_nothing_is_added_to_a_log_that_was_cut(tmp_path: Path, keyring: Keyring, cut: str) -> None:
    """Neither where lines are missing, nor where an old head of ours stands beside more lines."""
    log = AuditLog(tmp_path)
    log.append("reveal", keyring=keyring)
    old = log.head_path.read_bytes()
    for _ in range(2):
        log.append("reveal", keyring=keyring)
    if cut == "the log":
        log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:2]))
    else:
        log.head_path.write_bytes(old)
    before = log.path.read_bytes()
    with pytest.raises(DatasetError, match="cut short or replaced"):
        log.append("reveal", keyring=keyring)
    assert log.path.read_bytes() == before


def test_verify_names_every_entry_without_a_valid_signature(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Not the first one only, so that all that was written by hand is seen at once."""
    log = AuditLog(tmp_path)
    for _ in range(4):
        log.append("reveal", keyring=keyring)
    lines = [parse_canonical(line) for line in log.path.read_bytes().splitlines()]
    for at in (1, 2):
        lines[at]["signature"] = lines[0]["signature"]
    log.path.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    assert [problem.place for problem in log.verify(keyring)] == [
        f"{log.path}:2",
        f"{log.path}:3",
    ]


def test_a_log_of_another_keyring_is_neither_right_nor_wrong(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Who lacks its keys cannot say."""
    log = AuditLog(tmp_path / "log")
    log.append("reveal", keyring=keyring)
    other = init_keyring(f"file:{tmp_path / 'other.json'}", [KeyName("training")])
    with pytest.raises(KeysError, match="another keyring"):
        log.verify(other)


def test_one_process_appends_at_a_time(tmp_path: Path) -> None:
    """The lock is the file's: another handle of it has to wait, or learns that it would."""
    with AuditLog(tmp_path).alone() as mine, AuditLog(tmp_path).alone(wait=False) as theirs:
        assert (mine, theirs) == (True, False)
    with AuditLog(tmp_path).alone(wait=False) as free:
        assert free


def test_recovery_follows_no_link(dataset: Dataset, keyring: Keyring, tmp_path: Path) -> None:
    """What it would remove there is not the dataset's."""
    elsewhere = tmp_path / "elsewhere"
    dataset.versions_path.rename(elsewhere)
    (elsewhere / ".staging-theirs").mkdir()
    dataset.versions_path.symlink_to(elsewhere)
    with pytest.raises(DatasetError, match="is not a plain folder"), dataset.lock(keyring):
        pass
    assert sorted(path.name for path in elsewhere.iterdir()) == [
        ".staging-theirs",
        "000001",
        "000002",
    ]


def test_recovery_cuts_a_torn_line_off(dataset: Dataset, keyring: Keyring) -> None:
    """Verify would go on to report it until the next entry."""
    whole = dataset.audit.path.read_bytes()
    dataset.audit.path.write_bytes(whole + b'{"torn')
    with dataset.lock(keyring):
        pass
    assert dataset.audit.path.read_bytes() == whole


def test_recovery_removes_no_version_that_a_cut_log_lacks(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Its signed manifest tells of more entries, or of others: the log was put back to an earlier
    state, and went on from there.
    """
    publish(dataset, keyring, 3)
    first = dataset.audit.path.read_bytes().splitlines(keepends=True)[:1]
    dataset.audit.path.write_bytes(first[0])
    dataset.audit.head_path.write_bytes(Head.made(keyring, dataset.audit._read()[1]).data())
    (dataset.path / "CURRENT").write_text("000001\n")
    for _ in range(3):
        with pytest.raises(DatasetError, match="does not know version 3, which was published"):
            dataset.lock(keyring).__enter__()
        assert dataset.folders() == (1, 2, 3)
        dataset.audit.append("reveal", keyring=keyring)


def test_recovery_removes_what_interrupted_acts_left(dataset: Dataset, keyring: Keyring) -> None:
    """Drafts of files under their hidden names; not what only ends like them."""
    version = dataset.folder(2)
    drafts = [dataset.path / ".CURRENT.7.ab.tmp", dataset.path / ".audit.head.7.ab.tmp"]
    drafts += [version / ".part-00000.parquet.7.ab.tmp", version / "quarantine" / ".x.tmp"]
    others = [dataset.path / "mine.tmp", dataset.path / ".mine"]
    for path in (*drafts, *others):
        path.write_bytes(b"")
    with dataset.lock(keyring):
        pass
    assert [path.exists() for path in (*drafts, *others)] == [False] * 4 + [True] * 2


def test_recovery_leaves_the_draft_of_an_entry_that_is_being_written(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Another process holds the log; drafts that are not the log's go all the same."""
    head, current = dataset.path / ".audit.head.7.ab.tmp", dataset.path / ".CURRENT.7.ab.tmp"
    for path in (head, current):
        path.write_bytes(b"")
    with AuditLog(dataset.path).alone(), dataset.lock(keyring):
        pass
    assert (head.exists(), current.exists()) == (True, False)


def test_verify_looks_again_after_a_pause_and_no_longer_than_it_must(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication may be between two files; what stays is a problem, after some looks."""
    current, pauses = dataset.path / "CURRENT", list[float]()
    monkeypatch.setattr("anonymize.dataset.verify.time.sleep", pauses.append)
    current.write_text("000001\n")
    assert not dataset.verify(keyring=keyring).ok
    assert pauses == [0.05] * 5

    def completed(seconds: float) -> None:
        pauses.append(seconds)
        current.write_text("000002\n")

    pauses.clear()
    monkeypatch.setattr("anonymize.dataset.verify.time.sleep", completed)
    assert dataset.verify(keyring=keyring).ok
    assert pauses == [0.05]
