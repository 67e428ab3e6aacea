"""Writes a source's sanitized rows to one plain file: CSV, JSON Lines or Parquet.

The same plan, transforms and gates as a run. In place of an encrypted version there is one file,
which appears only after every gate has passed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from anonymize.arguments import checked
from anonymize.dataset.facts import NamesLeftCount, PrivacyFacts
from anonymize.dataset.plain_files import Formulas, plain_write_error, refuse_nested
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError
from anonymize.gates.interface import Output
from anonymize.gates.suppression import privacy_measured
from anonymize.io.sink.unnamed_file import unnamed_file
from anonymize.names import ColumnName
from anonymize.pipeline.one_file_rows import HowWritten, RowProgress, RowsToOneFile
from anonymize.pipeline.one_off import ReadyOneOff
from anonymize.pipeline.results import names_left_counts
from anonymize.plan import Plan
from anonymize.plan.draft import QUASI_IDENTIFIERS
from anonymize.process.core_files import no_core_files

PERSONAL = DIRECT_IDENTIFIERS | QUASI_IDENTIFIERS
"""Verdicts that a summary lists as personal data found."""


@dataclass(frozen=True)
class OneOffSummary:
    """What became of a source; counts and column names, no value."""

    rows_in: int
    """Rows read."""
    rows_out: int
    """Rows written."""
    filtered: int
    """Rows that ``where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows left out because of a bad value."""
    found: Mapping[ColumnName, str]
    """Columns that hold personal data, and the kind found."""
    done: Mapping[str, tuple[ColumnName, ...]]
    """Action → the columns it was applied to; ``drop`` for those that are left out."""
    order: str
    """``shuffled``, or ``source`` if rows keep the order of the raw data."""
    names_left: Mapping[str, NamesLeftCount]
    """Free-text column → cells that were read again, and those that kept a name."""
    findings: tuple[str, ...]
    """What the residual scan found that the policy reports instead of refusing."""
    not_looked_for: tuple[str, ...]
    """One sentence for each thing that detection left out."""
    privacy: PrivacyFacts | None
    """k, risk and diversity of the rows written; None without a ``privacy:`` block."""
    marked: Mapping[str, int]
    """Columns → values that the output's format changed: in CSV texts that got a mark because a
    spreadsheet would run them, in JSON Lines NaN and infinities, which became null.
    """
    seconds: float
    """Wall seconds from the plan to the finished file."""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; what was not asked for is an empty mapping."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            **plain,
            "names_left": {name: left.model_dump() for name, left in self.names_left.items()},
            "privacy": self.privacy.model_dump(mode="json") if self.privacy else {},
        }


@checked
@no_core_files()
def write_one_off(
    ready: ReadyOneOff,
    path: str | Path,
    kind: str,
    *,
    overwrite: bool = False,
    formulas: Formulas = "neutralise",
    workers: int | None = None,
    progress: RowProgress = lambda done, total, what: None,
) -> OneOffSummary:
    """Write the sanitized rows to ``path`` in the format ``kind``: ``csv``, ``jsonl`` or
    ``parquet``.

    The file appears when every gate has passed, readable by its owner only (mode 0600). Memory does
    not grow with the rows. If the process is killed before, nothing remains. ``workers`` processes
    work on parts of the source, by default as many as a run would use; those that are done early
    wait for their turn in files without names, encrypted, on the output's disk. The file is the
    same as one process writes.

    Raises:
        GateError: a check failed; no file was written.
        ArgumentError: the file exists, lies in a dataset's folder, or cannot hold the columns.
        DatasetError: the disk is full, or the folder cannot be written to.
        AnonymizeError: the source (SourceError) or a value under ``on_bad_value: refuse``
            (DataError).
    """
    path = Path(path)
    refuse_output(path, overwrite=overwrite)
    schema = ready.look.plan.output_schema
    refuse_nested(schema, kind, str(path))
    how = HowWritten(kind, formulas, path, path.parent, workers, progress)
    rows = RowsToOneFile(ready, how)
    try:
        with unnamed_file(path, overwrite=overwrite) as file:
            output = rows.write(file)
    except BaseException as error:  # noqa: BLE001 - raised again, or as an error that quotes nothing
        raise plain_write_error(error, kind, schema, path) from None
    return _summary(rows, ready, output)


@no_core_files()
def write_to_stream(
    ready: ReadyOneOff,
    stream: BinaryIO,
    kind: str,
    *,
    formulas: Formulas = "neutralise",
    workers: int | None = None,
    progress: RowProgress = lambda done, total, what: None,
) -> OneOffSummary:
    """Write the sanitized rows to a stream, for example standard output. It gets its first byte
    when every gate has passed; until then they are in an unnamed temporary file.

    Raises:
        AnonymizeError: as `write_one_off`; the stream got nothing.
        BrokenPipeError: the stream's reader stopped.
    """
    schema = ready.look.plan.output_schema
    refuse_nested(schema, kind, "standard output")
    place = Path(tempfile.gettempdir())
    rows = RowsToOneFile(ready, HowWritten(kind, formulas, place, place, workers, progress))
    with tempfile.TemporaryFile() as file:
        try:
            output = rows.write(cast(BinaryIO, file))
        except BaseException as error:  # noqa: BLE001 - raised again, or one that quotes nothing
            raise plain_write_error(error, kind, schema, place) from None
        file.seek(0)
        shutil.copyfileobj(file, stream, 1 << 20)
        stream.flush()
    return _summary(rows, ready, output)


def refuse_output(path: Path, *, overwrite: bool) -> None:
    """Refuse a file that cannot become the output, before the source is read.

    Raises:
        ArgumentError: it exists, its folder does not, or it lies in a dataset's folder.
    """
    if path.exists() and not (overwrite and path.is_file()):
        raise ArgumentError("is there already; say --overwrite to replace it", place=str(path))
    if not path.parent.is_dir():
        raise ArgumentError("its folder is not there; make it first", place=str(path))
    refuse_in_dataset(path)


def _summary(rows: RowsToOneFile, ready: ReadyOneOff, output: Output) -> OneOffSummary:
    """Return what became of the rows."""
    plan = rows.plan
    scans = [one.residual for one in rows.counts if one.residual]
    return OneOffSummary(
        rows_in=output.read,
        rows_out=output.written,
        filtered=output.filtered,
        suppressed=output.suppressed,
        quarantined=output.quarantined,
        found=_found(plan),
        done=_done(plan),
        order=plan.policy.rows.order,
        names_left=names_left_counts(left for scan in scans for left in scan.names_left),
        findings=tuple(f"column {one.column}: {one.what}" for one in output.findings),
        not_looked_for=ready.look.not_looked_for,
        privacy=privacy_measured(plan, output.classes, output.against),
        marked=rows.marked,
        seconds=round(time.monotonic() - rows.started, 2),
    )


def _found(plan: Plan) -> dict[ColumnName, str]:
    """Return the columns with personal data or special categories, and what they hold; ids count
    where they are not kept.
    """
    restricted = plan.policy.sink.restricted
    kept = {step.column for step in plan.steps if step.rule.action == "keep"}
    special = set(restricted.columns) if restricted else set()
    return {
        finding.column: finding.verdict
        for finding in plan.findings
        if finding.verdict in PERSONAL
        or finding.column in special
        or (finding.verdict == "RECORD_ID" and finding.column not in kept)
    }


def _done(plan: Plan) -> dict[str, tuple[ColumnName, ...]]:
    """Return each action, with the columns it is applied to, in the policy's order."""
    done = defaultdict[str, list[ColumnName]](list)
    for step in plan.steps:
        done[step.rule.action].append(step.column)
    done["drop"] = [*plan.dropped]
    return {action: tuple(columns) for action, columns in done.items() if columns}
