"""What each ε would give: the width of intervals, from the policy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from anonymize.arguments import checked
from anonymize.pipeline.aggregate.contributions import queries_of
from anonymize.pipeline.aggregate.publish import asked_for
from anonymize.policy import Policy, as_policy
from anonymize.policy.aggregates import QuerySpec
from anonymize.privacy.differential.estimates import expected_width


@dataclass(frozen=True)
class Expected:
    """What a query would give with one ε."""

    query: str
    epsilon: float
    within: float
    """Half the width of the interval that holds the true value in 95 of 100 releases: rows or
    people for counts, the column's unit for sums; for quantiles ranks; for means the column's unit
    times rows: divide by how many rows a group has.
    """
    of: str
    """What ``within`` is in: ``people``, ``rows``, ``sum``, ``ranks`` or ``mean × rows``."""
    shown_from: int | None = None
    """For found groups: the noisy count from which on one shows."""


@checked
def expected(
    policy: Policy | str | PathLike[str], epsilons: Sequence[float], queries: Sequence[str] = ()
) -> tuple[Expected, ...]:
    """Return what each query would give with each ε. Reads no row and spends nothing: the noise
    depends on the policy alone.

    Raises:
        ArgumentError: as `aggregate`, or an ε is not above 0 and at most 100.
        MissingExtraError: OpenDP is not installed.
    """
    from anonymize.errors import ArgumentError

    policy = as_policy(policy)
    names = asked_for(policy, queries)
    if wrong := [one for one in epsilons if not 1e-4 <= one <= 100]:
        raise ArgumentError(f"epsilon = {wrong[0]:g}: say numbers from 0.0001 to 100")
    found = queries_of(policy)
    return tuple(_expected(name, found[name], one) for name in names for one in epsilons)


def _expected(name: str, query: QuerySpec, epsilon: float) -> Expected:
    asked = query.quantiles
    within, shown_from = expected_width(
        query.measure,
        query.contributed,
        epsilon / (len(asked.at) if asked else 1),
        bounds=query.bounds,
        at=max((max(one, 1 - one) for one in asked.at), default=0.5) if asked else 0.5,
        candidates=asked.steps + 1 if asked else 0,
        delta=query.delta,
    )
    of = {
        "count": query.count or "rows",
        "histogram": "rows",
        "sum": "sum",
        "mean": "mean × rows",
        "quantiles": "ranks",
    }[query.measure]
    return Expected(name, epsilon, within, of, shown_from)
