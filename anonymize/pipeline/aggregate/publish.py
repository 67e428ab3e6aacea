"""The order of a release: check, spend, read, add noise, sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from os import PathLike
from typing import Any

import pyarrow.types as pt

from anonymize.arguments import checked
from anonymize.custody.budget import Budget, spend
from anonymize.dataset.certificate import open_signed, sign_document
from anonymize.dataset.when_and_who import now
from anonymize.errors import ArgumentError, PlanError
from anonymize.io import Source
from anonymize.keys import Keyring, open_keyring
from anonymize.nested.open_close import leaves
from anonymize.pipeline.aggregate.contributions import Reader, problems_in, queries_of
from anonymize.pipeline.aggregate.planned import planned
from anonymize.pipeline.aggregate.release import Statistic, loss_of, release
from anonymize.pipeline.opening import open_spec
from anonymize.plan import Plan
from anonymize.policy import Policy, as_policy
from anonymize.privacy.differential import Loss
from anonymize.privacy.differential.mechanisms import require_opendp
from anonymize.process.core_files import no_core_files

KIND = "aggregates"
"""What the signed document is called."""


@dataclass(frozen=True)
class Released:
    """What a release gave."""

    statistics: tuple[Statistic, ...]
    loss: Loss
    """What it cost one person."""
    budget: Budget
    """What is spent and left after it."""
    document: Mapping[str, Any] = field(repr=False)
    """All of it as JSON, signed."""


@checked
@no_core_files()
def aggregate(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    *,
    queries: Sequence[str] = (),
    reason: str = "",
    once: str = "",
) -> Released:
    """Release the statistics of a policy's ``aggregates:`` (by default of all queries), with
    differential privacy for one person, or one row where ``unit: row`` says so.

    Nothing else about the rows is said: not how many there are, nor how many were left out. The
    budget is spent before the first row is read for it, and stays spent if the release fails.
    Detection samples the source before, for the plan; its refusals are for the owner. With a name
    in ``once`` it is paid for and made at most once, however often it is tried.

    Raises:
        ArgumentError: the policy has no ``aggregates:`` or no such query, or its sink is in an
            object store.
        GateError: the budget does not suffice, or was raised without a reason.
        PaidError: a release of the name ``once`` was paid for before.
        MissingExtraError: OpenDP is not installed.
        AnonymizeError: the source cannot be read, or does not fit the policy.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    names = asked_for(policy, queries)
    require_opendp()
    source = open_spec(policy.source)
    if problems := problems_in(policy, source):
        raise PlanError(problems)
    wanted = {column for name in names for column in queries_of(policy)[name].columns}
    plan = planned(policy, source, opened, wanted)
    told = {"queries": list(names), "policy": policy.digest()}
    loss = loss_of_all(policy, names)
    budget = spend(policy, loss, told, reason, opened, once=once)
    reader = Reader(plan, opened, source)
    reader.read(wanted)
    made = tuple(_made(reader, plan, source, name) for name in names)
    document = sign_document(KIND, _body(policy, made, loss, budget) | _named(once), opened)
    return Released(made, loss, budget, document)


def asked_for(policy: Policy, queries: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the queries, all for none.

    Raises:
        ArgumentError: there is no such query, or no block.
    """
    if policy.aggregates is None:
        what = "is not there; docs/aggregates.md shows how to say what is published"
        raise ArgumentError(what, place=policy.place("aggregates"))
    known = queries_of(policy)
    if absent := [name for name in queries if name not in known]:
        what = f"there is no query {', '.join(absent)}; there are: {', '.join(known)}"
        raise ArgumentError(what, place=policy.place("aggregates.queries"))
    return tuple(dict.fromkeys(queries or known))


def loss_of_all(policy: Policy, names: Sequence[str]) -> Loss:
    """Return what these queries cost one person together."""
    total = Loss()
    for name in names:
        total = total + loss_of(queries_of(policy)[name])
    return total


def open_aggregates(data: bytes, keyring: Keyring, place: str) -> dict[str, Any]:
    """Return what a document of aggregates states, after checking its signature.

    Raises:
        DatasetError: it is damaged, or was changed.
        KeysError: it is signed by keys that are not in the keyring.
    """
    return open_signed(KIND, data, keyring, place)


def _made(reader: Reader, plan: Plan, source: Source, name: str) -> Statistic:
    query = queries_of(plan.policy)[name]
    kinds = {leaf.path: leaf.type for leaf in leaves(source.schema)}
    whole = query.column is not None and bool(pt.is_integer(kinds[query.column]))
    return release(name, query, reader.of(name), whole=whole)


def _body(policy: Policy, made: Sequence[Statistic], loss: Loss, budget: Budget) -> dict[str, Any]:
    return {
        "format": 1,
        "dataset": policy.dataset,
        "purpose": policy.purpose,
        "at": now(),
        "policy": policy.digest(),
        "software": {"coatcheck": version_of("coatcheck"), "opendp": version_of("opendp")},
        "unit": policy.aggregates.unit if policy.aggregates else "",
        "cost": loss.as_json(),
        "budget": {"most": budget.most.as_json(), "spent": budget.spent.as_json()},
        "statistics": [_told(one) for one in made],
    }


def _named(once: str) -> dict[str, str]:
    return {"release": once} if once else {}


def _told(one: Statistic) -> dict[str, Any]:
    query = one.query
    asked = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    told: dict[str, Any] = {"name": one.name, "query": asked, "cost": one.loss.as_json()}
    if one.off_by_ranks is not None:
        told["rank_off_by"] = round(one.off_by_ranks, 1)
    if one.threshold is not None:
        told["shown_from"] = one.threshold
    told["columns"] = [*one.columns, "value", "low", "high"]
    told["rows"] = [[*key, value, low, high] for key, value, low, high in one.rows]
    return told
