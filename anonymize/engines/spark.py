"""Applies plans in Spark's Python workers, by ``mapInArrow``.

Functions take a DataFrame and read it as often as they say: persist what is not the same at every
reading. None of them shuffles, sorts or caches rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa

from anonymize.engines import tasks
from anonymize.engines.fitting_types import cast_batch, require_schema
from anonymize.engines.planning import SEED, EngineRows, planned
from anonymize.engines.shipped import Shipped, drivers_keyring, named_run, require_fitted
from anonymize.engines.spark_types import arrow_schema, spark_schema
from anonymize.errors import ArgumentError, MissingExtraError
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
    from pyspark.sql import DataFrame

ANSWER = "answer binary"
"""Schema of what workers answer: a result or refusal a row."""
MERGES = 8
"""Tasks that merge a first pass's results before the driver merges theirs."""


@no_core_files()
@quoting_nothing
def plan(
    df: DataFrame,
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
) -> Plan:
    """Return the plan of ``policy`` for ``df``, for `apply`, `fit` and `publish_parts`.

    The policy's ``source`` is not read, its settings of how text is read neither. Counts the rows,
    and collects a sample of at most about 32,768 of them to the driver, where detection reads it;
    columns with few values are read once more.

    Args:
        df: The rows.
        policy: What to do, or the path of its file.
        keyring: The driver's keyring; by default what COATCHECK_KEYRING says, where a rule needs a
            key. A policy with a first pass needs one.

    Raises:
        SourceError: a column is of a type that Arrow or a policy does not know, or called like
            people.
        AnonymizeError: as `compile_plan`, and GateError for ``expect:``.
    """
    rows = EngineRows("spark", _schema_of(df), df.count(), partial(_taken, df))
    return planned(policy, rows, keyring)


def apply(
    df: DataFrame, plan: Plan, keyring: str | None = None, *, leave_out_bad_rows: bool = False
) -> DataFrame:
    """Return ``df`` as ``plan`` makes it: a DataFrame of the plan's output schema.

    Nothing is read yet; a worker refuses when Spark runs it. The rows are as ``run`` makes them,
    but nobody looked at them together: no gate (residual scan, k in what was written, limits of
    ``rows`` and ``expect``), no encryption, no version, no manifest. `publish_parts` gives these.
    Rows that ``where`` or suppression leave out are missing, and not counted.

    Args:
        df: The rows; columns that the plan does not read stay in Spark.
        plan: From `plan`, or from `fit` where it needs a first pass.
        keyring: Where each worker opens its keys: a URI, or ``"environment"`` for what the worker's
            own COATCHECK_KEYRING says; by default where the plan was compiled with.
        leave_out_bad_rows: Rows with a bad value, which ``on_bad_value: quarantine`` sets aside,
            are left out, and nobody counts them. By default the worker refuses them.

    Raises:
        SourceError: ``df`` has not the columns and types of the plan, or Spark has no type for a
            column of the result.
        PlanError: the plan needs a first pass; see `fit`.
        VaultError: the plan's vault cannot be opened or created.
    """
    require_schema(_schema_of(df), plan, "df")
    require_fitted(plan)
    made, wire = spark_schema(plan.output_schema)
    work = _Applying(Shipped.of(with_vault(plan), keyring), wire, leave_out_bad_rows)
    return _selected(df, plan.input_columns).mapInArrow(work, made)


@no_core_files()
@quoting_nothing
def fit(df: DataFrame, plan: Plan, keyring: str | None = None) -> Plan:
    """Return ``plan`` with what its first passes found out about all rows; itself if it needs none.

    Reads ``df`` once, or twice where a quasi-identifier's rule needs facts itself. Workers measure
    their partition; their results, which are keyed digests and encrypted facts, are shuffled to a
    few tasks that merge them, and merged again by the driver.

    Args:
        df: The rows, the same as those that are applied or published later.
        plan: From `plan`.
        keyring: As in `apply`.

    Raises:
        GateError: more rows would be suppressed than the policy allows.
        AnonymizeError: a worker's refusal (SourceError, DataError, KeysError).
        UnforeseenError: anything else, without its text.
    """
    require_schema(_schema_of(df), plan, "df")
    plan = named_run(plan)
    while plan.needs_first_pass:
        work = _Measuring(Shipped.of(plan, keyring))
        found = _selected(df, plan.measured_columns).mapInArrow(work, ANSWER)
        whole = found.repartition(MERGES).mapInArrow(_merging, ANSWER)
        plan = fitted(plan, tasks.results(_collected(whole)), drivers_keyring(plan))
    return plan


@no_core_files()
@quoting_nothing
def publish_parts(
    df: DataFrame,
    plan: Plan,
    keyring: Keyring | str | None = None,
    *,
    workers_keyring: str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> RunSummary:
    """Publish ``df`` as ``plan`` makes it, as a new version of the policy's dataset.

    Each worker writes its partition as an encrypted part into the sink's folder, which driver and
    workers reach under one path; the driver gets counts and digests, asks every gate that `run`
    asks, and signs. Nothing is published if one refuses. Partitions of 100 MB to 1 GB are a good
    size: each is one file, and scanned by itself.

    Args:
        df: The rows. Read once.
        plan: From `plan`, or from `fit` where it needs a first pass.
        keyring: The owner's keyring, for the driver.
        workers_keyring: As ``keyring`` in `apply`; the workers need the owner's keyring too.
        accept_change: As in `run`.
        wait_seconds: As in `run`.

    Raises:
        AnonymizeError: as `apply` and `run`, and a worker's refusal; nothing was published.
        UnforeseenError: anything else, without its text; nothing was published.
    """
    require_schema(_schema_of(df), plan, "df")

    def write(job: Job) -> Sequence[PartReport]:
        work = _Writing(Shipped.of(job, workers_keyring))
        found = _selected(df, plan.input_columns).mapInArrow(work, ANSWER)
        return [report for report in tasks.results(_collected(found)) if report is not None]

    require_fitted(plan)
    return publish_written(
        plan,
        write,
        format="spark",
        keyring=keyring,
        accept_change=accept_change,
        wait_seconds=wait_seconds,
    )


@dataclass(frozen=True)
class _Applying:
    """Maps the batches of one partition to sanitized ones."""

    shipped: Shipped
    output: pa.Schema
    leave_out: bool

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        where = f"partition {_partition()}"
        return tasks.applied(self.shipped, batches, self.output, where, self.leave_out)


@dataclass(frozen=True)
class _Measuring:
    """Maps the batches of one partition to what they tell the first pass."""

    shipped: Shipped

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield tasks.as_answer(tasks.answer(tasks.measured, self.shipped, batches))


@dataclass(frozen=True)
class _Writing:
    """Maps the batches of one partition to the report of the part they became."""

    shipped: Shipped

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        number = _partition()
        made = tasks.answer(tasks.written, self.shipped, batches, number, f"partition {number}")
        yield tasks.as_answer(made)


def _merging(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    found = [one for batch in batches for one in batch["answer"].to_pylist()]
    if found:
        yield tasks.as_answer(tasks.merged_answers(found))


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return context.partitionId() if context is not None else 0


def _schema_of(df: DataFrame) -> pa.Schema:
    """Return the schema of ``df`` in Arrow's types.

    Raises:
        ArgumentError: it is no DataFrame of Spark.
        MissingExtraError: PySpark is not installed.
        SourceError: see `arrow_schema`.
    """
    try:
        from pyspark.sql import DataFrame
    except ImportError:
        raise MissingExtraError.of("anonymize.engines.spark", "spark") from None
    if not isinstance(df, DataFrame):
        raise ArgumentError(f"is a {type(df).__name__}; give a DataFrame of Spark", place="df")
    return arrow_schema(df.schema)


def _selected(df: DataFrame, names: Sequence[str]) -> DataFrame:
    """Return the named columns; no other leaves the JVM."""
    from pyspark.sql.functions import col

    return df.select(*[col(_quoted(name)) for name in names])


def _quoted(name: str) -> str:
    doubled = name.replace("`", "``")
    return f"`{doubled}`"


def _collected(answers: DataFrame) -> list[bytes]:
    return [bytes(row[0]) for row in answers.collect()]


def _taken(df: DataFrame, names: Sequence[str] | None, share: float) -> Iterator[pa.RecordBatch]:
    """Yield about this share of the rows, on the driver; see `planning.Take`."""
    if names is not None:
        some = " OR ".join(f"{_quoted(name)} IS NOT NULL" for name in names)
        df = _selected(df, names).where(some)
    chosen = df if share >= 1 else df.sample(fraction=share, seed=SEED)
    schema = arrow_schema(df.schema)
    for batch in chosen.toArrow().to_batches():
        yield cast_batch(batch, schema, schema.names)
