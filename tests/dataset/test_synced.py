"""What a power cut leaves: files are on disk before they get names, names before the next step
counts on them.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anonymize.dataset import Anchor, Dataset, FileEntry, Manifest, export
from anonymize.io import write_part
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, change_passphrase, init_keyring, rotate_key
from anonymize.keys.keyring.files import require_room
from anonymize.names import KeyName

from .conftest import publish, rows

KEYS = [KeyName(name) for name in ("training", "clinical", "reveal")]


class Disk:
    """Follows what was synced below a folder, and says where something was named or counted on
    before it was.
    """

    def __init__(self, folder: Path) -> None:
        """Watch ``folder``."""
        self.folder, self.problems = str(folder), list[str]()
        self.names_only_at_the_end = False
        self.judged = 0
        self._synced: dict[int, tuple[int, int]] = {}
        self._pending: set[str] = set()
        self._log: Path | None = None

    def synced(self, handle: int) -> None:
        """Note a sync."""
        found = os.fstat(handle)
        path = os.readlink(f"/proc/self/fd/{handle}")
        if stat.S_ISDIR(found.st_mode):
            self._pending.discard(path)
        self._synced[found.st_ino] = (found.st_size, found.st_mtime_ns)

    def named(self, source: str, target: str) -> None:
        """Judge a rename or link that is about to be done."""
        target = os.path.abspath(target)
        if (
            not target.startswith(self.folder) or "removed-" in target
        ):  # what goes may come back: the log says it goes
            return
        self.judged += 1
        self._before(os.path.dirname(target), target)
        if source.startswith("/proc/") or not os.path.isdir(source):
            self._require(source, f"{target} gets its name")
        else:
            for root, _, files in os.walk(source):
                self._require(root, f"{target} gets its name")
                for name in files:
                    self._require(os.path.join(root, name), f"{target} gets its name")
        if os.path.basename(target) == "audit.head" and os.path.exists(
            self._beside(target, "audit.jsonl")
        ):
            self._require(self._beside(target, "audit.jsonl"), "the head names its last line")
        self._pending.add(os.path.dirname(target))

    def _before(self, folder: str, target: str) -> None:
        """Names in other folders are on disk before one is given here."""
        if self.names_only_at_the_end:
            return
        for other in self._pending - {folder}:
            self.problems.append(f"the names in {other} are not on disk before {target} is named")

    def _require(self, path: str, when: str) -> None:
        """A file's bytes, or a folder's names, are as they were when they were synced."""
        found = os.stat(path)
        if self._synced.get(found.st_ino) != (found.st_size, found.st_mtime_ns):
            self.problems.append(f"{path} is not on disk when {when}")

    @staticmethod
    def _beside(path: str, name: str) -> str:
        return os.path.join(os.path.dirname(path), name)

    def end(self) -> None:
        """Every name is on disk when the act is over."""
        self.problems += [
            f"the names in {folder} are not on disk at the end" for folder in self._pending
        ]


@contextmanager
def watched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Follow what is synced and named below ``folder``; nothing may be left to a power cut."""
    disk = Disk(folder)
    sync, replace, link = os.fsync, os.replace, os.link

    def synced(handle: int) -> None:
        sync(handle)
        disk.synced(handle)

    def replaced(source: str | Path, target: str | Path) -> None:
        disk.named(str(source), str(target))
        replace(source, target)

    def linked(
        source: str | Path, target: str | Path, *, dst_dir_fd: int | None = None, **named: bool
    ) -> None:
        inside = "" if dst_dir_fd is None else os.readlink(f"/proc/self/fd/{dst_dir_fd}")
        disk.named(str(source), os.path.join(inside, str(target)))
        link(source, target, dst_dir_fd=dst_dir_fd, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", synced)
        patch.setattr(os, "replace", replaced)
        patch.setattr(os, "link", linked)
        yield disk
    disk.end()
    assert disk.judged, "no name was given below the folder, so nothing was tried"
    assert disk.problems == []


@pytest.fixture
def own(tmp_path: Path) -> tuple[Dataset, Keyring, str]:
    """Return a dataset with two versions, its keyring and the keyring's URI."""
    uri = f"file:{tmp_path / 'keys' / 'keyring.json'}"
    keyring, dataset = init_keyring(uri, KEYS), Dataset(tmp_path / "people")
    for number in (1, 2):
        publish(dataset, keyring, number)
    return dataset, keyring, uri


def test_a_part_is_on_disk_with_its_keys_before_it_has_a_name(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its name when it is said to be complete."""
    with watched(tmp_path, monkeypatch):
        write_part(
            tmp_path / "part-00000.parquet",
            rows(1).schema,
            rows(1).to_batches(),
            keyring=keyring,
            key="training",
        )


def test_a_version_is_on_disk_before_the_log_publishes_it(
    own: tuple[Dataset, Keyring, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts, keys, manifest, folder, entry, head, CURRENT: each before the next."""
    dataset, keyring, _ = own
    with watched(dataset.path, monkeypatch):
        publish(dataset, keyring, 3)


def test_what_others_put_into_the_stage_is_brought_to_disk(
    own: tuple[Dataset, Keyring, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker on another machine may have written it without a sync that counts here."""
    dataset, keyring, _ = own
    with watched(dataset.path, monkeypatch), dataset.stage() as staging:
        target = staging.path / "quarantine" / "part-00000.parquet"
        target.parent.mkdir()
        info = write_part(
            target, rows(3).schema, rows(3).to_batches(), keyring=keyring, key="training"
        )
        for path in (target, sidecar_of(target)):
            shutil.copy(path, path.with_name("copy"))
            path.unlink()
            path.with_name("copy").rename(path)
        entry = FileEntry.of(info, staging.path, "quarantine")
        staging.publish(Manifest(dataset="people", files=(entry,)), keyring)


@pytest.mark.parametrize(
    "act",
    [
        lambda dataset, keyring: dataset.rollback(1, keyring=keyring),
        lambda dataset, keyring: dataset.expire(keep=1, keyring=keyring),
        lambda dataset, keyring: dataset.audit.append("reveal", keyring=keyring),
    ],
    ids=["rollback", "expire", "an entry"],
)
def test_an_entry_is_on_disk_before_what_it_says_is_done(
    own: tuple[Dataset, Keyring, str],
    act: Callable[[Dataset, Keyring], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line before the head, the head before CURRENT."""
    dataset, keyring, _ = own
    with watched(dataset.path, monkeypatch):
        act(dataset, keyring)


def test_keys_wrapped_anew_are_on_disk_when_the_rotation_is_over(
    own: tuple[Dataset, Keyring, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old or new, both are signed for: their names reach the disk once per folder."""
    dataset, _, uri = own
    keyring = rotate_key(KeyName("training"), uri)
    with watched(dataset.path, monkeypatch) as disk:
        disk.names_only_at_the_end = True
        assert dataset.rewrap(keyring=keyring) == 4


@pytest.mark.parametrize(
    "act", [lambda uri: rotate_key(KeyName("training"), uri), change_passphrase]
)
def test_a_keyring_is_on_disk_before_it_has_its_name(
    own: tuple[Dataset, Keyring, str], act: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a passphrase, before the keyring is locked by it."""
    uri = own[2]
    with watched(Path(uri.removeprefix("file:")).parent, monkeypatch):
        act(uri)


@pytest.mark.parametrize("unnamed", [False, True])
@pytest.mark.parametrize("overwrite", [False, True])
def test_an_export_is_on_disk_before_it_has_its_name(
    own: tuple[Dataset, Keyring, str],
    tmp_path: Path,
    overwrite: bool,
    unnamed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who finds the file finds all of it, also where the file system knows no unnamed files."""
    dataset, keyring, _ = own
    if not unnamed:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    target = tmp_path / "plain" / "out.csv"
    target.parent.mkdir()
    if overwrite:
        target.write_text("old")
    with watched(target.parent, monkeypatch):
        export(dataset, target, keyring=keyring, overwrite=overwrite)


def test_an_anchors_line_is_on_disk_when_the_act_is_over(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what shows that a log was cut."""
    heads, synced = tmp_path / "elsewhere" / "heads.jsonl", list[str]()
    heads.parent.mkdir()
    sync = os.fsync

    def noted(handle: int) -> None:
        sync(handle)
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))

    monkeypatch.setattr(os, "fsync", noted)
    publish(Dataset(tmp_path / "people", Anchor("people", file=heads)), keyring, 1)
    assert str(heads) in synced


def test_a_torn_line_that_is_cut_off_is_so_on_disk(
    own: tuple[Dataset, Keyring, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line would stand behind it otherwise."""
    log, synced = own[0].audit, list[tuple[str, int]]()
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + b'{"torn')
    sync = os.fsync

    def noted(handle: int) -> None:
        sync(handle)
        synced.append((os.readlink(f"/proc/self/fd/{handle}"), os.fstat(handle).st_size))

    monkeypatch.setattr(os, "fsync", noted)
    log.drop_torn()
    assert log.path.read_bytes() == whole
    assert synced == [(str(log.path), len(whole))]


def test_room_for_a_keyring_is_tried_on_the_disk_and_left(
    own: tuple[Dataset, Keyring, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many bytes as it has, brought to the disk: a full one says so only then."""
    path, sizes = Path(own[2].removeprefix("file:")), list[int]()
    monkeypatch.setattr(os, "fsync", lambda handle: sizes.append(os.fstat(handle).st_size))
    before = sorted(path.parent.iterdir())
    require_room(path)
    assert sizes == [path.stat().st_size]
    assert sorted(path.parent.iterdir()) == before
