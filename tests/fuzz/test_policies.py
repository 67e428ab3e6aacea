"""Random tables under random policies: refused by name, or right by oracles that know nothing of
the transforms.
"""

from __future__ import annotations

import json
import math
import random
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

import anonymize
from anonymize.arrow.moments import out_of_range
from anonymize.dataset import Dataset, read
from anonymize.errors import AnonymizeError, UnforeseenError
from anonymize.keys import Keyring, ff1_decrypt, init_keyring, siv_open
from anonymize.names import KeyName
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.bind.context import domain_of
from anonymize.plan.bind.registry import format_spec
from anonymize.plan.model import Applied
from anonymize.policy import Policy, parse_policy
from anonymize.transform.columns import as_text, plain, seen_text
from tests.conftest import NAMES
from tests.fuzz.strategies import CANARY, cases

SOAK_SECONDS = 40
"""How long the long form goes on; it ends with the example at hand."""


def quoted(error: BaseException) -> bool:
    """Return whether an error shows a value of the table, or is none of a kind that a user can act
    on.
    """
    return isinstance(error, UnforeseenError) or CANARY in str(error)


def refuse_quoting(error: AnonymizeError) -> None:
    """Fail where an error is a bug's, or shows a value."""
    if quoted(error):
        pytest.fail(f"{type(error).__name__}: {error}")


def accepted(table: pa.Table, text: str, keyring: Keyring) -> Policy:
    """Return the policy with another rule for the columns whose own is refused, so that most
    examples go on.
    """
    said = json.loads(text)
    for _ in range(3):
        policy = parse_policy(json.dumps(said), "fuzz.yaml")
        try:
            planned(table, policy, keyring)
        except AnonymizeError as error:
            refuse_quoting(error)
            told = str(error)
            for name in "abc":
                if f"columns.{name}" in told:
                    said["columns"][name] = {"action": "redact"}
            if "rows.where" in told:
                del said["rows"]["where"]
        else:
            break
    return policy


def planned(table: pa.Table, policy: Policy, keyring: Keyring) -> Plan:
    """Return the fitted plan."""
    ids = {KeyName(key.rpartition(".")[0]): key for key in keyring.key_ids()}
    plan = replace(compile_plan(policy, table.schema, (), key_ids=ids), facts_key=None)
    while plan.needs_first_pass:
        plan = plan.fit(PlanWithKeys(plan, keyring).measure(table.combine_chunks().to_batches()[0]))
    return plan


def check(table: pa.Table, text: str, keyring: Keyring) -> None:
    """Apply a policy to a table and hold the result against every oracle."""
    policy = accepted(table, text, keyring)
    try:
        plan = planned(table, policy, keyring)
        done = PlanWithKeys(plan, keyring).apply(table.combine_chunks().to_batches()[0])
    except AnonymizeError as error:
        refuse_quoting(error)
        return
    done.batch.validate(full=True)
    assert done.batch.schema.equals(plan.output_schema)
    aside = len(set(done.quarantined["row"].to_pylist()))
    assert done.rows_in == done.batch.num_rows + done.filtered + done.suppressed + aside
    for reason in done.quarantined["reason"].to_pylist():
        assert CANARY not in reason
    for name, rule in policy.columns.items():
        if rule.when is None and name in done.batch.schema.names:
            column = plain(table[name].combine_chunks())
            _check_column(policy, keyring, name, column.take(done.rows), done.batch[name])
    _check_again(plan, keyring, table, done)


def _check_column(
    policy: Policy, keyring: Keyring, name: str, before: pa.Array, after: pa.Array
) -> None:
    rule: Any = policy.columns[name]  # type: ignore[index]
    before, after = plain(before), plain(after)
    if rule.action not in ("constant", "shuffle", "free_text") and before.type != pa.null():
        assert not pc.any(pc.and_(before.is_null(), after.is_valid())).as_py()
    if rule.action in ("keep",):
        assert (
            after.equals(before) or pa.types.is_floating(before.type) or after.type != before.type
        )
    if (
        rule.action in ("pseudonymize", "tokenize", "encrypt_format")
        and pa.types.is_null(before.type) is False
    ):
        _check_keyed(policy, keyring, name, rule, before, after)
    if rule.action == "generalize":
        _check_coarser(rule, before, after)


def _check_keyed(
    policy: Policy, keyring: Keyring, name: str, rule: Any, before: pa.Array, after: pa.Array
) -> None:
    """Equal in, equal out; different in, different out; and turned back exactly."""
    seen = as_text(before) if rule.action != "encrypt_format" else before
    pairs = {
        (old, new) for old, new in zip(_keys(seen), _keys(after), strict=True) if new is not None
    }
    if getattr(rule, "normalize", None) in (None, "exact"):
        assert len({old for old, _ in pairs}) == len({new for _, new in pairs}) == len(pairs)
    if rule.action == "pseudonymize":
        return
    key = keyring.purpose_key("reveal", action=rule.action, domain=domain_of(policy, rule, name))  # type: ignore[arg-type]
    texts = seen_text(before)
    opened = (
        siv_open(key, after)
        if rule.action == "tokenize"
        else ff1_decrypt(key, after, format_spec(rule))
    )
    made = after.is_valid()
    assert not pc.any(opened.bad).as_py()
    assert _keys(as_text(opened.values).filter(made)) == _keys(texts.filter(made))


def _keys(values: pa.Array) -> list[Any]:
    """Return values that compare as they are told apart: the bytes of text, the numbers of
    dates.
    """
    kind = values.type
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        return values.cast(pa.int64()).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_floating(kind):
        return as_text(values).to_pylist()  # type: ignore[no-any-return]
    return values.to_pylist()  # type: ignore[no-any-return]


def _check_coarser(rule: Any, before: pa.Array, after: pa.Array) -> None:
    """Years, bands and multiples computed with Python's own dates and whole numbers."""
    kind = before.type
    if rule.to in ("year", "day", "month") and (
        pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    ):
        near = pc.invert(out_of_range(before))
        for moment, made in zip(before.filter(near), after.filter(near), strict=True):
            if moment.is_valid:
                day = _day(moment)
                right = {"year": day.year, "day": day, "month": f"{day.year:04}-{day.month:02}"}[
                    rule.to
                ]
                assert made.as_py() in (right, None)
    if pa.types.is_integer(kind) and rule.band == 10 and rule.top is None:
        for number, made in zip(before.to_pylist(), after.to_pylist(), strict=True):
            low = number // 10 * 10 if number is not None else 0
            assert made is None if number is None else made in _band(low) or abs(number) > 2**53
    if pa.types.is_integer(kind) and rule.nearest == 5:
        for number, made in zip(before.to_pylist(), after.to_pylist(), strict=True):
            if number is not None:
                assert made % 5 == 0
                assert abs(made - number) <= 4


def _band(low: int) -> tuple[str, ...]:
    """Return how a band of ten may be written: below zero a dash could be a sign."""
    return f"{low}-{low + 9}", f"{low} to {low + 9}"


def _day(moment: pa.Scalar) -> date:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    kind = moment.type
    if pa.types.is_date(kind):
        return moment.as_py()  # type: ignore[no-any-return]
    per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        seconds=moment.cast(pa.int64()).as_py() // per
    )
    return at.astimezone(ZoneInfo(kind.tz or "UTC")).date()


RANDOM = frozenset({"perturb"})


def _check_again(plan: Plan, keyring: Keyring, table: pa.Table, done: Applied) -> None:
    """Once more, and row by row, gives the same, but for noise and what needs the whole table."""
    actions = {
        rule.action
        for outer in plan.policy.columns.values()
        for rule in (outer, outer.otherwise)
        if rule
    }
    if actions & RANDOM:
        return
    again = PlanWithKeys(plan, keyring).apply(table.combine_chunks().to_batches()[0])
    assert _told(again.batch) == _told(done.batch)
    if "shuffle" in actions or plan.policy.privacy is not None:
        return
    bound = PlanWithKeys(plan, keyring)
    pieces = [
        bound.apply(batch, at).batch
        for at, batch in enumerate(table.combine_chunks().to_batches(max_chunksize=1))
    ]
    assert _told(pa.Table.from_batches(pieces)) == _told(done.batch)


def _told(batch: pa.RecordBatch | pa.Table) -> list[list[Any]]:
    whole = [
        column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        for column in batch.columns
    ]
    return [_keys(plain(column)) for column in whole]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_a_random_policy_is_refused_by_name_or_right(
    case: tuple[pa.Table, str], keyring: Keyring
) -> None:
    """The short form, in every test run."""
    check(*case, keyring)


@pytest.mark.soak
def test_many_random_policies_are_refused_by_name_or_right(keyring: Keyring) -> None:
    """The long form, bounded in time."""
    until = time.monotonic() + SOAK_SECONDS

    phases = [Phase.generate]  # making a failing case smaller may take longer than the bound
    checks = list(HealthCheck)

    @settings(
        max_examples=50, phases=phases, deadline=None, database=None, suppress_health_check=checks
    )
    @given(case=cases())
    def holds(case: tuple[pa.Table, str]) -> None:
        check(*case, keyring)

    number = 0  # what fails once fails again: each round draws from a seed of its own
    while time.monotonic() < until:
        seed(number)(holds)()
        number += 1


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Return a keyring in a folder of its own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    return init_keyring("file:keyring.json", NAMES)


@settings(
    max_examples=4,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(case=cases(), draw=st.integers(0, 10**6))
def test_a_published_version_is_what_the_plan_makes(
    case: tuple[pa.Table, str], draw: int, place: Keyring
) -> None:
    """The manifest counts what is read; in two row groups as in one; an error leaves no version."""
    table, text = case
    sink = f"out{draw}-{random.getrandbits(64):x}"
    policy = parse_policy(text.replace('"path": "out"', f'"path": "{sink}"'), "fuzz.yaml")
    try:
        pq.write_table(
            table,
            "a.parquet",
            row_group_size=max(1, math.ceil(table.num_rows / 2)),
            store_schema=False,
        )
    except pa.ArrowException:
        reject()  # Parquet has no form for it
    try:
        summary = anonymize.run(policy, keyring="file:keyring.json")
    except AnonymizeError as error:
        refuse_quoting(error)
        assert Dataset(sink).versions() == ()
        return
    published = read(sink, keyring=place)
    assert (
        published.num_rows == summary.rows_out == Dataset(sink).manifest(keyring=place).rows.written
    )
    assert Dataset(sink).verify(keyring=place).ok
