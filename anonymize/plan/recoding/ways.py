"""The hierarchies that a policy's ``recode:`` names, and whether they fit the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from anonymize.errors import AnonymizeError, DataError, PlanError, Problem
from anonymize.names import ColumnName
from anonymize.plan.bind.hierarchies import pinned_content
from anonymize.plan.model import Plan, Step
from anonymize.plan.recoding.value_groups import SensitiveValues
from anonymize.plan.recoding.value_order import has_order
from anonymize.policy import Policy
from anonymize.policy.recode import RecodeSpec
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.coded_counts import ValueLevels
from anonymize.privacy.hierarchies import ValueHierarchy, hierarchy_of
from anonymize.transform.columns import value_type


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
    return {
        name: _hierarchy(plan, asked, f"privacy.recode.{name}") for name, asked in recode.items()
    }


def _hierarchy(plan: Plan, asked: RecodeSpec, where: str) -> ValueHierarchy:
    pinned = plan.hierarchies.get(asked.file) if asked.file is not None else None
    try:
        return hierarchy_of(asked, None if pinned is None else pinned_content(pinned))
    except AnonymizeError as error:
        raise PlanError([_placed(plan.policy, where, one) for one in error.problems]) from None


def levels_of(plan: Plan, values: SensitiveValues) -> dict[str, ValueLevels]:
    """Return the groups of each sensitive column's values, where t compares by them.

    Raises:
        PlanError: a hierarchy cannot be read, or changed; with its place in the policy.
        DataError: a hierarchy does not have some values.
    """
    groups = plan.policy.privacy.groups if plan.policy.privacy else {}
    kinds = {str(step.column): step.output_type for step in plan.steps}
    made = {}
    for name, digests, texts in values.by_digest():
        where, column = f"privacy.t.groups.{name}", ColumnName(name)
        hierarchy = _hierarchy(plan, groups[column], where)
        distinct = texts.cast(value_type(kinds[name]))
        levels = _coded(plan, hierarchy, name, distinct, where).levels
        made[name] = ValueLevels(digests, tuple(each.nodes.astype("int64") for each in levels[1:]))
    return made


def coded_by(
    plan: Plan, hierarchy: ValueHierarchy, name: ColumnName, values: pa.Array
) -> CodedColumn:
    """Return a column's distinct values with their levels.

    Raises:
        DataError: the hierarchy does not have some values; with the column's place in the policy.
    """
    return _coded(plan, hierarchy, str(name), values, f"privacy.recode.{name}")


def _coded(
    plan: Plan, hierarchy: ValueHierarchy, name: str, values: pa.Array, where: str
) -> CodedColumn:
    try:
        return hierarchy.coded(name, values)
    except DataError as error:
        raise DataError([_placed(plan.policy, where, one) for one in error.problems]) from None


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
        yield from _unfit(policy, step, asked, f"privacy.recode.{name}")
    for name, asked in policy.privacy.groups.items():
        step = steps.get(name)
        if step is not None and step.rule.action != "drop":
            yield from _unfit(policy, step, asked, f"privacy.t.groups.{name}")


def _unfit(policy: Policy, step: Step, asked: RecodeSpec, where: str) -> Iterator[Problem]:
    """Yield why a step's values cannot be grouped in a way."""
    try:
        hierarchy_of(asked).coded(step.column, pa.array([], value_type(step.output_type)))
    except AnonymizeError as error:
        yield from (_placed(policy, where, one) for one in error.problems)


def _placed(policy: Policy, where: str, problem: Problem) -> Problem:
    """Return a problem of a hierarchy with the policy's place before its own."""
    here = policy.place(where)
    return Problem(": ".join(filter(None, (here, problem.place))), problem.what)
