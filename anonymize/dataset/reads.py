"""The log of reads: one signed JSON line per read, each with the hash of the line before.

It is a log of its own (``reads.jsonl``, ``reads.head``), so that reads neither slow down acts nor
fill the log that versions depend on. Each publication enters its length and last hash in the audit
log, so a log of reads that was cut or removed is noticed from the next publication on.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anonymize.dataset.audit import AuditLog
from anonymize.dataset.audit_files import LARGEST_BYTES
from anonymize.dataset.canonical import plain_json
from anonymize.dataset.entry import REFUSED, AuditEntry, Head, changed
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView
from anonymize.dataset.when_and_who import now, who
from anonymize.durable import Prepared
from anonymize.errors import DatasetError, KeysError, Problem

READ, REVOKED = "read", "revoke key"
"""The acts of this log. A revocation is entered so that the new key signs what was there before."""


class ReadNotEntered(UserWarning):
    """Warning: a read is not in the dataset's log of reads, because the keyring cannot sign."""


class ReadLog(AuditLog):
    """``reads.jsonl`` of one dataset."""

    NAME = "reads"

    def enter(
        self,
        keyring: Keyring,
        version: int | None,
        details: Mapping[str, Any],
        *,
        what: str = READ,
        head_by: Keyring | None = None,
    ) -> AuditEntry:
        """Append a signed entry and return it. It is on disk when this returns.

        Checks the head and the last entry alone, so the time does not grow with the entries but for
        reading the file. ``details`` must hold no value of the data. ``head_by`` is the keyring
        that checks the present head, if ``keyring`` has just revoked the key that signed it.

        Raises:
            DatasetError: the log is damaged or full, or cannot be written to; nothing was added.
            KeysError: the keyring cannot sign, or is not the one that signed the log.
        """
        with self.alone():
            last, length = self._last(head_by or keyring, keyring)
            entry = AuditEntry.made(
                keyring, index=last.index + 1 if last else 0, at=now(), who=who(), what=what,
                version=version, why="", details=plain_json(dict(details), "reads"),
                previous=last.hash if last else "",
            )  # fmt: skip
            line = entry.line()
            if length + len(line) > LARGEST_BYTES:
                what = f"the log of reads is full: more than {LARGEST_BYTES >> 20} MiB are not read"
                raise DatasetError(f"{what}; publish into a new folder", place=str(self.path))
            head = Head.of_length(keyring, entry.index + 1, entry.hash)
            following = Prepared(self.head_path, head.data())
            try:
                self._write(line, length)
            except BaseException:
                following.discard()
                raise
            following.put()
            return entry

    def continue_after(self, key_id: str, keyring: Keyring, before: Keyring) -> None:
        """Have the new key sign a log that the revoked one signed, if there is one. ``before`` is
        the keyring that still trusts the revoked key.
        """
        if self.length() is not None:
            with contextlib.suppress(DatasetError):  # a damaged one stays as it is: see `problems`
                self.enter(keyring, None, {"key": key_id}, what=REVOKED, head_by=before)

    def _last(self, before: Keyring, keyring: Keyring) -> tuple[AuditEntry | None, int]:
        """Return the last entry, which the signed head confirms, and the log's length in bytes. An
        entry that a crash left beyond the head is brought under it.
        """
        head, data = self._look()
        length = data.rfind(b"\n") + 1
        count = data.count(b"\n")
        if head is None and not count:
            Prepared(self.head_path, Head.of_length(keyring, 0, "").data()).put()
            return None, 0  # a marker: from now on a log without a head counts as cut short
        self._check_count(head, count)
        known = head or Head()
        last = self._at_end(data, length, count - 1) if count else None
        confirmed = last if last is None or count == known.entries else None
        if confirmed is not None and confirmed.hash != known.hash:
            raise self._cut(known.entries, count)
        known.check(before, str(self.head_path), last.at if last else now())
        if last is not None and confirmed is None:
            last.check(before, self._line(last.index))
            if last.previous != known.hash:
                raise self._cut(known.entries, count)
            whole = Head.of_length(keyring, last.index + 1, last.hash)
            Prepared(self.head_path, whole.data()).put()
        return last, length

    def _at_end(self, data: bytes, length: int, index: int) -> AuditEntry:
        """Return the entry in the last complete line, which must be that of ``index``."""
        begin = data.rfind(b"\n", 0, length - 1) + 1  # splitting 100 MiB into lines takes 0.2 s
        entry = AuditEntry.parsed(data[begin : length - 1], self._line(index))
        if entry.index != index:
            raise changed(self._line(index))
        return entry

    def length(self) -> dict[str, Any] | None:
        """Return the number of entries and the last hash according to the head, unverified, for a
        publication's entry; None if there is no log or its head is damaged.
        """
        try:
            head = self.head()
        except DatasetError:
            return None
        return None if head is None else {"entries": head.entries, "hash": head.hash}

    def problems(self, acts: Sequence[AuditEntry], keyring: Keyring) -> tuple[Problem, ...]:
        """Return the problems of the log, compared with the checked entries of the audit log.

        Raises:
            KeysError: the log is signed by keys that are not in the keyring.
        """
        if problems := self.verify(keyring):
            return problems
        entries = self.entries(keyring)
        names = {str(act.details["dataset"]) for act in acts if "dataset" in act.details}
        for entry in entries:
            if entry.what.removeprefix(REFUSED) not in (READ, REVOKED):
                return (Problem(self._line(entry.index), "is no entry of a read"),)
            if names and str(entry.details.get("dataset", "")) not in {*names, ""}:
                return (Problem(self._line(entry.index), "is an entry of another dataset's log"),)
        known = [act.details["reads"] for act in acts if "reads" in act.details]
        if known and not _holds(entries, known[-1]):
            count = known[-1].get("entries")
            what = f"was cut short or removed: a publication found {count} entries, and here are"
            return (Problem(str(self.path), f"{what} {len(entries)}, or others"),)
        return ()


def _holds(entries: Sequence[AuditEntry], known: Mapping[str, Any]) -> bool:
    count = known.get("entries")
    if type(count) is not int or count > len(entries):
        return False
    return (entries[count - 1].hash if count else "") == known.get("hash")


def read_log(dataset: DatasetView) -> ReadLog:
    """Return the log of reads of a dataset."""
    return ReadLog(Path(dataset.path), dataset.mirror)


def enter_read(
    dataset: DatasetView,
    manifest: Manifest,
    keyring: Keyring,
    role: str,
    columns: Sequence[str] | None,
) -> None:
    """Enter a read in the dataset's log, if its policy asks for that and the keyring can sign;
    otherwise warn (`ReadNotEntered`). Called before the first row is given.

    Raises:
        DatasetError: the keyring can sign, and the entry could not be written: nothing is read.
    """
    if not manifest.audit_reads:
        return
    if why := _not_entered(dataset, keyring):
        what = f"this read is not in the dataset's log of reads: {why}"
        warnings.warn(what, ReadNotEntered, stacklevel=4)
        return
    details = {
        "dataset": manifest.dataset,
        "of": "rows set aside" if role == "quarantine" else "rows",
        "columns": "all that the keyring opens" if columns is None else list(columns),
        "software": f"coatcheck {version('coatcheck')}",
    }
    read_log(dataset).enter(keyring, manifest.version, details)


def _not_entered(dataset: DatasetView, keyring: Keyring) -> str:
    """Return why a read cannot be entered; empty if it can."""
    if dataset.mirror is not None:
        return "the dataset is in an object store, whose own access log has it"
    try:
        keyring.sign(b"may this keyring enter reads")
    except KeysError:
        return "the keyring cannot sign (it is a reader's)"
    return ""
