"""The audit log: one signed JSON line per act, each with the hash of the line before.

``audit.head`` holds the signed number of lines and last hash, and every signed manifest holds the
state of the log at its publication. So an added, changed, removed or reordered line is detected. A
log that is cut back to an earlier state together with that state's head is not; an anchor outside
the folder detects it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from anonymize.dataset.audit_files import LARGEST_BYTES, AuditFiles
from anonymize.dataset.canonical import plain_json
from anonymize.dataset.entry import ACTS, MOVES, AuditEntry, Head, changed
from anonymize.dataset.plainfile import open_plain
from anonymize.dataset.refusing import (
    is_revoked,
    judged,
    refused_versions,
    signed_late,
    why_refused,
)
from anonymize.dataset.signing import Keyring
from anonymize.dataset.standing import SINCE, Standing, standing_of
from anonymize.dataset.when_and_who import now, who
from anonymize.durable import Prepared
from anonymize.errors import AnonymizeError, DatasetError, KeysError, Problem, RefusedError


class AuditLog(AuditFiles):
    """``audit.jsonl`` of one dataset."""

    def entries(self, keyring: Keyring | None = None) -> tuple[AuditEntry, ...]:
        """Return all entries in order after checking the chain, and with a keyring every signature.

        Entries of a revoked key are returned as `AuditEntry.refused` if a newer key has signed
        since. An incomplete last line (from a crash) is ignored. Without a keyring the result is
        unverified: it may be shown, but nothing may depend on it.

        Raises:
            DatasetError: a line is damaged or not signed, the chain is broken, or the log was cut
                short.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        head, entries, _ = self._read()
        self._check_head(head, entries)
        if keyring is not None:
            self._check_signed_head(head, entries, keyring)
            entries = judged(entries, keyring, self.path)
            if problems := tuple(signed_late(entries, keyring, self.path)):
                raise DatasetError(problems)
        return entries

    def standing(self, keyring: Keyring, version: int | None = None) -> Standing | None:
        """Return the log's state of ``version``; for None that of the version of the last move,
        None if there was no move.

        For readers, at every read. Walks from the signed head back to the version's publication.
        Earlier entries are checked by `verify`.

        Raises:
            DatasetError: the log is damaged; its head, the move or the publication is not signed;
                or the version was never published, or has expired, according to the log.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        head, data = self._look()
        lines = data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]
        if head is None and not lines:
            return None
        since, asked = list[AuditEntry](), version
        for entry in self._backwards(head, lines, keyring):
            if entry.what in ACTS and is_revoked(entry, keyring):
                return self._standing_in_all(
                    keyring, asked
                )  # because the date in an entry that such a key signed proves nothing
            if version is None and entry.what in MOVES:
                entry.check(keyring, self._line(entry.index))
                version = entry.version
            if entry.what == "publish" and entry.version == version:
                entry.check(keyring, self._line(entry.index))
                return standing_of(int(version or 0), entry, since, keyring, self.path)
            if entry.what in SINCE:
                since.append(entry)
        if version is None:
            return None
        raise DatasetError(
            f"holds no signed publication of version {version}", place=str(self.path)
        )

    def _standing_in_all(self, keyring: Keyring, version: int | None) -> Standing | None:
        """Return the state according to the whole log. Checks each entry and skips refused ones."""
        entries = self.entries(keyring)
        moves = [entry.version for entry in entries if entry.what in MOVES]
        number = version if version is not None else moves[-1] if moves else None
        return None if number is None else self._of_all(entries, [number], keyring)[0]

    def standings(self, keyring: Keyring, versions: Iterable[int]) -> tuple[Standing, ...]:
        """Return the log's state of each of ``versions``. Reads and checks the whole log once.

        Raises:
            DatasetError: the log is damaged or not signed, or one of the versions was never
                published or has expired.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        return self._of_all(self.entries(keyring), versions, keyring)

    def _of_all(
        self, entries: Sequence[AuditEntry], versions: Iterable[int], keyring: Keyring
    ) -> tuple[Standing, ...]:
        published = {entry.version: entry for entry in entries if entry.what == "publish"}
        since = [entry for entry in entries if entry.what in SINCE]
        versions, refused = tuple(versions), refused_versions(entries)
        if problems := [
            Problem(str(self.path), why_refused(n, refused[n])) for n in versions if n in refused
        ]:
            raise DatasetError(problems)
        return tuple(
            standing_of(number, published.get(number), since, keyring, self.path)
            for number in versions
        )

    def _backwards(
        self, head: Head | None, lines: list[bytes], keyring: Keyring
    ) -> Iterator[AuditEntry]:
        """Yield the entries from the last act on versions back to the first. The head confirms each
        one's hash.

        Entries after that act (for example of reveals) are skipped: the head states which entry it
        is.
        """
        self._check_count(head, len(lines))
        known = head or Head()
        if known.entries:
            last = AuditEntry.parsed(lines[known.entries - 1], self._line(known.entries - 1))
            if last.hash != known.hash:
                raise self._cut(known.entries, len(lines))
            known.check(keyring, str(self.head_path), last.at)
        # an entry beyond the head: the process died between writing the two
        if len(lines) > known.entries:
            entry = self._parsed(lines, known.entries, "")
            entry.check(keyring, self._line(known.entries))
            if entry.previous != known.hash:
                raise changed(self._line(known.entries))
            yield entry
        expected = known.act_hash
        for index in range(known.act - 1, -1, -1):
            entry = self._parsed(lines, index, expected)
            expected = entry.previous
            yield entry

    def _parsed(self, lines: list[bytes], index: int, expected: str) -> AuditEntry:
        """Return the entry in a line after checking its position and, if known, its hash from the
        signed head.
        """
        entry = AuditEntry.parsed(lines[index], self._line(index))
        if entry.index != index or (expected and entry.hash != expected):
            raise changed(self._line(index))
        return entry

    def append(
        self,
        what: str,
        *,
        keyring: Keyring,
        why: str = "",
        version: int | None = None,
        details: Mapping[str, Any] | None = None,
        head_by: Keyring | None = None,
        unless: Callable[[Sequence[AuditEntry]], None] | None = None,
    ) -> AuditEntry:
        """Append a signed entry and return it. It is on disk when this returns.

        Several processes may append at the same time. ``details`` must hold no value of the data.
        ``head_by`` is the keyring that checks the present head, if ``keyring`` has just revoked the
        key that signed it. ``unless`` gets the entries before it, while no other process can
        append, and raises if this one must not follow them.

        Raises:
            DatasetError: the log is damaged, or the disk is full; nothing was added.
            KeysError: the keyring cannot sign, or is not the one that signed the log; nothing was
                added.
        """
        with self.alone():
            head, entries, length = self._read()
            if head is None and not entries:
                head = Head.made(keyring, ())
                Prepared(
                    self.head_path, head.data()
                ).put()  # a marker: from now on a log without a head counts as cut short
            self._check_head(head, entries)
            self._check_signed_head(head, entries, head_by or keyring)
            if unless is not None:
                unless(judged(entries, keyring, self.path))
            last = entries[-1] if entries else None
            # the process died between writing the entry and the head
            if last and head and head.entries < len(entries):
                Prepared(self.head_path, Head.made(keyring, entries).data()).put()
            entry = AuditEntry.made(
                keyring, index=len(entries), at=now(), who=who(), what=what, version=version,
                why=plain_json(why, "audit"), details=plain_json(dict(details or {}), "audit"),
                previous=last.hash if last else "",
            )  # fmt: skip
            line = entry.line()
            if length + len(line) > LARGEST_BYTES:
                what = (
                    f"the log is full: more than {LARGEST_BYTES >> 20} MiB are not read; nothing"
                    " was done, publish into a new folder"
                )
                raise DatasetError(what, place=str(self.path))
            # The head is on disk before the line is, so that a full disk stops both.
            following = Prepared(self.head_path, Head.made(keyring, (*entries, entry)).data())
            try:
                self._write(line, length)
            except BaseException:
                following.discard()
                raise
            following.put()
            return entry

    def head(self) -> Head | None:
        """Return the head on disk without checking its signature; None before the first entry.

        Raises:
            DatasetError: it is damaged.
        """
        return self._head()

    def drop_torn(self) -> None:
        """Cut off a torn last line, unless another process is appending now."""
        with self.alone(wait=False) as nobody_appends:
            if nobody_appends and self._torn():
                handle, length = open_plain(self.path), self._read()[2]
                try:
                    os.ftruncate(handle, length)
                    os.fsync(handle)
                finally:
                    os.close(handle)

    def verify(self, keyring: Keyring) -> tuple[Problem, ...]:
        """Return the problems of the log: a broken chain, a wrong head, and each entry without a
        valid signature.

        Raises:
            KeysError: the log is signed by keys that are not in the keyring, or by another
                keyring's.
        """
        try:
            head, entries, _ = self._read()
            self._check_head(head, entries)
        except DatasetError as error:
            return error.problems
        problems: list[Problem] = []
        for entry in entries:
            problems += _problems(
                lambda entry=entry: _check_alone(entry, keyring, self._line(entry.index))
            )  # type: ignore[misc]
        if not problems:
            problems += _problems(lambda: judged(entries, keyring, self.path))
        if not problems:
            problems += tuple(signed_late(entries, keyring, self.path)) or self._torn()
        return (*problems, *_problems(lambda: self._check_signed_head(head, entries, keyring)))


def _check_alone(entry: AuditEntry, keyring: Keyring, place: str) -> None:
    """Check the signature of one entry. Does not decide whether an entry of a revoked key is
    refused, because that depends on the entries around it.
    """
    with contextlib.suppress(RefusedError):
        entry.check(keyring, place)


def _problems(check: Any) -> tuple[Problem, ...]:
    try:
        check()
    except KeysError:
        raise
    except AnonymizeError as error:
        return error.problems
    return ()
