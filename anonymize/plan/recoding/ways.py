"""The hierarchies that a policy's ``recode:`` names, and whether they fit the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from anonymize.errors import AnonymizeError, DataError, PlanError, Problem
from anonymize.names import ColumnName
from anonymize.plan.bind.hierarchies import pinned_content
from anonymize.plan.model import Plan, Step
from anonymize.plan.recoding.value_order import has_order
from anonymize.policy import Policy
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies import ValueHierarchy, hierarchy_of


def published_types(policy: Policy, steps: Iterable[Step]) -> dict[ColumnName, pa.DataType]:
    """Return the type of each column as it is published: recoded ones become text."""
    recoded = policy.privacy.recode if policy.privacy else {}
    return {
        step.column: pa.string() if step.column in recoded else step.output_type
        for step in steps
        if step.rule.action != "drop"
    }


def hierarchies_of(plan: Plan) -> Mapping[ColumnName, ValueHierarchy]:
    """Return the hierarchy of each column under ``recode:``, of files as they were when the plan
    was made.

    Raises:
        PlanError: one cannot be made or read, or changed; with its place in the policy.
    """
    recode = plan.policy.privacy.recode if plan.policy.privacy else {}
    made = {}
    for name, asked in recode.items():
        pinned = plan.hierarchies.get(asked.file) if asked.file is not None else None
        try:
            made[name] = hierarchy_of(asked, None if pinned is None else pinned_content(pinned))
        except AnonymizeError as error:
            found = [_placed(plan.policy, name, one) for one in error.problems]
            raise PlanError(found) from None
    return made


def coded_by(
    plan: Plan, hierarchy: ValueHierarchy, name: ColumnName, values: pa.Array
) -> CodedColumn:
    """Return a column's distinct values with their levels.

    Raises:
        DataError: the hierarchy does not have some values; with the column's place in the policy.
    """
    try:
        return hierarchy.coded(str(name), values)
    except DataError as error:
        raise DataError([_placed(plan.policy, name, one) for one in error.problems]) from None


def recode_problems(
    policy: Policy, steps: Mapping[ColumnName, Step], top_level: frozenset[str]
) -> Iterator[Problem]:
    """Yield columns under ``recode:`` that cannot be generalized in the way that it names."""
    if policy.privacy is None:
        return
    for name in policy.privacy.sensitive if policy.privacy.ordered else ():
        step = steps.get(name)
        if step is not None and not has_order(step.output_type):
            what = f"'{name}' is {step.output_type}, which has no order; say distance: equal"
            yield Problem(policy.place("privacy.t"), what)
    for name, asked in policy.privacy.recode.items():
        step = steps.get(name)
        if step is None or step.rule.action == "drop":
            continue  # named among the quasi-identifiers, which are checked
        if name not in top_level:
            what = (
                f"'{name}' lies inside a column, and only columns are recoded; give its rule what"
                " makes it coarse enough"
            )
            yield Problem(policy.place(f"privacy.recode.{name}"), what)
            continue
        try:
            hierarchy_of(asked).coded(name, pa.array([], step.output_type))
        except AnonymizeError as error:
            yield from (_placed(policy, name, one) for one in error.problems)


def _placed(policy: Policy, name: ColumnName, problem: Problem) -> Problem:
    """Return a problem of a hierarchy with the policy's place before its own."""
    here = policy.place(f"privacy.recode.{name}")
    return Problem(": ".join(filter(None, (here, problem.place))), problem.what)
