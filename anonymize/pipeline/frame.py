"""Applies a policy to a pandas frame in memory."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.arrow.plain_layouts import plain_type
from anonymize.dataset.frames import to_pandas
from anonymize.errors import ArgumentError, Problem, SourceError
from anonymize.gates.not_looked_for import not_looked_for_unasked
from anonymize.gates.refuse import refuse
from anonymize.gates.suppression import privacy_measured, subject_sentences
from anonymize.io.spread import SpreadRows
from anonymize.keys import Keyring, open_keyring
from anonymize.names import KeyId, KeyName
from anonymize.nested.schema import refuse_duplicates
from anonymize.pipeline.across import with_across
from anonymize.pipeline.earlier import with_against
from anonymize.pipeline.frame_policy import asked_for, hang_on_purpose
from anonymize.pipeline.opening import refuse_persons_for_names
from anonymize.pipeline.passed import fitted, output_of
from anonymize.pipeline.passing import PassedCounts, PassingRows
from anonymize.pipeline.prepare import rule_keys
from anonymize.pipeline.results import names_left_counts
from anonymize.pipeline.screening import with_screened_frame
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.findings import findings_for
from anonymize.plan.patterns import with_rules_for
from anonymize.policy import Policy
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing
from anonymize.report.terminal import names_left_words

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

    Columns that keep their type keep their dtype, with three exceptions: a categorical column keeps
    only the categories of the remaining rows, an integer column with new nulls becomes nullable,
    and sparse or foreign dtypes come back dense, in the dtype of their values. Periods and
    intervals are read as text.

    Warns if detection could not look for something, for example names if no model is installed,
    scripts that no model reads, or texts that may stand for a missing value and would count as a
    person; and about cells of free text that kept a name, too few to refuse the result, with the
    figures that a run's summary has.

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
        SourceError: two columns of one name, or a column whose values are not of one type, or
            columns or fields that are called like people; the error does not quote such names.
        PlanError: policy and frame do not fit together.
        DataError: a bad value, under ``on_bad_value: refuse``.
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
    batch = _batch(df)
    refuse_persons_for_names(batch.schema, "df")
    _refuse_index(df, policy)
    rows = SpreadRows(batch.schema)
    rows.add(batch)
    planned, _ = with_rules_for(policy, batch.schema)
    findings = findings_for(planned, rows, lambda names: [batch.select(names)])
    compares = policy.privacy is not None and policy.privacy.against
    opened = open_keyring(keyring) if rule_keys(policy) or compares else None
    compiled = compile_plan(
        policy, batch.schema, findings, key_ids=_ids(policy, opened), keyring=opened or keyring
    )
    plan: Plan = with_against(replace(compiled, facts_key=None), opened)
    plan = with_screened_frame(plan, batch, opened)
    for sentence in not_looked_for_unasked(plan):
        warnings.warn(f"not looked for: {sentence}", stacklevel=2)
    while plan.needs_first_pass:
        plan = fitted(plan, [PlanWithKeys(plan, opened).measure(batch)], opened)
    passing = PassingRows(PlanWithKeys(plan, opened))
    made = pa.Table.from_batches(passing.batches([batch]), plan.output_schema)
    passing.scan()
    counts = passing.counts("df")
    nulls = {name: made[name].null_count for name in made.column_names}
    output = with_across(output_of([counts], nulls), plan, opened)
    refuse(output, plan)
    for sentence in subject_sentences(plan, privacy_measured(plan, output.classes)):
        warnings.warn(f"not looked for: {sentence}", stacklevel=2)
    for sentence in _names_kept(counts):
        warnings.warn(sentence, stacklevel=2)
    out = to_pandas(made)
    for name in out.columns:
        if (
            name in df.columns
            and plan.output_schema.field(name).type == batch.schema.field(name).type
        ):
            out[name] = _as_before(out[name], df[name])
    return out


def _batch(df: pd.DataFrame) -> pa.RecordBatch:
    """Return a frame's columns as an Arrow batch."""
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
    """Refuse an index that a rule names, and, under ``unlisted: refuse``, an index that would be
    dropped.

    Raises:
        ArgumentError: the index is refused; the message does not quote the index's own name.
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
    """Return a column as an Arrow array, or the reason why that is not possible. The text of
    pandas' and Arrow's errors is not used, because it quotes values.
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
    """Return a column in its former dtype, if that can hold the result.

    Categories without rows are dropped: they may be raw values of rows that were left out, or
    values that no rule was applied to.
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
    """Return the pandas dtypes that hold nothing but a type. A sparse dtype is not among them: it
    has a fill value, to which no rule was applied.
    """
    import pandas as pd

    numbers = [f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)]
    plain = [
        pd.api.types.pandas_dtype(name)
        for name in (*numbers, "Float32", "Float64", "boolean", "string")
    ]
    return frozenset({*map(type, plain), pd.StringDtype, pd.DatetimeTZDtype})


def _ids(policy: Policy, keyring: Keyring | None) -> dict[KeyName, KeyId]:
    """Return the current key versions. The sink's keys count as present, because nothing is
    encrypted here.
    """
    sink = [policy.sink.key, *([policy.sink.restricted.key] if policy.sink.restricted else [])]
    held = keyring.current_ids() if keyring else {}
    return {**{name: KeyId(f"{name}.0") for name in sink}, **held}


def _names_kept(counts: PassedCounts) -> list[str]:
    """Return what a run's summary says of names that free text kept, if a cell kept one."""
    left = counts.residual.names_left if counts.residual else ()
    kept_one = any(one.named for one in left)
    counted = {name: one.model_dump() for name, one in names_left_counts(left).items()}
    return names_left_words({"names_left": counted}) if kept_one else []
