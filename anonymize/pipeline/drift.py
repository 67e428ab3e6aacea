"""Compares a source with what a policy expects of it, and with the newest published version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike

import pyarrow as pa

from anonymize.arrow.plain_layouts import plain_schema
from anonymize.dataset.facts import ColumnFacts
from anonymize.detect.interface import Finding
from anonymize.errors import DatasetError, KeysError, PlanError, Problem
from anonymize.io.sources.text_types import type_word
from anonymize.keys import open_keyring
from anonymize.names import ColumnName
from anonymize.nested.places import Places
from anonymize.pipeline.opening import open_spec
from anonymize.plan import compile_plan
from anonymize.plan.contract import comparable, nulls_in, schema_drift, totals_drift, value_drift
from anonymize.policy import Policy, SourceSpec, as_policy


def drift(
    source: SourceSpec,
    findings: Sequence[Finding],
    policy: Policy | str | PathLike[str],
    keyring: str | None = None,
) -> tuple[Problem, ...]:
    """Return how ``source`` differs from what a policy expects.

    Checks columns, types and verdicts against the policy's rules, and the values of the columns
    that can be compared. Also compares them with the manifest of the newest published version, if
    there is one and the keyring (the default one, or that of the URI ``keyring``) can check its
    signature.

    Raises:
        AnonymizeError: the policy or the source cannot be read.
    """
    policy, schema = as_policy(policy), open_spec(source).schema
    places = Places(plain_schema(schema))
    problems = [*schema_drift(policy, schema), *_plan_problems(policy, schema, findings)]
    problems += _values_that_drifted(comparable(policy, schema), source)
    before = _published_columns(policy, keyring)
    for finding in findings:
        then = before.get(finding.column, ColumnFacts())
        leaf = places.find(finding.column)
        now = str(leaf.type) if leaf else ""
        problems += [
            Problem(
                policy.place(f"columns.{finding.column}"),
                f"was {type_word(was)} when last published, is {type_word(is_)} now",
            )
            for was, is_ in (
                (then.source_type, now),
                (then.source_verdict, str(finding.verdict)),
            )
            if was not in (None, is_)
        ]
    return tuple(problems)


def _values_that_drifted(policy: Policy, source: SourceSpec) -> list[Problem]:
    """Return how the values, nulls and rows of a source differ from ``expect:``; reads all of it
    where ``expect:`` says something of them.
    """
    expect = policy.expect
    if expect is None:
        return []
    columns, opened = sorted(expect.read_columns), open_spec(source)
    rows, nulls, outside = 0, Counter[ColumnName](), Counter[tuple[ColumnName, str]]()
    for batch in opened.batches(columns or opened.schema.names[:1]):
        rows += batch.num_rows
        nulls.update(nulls_in(policy, batch))
        outside.update({(bad.column, bad.why): len(bad.rows) for bad in value_drift(policy, batch)})
    said = [
        Problem(policy.place(f"expect.columns.{column}"), f"{count} of {rows} values are {why}")
        for (column, why), count in outside.items()
    ]
    return [*said, *totals_drift(policy, rows, rows, nulls)]


def _plan_problems(
    policy: Policy, schema: pa.Schema, findings: Sequence[Finding]
) -> tuple[Problem, ...]:
    """Return the reasons why the policy cannot be applied to data of ``schema``."""
    try:
        compile_plan(policy, schema, findings)
    except PlanError as error:
        return error.problems
    return ()


def _published_columns(policy: Policy, keyring: str | None) -> Mapping[str, ColumnFacts]:
    from anonymize.dataset import Dataset

    try:
        return Dataset(policy.sink.path).manifest(keyring=open_keyring(keyring)).columns
    except (DatasetError, KeysError):
        return {}
