"""The order of an allowance: check, price, spend, sign."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from os import PathLike
from typing import Any

from anonymize.arguments import checked
from anonymize.custody.budget import Budget, spend
from anonymize.dataset.certificate import sign_document
from anonymize.dataset.sink import sink_of
from anonymize.dataset.when_and_who import now
from anonymize.errors import ArgumentError, PlanError, Problem
from anonymize.keys import Keyring, open_keyring
from anonymize.names import ColumnName
from anonymize.plan.show.explain import describe
from anonymize.policy import Policy, as_policy
from anonymize.policy.actions import ActionRule, rules_in_turn
from anonymize.policy.domains import spelled
from anonymize.policy.training import TrainingSpec
from anonymize.privacy.differential import Loss
from anonymize.privacy.training import TrainingTerms
from anonymize.readers import TrainingBatches
from anonymize.readers.private.allowance import KIND
from anonymize.readers.private.features import Features

ONE_EACH = frozenset({"pseudonymize", "tokenize", "encrypt_format", "keep"})
"""Actions that give each person one value in all rows."""


@dataclass(frozen=True)
class Allowed:
    """An allowance, and what it cost."""

    terms: TrainingTerms
    loss: Loss
    """What it costs one person."""
    budget: Budget
    """What is spent and left after it."""
    document: Mapping[str, Any] = field(repr=False)
    """The signed allowance as JSON, for the trainer."""


@checked
def allow_training(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    *,
    epsilon: float | None = None,
    version: int | None = None,
    reason: str = "",
) -> Allowed:
    """Spend what the policy's ``aggregates: {training: …}`` costs, and return the allowance for it.

    ``epsilon`` replaces the policy's; ``version`` is which one is trained on, by default the
    current one. Everything that can be wrong is checked first, because what is spent stays spent.

    Raises:
        ArgumentError: the policy has no such block, a number is wrong, or a column does not fit.
        PlanError: the version does not say whose a row is, or was made by another rule for it.
        GateError: the budget does not suffice, or was raised without a reason.
        AnonymizeError: the dataset cannot be read, or the keyring cannot sign.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    asked = training_of(policy)
    whose = _whose(policy)
    terms = terms_of(policy, epsilon)
    columns = {str(name): column for name, column in asked.columns.items()}
    read = list(dict.fromkeys([*columns, str(asked.label.column), *([whose] if whose else [])]))
    batches = TrainingBatches(
        sink_of(policy),
        read,
        dataset=policy.dataset,
        purpose=policy.purpose,
        version=version,
        keyring=opened,
        rank=0,
        ranks=1,
    )
    if whose is not None:
        _refuse_other_rule(policy, ColumnName(whose), batches)
    Features(columns, asked.label).check(batches.schema)
    identity = secrets.token_hex(16)
    told = {"id": identity, "version": batches.version, "steps": terms.steps, "noise": terms.noise}
    loss = Loss.of(terms.epsilon, terms.delta)
    details = {"training": told, "policy": policy.digest()}
    budget = spend(policy, loss, details, reason, opened)
    body = {
        "format": 1,
        "id": identity,
        "at": now(),
        "dataset": policy.dataset,
        "purpose": policy.purpose,
        "version": batches.version,
        "parts": [[one.path, one.sha256] for one in batches.source.opened().files()],
        "policy": policy.digest(),
        "software": {"coatcheck": version_of("coatcheck")},
        "whose": whose,
        "neighbours": "versions that differ in all rows of one person",
        "terms": terms.as_json(),
        "label": {
            "column": str(asked.label.column),
            "values": [spelled(one) for one in asked.label.values],
        },
        "columns": {name: _told(column) for name, column in columns.items()},
        "budget": {"most": budget.most.as_json(), "spent": budget.spent.as_json()},
    }
    return Allowed(terms, loss, budget, sign_document(KIND, body, opened))


def _told(column: Any) -> dict[str, Any]:
    """Return a column's domain; listed values as texts, because JSON would round large numbers."""
    if column.values is not None:
        return {"values": [spelled(one) for one in column.values]}
    said: dict[str, Any] = column.model_dump(mode="json", exclude_none=True)
    return said


@checked
def training_noise(
    policy: Policy | str | PathLike[str], epsilons: Sequence[float]
) -> tuple[TrainingTerms, ...]:
    """Return the terms for each ε: which noise it needs. Reads no row and spends nothing.

    Raises:
        ArgumentError: as `allow_training`.
    """
    policy = as_policy(policy)
    return tuple(terms_of(policy, one) for one in epsilons)


def training_of(policy: Policy) -> TrainingSpec:
    """Return the policy's block.

    Raises:
        ArgumentError: there is none.
    """
    asked = policy.aggregates.training if policy.aggregates else None
    if asked is None:
        what = "is not there; docs/private-training.md shows how it is said"
        raise ArgumentError(what, place=policy.place("aggregates.training"))
    return asked


def terms_of(policy: Policy, epsilon: float | None = None) -> TrainingTerms:
    """Return what the policy's training may do, at its price or at ``epsilon``.

    Raises:
        ArgumentError: a number is out of range.
    """
    asked = training_of(policy)
    if epsilon is not None and not 1e-4 <= epsilon <= 100:
        raise ArgumentError("epsilon: say a number from 0.0001 to 100")
    return TrainingTerms.priced(
        epsilon=epsilon if epsilon is not None else asked.epsilon,
        noise=None if epsilon is not None else asked.noise,
        delta=asked.delta,
        share=asked.share,
        steps=asked.steps,
        clip=asked.clip,
        most_rows=asked.most_rows,
        people=asked.people,
    )


def _action(rule: ActionRule) -> str:
    return str(getattr(rule, "action", ""))


def _whose(policy: Policy) -> str | None:
    """Return the published column that says whose a row is; None if each row is one person's.

    Raises:
        PlanError: it is not published, or one person may have several values in it.
    """
    asked = policy.aggregates
    if asked is None or asked.unit == "row":
        return None
    name = ColumnName(str(policy.subject))
    rule = policy.columns.get(name)
    actions = [_action(one) for one in rules_in_turn(rule)] if rule else ["drop"]
    if len(actions) == 1 and actions[0] in ONE_EACH:
        return str(name)
    what = (
        f"is {' or '.join(actions)} in what is published, and training needs one"
        " value for each person: pseudonymize it, or say unit: row if nobody has two rows"
    )
    raise PlanError([Problem(policy.place(f"columns.{name}"), what)])


def _refuse_other_rule(policy: Policy, whose: ColumnName, batches: TrainingBatches) -> None:
    """Refuse a version whose column of people was made by another rule than the policy has now: one
    person may have several values in it, and each of them would be protected by itself.

    Raises:
        PlanError: see there.
    """
    lines = batches.source.opened().manifest.plan or ()
    made = [line["action"] for line in lines if line["column"] == whose]
    now = describe(policy.columns[whose])
    if made == [now]:
        return
    what = f"is {now}, and {' or '.join(made) or 'nothing'} in version {batches.version}"
    advice = "one person may have several values in that: publish anew, then train on the new one"
    raise PlanError([Problem(policy.place(f"columns.{whose}"), f"{what}; {advice}")])
