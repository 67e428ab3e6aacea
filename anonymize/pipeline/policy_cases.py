"""Runs a policy's ``tests:``: each row through the plan, and what became of it compared with what
the case expects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.errors import ArgumentError, DataError, Problem, SourceError
from anonymize.io.sources.text_types import ALIASES, TYPE_NAMES
from anonymize.keys import Keyring, open_keyring
from anonymize.keys.keyring.throwaway import throwaway_keyring
from anonymize.pipeline.passed import fitted
from anonymize.pipeline.prepare import keys_wanted
from anonymize.pipeline.screening import unscreened
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.bind.filters import columns_in
from anonymize.policy import Policy, as_policy
from anonymize.policy.cases import CaseSpec, ExpectSpec, is_whole_match
from anonymize.policy.patterns import is_pattern
from anonymize.process.core_files import no_core_files
from anonymize.vault.memory import MemoryVault

_ABSENT = object()
_STEP = re.compile(r"[^.\[\]]+|\[\]")


@dataclass(frozen=True)
class CaseResult:
    """What became of one case."""

    place: str
    """``file:line: tests.N``, with the case's name if it has one."""
    differences: tuple[str, ...]
    """What is not as expected: sentences that quote nothing but the case; empty if all is."""


@checked
@no_core_files()
def check_cases(
    policy: Policy | str | PathLike[str], keyring: Keyring | str | None = None
) -> tuple[CaseResult, ...]:
    """Return the result of each case of a policy, in their order.

    Each row passes the plan alone; rules that need facts about the whole table measure the rows of
    all cases. Types are those of the rows' values as YAML reads them, or what ``source.types``
    says; the source itself is not read. Detection judges no column, ``privacy:`` suppresses
    nothing, and vault tokens are kept in memory.

    Args:
        policy: The policy, or the path of its file.
        keyring: Keys for cases that expect certain pseudonyms; by default keys that are thrown
            away.

    Raises:
        ArgumentError: the policy has no cases.
        PlanError: the rules do not fit the rows' columns and types.
    """
    policy = as_policy(policy)
    if not policy.tests:
        what = (
            "the policy has none; write tests: [{row: {email: a@b.org}, expect: {email: changed}}]"
        )
        raise ArgumentError(what, place=policy.place("tests"))
    batch = _batch(policy)
    keys = throwaway_keyring(keys_wanted(policy)) if keyring is None else open_keyring(keyring)
    tested = _tested(policy, batch.schema.names)
    plan: Plan = replace(compile_plan(tested, batch.schema, (), keyring=keys), facts_key=None)
    plan, vault = unscreened(plan), MemoryVault()
    while plan.needs_first_pass:
        plan = fitted(plan, [PlanWithKeys(plan, keys, vault).measure(batch)], keys)
    bound = PlanWithKeys(plan, keys, vault)
    return tuple(
        CaseResult(_place(policy, number, case), tuple(_differences(bound, batch, number, case)))
        for number, case in enumerate(policy.tests)
    )


def _place(policy: Policy, number: int, case: CaseSpec) -> str:
    place = policy.place(f"tests.{number}")
    return f"{place} ({case.name})" if case.name else place


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _batch(policy: Policy) -> pa.RecordBatch:
    """Return the rows of all cases. Columns that rules name and no row has are null text."""
    rows = [case.row for case in policy.tests]
    named = [*policy.columns, *columns_in(policy.rows.where), *filter(None, [policy.subject])]
    plain = [name for name in named if not is_pattern(name) and _top(name) == name]
    names = dict.fromkeys([*plain, *(column for row in rows for column in row)])
    arrays = [_column(policy, name, [row.get(name) for row in rows]) for name in names]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))


def _column(policy: Policy, name: str, values: Sequence[Any]) -> pa.Array:
    said = policy.source.types.get(name)
    kind = TYPE_NAMES.get(ALIASES.get(said, said)) if said else None
    if kind is not None and pa.types.is_string(kind):
        values = [value if value is None else str(value) for value in values]
    try:
        made = pa.array(values, kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        what = f"the cases' values are not of one type{f', {said}' if said else ''}"
        raise SourceError(what, place=f"{policy.place('tests')}: column {name}") from None
    return made.cast(pa.string()) if pa.types.is_null(made.type) else made


def _tested(policy: Policy, columns: Iterable[str]) -> Policy:
    """Return the policy without what rows alone cannot tell: privacy, the sink's restriction, and
    nested places of columns that no row has.
    """
    there = set(columns)
    rules = {
        path: rule
        for path, rule in policy.columns.items()
        if is_pattern(path) or _top(path) in there
    }
    nulls = policy.source.null_values
    if isinstance(nulls, Mapping):
        nulls = {path: texts for path, texts in nulls.items() if _top(path) in there}
    return policy.model_copy(
        update={
            "columns": rules,
            "privacy": None,
            "source": policy.source.model_copy(update={"null_values": nulls}),
            "sink": policy.sink.model_copy(update={"restricted": None}),
        }
    )


def _differences(
    bound: PlanWithKeys, batch: pa.RecordBatch, number: int, case: CaseSpec
) -> Iterable[str]:
    reasons: list[str] = []
    out: Mapping[str, Any] | None = None
    filtered = False
    try:
        done = bound.apply(batch.slice(number, 1), first_row=number)
    except DataError as error:
        reasons = [problem.what for problem in error.problems]
    else:
        reasons = done.quarantined["reason"].to_pylist()
        filtered, rows = bool(done.filtered), done.batch.to_pylist()
        out = rows[0] if rows else None
    if filtered or case.filtered:
        if filtered != case.filtered:
            yield "rows.where leaves the row out" if filtered else "rows.where leaves the row in"
        return
    if reasons or case.quarantined:
        yield from _set_aside(case, reasons)
        return
    for column, expected in case.expect.items():
        before = _at(case.row, column)
        after = _ABSENT if out is None else _at(out, column)
        yield from (f"{column}: {what}" for what in _unlike(expected, before, after))


def _set_aside(case: CaseSpec, reasons: Sequence[str]) -> Iterable[str]:
    if not case.quarantined:
        yield f"the row is set aside: {'; '.join(dict.fromkeys(reasons))}"
    elif not reasons:
        yield "the row is not set aside"
    elif isinstance(case.quarantined, str) and not any(case.quarantined in why for why in reasons):
        yield f"the row is set aside for another reason than '{case.quarantined}'"


def _unlike(expected: ExpectSpec, before: Any, after: Any) -> Iterable[str]:
    """Yield how a value differs from what is expected of it, without the value."""
    state = _state(before, after)
    if expected.outcome is not None and expected.outcome != state:
        yield f"expected {expected.outcome}, is {state}"
    if "equals" in expected.model_fields_set and not _same(expected.equals, after):
        yield f"expected {_quoted(expected.equals)}, is another value ({state})"
    text = "" if after is _ABSENT or after is None else _text(after)
    if expected.matches is not None and not is_whole_match(expected.matches, text):
        yield f"does not match {_quoted(expected.matches)} ({state})"
    if expected.contains is not None and expected.contains not in text:
        yield f"does not contain {_quoted(expected.contains)} ({state})"
    for one in expected.lacks:
        if one in text:
            yield f"contains {_quoted(one)} ({state})"


def _state(before: Any, after: Any) -> str:
    if after is _ABSENT:
        return "absent"
    if after is None:
        return "null"
    return "kept" if before is not _ABSENT and _same(before, after) else "changed"


def _same(said: Any, value: Any) -> bool:
    """Return True if YAML's value is the output's; numbers and dates also as text."""
    if value is _ABSENT:
        return False
    scalar = not isinstance(said, (str, bool, list, dict, type(None)))
    return bool(said == value or (scalar and isinstance(value, str) and str(said) == value))


def _text(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _quoted(said: Any) -> str:
    return f"'{said}'" if isinstance(said, str) else _text(said)


def _at(row: Any, path: str) -> Any:
    """Return what a row holds at a path: a list where it leads into one; absent if there is no such
    place.
    """
    if isinstance(row, Mapping) and path in row:
        return row[path]
    found = row
    steps = _STEP.findall(path)
    for position, step in enumerate(steps):
        if step == "[]":
            if not isinstance(found, list):
                return _ABSENT
            rest = "".join(f".{one}" if one != "[]" else one for one in steps[position + 1 :])
            return [_at(item, rest.removeprefix(".")) if rest else item for item in found]
        if step == "$":
            try:
                found = json.loads(found)
            except (TypeError, ValueError):
                return _ABSENT
        elif isinstance(found, Mapping) and step in found:
            found = found[step]
        else:
            return _ABSENT
    return found


def problems_of(results: Iterable[CaseResult]) -> tuple[Problem, ...]:
    """Return a problem for each difference."""
    return tuple(Problem(one.place, what) for one in results for what in one.differences)
