"""pandas in, pandas out: a policy applied to a frame in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anonymize.dataset.reader import to_pandas
from anonymize.detect import inspect_samples
from anonymize.errors import ArgumentError, GateError, Problem, SourceError
from anonymize.io.shape import refuse_duplicates
from anonymize.keys import Keyring, open_keyring
from anonymize.look import current_ids, rule_keys
from anonymize.names import KeyId, KeyName
from anonymize.plan import BoundPlan, Plan, compile_plan
from anonymize.plan.cell_pairs import CellPairs
from anonymize.plan.detectors import names_if_here
from anonymize.plan.discover import with_documents
from anonymize.plan.gates import check_suppression
from anonymize.plan.model import Applied
from anonymize.plan.sampling import output_sampler, source_sampler
from anonymize.plan.scan import residual_problem, scan_output
from anonymize.policy import Policy

if TYPE_CHECKING:
    import pandas as pd


def anonymize_frame(df: pd.DataFrame, policy: Policy, *, keyring_uri: str | None = None) -> pd.DataFrame:
    """Return ``df`` as ``policy`` makes it; ``df`` itself is left as it is.

    The policy's ``source`` and ``sink`` are not used; its rules, row filter, privacy and checks are.
    Rows keep their index labels, columns that keep their type keep their dtype; but a categorical one keeps only the
    categories of rows that are left, and whole numbers that got nulls become nullable. Periods and intervals are taken
    as text. Rows that the filter, quarantine or suppression leave out are missing.

    Args:
        df: Columns named by strings; the index is carried over and not looked at.
        policy: What to do.
        keyring_uri: Where the keys are; opened only if the policy's rules need one.

    Raises:
        ArgumentError: not a frame, or its columns are not named by strings.
        SourceError: two columns of one name, or a column whose values are not of one type.
        PlanError: policy and frame do not fit together.
        DataError: a bad value, and the policy says ``on_bad_value: refuse``.
        GateError: too many rows would be suppressed, or the result still holds personal data.
        KeysError: a key is needed and unavailable.
    """
    batch = _batch(df)
    detect = policy.detect
    seen = source_sampler(policy, batch.schema, detect.sample)
    seen.add(batch)
    findings = inspect_samples(
        with_documents(seen.samples()),
        countries=detect.countries,
        languages=detect.languages,
        names=names_if_here(detect),
    )
    keyring = open_keyring(keyring_uri) if rule_keys(policy) else None
    plan = compile_plan(policy, batch.schema, findings, key_ids=_ids(policy, keyring))
    while plan.needs_first_pass:
        plan = plan.fit(BoundPlan(plan, keyring).measure(batch))
    check_suppression(plan)
    done = BoundPlan(plan, keyring).apply(batch)
    _check_residual(plan, batch, done)
    out = to_pandas(pa.Table.from_batches([done.batch]))
    for name in out.columns:
        if name in df.columns and plan.output_schema.field(name).type == batch.schema.field(name).type:
            out[name] = _as_before(out[name], df[name])
    out.index = df.index.take(done.rows.to_numpy(zero_copy_only=False))
    return out


def _batch(df: pd.DataFrame) -> pa.RecordBatch:
    """Return a frame's columns as Arrow's."""
    import pandas as pd

    if not isinstance(df, pd.DataFrame):
        raise ArgumentError(f"is a {type(df).__name__}; give a pandas DataFrame", place="df")
    unnamed = [str(place) for place, name in enumerate(df.columns, 1) if not isinstance(name, str)]
    if unnamed:
        raise ArgumentError(f"columns {', '.join(unnamed)} are not named by strings; rename them first", place="df")
    refuse_duplicates(list(df.columns), "df")
    columns = {name: _column(df[name]) for name in df.columns}
    problems = [Problem(f"column {name}", made) for name, made in columns.items() if isinstance(made, str)]
    if problems:
        raise SourceError(problems)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _column(series: pd.Series[Any]) -> pa.Array | str:
    """Return a column as Arrow's, or why it cannot be one; the text of pandas' and Arrow's errors quotes values."""
    try:
        made = pa.Array.from_pandas(series)
        if isinstance(made, pa.ChunkedArray):
            made = made.combine_chunks()
        return made if not isinstance(made.type, pa.BaseExtensionType) else _as_text(series)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return f"its values (dtype {series.dtype}) are not of one type that a policy knows; make it one first"


def _as_text(series: pd.Series[Any]) -> pa.Array:
    return pa.array([None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)])


def _as_before(after: pd.Series[Any], before: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column in the dtype it had, where that can hold it.

    Categories that no row has are raw values that nothing looked at, and those of rows left out: they do not come back.
    """
    import pandas as pd

    dtype = before.dtype
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype):
        return after
    if isinstance(dtype, pd.CategoricalDtype):
        left = dtype.categories[dtype.categories.isin(after.unique())]
        return after.astype(dtype).cat.set_categories(left)
    if dtype.kind in "iub" and isinstance(after.dtype, pd.api.extensions.ExtensionDtype) and after.hasnans:
        return after
    return after.astype(dtype)


def _ids(policy: Policy, keyring: Keyring | None) -> dict[KeyName, KeyId]:
    """Return the current key versions, the sink's keys taken as there: nothing is encrypted here."""
    sink = [policy.sink.key, *([policy.sink.restricted.key] if policy.sink.restricted else [])]
    held = current_ids(keyring) if keyring else {}
    return {**{name: KeyId(f"{name}.0") for name in sink}, **held}


def _check_residual(plan: Plan, before: pa.RecordBatch, done: Applied) -> None:
    checks = plan.policy.checks
    if checks.residual != "refuse":
        return
    size = None if checks.residual_sample == "all" else int(checks.residual_sample)
    sampler = output_sampler(plan, size)
    sampler.add(done.batch)
    found = scan_output(plan, sampler.samples())
    pairs = CellPairs(plan, size)
    pairs.add(before, done.rows, done.batch)
    found += tuple(finding for left in pairs.names_left() if (finding := left.finding()))
    if found:
        raise GateError([residual_problem(plan, f.column, str(f.what), f.evidence) for f in found])
