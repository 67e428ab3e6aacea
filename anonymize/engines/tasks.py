"""What a worker does with the rows that its engine hands it: measure, apply, write.

What a task of `measure` and `write` finds out, refusals included, is its result: an engine prints
and retries what is raised, and a refusal is the same at every try. ``COATCHECK_DEBUG`` changes
nothing of what is raised here: it would be kept in the engine's logs.
"""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.engines.fitting_types import cast_batch
from anonymize.engines.shipped import Opened, Shipped, naming
from anonymize.errors import AnonymizeError, DataError, DatasetError, Problem
from anonymize.pipeline.partition import write_rows
from anonymize.pipeline.passing import PartReport
from anonymize.plan import Partial, merged
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable
from anonymize.process.foreign_code import quoting_nothing

BATCH_ROWS = 100_000
"""Rows that are worked on at a time; engines hand over a tenth of it by default, and small batches
cost 2.3 times as much.
"""
BATCH_BYTES = 64 << 20
"""Bytes of rows that are gathered at most, however few rows these are."""
ANSWER = pa.schema([("answer", pa.binary())])
"""Schema of what comes back from measuring and writing: a pickled result or refusal a row."""
_PLACES = 10**6
"""Random numbers for the name of a part, for each partition."""


def gathered(batches: Iterable[pa.RecordBatch], opened: Opened) -> Iterator[pa.RecordBatch]:
    """Yield the rows in the types of the plan, in batches of a size worth working on."""
    plan, kept, rows, size = opened.job.plan, list[pa.RecordBatch](), 0, 0
    for batch in batches:
        names = [name for name in plan.input_columns if name in batch.schema.names]
        for start in range(0, batch.num_rows, BATCH_ROWS):
            taken = cast_batch(batch.slice(start, BATCH_ROWS), plan.input_schema, names)
            kept.append(taken)
            rows, size = rows + taken.num_rows, size + taken.nbytes
            if rows >= BATCH_ROWS or size >= BATCH_BYTES:
                yield pa.concat_batches(kept)
                kept, rows, size = [], 0, 0
    if kept:
        yield pa.concat_batches(kept)


def applied(
    shipped: Shipped,
    batches: Iterable[pa.RecordBatch],
    output: pa.Schema,
    place: str,
    leave_out: bool,
) -> Iterator[pa.RecordBatch]:
    """Yield the sanitized rows of ``batches``, in the types of ``output``.

    What is raised quotes nothing, whatever the engine does with it.

    Args:
        shipped: The job.
        batches: The rows.
        output: The types that the engine takes.
        place: What errors call these rows.
        leave_out: True if rows that would be set aside are left out.

    Raises:
        DataError: a row would be set aside because of a bad value, unless ``leave_out``; the error
            has columns, reasons and counts.
        AnonymizeError: as ``PlanWithKeys.apply``.
    """
    rows = _applied(shipped, batches, output, place, leave_out)
    while (batch := _following(rows)) is not None:
        yield batch


@no_core_files()
@partial(quoting_nothing, debug=False)
def _following(rows: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    return next(rows, None)


def _applied(
    shipped: Shipped,
    batches: Iterable[pa.RecordBatch],
    output: pa.Schema,
    place: str,
    leave_out: bool,
) -> Iterator[pa.RecordBatch]:
    opened, first_row = shipped.opened(), 0
    bound = opened.bound
    try:
        for batch in gathered(batches, opened):
            done = bound.apply(batch, first_row)
            first_row += batch.num_rows
            if done.quarantined.num_rows and not leave_out:
                raise DataError(list(_set_aside(done.quarantined)))
            yield cast_batch(done.batch, output, output.names)
        return
    except DataError as error:
        failure = naming(error, place)
    raise failure


def _set_aside(quarantined: pa.RecordBatch) -> Iterator[Problem]:
    counted = pa.table([quarantined["column"], quarantined["reason"]], names=["column", "reason"])
    groups = counted.group_by(["column", "reason"]).aggregate([([], "count_all")])
    for row in groups.to_pylist():
        values = "value" if row["count_all"] == 1 else "values"
        yield Problem(
            f"column {row['column']}", f"{row['count_all']} bad {values}: {row['reason']}"
        )
    what = (
        "apply counts for nobody what is set aside: mend the rule, say leave_out_bad_rows=True, or"
        " call publish_parts, which has a quarantine and a limit"
    )
    yield Problem("rows.on_bad_value", what)


def measured(shipped: Shipped, batches: Iterable[pa.RecordBatch]) -> Partial:
    """Return the first pass's result for all ``batches``."""
    opened = shipped.opened()
    return opened.bound.measure_all(gathered(batches, opened))


@no_core_files()
@not_world_writable()
def written(
    shipped: Shipped, batches: Iterable[pa.RecordBatch], partition: int | None, place: str
) -> PartReport | None:
    """Write ``batches`` as one part of the staged version; None if there is no row.

    The part's name is new at every try, so that a task that runs twice takes nothing from itself.

    Args:
        shipped: The job.
        batches: The rows.
        partition: The position of these rows among all partitions; None if the engine has none. It
            is in the part's name only where the policy keeps the source's order.
        place: What errors and the quarantine call them.

    Raises:
        DatasetError: this machine does not reach the staging folder.
        AnonymizeError: as `write_partition`; the part is then not written.
    """
    opened = shipped.opened()
    rows = gathered(batches, opened)
    first = next(rows, None)
    if first is None:
        return None
    job = opened.job
    if not Path(job.staging).is_dir():
        what = "this worker does not reach it; the sink is a folder that driver and workers share"
        raise DatasetError(what, place=job.plan.policy.sink.path)
    if partition is None or job.order_seed:
        partition = secrets.randbelow(_PLACES)
    # as many digits in every name, so that parts in source order have it by name too
    at = 10**14 + partition * _PLACES + secrets.randbelow(_PLACES)
    try:
        return write_rows(
            job, opened.bound, opened.keyring, _chain(first, rows), name=place, number=at, place=at
        )
    except DataError as error:
        failure = naming(error, place)
    raise failure


def _chain(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    del first
    yield from rest


def answer(work: Callable[..., Any], *args: Any) -> bytes:
    """Return the pickled result of ``work(*args)``, or its refusal, which quotes nothing."""
    try:
        found: object = quoting_nothing(work, debug=False)(*args)
    except AnonymizeError as error:
        found = error.with_traceback(None)
    return pickle.dumps(found)


def as_answer(found: bytes) -> pa.RecordBatch:
    """Return an answer as a row of the schema `ANSWER`."""
    return pa.RecordBatch.from_arrays([pa.array([found], pa.binary())], schema=ANSWER)


def results(answers: Iterable[bytes]) -> list[Any]:
    """Return the results in ``answers``.

    Raises:
        AnonymizeError: some are refusals: the problems of all of the first one's kind, each once.
    """
    found = [pickle.loads(one) for one in answers]  # noqa: S301 - from tasks of our own
    refusals = [one for one in found if isinstance(one, AnonymizeError)]
    if refusals:
        kind = type(refusals[0])
        alike = [one for one in refusals if type(one) is kind]
        raise kind(dict.fromkeys(problem for one in alike for problem in one.problems))
    return found


def merged_answers(answers: Iterable[bytes]) -> bytes:
    """Return the partials in ``answers`` merged into one answer, or their refusal."""
    return answer(lambda: merged(results(answers)))
