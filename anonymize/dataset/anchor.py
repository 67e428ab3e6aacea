"""Copies each head of the log to a place outside the folder, so that a log cut back to an earlier
state is noticed.
"""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymize.dataset.appended import append_line
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.entry import AuditEntry, Head
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.signing import Keyring
from anonymize.errors import DatasetError, KeysError, Problem, kind_of

LARGEST_BYTES = 256 << 20
TIMEOUT_SECONDS = 60
_SECRETS = {
    "COATCHECK_PASSPHRASE",
    "COATCHECK_VAULT",
    "COATCHECK_SOURCE_PASSWORD",
    "COATCHECK_SINK_PASSWORD",
    "VAULT_TOKEN",
}
_BEGINNING = b'{"dataset":"'


class HeadsCutShort(UserWarning):
    """Warning: lines of an anchor's file are the beginnings of heads, no whole ones."""


@dataclass(frozen=True)
class Anchor:
    """The place that a policy's ``audit.anchor`` names."""

    dataset: str
    """The dataset's name, because one anchor may serve several datasets."""
    file: Path | None = None
    """File to which each head is appended as a line. Those who can write to the dataset's folder
    must not be able to write to it.
    """
    command: Sequence[str] = ()
    """Program and arguments. It gets each head as a line on stdin, and has 60 seconds."""
    latest: Sequence[str] = ()
    """Program and arguments. It prints heads that ``command`` got, one a line; at least the
    newest.
    """

    def tell(self, log: AuditLog) -> None:
        """Hand over the log's head. The act that it belongs to is done already.

        Raises:
            DatasetError: the anchor did not accept it.
        """
        head = log.head()
        if head is None:
            return
        line = canonical({"dataset": self.dataset, "head": parse_canonical(head.data())}) + b"\n"
        if self.file is not None:
            append_line(self.file, line, self._place())
        if self.command:
            self._called(self.command, line)

    def problems(
        self, log: AuditLog, keyring: Keyring, *, begun: bool = True
    ) -> tuple[Problem, ...]:
        """Return what is missing from the log according to the anchor. ``begun`` is True if the log
        states that the anchor got a head before.

        Raises:
            DatasetError: the anchor cannot be read.
            KeysError: its heads are signed by keys that are not in the keyring.
        """
        entries = log.entries()
        told = self._told()
        if not told:
            return (
                (Problem(self._place(), "holds no head of this dataset"),)
                if begun and entries
                else ()
            )
        at = entries[-1].at if entries else ""
        return tuple(
            problem
            for head in told[-1:] + told[:-1]
            if (problem := self._lost(head, entries, keyring, at))
        )[:1]

    def _lost(
        self, head: Head, entries: Sequence[AuditEntry], keyring: Keyring, at: str
    ) -> Problem | None:
        if head.entries <= len(entries) and (
            not head.entries or entries[head.entries - 1].hash == head.hash
        ):
            return None
        try:
            head.check(keyring, self._place(), at)
        except KeysError:
            raise
        except DatasetError as error:
            return error.problems[0]
        what = (
            f"was told of {head.entries} entries, the audit log holds {len(entries)}: it was cut"
            " short or replaced"
        )
        return Problem(self._place(), what)

    def _told(self) -> list[Head]:
        """Return the heads of this dataset that the anchor has, the newest last.

        Lines that a full disk or a crash cut short are skipped, with a `HeadsCutShort` warning: the
        act of each said that the anchor did not accept it, and the next head covers it.
        """
        data, torn = b"", 0
        if self.file is not None:
            try:
                data = read_plain(self.file, LARGEST_BYTES)
            except FileNotFoundError:
                data = b""
        elif self.latest:
            data = self._called(self.latest, b"")
        heads = []
        *lines, last = data.split(b"\n")
        torn += bool(last)
        for line in lines:
            if _is_cut_short(line):
                torn += 1
                continue
            try:
                told: dict[str, Any] = parse_canonical(line)
                if told["dataset"] == self.dataset:
                    heads.append(Head.parsed(canonical(told["head"]), self._place()))
            except (ValueError, KeyError, TypeError, RecursionError):
                raise DatasetError("holds a line that is no head", place=self._place()) from None
        if torn:
            what = f"{self._place()}: {torn} of its lines were cut short and are skipped"
            warnings.warn(what, HeadsCutShort, stacklevel=2)
        return heads

    def _called(self, command: Sequence[str], data: bytes) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - the policy's own command
                list(command), input=data, capture_output=True, check=False,
                timeout=TIMEOUT_SECONDS, env=_without_secrets(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DatasetError(
                f"cannot be asked: {kind_of(type(error))}", place=self._place()
            ) from None
        if done.returncode:
            raise DatasetError(f"answered with exit code {done.returncode}", place=self._place())
        return done.stdout[:LARGEST_BYTES]

    def _place(self) -> str:
        return f"audit anchor {self.file or (self.command or self.latest)[0]}"


def _without_secrets() -> dict[str, str]:
    """Return the environment without what opens the keyring or the vault of tokens."""
    return {name: value for name, value in os.environ.items() if name not in _SECRETS}


def _is_cut_short(line: bytes) -> bool:
    """Return True if a line is the beginning of a head's line, and not all of it."""
    if not line or not (line.startswith(_BEGINNING) or _BEGINNING.startswith(line)):
        return False
    try:
        json.loads(line.decode("utf-8", "ignore"))  # a letter may have been cut too
    except json.JSONDecodeError as error:
        return error.pos == len(error.doc) or error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return False
