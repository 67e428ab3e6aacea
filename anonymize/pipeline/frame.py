"""pandas in, pandas out: a policy applied to a frame in memory."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arguments import checked
from anonymize.arrow.plain_layouts import plain_type
from anonymize.dataset.frames import to_pandas
from anonymize.errors import ArgumentError, GateError, Problem, SourceError
from anonymize.gates.cell_pairs import CellPairs
from anonymize.gates.names_left import with_names_left
from anonymize.gates.not_looked_for import not_looked_for_unasked
from anonymize.gates.output_sample import output_sampler
from anonymize.gates.residual_scan import residual_problem, scan_output
from anonymize.gates.rows import check_rows, check_values
from anonymize.gates.suppression import (
    check_suppression,
    check_written,
    privacy_measured,
    subject_sentences,
)
from anonymize.io.spread import SpreadRows
from anonymize.keys import Keyring, open_keyring
from anonymize.names import KeyId, KeyName
from anonymize.nested.schema import refuse_duplicates
from anonymize.pipeline.frame_policy import asked_for, hang_on_purpose
from anonymize.pipeline.prepare import rule_keys
from anonymize.pipeline.readiness import require_purpose
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.findings import findings_for
from anonymize.plan.model import Applied
from anonymize.policy import Policy
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing

if TYPE_CHECKING:
    import pandas as pd


@checked
@no_core_files()
@quoting_nothing
def anonymize_frame(
    df: pd.DataFrame,
    policy: Policy | str | PathLike[str] | None = None,
    *,
    columns: Mapping[str, Mapping[str, Any]] | None = None,
    purpose: str | None = None,
    countries: Sequence[str] | None = None,
    detect: Mapping[str, Any] | None = None,
    keyring: Keyring | str | None = None,
) -> pd.DataFrame:
    """Return ``df`` as ``policy`` makes it, or as the rules in ``columns`` do.

    ``anonymize_frame(df, columns={"email": {"action": "redact"}})`` needs no file: a rule is what
    YAML would say under ``columns:``. All else is as in a policy that says ``unlisted: refuse`` and
    nothing more, so every column needs a rule and every check is on.

    ``df`` itself is left as it is. A policy's ``source`` and ``sink`` are not used; its rules, row
    filter, privacy and checks are. Nothing of ``df`` comes back but what the rules made of its
    columns. Its index is no column, so no rule looked at it: the result has a fresh ``RangeIndex``,
    and where the policy says ``unlisted: refuse`` an index that is no ``RangeIndex`` is refused.
    ``df.reset_index()`` makes columns of it. Attributes (``df.attrs``), flags and the name of the
    columns' own index stay behind too. Rows keep their order; those that the filter, quarantine or
    suppression leave out are missing.

    Columns that keep their type keep their dtype; but a categorical one keeps only the categories
    of rows that are left, whole numbers that got nulls become nullable, and what a sparse or a
    foreign dtype holds comes back dense, in the dtype of its values. Periods and intervals are
    taken as text.

    What detection could not look for is a warning: names where no model is installed, scripts that
    none reads, texts that may stand for a missing value and would count as a person.

    Args:
        df: Columns named by strings.
        policy: What to do, or the path of its file.
        columns: In place of a policy: column, or place inside one → its rule.
        purpose: With ``columns``: what the data is for. Keys are derived from it, so that values of
            two purposes do not join. Frames for which none is said are of one purpose; a warning
            says so where a rule's key hangs on it.
        countries: With ``columns``: two-letter codes of countries whose identifiers are looked for.
        detect: With ``columns``: how detection looks, as in a policy's ``detect:``.
        keyring: The keys, or the URI of where they are; opened only if the policy's rules need one.

    Raises:
        ArgumentError: a policy and ``columns``, or neither; not a frame, or its columns are not
            named by strings, or it has an index that the policy refuses or names.
        PolicyError: the rules do not say something that can be done.
        SourceError: two columns of one name, or a column whose values are not of one type.
        PlanError: policy and frame do not fit together.
        DataError: a bad value, and the policy says ``on_bad_value: refuse``.
        GateError: too many rows would be suppressed or set aside, or none is left; a class is too
            small, or the result still holds personal data.
        KeysError: a key is needed and unavailable.
    """
    policy = asked_for(policy, columns, purpose, countries, detect)
    if purpose is None and columns is not None and hang_on_purpose(policy):
        warnings.warn(
            "no purpose was said: values join with those of every frame without one; say purpose=",
            stacklevel=2,
        )
    require_purpose(policy)
    batch = _batch(df)
    _refuse_index(df, policy)
    rows = SpreadRows(batch.schema)
    rows.add(batch)
    findings = findings_for(policy, rows, lambda names: [batch.select(names)])
    opened = open_keyring(keyring) if rule_keys(policy) else None
    compiled = compile_plan(
        policy, batch.schema, findings, key_ids=_ids(policy, opened), keyring=opened or keyring
    )
    plan = replace(compiled, facts_key=None)
    for sentence in not_looked_for_unasked(plan):
        warnings.warn(f"not looked for: {sentence}", stacklevel=2)
    while plan.needs_first_pass:
        plan = plan.fit(PlanWithKeys(plan, opened).measure(batch))
    check_suppression(plan)
    done = PlanWithKeys(plan, opened).apply(batch)
    _check_rows(policy, df, done)
    check_written(plan, done.classes, written=done.batch.num_rows, suppressed=done.suppressed)
    for sentence in subject_sentences(plan, privacy_measured(plan, done.classes)):
        warnings.warn(f"not looked for: {sentence}", stacklevel=2)
    _check_residual(plan, batch, done)
    out = to_pandas(pa.Table.from_batches([done.batch]))
    for name in out.columns:
        if (
            name in df.columns
            and plan.output_schema.field(name).type == batch.schema.field(name).type
        ):
            out[name] = _as_before(out[name], df[name])
    return out


def _batch(df: pd.DataFrame) -> pa.RecordBatch:
    """Return a frame's columns as Arrow's."""
    import pandas as pd

    if not isinstance(df, pd.DataFrame):
        raise ArgumentError(f"is a {type(df).__name__}; give a pandas DataFrame", place="df")
    unnamed = [str(place) for place, name in enumerate(df.columns, 1) if not isinstance(name, str)]
    if unnamed:
        raise ArgumentError(
            f"columns {', '.join(unnamed)} are not named by strings; rename them first", place="df"
        )
    refuse_duplicates(list(df.columns), "df")
    columns = {name: _column(df[name]) for name in df.columns}
    problems = [
        Problem(f"column {name}", made) for name, made in columns.items() if isinstance(made, str)
    ]
    if problems:
        raise SourceError(problems)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _refuse_index(df: pd.DataFrame, policy: Policy) -> None:
    """Refuse an index that a rule is for, and one that would have to be dropped where the policy
    refuses to drop.

    Raises:
        ArgumentError: it would be left out and the policy says otherwise; the index's own name is
            not told.
    """
    import pandas as pd

    if isinstance(df.index, pd.RangeIndex):
        return
    named = {
        name for path in policy.columns for name in (path, re.split(r"[.\[]", path, maxsplit=1)[0])
    }
    named -= set(df.columns)
    if columns := sorted(
        named.intersection(name for name in df.index.names if isinstance(name, str))
    ):
        what = (
            f"{', '.join(columns)}: the policy has a rule and the frame an index of this name; give"
            " df.reset_index()"
        )
        raise ArgumentError(what, place="df")
    if policy.unlisted == "refuse":
        what = (
            "its index is no column, so no rule looks at it, and the policy says unlisted: refuse;"
            " give "
        )
        raise ArgumentError(
            what + "df.reset_index() and a rule for it, or df.reset_index(drop=True)", place="df"
        )


def _column(series: pd.Series[Any]) -> pa.Array | str:
    """Return a column as Arrow's, or why it cannot be one; the text of pandas' and Arrow's errors
    quotes values.
    """
    import pandas as pd

    try:
        dense: Any = np.asarray(series) if isinstance(series.dtype, pd.SparseDtype) else series
        made = pa.Array.from_pandas(dense)
        if isinstance(made, pa.ChunkedArray):
            made = made.combine_chunks()
        kind = made.type.value_type if pa.types.is_dictionary(made.type) else made.type
        return _as_text(series) if isinstance(kind, pa.BaseExtensionType) else made
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        said = (
            type(series.dtype).__name__
            if isinstance(series.dtype, pd.api.extensions.ExtensionDtype)
            else series.dtype
        )
        return (
            f"its values (dtype {said}) are not of one type that a policy knows; make it one first"
        )


def _as_text(series: pd.Series[Any]) -> pa.Array:
    return pa.array(
        [
            None if missing else str(value)
            for value, missing in zip(series, series.isna(), strict=True)
        ]
    )


def _as_before(after: pd.Series[Any], before: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column in the dtype it had, where that can hold it.

    Categories that no row has are raw values that nothing looked at, and those of rows left out:
    they do not come back.
    """
    import pandas as pd

    dtype = before.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        if not isinstance(after.dtype, pd.CategoricalDtype):
            return after
        left = dtype.categories[dtype.categories.isin(after.dropna().unique())].rename(None)
        return after.astype(dtype).cat.set_categories(left)
    if isinstance(dtype, pd.ArrowDtype):
        return after.astype(pd.ArrowDtype(plain_type(dtype.pyarrow_dtype, views=True)))
    if isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return after.astype(dtype) if type(dtype) in _of_pandas() else after
    if (
        dtype.kind in "iub"
        and isinstance(after.dtype, pd.api.extensions.ExtensionDtype)
        and after.hasnans
    ):
        return after
    return after.astype(dtype)


def _of_pandas() -> frozenset[type]:
    """Return pandas' own dtypes that say no more than a type; a sparse one has a fill value, which
    nobody looked at.
    """
    import pandas as pd

    numbers = [f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)]
    plain = [
        pd.api.types.pandas_dtype(name)
        for name in (*numbers, "Float32", "Float64", "boolean", "string")
    ]
    return frozenset({*map(type, plain), pd.StringDtype, pd.DatetimeTZDtype})


def _ids(policy: Policy, keyring: Keyring | None) -> dict[KeyName, KeyId]:
    """Return the current key versions, the sink's keys taken as there: nothing is encrypted
    here.
    """
    sink = [policy.sink.key, *([policy.sink.restricted.key] if policy.sink.restricted else [])]
    held = keyring.current_ids() if keyring else {}
    return {**{name: KeyId(f"{name}.0") for name in sink}, **held}


def _check_rows(policy: Policy, df: pd.DataFrame, done: Applied) -> None:
    """Refuse a result that leaves out too many rows, as a run does."""
    aside, written = done.quarantined, done.batch.num_rows
    reasons = Counter(zip(aside["column"].to_pylist(), aside["reason"].to_pylist(), strict=True))
    check_rows(
        policy,
        read=len(df),
        written=written,
        filtered=done.filtered,
        suppressed=done.suppressed,
        quarantined=len(pc.unique(aside["row"])),
        reasons=reasons,
    )
    nulls = {
        name: column.null_count
        for name, column in zip(done.batch.schema.names, done.batch.columns, strict=True)
    }
    check_values(
        policy,
        {str(name): count for name, count in done.nulled.items()},
        nulls,
        written=written,
        taken=len(df) - done.filtered,
    )


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
    found = with_names_left(found, pairs.names_left())
    if found:
        raise GateError([residual_problem(plan, f.column, str(f.what), f.evidence) for f in found])
