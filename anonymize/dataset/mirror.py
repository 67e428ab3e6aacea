"""A dataset in an object store, as a folder of this machine in which all of this room works.

The folder is private and temporary, and holds what is needed of the dataset: its log at once, a
version's manifest, wrapped keys and encrypted parts when they are asked for. An act changes the
folder as it would a dataset's own, and `commit` makes the store hold the same: new files become new
objects, then ``CURRENT`` moves by a conditional write (see ``tree.py``). Before that nothing of it
is visible, and if another process moved it first, nothing will be. There is no lock in the store
that a killed process could leave.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from anonymize.dataset.plainfile import is_plain
from anonymize.dataset.tree import LARGEST_BYTES, LOG, NAME, SMALL, Tree
from anonymize.errors import BusyError, DatasetError, forget_shown, show_as
from anonymize.io.stores.folder import LostRaceError, StoreFolder, Written
from anonymize.policy.addresses import Address

LEFT_FOR = timedelta(hours=24)
"""Objects that no tree names and that are older than this are of a killed run, and are removed by
the next act; younger ones may be of a run at work.
"""
_AT_ONCE, _LOOKS = 4, 5
_SMALL_FILES = ("manifest.json", "_KEY_MATERIAL_FOR_")
Stat = tuple[int, int, int]


class Mirror:
    """The folder, and what the store holds."""

    def __init__(self, address: Address, bucket_key: str | None = None) -> None:
        """Make the folder, and fill it.

        Raises:
            DatasetError: no such bucket, no permission, or what is there is no dataset.
        """
        self.folder = Path(tempfile.mkdtemp(prefix="coatcheck-store-"))
        weakref.finalize(self, _remove, self.folder, os.getpid())
        self.store = StoreFolder(address, bucket_key)
        self.held = False
        """True while an act changes the folder: the store's changes wait for its end."""
        self._tree, self._etag = Tree(), ""
        self._known: dict[str, Stat] = {}
        self._sent: dict[Stat, str] = {}
        self._sound = True
        show_as(str(self.folder), str(self.store))
        self.refresh()

    def refresh(self) -> None:
        """Take over the store's present state, unless an act is changing the folder.

        Raises:
            DatasetError: the store cannot be read.
        """
        if self.held:
            return
        for _ in range(_LOOKS):
            found = self.store.read(NAME, LARGEST_BYTES, self._etag if self._sound else "")
            if found is None:
                if (self._etag or not self._sound) and not self.store.exists(NAME):
                    self._take(Tree(), "")  # it was removed, or never made
                return
            tree = Tree.parsed(found[0], f"{self.store}/{NAME}")
            if self._take(tree, found[1]):
                return
        raise DatasetError("is missing: the audit log", place=f"{self.store}/{LOG}")

    def _take(self, tree: Tree, etag: str) -> bool:
        """Make the folder that of ``tree``; return False if its log is gone, because another act
        replaced both.
        """
        log = self.folder / LOG
        if not self._sound:
            self._clear()
        if tree.files.get(LOG) != self._tree.files.get(LOG) or not self._sound:
            log.unlink(missing_ok=True)
            if LOG in tree.files and not self.store.download(tree.files[LOG], log):
                return False
            self._note(LOG)
        for name in SMALL:
            (self.folder / name).unlink(missing_ok=True)
            if name in tree.small:
                (self.folder / name).write_text(tree.small[name], encoding="utf-8")
        for path, key in self._tree.files.items():
            if path != LOG and tree.files.get(path) != key:
                (self.folder / path).unlink(missing_ok=True)
                self._known.pop(path, None)
        versions = self.folder / "versions"
        for name in tree.versions():
            (versions / name).mkdir(parents=True, exist_ok=True)
        for name in set(os.listdir(versions) if versions.is_dir() else ()) - tree.versions():
            if name.isdigit():
                shutil.rmtree(versions / name)
        if tree.bucket_key and not self.store.bucket_key:
            self.store = replace(self.store, bucket_key=tree.bucket_key)
        self._tree, self._etag, self._sound = tree, etag, True
        return True

    def _clear(self) -> None:
        """Remove everything of an act that failed."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._known.clear()

    def bring(self, version: int, *, parts: bool = False) -> None:
        """Fetch a version's manifest and wrapped keys; with ``parts`` its encrypted parts too.

        What the store lacks is missing from the folder, as if it were missing from a disk.
        """
        start = f"versions/{version:06d}/"
        wanted = [
            path
            for path in self._tree.files
            if path.startswith(start)
            and (parts or path.rpartition("/")[2].startswith(_SMALL_FILES))
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._fetch, wanted))

    def bring_part(self, version: int, path: str) -> None:
        """Fetch one encrypted part of a version."""
        self._fetch(f"versions/{version:06d}/{path}")

    def drop_part(self, version: int, path: str) -> None:
        """Remove a part that was fetched; who has it open still reads it."""
        name = f"versions/{version:06d}/{path}"
        if self._known.pop(name, None) is not None:
            (self.folder / name).unlink(missing_ok=True)

    def _fetch(self, path: str) -> None:
        file = self.folder / path
        if path in self._tree.files and not os.path.lexists(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            if self.store.download(self._tree.files[path], file):
                self._note(path)

    def _note(self, path: str) -> None:
        """Remember a file that is as in the store, so that it is not taken for a new one."""
        with contextlib.suppress(FileNotFoundError):
            self._known[path] = _stat(self.folder / path)

    def send(self, staged: Path) -> None:
        """Write a staged version's files to the store before it is entered in the log, so that the
        moment between the log's reading and its replacement is short.
        """
        files = [path for path in sorted(staged.rglob("*")) if is_plain(path)]
        self._write([(path, path.relative_to(staged).as_posix()) for path in files], "versions")

    def rebase(self) -> None:
        """Take over entries that others made in the log while a version was prepared.

        Raises:
            BusyError: another version was published, or CURRENT moved; this one is out of date.
        """
        before, held = self._tree.small.get("CURRENT"), self.held
        self.held = False
        try:
            self.refresh()
        finally:
            self.held = held
        if self._tree.small.get("CURRENT") != before:
            self.forget_sent()
            raise self._lost()

    def commit(self) -> None:
        """Make the store hold what the folder holds. Does nothing if it does already.

        Raises:
            BusyError: another process changed the dataset first; nothing of this is visible, and
                what was written is removed.
            DatasetError: the store refuses; nothing is visible.
        """
        changed = [path for path in self._walk() if self._known.get(path) != self._stat_of(path)]
        kept = {path: key for path, key in self._tree.files.items() if self._keeps(path)}
        small = {
            name: (self.folder / name).read_text(encoding="utf-8")
            for name in SMALL
            if is_plain(self.folder / name)
        }
        if not changed and kept == dict(self._tree.files) and small == dict(self._tree.small):
            return
        self._sound = False  # until the store has it
        logs = [path for path in changed if path == LOG]
        # the manifest is written last of a version, and the log after all versions
        ordered = sorted(set(changed) - set(logs), key=lambda p: (p.endswith("manifest.json"), p))
        sent = self._write([(self.folder / path, path) for path in [*ordered, *logs]], "versions")
        tree = Tree(
            {**kept, **sent}, small, self.store.bucket_key or "", written=secrets.token_hex(8)
        )
        data = tree.data()
        if len(data) > LARGEST_BYTES:
            self.forget_sent()
            what = (
                f"{len(tree.files):,} files in all versions are more than CURRENT can list, so"
                " nothing was done; remove old versions by coatcheck expire"
            )
            raise DatasetError(what, place=str(self.store))
        try:
            etag = self.store.replace(NAME, data, self._etag)
        except LostRaceError:
            self.forget_sent()
            raise self._lost() from None
        gone = set(self._tree.files.values()) - set(tree.files.values())
        self._tree, self._etag, self._sound = tree, etag, True
        self._sent.clear()
        for path in changed:
            self._note(path)
        self._sweep(gone)

    def _sweep(self, gone: set[str]) -> None:
        """Remove the objects that left the tree, and those that killed runs left long ago. The act
        is done: what cannot be removed now is by the next one.
        """
        used = {NAME, *self._tree.files.values()}
        with contextlib.suppress(DatasetError):
            old = {name for name in self.store.older_than(LEFT_FOR) if _is_ours(name)}
            self.store.delete(sorted((gone | old) - used))

    def forget_sent(self) -> None:
        """Remove what was written for an act that is not done."""
        with contextlib.suppress(DatasetError):
            self.store.delete(self._sent.values())
        self._sent.clear()

    def _write(self, files: list[tuple[Path, str]], room: str) -> dict[str, str]:
        """Write files to new objects, some at a time, those of one kind after those before; return
        path → object. A file that is an object already, under another version's name, is not
        written again.
        """
        nonce = secrets.token_hex(8)
        same = {
            stat: self._tree.files[path]
            for path, stat in self._known.items()
            if path in self._tree.files
        }

        def one(file: tuple[Path, str]) -> tuple[str, str]:
            path, name = file
            stat = _stat(path)
            if stat in same:  # a part of another version, by a hard link
                return name, same[stat]
            if stat not in self._sent:
                inside = name.split("/", 2)[2] if name.startswith("versions/") else name
                place = f"audit/{nonce}/{name}" if name == LOG else f"{room}/{nonce}/{inside}"
                if name.startswith("versions/"):
                    place = f"{room}/{name.split('/')[1]}-{nonce}/{inside}"
                written: Written = self.store.write_new(place, path)
                self._sent[stat] = written.key
            return name, self._sent[stat]

        last = [f for f in files if f[1].endswith("manifest.json") or f[1] == LOG]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            done = dict(pool.map(one, [f for f in files if f not in last]))
        return {**done, **dict(map(one, last))}

    def _walk(self) -> Iterator[str]:
        """Yield the files of the folder that are a dataset's."""
        if is_plain(self.folder / LOG):
            yield LOG
        versions = self.folder / "versions"
        for name in sorted(os.listdir(versions)) if versions.is_dir() else ():
            if name.isdigit():
                for path in sorted((versions / name).rglob("*")):
                    if is_plain(path) and not path.name.startswith("."):
                        yield path.relative_to(self.folder).as_posix()

    def _stat_of(self, path: str) -> Stat:
        return _stat(self.folder / path)

    def _keeps(self, path: str) -> bool:
        """Return True unless an act removed a file: files that were not fetched are kept with
        their version's folder.
        """
        folder = "/".join(path.split("/")[:2])
        return path == LOG or (self.folder / folder).is_dir()

    def _lost(self) -> BusyError:
        what = (
            "another process changed the dataset meanwhile; nothing of this act is visible: do it"
            " again"
        )
        return BusyError(what, place=str(self.store))

    def abandon(self) -> None:
        """Forget what an act that failed did to the folder: the next one begins with the store's
        state.
        """
        self._sound = False
        self.forget_sent()


def _remove(folder: Path, process: int) -> None:
    """Remove a mirror's folder; a copy of it in a forked process leaves it alone."""
    forget_shown(str(folder))
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _stat(path: Path) -> Stat:
    found = os.lstat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_ours(name: str) -> bool:
    return name.startswith(("versions/", "audit/"))
