"""Drafts a policy for a source, and tries it: rules that planning or the gates refuse are replaced
by stricter ones, so that the draft can be run as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.detect.interface import Finding
from anonymize.errors import AnonymizeError, PlanError
from anonymize.keys.keyring.throwaway import throwaway_keyring
from anonymize.names import ColumnName
from anonymize.nested.path_index import PathIndex
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.pipeline.passing import PassedCounts, PassingRows
from anonymize.pipeline.prepare import inspect_source, keys_wanted
from anonymize.plan import PlanWithKeys, compile_plan
from anonymize.plan.draft import (
    Drafted,
    Measured,
    Observed,
    Refusal,
    draft,
    linking,
    measure,
    policy_text,
    sensitive_columns,
)
from anonymize.plan.findings import findings_for
from anonymize.plan.markers import null_values_in
from anonymize.plan.same_ids import SharedIds
from anonymize.policy import DetectSpec, Policy, PrivacySpec, SourceSpec, make_policy
from anonymize.policy.yaml_places import read_yaml
from anonymize.process.core_files import no_core_files

TRIALS = 4
"""How often a draft is tried at most; each time, refused columns get the next stricter rule."""
ROWS, ROWS_OF_TEXT = 8192, 1024
"""Rows of the sample that a draft is tried on, without and with free text, which is slow to
read.
"""
CAUTION = 0.5
"""Share of the allowed bad values at which a rule counts as refused: the source may have more than
the sample.
"""


@checked
@no_core_files()
def draft_source(
    source: str | SourceSpec,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    *,
    ner: str | None = None,
    purpose: str | None = None,
) -> str:
    """Return a commented policy (YAML) for ``source`` that can be run as it is.

    The whole source is read once, for ids that join, texts that stand for a missing value, and how
    dates are written; and once more where its rows tell a country that was not said, with the
    identifiers of that country. Then the draft is tried on rows from all over the source, with keys
    that are thrown away.

    Args:
        source: A path, folder or glob, or a policy's ``source:``.
        countries: Two-letter codes of countries whose identifiers are searched for.
        languages: Two-letter codes of the languages of texts.
        ner: The name model, as in a policy's ``detect:``.
        purpose: What the data is for; without one the draft states ``analysis of`` the dataset.

    Raises:
        AnonymizeError: as for `inspect_source`.
    """
    spec = spec_of(source) if isinstance(source, str) else source
    seen = _seen(spec, countries, languages, ner)
    found = None if countries else seen.observed.countries.searched_country()
    if found is not None:
        seen = _seen(spec, (found,), languages, ner)
    said: dict[str, Any] = {"countries": tuple(countries) or (found,)} if countries or found else {}
    said |= {"languages": tuple(languages)} if tuple(languages) != ("en",) else {}
    said |= {"ner": ner} if ner else {}
    refused: dict[ColumnName, tuple[Refusal, ...]] = {}
    trial: _Trial | None = None
    for _ in range(TRIALS):
        drafted = draft(
            spec,
            seen.schema,
            seen.findings,
            DetectSpec.model_validate(said),
            null_values=seen.nulls,
            domains=seen.domains,
            purpose=purpose,
            observed=seen.observed,
            refused=refused,
            country_found=found is not None,
        )
        trial = trial or _Trial(drafted)
        tried = trial.of(drafted)
        if not tried.refused:
            break
        for column, refusal in tried.refused.items():
            refused[column] = (*refused.get(column, ()), refusal)
    return policy_text(drafted, tried.measured)


@dataclass(frozen=True)
class _Seen:
    """What a source showed."""

    schema: pa.Schema
    findings: tuple[Finding, ...]
    nulls: Mapping[ColumnName, tuple[str, ...]]
    domains: Mapping[ColumnName, str]
    observed: Observed


def _seen(
    spec: SourceSpec, countries: Sequence[str], languages: Sequence[str], ner: str | None
) -> _Seen:
    """Inspect a source, then read it once for what a draft states."""
    findings = inspect_source(spec, countries, languages, ner=ner)
    opened = open_spec(spec)
    ids, observed = SharedIds(findings), Observed(findings)
    nulls = null_values_in(observed.watch(ids.watch(opened.batches())), findings)
    return _Seen(opened.schema, findings, nulls, ids.domains(), observed)


@dataclass(frozen=True)
class _Tried:
    """What became of a draft: refused columns, and quasi-identifiers that can be kept."""

    refused: Mapping[ColumnName, Refusal]
    measured: Measured | None = None


class _Trial:
    """A sample of the source, read as a draft says; its findings do not depend on the rules."""

    def __init__(self, drafted: Drafted) -> None:
        """Read the sample."""
        policy = _policy(drafted)
        source = open_spec(policy.source)
        rows = source.spread()
        self._schema, self._findings = source.schema, findings_for(policy, rows, source.batches)
        self._rows = rows.batch()

    def of(self, drafted: Drafted) -> _Tried:
        """Return which columns' rules planning or the gates refuse."""
        policy = _policy(drafted)
        keyring = throwaway_keyring(keys_wanted(policy))
        try:
            plan = compile_plan(policy, self._schema, self._findings, keyring=keyring)
        except PlanError as error:
            return _Tried(_of_plan(policy, error))
        passing = PassingRows(PlanWithKeys(replace(plan, facts_key=None), keyring))
        try:
            rows = _some(self._rows, policy).select(list(plan.input_columns))
            made = pa.Table.from_batches(passing.batches([rows]), plan.output_schema)
            passing.scan()
            counts = passing.counts(policy.source.path)
        except AnonymizeError:  # a run says the same, with the place in the policy
            return _Tried({})
        refused = {**_of_gates(policy, counts), **_of_rows(policy, counts)}
        return _Tried(refused, None if refused else self._measured(drafted, policy, made))

    def _measured(self, drafted: Drafted, policy: Policy, made: pa.Table) -> Measured | None:
        """Return which quasi-identifiers a ``privacy:`` block can name so that it is planned and
        suppresses few rows.
        """
        columns = linking(drafted.lines, drafted.special)
        if not columns:
            return None
        measured = measure(made, columns)
        if not measured.kept:
            return measured
        sensitive = tuple(sensitive_columns(drafted.lines, drafted.special))
        privacy = PrivacySpec(quasi_identifiers=measured.kept, sensitive=sensitive)
        try:
            asked = policy.model_copy(update={"privacy": privacy})
            compile_plan(asked, self._schema, self._findings)
        except AnonymizeError:
            return replace(measured, kept=())
        return measured


def _policy(drafted: Drafted) -> Policy:
    return make_policy(read_yaml(policy_text(drafted), "draft").data)


def _some(batch: pa.RecordBatch, policy: Policy) -> pa.RecordBatch:
    texts = any(rule.action == "free_text" for rule in policy.columns.values())
    most = ROWS_OF_TEXT if texts else ROWS
    if batch.num_rows <= most:
        return batch
    return batch.take(pa.array(np.linspace(0, batch.num_rows - 1, most).astype(np.int64)))


def _of_plan(policy: Policy, error: PlanError) -> dict[ColumnName, Refusal]:
    """Return the columns that planning refuses; problems of no column are left to ``plan``."""
    refused = {}
    for problem in error.problems:
        place = problem.place.removeprefix("columns.")
        at = [path for path in policy.columns if place == path or place.startswith(f"{path}.")]
        if at and place != problem.place:
            why = problem.what.partition("; ")[0]
            refused[max(at, key=len)] = Refusal("plan", f"a plan refuses it ({why})")
    return refused


def _of_gates(policy: Policy, counts: PassedCounts) -> dict[ColumnName, Refusal]:
    """Return the columns in whose output the residual scan found personal data."""
    rules, refused = PathIndex(policy.columns), dict[ColumnName, Refusal]()
    for finding in counts.residual.findings if counts.residual else ():
        for path in [*rules.covering(ColumnName(finding.column))][:1]:
            refused[path] = Refusal(
                "gate", f"its output still held {finding.what}", str(finding.what)
            )
    return refused


def _of_rows(policy: Policy, counts: PassedCounts) -> dict[ColumnName, Refusal]:
    """Return the columns with too many bad values."""
    limit = CAUTION * policy.rows.max_quarantined * (counts.rows_in - counts.filtered)
    if counts.quarantined <= limit:
        return {}
    bad: dict[ColumnName, int] = {}
    for (column, _), count in counts.reasons.items():
        bad[ColumnName(column)] = bad.get(ColumnName(column), 0) + count
    worst = sorted(bad, key=lambda name: -bad[name])
    many = [name for name in worst if bad[name] > limit / len(worst)] or worst[:1]
    rules = PathIndex(policy.columns)
    return {
        path: Refusal("gate", f"{bad[name]} of {counts.rows_in} rows tried held a bad value")
        for name in many
        for path in [*rules.covering(name)][:1]
    }
