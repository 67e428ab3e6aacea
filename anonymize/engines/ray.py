"""Applies plans in Ray Data's workers, by ``map_batches`` with Arrow batches.

Functions take a Dataset and read it as often as they say. None of them shuffles, sorts or
materializes rows; Ray itself holds every block in its object store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.engines import tasks
from anonymize.engines.fitting_types import cast_batch, require_schema
from anonymize.engines.planning import SEED, EngineRows, planned
from anonymize.engines.shipped import Shipped, drivers_keyring, named_run, require_fitted
from anonymize.errors import (
    ArgumentError,
    MissingExtraError,
    PlanError,
    Problem,
    SourceError,
)
from anonymize.keys import Keyring
from anonymize.pipeline.partition import Job
from anonymize.pipeline.passed import fitted
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.publish_parts import publish_parts as publish_written
from anonymize.pipeline.readiness import with_vault
from anonymize.pipeline.run import WAIT_SECONDS, RunSummary
from anonymize.plan import Plan
from anonymize.policy import Policy
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing

if TYPE_CHECKING:
    from ray.data import Dataset

PART_ROWS = 1_000_000
"""Rows of a part at most, and rows that one task measures."""
MERGES = 32
"""Results of a first pass that one task merges."""


@no_core_files()
@quoting_nothing
def plan(
    ds: Dataset,
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
) -> Plan:
    """Return the plan of ``policy`` for ``ds``, for `apply`, `fit` and `publish_parts`.

    The policy's ``source`` is not read, its settings of how text is read neither. Counts the rows,
    and takes a sample of at most about 32,768 of them to the driver, where detection reads it;
    columns with few values are read once more.

    Args:
        ds: The rows.
        policy: What to do, or the path of its file.
        keyring: The driver's keyring; by default what COATCHECK_KEYRING says, where a rule needs a
            key. A policy with a first pass needs one.

    Raises:
        SourceError: there is no row, or a column is of a type that a policy does not know, or
            called like people.
        AnonymizeError: as `compile_plan`, and GateError for ``expect:``.
    """
    rows = EngineRows("ray", _schema_of(ds), ds.count(), partial(_taken, ds))
    return planned(policy, rows, keyring)


def apply(
    ds: Dataset, plan: Plan, keyring: str | None = None, *, leave_out_bad_rows: bool = False
) -> Dataset:
    """Return ``ds`` as ``plan`` makes it: a Dataset of the plan's output schema.

    Nothing is read but the schema; a worker refuses when Ray runs it. The rows are as ``run`` makes
    them, but nobody looked at them together: no gate (residual scan, k in what was written, limits
    of ``rows`` and ``expect``), no encryption, no version, no manifest. `publish_parts` gives
    these. Rows that ``where`` or suppression leave out are missing, and not counted.

    Args:
        ds: The rows; columns that the plan does not read are not given to it.
        plan: From `plan`, or from `fit` where it needs a first pass.
        keyring: Where each worker opens its keys: a URI, or ``"environment"`` for what the worker's
            own COATCHECK_KEYRING says; by default where the plan was compiled with.
        leave_out_bad_rows: Rows with a bad value, which ``on_bad_value: quarantine`` sets aside,
            are left out, and nobody counts them. By default the worker refuses them.

    Raises:
        SourceError: ``ds`` has not the columns and types of the plan.
        PlanError: the plan needs a first pass; see `fit`.
        VaultError: the plan's vault cannot be opened or created.
    """
    require_schema(_schema_of(ds), plan, "ds")
    require_fitted(plan)
    given = (Shipped.of(with_vault(plan), keyring), plan.output_schema, leave_out_bad_rows)
    return ds.select_columns(list(plan.input_columns)).map_batches(
        _applied, batch_format="pyarrow", batch_size=tasks.BATCH_ROWS, fn_args=given
    )


@no_core_files()
@quoting_nothing
def fit(ds: Dataset, plan: Plan, keyring: str | None = None) -> Plan:
    """Return ``plan`` with what its first passes found out about all rows; itself if it needs none.

    Reads ``ds`` once, or twice where a quasi-identifier's rule needs facts itself. Workers measure
    their batches; their results, which are keyed digests and encrypted facts, are merged by tasks,
    and merged again by the driver.

    Args:
        ds: The rows, the same as those that are applied or published later.
        plan: From `plan`.
        keyring: As in `apply`.

    Raises:
        GateError: more rows would be suppressed than the policy allows.
        AnonymizeError: a worker's refusal (SourceError, DataError, KeysError).
        UnforeseenError: anything else, without its text.
    """
    require_schema(_schema_of(ds), plan, "ds")
    plan = named_run(plan)
    while plan.needs_first_pass:
        found = ds.select_columns(list(plan.measured_columns)).map_batches(
            _measured,
            batch_format="pyarrow",
            batch_size=PART_ROWS,
            fn_args=(Shipped.of(plan, keyring),),
        )
        whole = found.map_batches(_merged, batch_format="pyarrow", batch_size=MERGES)
        plan = fitted(plan, tasks.results(_collected(whole)), drivers_keyring(plan))
    return plan


@no_core_files()
@quoting_nothing
def publish_parts(
    ds: Dataset,
    plan: Plan,
    keyring: Keyring | str | None = None,
    *,
    workers_keyring: str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> RunSummary:
    """Publish ``ds`` as ``plan`` makes it, as a new version of the policy's dataset.

    Workers write encrypted parts of up to a million rows into the sink's folder, which driver and
    workers reach under one path; the driver gets counts and digests, asks every gate that `run`
    asks, and signs. Nothing is published if one refuses.

    Args:
        ds: The rows. Read once.
        plan: From `plan`, or from `fit` where it needs a first pass.
        keyring: The owner's keyring, for the driver.
        workers_keyring: As ``keyring`` in `apply`; the workers need the owner's keyring too.
        accept_change: As in `run`.
        wait_seconds: As in `run`.

    Raises:
        PlanError: the policy keeps the source's order, which Ray's batches do not tell.
        AnonymizeError: as `apply` and `run`, and a worker's refusal; nothing was published.
        UnforeseenError: anything else, without its text; nothing was published.
    """
    require_schema(_schema_of(ds), plan, "ds")
    require_fitted(plan)
    if plan.policy.rows.order != "shuffled":
        what = "batches of a Dataset do not tell their place in it; say rows: {order: shuffled}"
        raise PlanError(what, place=plan.policy.place("rows.order"))

    def write(job: Job) -> Sequence[PartReport]:
        found = ds.select_columns(list(plan.input_columns)).map_batches(
            _written,
            batch_format="pyarrow",
            batch_size=PART_ROWS,
            fn_args=(Shipped.of(job, workers_keyring),),
        )
        return [report for report in tasks.results(_collected(found)) if report is not None]

    return publish_written(
        plan,
        write,
        format="ray",
        keyring=keyring,
        accept_change=accept_change,
        wait_seconds=wait_seconds,
    )


def _applied(table: pa.Table, shipped: Shipped, output: pa.Schema, leave_out: bool) -> pa.Table:
    made = tasks.applied(shipped, table.to_batches(), output, "a batch", leave_out)
    return pa.Table.from_batches(made, output)


def _measured(table: pa.Table, shipped: Shipped) -> pa.Table:
    return _answer(tasks.answer(tasks.measured, shipped, table.to_batches()))


def _written(table: pa.Table, shipped: Shipped) -> pa.Table:
    return _answer(tasks.answer(tasks.written, shipped, table.to_batches(), None, "a batch"))


def _merged(table: pa.Table) -> pa.Table:
    return _answer(tasks.merged_answers(table["answer"].to_pylist()))


def _answer(found: bytes) -> pa.Table:
    return pa.Table.from_batches([tasks.as_answer(found)])


def _collected(answers: Dataset) -> list[bytes]:
    return [row["answer"] for row in answers.take_all()]


def _schema_of(ds: Dataset) -> pa.Schema:
    """Return the schema of ``ds`` in Arrow's types; reads a block if Ray does not know it.

    Raises:
        ArgumentError: it is no Dataset of Ray, or Ray was told to leave out blocks that fail, which
            nobody would count.
        MissingExtraError: Ray Data is not installed.
        SourceError: Ray knows none, because there is no row; or it keeps a column's values as
            Python objects.
    """
    try:
        from ray.data import DataContext, Dataset
    except ImportError:
        raise MissingExtraError.of("anonymize.engines.ray", "ray") from None
    if not isinstance(ds, Dataset):
        raise ArgumentError(f"is a {type(ds).__name__}; give a Dataset of Ray", place="ds")
    if any(one.max_errored_blocks for one in (ds.context, DataContext.get_current())):
        what = "would leave out blocks that fail, and nobody counts them; set it to 0"
        raise ArgumentError(what, place="max_errored_blocks of Ray's DataContext")
    found = ds.schema()
    if found is None:
        raise SourceError("has no schema: it holds no row", place="ds")
    what = "its values are Python objects to Ray; make them of one Arrow type first"
    problems = [
        Problem(f"ds: column {name}", what)
        for name, kind in zip(found.names, found.types, strict=True)
        if not isinstance(kind, pa.DataType)
    ]
    if problems:
        raise SourceError(problems)
    return pa.schema(list(zip(found.names, found.types, strict=True)))


def _taken(ds: Dataset, names: Sequence[str] | None, share: float) -> Iterator[pa.RecordBatch]:
    """Yield about this share of the rows, on the driver; see `planning.Take`."""
    import ray

    if names is not None:
        ds = ds.select_columns(list(names)).map_batches(_with_value, batch_format="pyarrow")
    chosen = ds if share >= 1 else ds.random_sample(share, seed=SEED)
    schema = _schema_of(ds)
    for table in ray.get(chosen.to_arrow_refs()):
        for batch in table.to_batches():
            yield cast_batch(batch, schema, schema.names)


def _with_value(table: pa.Table) -> pa.Table:
    """Return the rows in which a column has a value."""
    found = pa.repeat(False, table.num_rows)
    for column in table.columns:
        found = pc.or_(found, column.is_valid())
    return table.filter(found)
