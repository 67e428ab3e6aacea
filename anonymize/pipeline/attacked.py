"""Reads whom a version is attacked with: the rows that it was made of, and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.io import Source
from anonymize.io.sources.text_types import TYPE_NAMES
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.nested.open_close import open_batch
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.pipeline.prepare import plan_source
from anonymize.pipeline.screening import unscreened
from anonymize.plan import Partial, Plan, PlanWithKeys
from anonymize.plan.bind.filters import columns_in, filter_mask
from anonymize.plan.recoding.decide import fit
from anonymize.policy import Policy, SourceSpec
from anonymize.transform.columns import as_text, is_scalar, plain

Ids = npt.NDArray[np.uint64]
LEAST_CONTROL = 30
"""With fewer control rows every interval is as wide as what it tells."""


@dataclass(frozen=True)
class AttackedRows:
    """Source and control set as the policy's rules make them, before anything is recoded."""

    plan: Plan
    """The plan, which knows the hierarchies."""
    quasi: tuple[ColumnName, ...]
    """The quasi-identifiers that are columns."""
    sensitive: tuple[ColumnName, ...]
    """The sensitive columns that are columns."""
    read: int
    """Rows of the source, with those that the filter leaves out."""
    source: Mapping[ColumnName, pa.Array] = field(repr=False)
    """Row-aligned values of the source."""
    control: Mapping[ColumnName, pa.Array] = field(repr=False)
    """Row-aligned values of the control set."""
    source_ids: Ids = field(repr=False)
    """A hash of each row of the source as read: of its subject, if the policy names one."""
    control_ids: Ids = field(repr=False)
    """The same of the control set."""


def attacked_rows(
    policy: Policy, control: str, source: str | None, keyring: Keyring
) -> AttackedRows:
    """Return the rows of the policy's source and of the control set.

    The policy's filter leaves out rows of the source; the control set is taken as it is, because
    its rows may be those that the filter leaves out.

    Raises:
        ArgumentError: no quasi-identifier is a column.
        AnonymizeError: one of both cannot be read, or has not the columns of the other.
    """
    if policy.privacy is None:
        raise AssertionError("asked before")
    opened = open_spec(_at(policy.source, source))
    whole = unscreened(plan_source(policy, opened, keyring))
    columns = {step.column: step for step in whole.steps}
    top = [name for name in whole.output_schema.names if name in opened.schema.names]
    quasi, sensitive = (
        tuple(n for n in names if n in columns and n in top and is_scalar(columns[n].output_type))
        for names in (policy.privacy.quasi_identifiers, policy.privacy.sensitive)
    )
    if not quasi:
        what = "no quasi-identifier is a published column, and attackers know columns"
        raise ArgumentError(what, place=policy.place("privacy.quasi_identifiers"))
    plan = _only(whole, {*quasi, *sensitive})
    bound = PlanWithKeys(_fitted(plan, opened, keyring), keyring)
    others = open_spec(_control_spec(policy.source, control, whole))
    names = (*quasi, *sensitive)
    made = _rows(bound, opened, whole, names, filtered=True)
    beside = _rows(bound, others, whole, names, filtered=False)
    return AttackedRows(
        whole, quasi, sensitive, made.read, made.values, beside.values, made.ids, beside.ids
    )


def _at(spec: SourceSpec, path: str | None) -> SourceSpec:
    return spec if path is None else spec.model_copy(update={"path": spec_of(path).path})


def _control_spec(spec: SourceSpec, path: str, plan: Plan) -> SourceSpec:
    """Return how the control set is read: as the source is, with the types found there."""
    given = spec_of(path)
    if spec.table or spec.query or PurePath(spec.path).suffix != PurePath(path).suffix:
        kept = SourceSpec(path=given.path, null_values=spec.null_values, rename=spec.rename)
    else:
        kept = spec.model_copy(update={"path": given.path})
    if PurePath(path).suffix in (".parquet", ".arrow", ".feather", ".orc", ".avro"):
        return kept
    words = {kind: word for word, kind in TYPE_NAMES.items()}
    types = {
        name: words[plan.input_schema.field(name).type]
        for name in plan.input_columns
        if plan.input_schema.field(name).type in words
    }
    return kept.model_copy(update={"types": types})


def _only(plan: Plan, names: set[ColumnName]) -> Plan:
    """Return ``plan`` with the steps that make ``names``, without classes: no token is made."""
    steps = {step.column: step for step in plan.steps}
    wanted, open_ = set(names), list(names)
    while open_:
        more = [one for one in steps[open_.pop()].reads if one in steps and one not in wanted]
        wanted.update(more)
        open_ += more
    policy = plan.policy.model_copy(update={"privacy": None, "unlisted": "drop"})
    kept = tuple(step for step in plan.steps if step.column in wanted)
    return replace(plan, policy=policy, steps=kept, facts_key=None)


def _fitted(plan: Plan, source: Source, keyring: Keyring) -> Plan:
    """Return ``plan`` after the passes that its rules need."""
    if not any(step.fits for step in plan.steps):
        return plan
    bound, partial = PlanWithKeys(plan, keyring), Partial()
    for partition in source.partitions():
        partial = partial.merge(bound.measure_all(partition.batches(list(plan.measured_columns))))
    return fit(plan, partial, keyring)


@dataclass(frozen=True)
class _Rows:
    read: int
    values: Mapping[ColumnName, pa.Array]
    ids: Ids


def _rows(
    bound: PlanWithKeys, source: Source, whole: Plan, names: Sequence[ColumnName], *, filtered: bool
) -> _Rows:
    subject, where = whole.policy.subject, whole.policy.rows.where
    columns = list(whole.input_columns)
    found: dict[ColumnName, list[pa.Array]] = {name: [] for name in names}
    ids, read = [np.zeros(0, np.uint64)], 0
    for partition in source.partitions():
        for batch in partition.batches(columns):
            read += batch.num_rows
            if filtered and where:
                asked = replace(whole.asked, read=columns_in(where))
                opened = open_batch(batch, asked)
                batch = batch.filter(filter_mask(where, opened.columns, batch.num_rows))
            made, _ = bound.preview(batch.select(list(bound.plan.input_columns)))
            for name in names:
                found[name].append(plain(made[name]))
            by = [subject] if subject in batch.schema.names else columns
            ids.append(_hashes([plain(batch.column(name)) for name in by if name is not None]))
    steps = {step.column: step.output_type for step in whole.steps}
    values = {
        name: pa.concat_arrays(parts) if parts else pa.array([], steps[name])
        for name, parts in found.items()
    }
    return _Rows(read, values, np.concatenate(ids))


def _hashes(columns: Sequence[pa.Array]) -> Ids:
    """Return a hash of each row, equal for equal rows within this process."""
    import pandas as pd

    texts = [
        as_text(column) if is_scalar(column.type) else pa.array(map(str, column.to_pylist()))
        for column in columns
    ]
    frame = pd.DataFrame({str(at): text.to_pandas() for at, text in enumerate(texts)})
    return np.asarray(pd.util.hash_pandas_object(frame, index=False).to_numpy(np.uint64))


def refuse_same_people(rows: AttackedRows) -> tuple[float, float]:
    """Return the share of control rows that are in the source, and the share of source rows that
    are in it twice.

    Raises:
        ArgumentError: people of the control set are in the source, so what is learnt of them is no
            baseline: risk would look smaller than it is.
    """
    twins = float(np.isin(rows.control_ids, rows.source_ids).mean())
    _, where, counts = np.unique(rows.source_ids, return_inverse=True, return_counts=True)
    natural = float((counts[where] > 1).mean()) if len(rows.source_ids) else 0.0
    subject, place = rows.plan.policy.subject, "the control set"
    if subject is not None and twins:
        what = (
            f"{twins:.1%} of its rows are of people who are in the source ({subject} is the same);"
            " give rows of others"
        )
        raise ArgumentError(what, place=place)
    if subject is None and twins > natural + 0.25:
        what = (
            f"{twins:.1%} of its rows are rows of the source, of which {natural:.1%} are there"
            " twice; give rows of others"
        )
        raise ArgumentError(what, place=place)
    return twins, 0.0 if subject is not None else natural
