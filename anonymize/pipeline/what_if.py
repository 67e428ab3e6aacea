"""What other values of k would cost: loss and suppressed rows for each, before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike

from anonymize.arguments import checked
from anonymize.dataset.facts import LOSS_DIGITS
from anonymize.errors import ArgumentError, GateError, KeysError, MissingExtraError
from anonymize.keys import Keyring, open_keyring
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import plan_source
from anonymize.pipeline.screening import unscreened
from anonymize.plan import Partial, Plan, PlanWithKeys
from anonymize.plan.recoding.decide import columns_of, counted_in, fit, recoding_of
from anonymize.plan.recoding.labels import exact_cells
from anonymize.plan.recoding.useful import RecodedTable
from anonymize.policy import Policy, PrivacySpec, as_policy
from anonymize.privacy.utility import Scores
from anonymize.process.core_files import no_core_files

NOT_COMPARED = (
    "earlier releases (against:) are not compared here: a run compares the rows that it writes"
)
"""What is said to whoever asks what a k would cost."""


@dataclass(frozen=True)
class WhatIf:
    """What a run with one ``k`` would publish."""

    k: int
    rows: int
    """Rows that would be published or suppressed; those filtered or set aside are not among
    them.
    """
    suppressed: int = 0
    """Rows that would be suppressed."""
    loss: float | None = None
    """Mean loss of the quasi-identifiers, 0 to 1 (NCP), as a run states it; None if none may be
    generalized.
    """
    exact: Mapping[str, float] = field(default_factory=dict)
    """Per quasi-identifier that may be generalized: the share of rows published with their own
    value, 0 to 1.
    """
    distribution: float | None = None
    """Mean change of the distributions of the quasi-identifiers (and the target), 0 to 1; None if
    none would be published, or if neither ``recode:`` nor l or t asks for counts of values.
    """
    association: float | None = None
    """Mean change of the associations of two of these columns; None as before, or with one."""
    compared: tuple[str, ...] = ()
    """The columns whose distributions and associations were compared."""
    scores: Scores | None = None
    """How well a model predicts ``privacy: target``, raw and released; None without a
    target.
    """
    not_scored: str = ""
    """Why there are no scores though the policy names a target."""
    refused: str = ""
    """Why nothing would be published; empty if something would be."""
    left_out: str = ""
    """What a run checks and this does not; empty if there is nothing."""


@checked
@no_core_files()
def what_if(
    policy: Policy | str | PathLike[str],
    ks: Sequence[int],
    keyring: Keyring | str | None = None,
) -> tuple[WhatIf, ...]:
    """Return what each of ``ks`` would cost under a policy with a ``privacy:`` block. Reads all
    rows in this process, and writes nothing.

    Raises:
        ArgumentError: the policy has no ``privacy:`` block, or a k is below 2.
        AnonymizeError: the policy cannot be applied (PolicyError, SourceError, PlanError,
            KeysError).
    """
    policy = as_policy(policy)
    if policy.privacy is None:
        what = "is not there, so no class has a least size; add privacy: {quasi_identifiers: […]}"
        raise ArgumentError(what, place=policy.place("privacy"))
    if wrong := [k for k in ks if k < 2]:
        raise ArgumentError(f"k = {wrong[0]}: classes have at least 2 people")
    try:
        opened: Keyring | None = open_keyring(keyring)
    except KeysError:
        if keyring is not None:
            raise
        opened = None
    source = open_spec(policy.source)
    plan: Plan = unscreened(replace(plan_source(policy, source, opened), facts_key=None))
    partial = Partial()
    while partial.classes is None:
        if partial.facts:  # those of fitted rules come first
            plan = fit(plan, partial, opened)
        bound = PlanWithKeys(plan, opened)
        for partition in source.partitions():
            batches = partition.batches(list(plan.measured_columns))
            partial = partial.merge(bound.measure_all(batches))
        if partial.classes is None and not partial.facts:
            return tuple(WhatIf(k, 0, refused="the source has no rows") for k in ks)
    made: list[WhatIf] = []
    raw: Scores | None = None
    for k in ks:
        made.append(_with(plan, policy.privacy, partial, k, opened, raw))
        raw = made[-1].scores or raw
    left_out = NOT_COMPARED if policy.privacy.against else ""
    return tuple(replace(one, left_out=left_out) for one in made)


def _with(
    plan: Plan,
    privacy: PrivacySpec,
    partial: Partial,
    k: int,
    keyring: Keyring | None,
    raw: Scores | None,
) -> WhatIf:
    classes = partial.classes
    if classes is None:
        raise AssertionError("counted before")
    rows, asked = classes.rows, privacy.model_copy(update={"k": k})
    if not privacy.recodes:
        small = classes.allowed(k).rows_in_small
        if small > privacy.max_suppressed * rows:
            return WhatIf(k, rows, small, refused=_too_many(small, rows, privacy))
        return WhatIf(k, rows, small)
    counted = counted_in(plan, partial, keyring)
    try:
        found = recoding_of(plan, asked, counted)
    except GateError as error:
        return WhatIf(k, rows, refused="; ".join(one.what for one in error.problems))
    made = found.recoding
    exact, weights = {}, counted.coded.rows * made.kept
    for number, (column, codes) in enumerate(columns_of(plan, asked, counted)):
        if column.name in privacy.recode:
            same = exact_cells(column, codes, made, number)
            exact[column.name] = float((weights * same).sum() / max(1, weights.sum()))
    loss = round(made.loss, LOSS_DIGITS) if privacy.recode else None
    useful, (scores, why) = found.utility(), _scored(found, raw)
    if useful is None:
        return WhatIf(k, rows, made.suppressed, loss, exact, scores=scores, not_scored=why)
    compared = tuple(one.column for one in useful.columns)
    return WhatIf(
        k, rows, made.suppressed, loss, exact, useful.distribution, useful.association, compared,
        scores, why,
    )  # fmt: skip


def _scored(found: RecodedTable, raw: Scores | None) -> tuple[Scores | None, str]:
    """Return a model's scores, and why there are none though a target is named."""
    try:
        scores = found.scores(raw)
    except MissingExtraError as error:
        return None, str(error)
    return scores, scores.why_not if scores else ""


def _too_many(small: int, rows: int, privacy: PrivacySpec) -> str:
    return (
        f"{small / rows:.1%} of the rows would be suppressed, {privacy.max_suppressed:.1%} may be"
    )
