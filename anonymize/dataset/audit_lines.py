"""The lines of a log, each with the state of its signature, also of a log that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from anonymize.arguments import checked
from anonymize.dataset.anchor import Anchor
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.reads import read_log
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import DatasetError, KeysError, Problem, RefusedError

Log = Literal["acts", "reads"]
State = Literal["valid", "refused", "invalid", "missing", "unknown key", "damaged", "unchecked"]


@dataclass(frozen=True)
class AuditLine:
    """One line of a log, for whoever checks or collects it."""

    log: Log
    """``acts`` (``audit.jsonl``) or ``reads`` (``reads.jsonl``)."""
    number: int
    """From 1."""
    entry: AuditEntry | None
    """None if the line is no entry; what it holds instead is not shown."""
    signature: State
    """``valid``; ``refused``: by a revoked key, so that it has no effect; ``invalid``: not that of
    this entry; ``missing``; ``unknown key``: not in the keyring, or another keyring's; ``damaged``:
    no entry; ``unchecked``: no keyring was given.
    """
    chained: bool
    """Whether it follows from the line before: its number, and that line's hash."""

    def as_json(self) -> dict[str, Any]:
        """Return the line as plain JSON values; of a damaged one only where it is."""
        where: dict[str, Any] = {"log": self.log, "line": self.number}
        state = {"signature": self.signature, "chained": self.chained}
        if self.entry is None:
            return where | state
        body = {name: value for name, value in self.entry.body().items() if name != "index"}
        key = str(self.entry.key_id())
        return where | body | {"hash": self.entry.hash, "key": key} | state


@checked
def audit_lines(
    folder: str | Path | DatasetView, keyring: Keyring | str | None, log: Log = "acts"
) -> tuple[AuditLine, ...]:
    """Return the lines of a dataset's log in order, each with the state of its signature.

    Unlike `history` it does not refuse a damaged log, so that what is left of one can be shown:
    whether the log as a whole holds is what `audit_problems` returns. With None for the keyring no
    signature is checked. An incomplete last line is left out.

    Raises:
        DatasetError: there is no such dataset.
    """
    dataset = folder if isinstance(folder, DatasetView) else DatasetView(folder)
    dataset.require()
    opened = None if keyring is None else opened_keyring(keyring)
    found = dataset.audit if log == "acts" else read_log(dataset)
    return tuple(_lines(found, log, opened))


def _lines(found: AuditLog, log: Log, keyring: Keyring | None) -> Iterator[AuditLine]:
    refused, previous = _refused(found, keyring), ""
    for index, line in enumerate(found.lines()):
        place = f"{found.path}:{index + 1}"
        try:
            entry = AuditEntry.parsed(line, place)
        except DatasetError:
            previous = "none, so that the next line does not follow from it"
            yield AuditLine(log, index + 1, None, "damaged", chained=False)
            continue
        chained = entry.index == index and entry.previous == previous
        state = "refused" if index in refused else _state(entry, keyring, place)
        previous = entry.hash
        yield AuditLine(log, index + 1, entry, state, chained)


def _refused(found: AuditLog, keyring: Keyring | None) -> frozenset[int]:
    """Return the positions of entries that count no more, as far as the log holds: by the entries
    around them, a signature of a revoked key may be refused whatever its own date is.
    """
    if keyring is None:
        return frozenset()
    try:
        entries = found.entries(keyring)
    except (DatasetError, KeysError):
        return frozenset()
    return frozenset(entry.index for entry in entries if entry.what.startswith(REFUSED))


def _state(entry: AuditEntry, keyring: Keyring | None, place: str) -> State:
    if entry.signature is None:
        return "missing"
    if keyring is None:
        return "unchecked"
    try:
        entry.check(keyring, place)
    except RefusedError:
        return "refused"
    except DatasetError:
        return "invalid"
    except KeysError:
        return "unknown key"
    return "valid"


@checked
def audit_problems(
    folder: str | Path | DatasetView, keyring: Keyring | str | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a dataset's logs, of acts and of reads; empty if they hold.

    Checks the chain, every signature, the signed heads, the anchor if the dataset was opened with
    one, and that the log of reads has what the last publication found in it. The versions' files
    are not checked; `Dataset.verify` does.

    Raises:
        DatasetError: there is no such dataset.
        KeysError: a log is signed by keys that are not in the keyring.
    """
    dataset = folder if isinstance(folder, DatasetView) else DatasetView(folder)
    dataset.require()
    opened = opened_keyring(keyring)
    if problems := dataset.audit.verify(opened):
        return problems
    anchor: Anchor | None = dataset.anchor
    found = anchor.problems(dataset.audit, opened) if anchor is not None else ()
    try:
        acts = require_whole_log(dataset, opened)
    except DatasetError as error:
        return tuple(error.problems)
    return (*found, *read_log(dataset).problems(acts, opened))
