"""pandas in, pandas out: a policy applied to a frame in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from anonymize.detect import inspect_samples, residual_findings
from anonymize.errors import GateError, Problem
from anonymize.keys import Keyring, open_keyring
from anonymize.look import current_ids, rule_keys
from anonymize.names import KeyId, KeyName
from anonymize.plan import BoundPlan, Plan, compile_plan
from anonymize.plan.cell_pairs import CellPairs
from anonymize.plan.detectors import names_if_here
from anonymize.plan.discover import with_documents
from anonymize.plan.expected import expected_in_output
from anonymize.plan.gates import check_suppression
from anonymize.plan.model import Applied
from anonymize.plan.sampling import output_sampler, source_sampler
from anonymize.policy import Policy

if TYPE_CHECKING:
    import pandas as pd


def anonymize_frame(df: pd.DataFrame, policy: Policy, *, keyring_uri: str | None = None) -> pd.DataFrame:
    """Return ``df`` as ``policy`` makes it; ``df`` itself is left as it is.

    The policy's ``source`` and ``sink`` are not used; its rules, row filter, privacy and checks are.
    Rows keep their index labels, columns that keep their type keep their dtype. Rows that the filter,
    quarantine or suppression leave out are missing.

    Args:
        df: Columns named by strings; the index is carried over and not looked at.
        policy: What to do.
        keyring_uri: Where the keys are; opened only if the policy's rules need one.

    Raises:
        PlanError: policy and frame do not fit together.
        DataError: a bad value, and the policy says ``on_bad_value: refuse``.
        GateError: too many rows would be suppressed, or the result still holds personal data.
        KeysError: a key is needed and unavailable.
    """
    batch = pa.RecordBatch.from_pandas(df, preserve_index=False)
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
    out: pd.DataFrame = done.batch.to_pandas()
    for name in out.columns:
        if name in df.columns and plan.output_schema.field(name).type == batch.schema.field(name).type:
            out[name] = out[name].astype(df[name].dtype)
    out.index = df.index.take(done.rows.to_numpy(zero_copy_only=False))
    return out


def _ids(policy: Policy, keyring: Keyring | None) -> dict[KeyName, KeyId]:
    """Return the current key versions, the sink's keys taken as there: nothing is encrypted here."""
    sink = [policy.sink.key, *([policy.sink.restricted.key] if policy.sink.restricted else [])]
    held = current_ids(keyring) if keyring else {}
    return {**{name: KeyId(f"{name}.0") for name in sink}, **held}


def _check_residual(plan: Plan, before: pa.RecordBatch, done: Applied) -> None:
    checks, detect = plan.policy.checks, plan.policy.detect
    if checks.residual != "refuse":
        return
    size = None if checks.residual_sample == "all" else int(checks.residual_sample)
    sampler = output_sampler(plan, size)
    sampler.add(done.batch)
    found = residual_findings(
        sampler.samples(),
        expected_in_output(plan),  # type: ignore[arg-type]
        countries=detect.countries,
        languages=detect.languages,
        names=plan.names.scanner() if plan.names else None,
    )
    pairs = CellPairs(plan, size)
    pairs.add(before, done.rows, done.batch)
    found += tuple(finding for left in pairs.names_left() if (finding := left.finding()))
    if found:
        raise GateError(
            [Problem(f"column {f.column}", f"still holds {f.what} ({'; '.join(f.evidence)})") for f in found]
        )
