"""Compares a source with the policy's ``expect:``: its columns before the first row, its values
while rows pass. No text quotes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import DataError, DriftError, Problem
from anonymize.names import ColumnName
from anonymize.plan.aside import Bad, refuse_bad
from anonymize.policy import Policy
from anonymize.policy.contract import ColumnContract
from anonymize.policy.patterns import expanded
from anonymize.transform.columns import is_text, plain, value_type

_CHECKED: Mapping[str, Callable[[pa.DataType], bool]] = {
    "string": is_text,
    "integer": pa.types.is_integer,
    "float": lambda kind: pa.types.is_floating(kind) or pa.types.is_decimal(kind),
    "boolean": pa.types.is_boolean,
    "date": pa.types.is_date,
    "timestamp": lambda kind: pa.types.is_timestamp(kind) and kind.tz is None,
    "instant": lambda kind: pa.types.is_timestamp(kind) and kind.tz is not None,
}
"""Word for a type → whether an Arrow type is one."""


def contract_mistakes(policy: Policy, schema: pa.Schema) -> Iterator[Problem]:
    """Yield what is wrong with ``expect:`` itself: unknown types, patterns and bounds that cannot
    be checked on their column.
    """
    if policy.expect is None:
        return
    for name, contract in policy.expect.columns.items():
        place = policy.place(f"expect.columns.{name}")
        if contract.type is not None and contract.type not in _CHECKED:
            what = f"unknown type '{contract.type}'; choose one of {', '.join(_CHECKED)}"
            yield Problem(f"{place}.type", what)
        at = schema.get_field_index(name)
        if at < 0:
            continue
        kind = value_type(schema.field(at).type)
        for word, check in _checks(contract):
            try:
                check(pa.array([""] if is_text(kind) else [], kind))
            except (pa.ArrowException, TypeError, ValueError, OverflowError):
                yield Problem(f"{place}.{word}", f"cannot be checked on a column of type {kind}")


def schema_drift(policy: Policy, schema: pa.Schema) -> Iterator[Problem]:
    """Yield how the source's columns differ from ``expect:``."""
    expect = policy.expect
    if expect is None:
        return
    for name, contract in expect.columns.items():
        place, at = policy.place(f"expect.columns.{name}"), schema.get_field_index(name)
        if at < 0:
            yield Problem(place, "the source has no such column")
            continue
        fits, kind = _CHECKED.get(contract.type or ""), value_type(schema.field(at).type)
        if fits is not None and not fits(kind):
            yield Problem(f"{place}.type", f"the source has {kind}")
    if expect.others == "refuse":
        rules = expanded(policy, map(ColumnName, schema.names))[0].columns
        ruled = {path.partition(".")[0].partition("[")[0] for path in rules}
        others = [name for name in schema.names if name not in {*expect.columns, *ruled}]
        if others:
            what = f"{len(others)} columns that the policy does not know, and others: refuse"
            yield Problem(policy.place("expect.others"), f"the source has {what}")


def comparable(policy: Policy, schema: pa.Schema) -> Policy:
    """Return ``policy`` with only those columns in ``expect:`` whose values can be compared: the
    source has them, in a type that was expected and that the conditions fit.
    """
    expect = policy.expect
    if expect is None:
        return policy
    kept = {}
    for name, contract in expect.columns.items():
        alone = expect.model_copy(update={"columns": {name: contract}, "others": "allow"})
        one = policy.model_copy(update={"expect": alone})
        if not [*schema_drift(one, schema), *contract_mistakes(one, schema)]:
            kept[name] = contract
    return policy.model_copy(update={"expect": expect.model_copy(update={"columns": kept})})


def value_drift(policy: Policy, batch: pa.RecordBatch) -> list[Bad]:
    """Return the values of ``batch`` that are outside their contract."""
    if policy.expect is None:
        return []
    return [
        Bad(name, found, why)
        for name, contract in policy.expect.columns.items()
        if contract.checks_values
        for found, why in _outside(contract, plain(batch.column(name)))
    ]


def accepted_drift(policy: Policy, batch: pa.RecordBatch, numbers: pa.Array) -> list[Bad]:
    """Return the values of ``batch`` outside their contract, whose rows are to be set aside.
    ``numbers`` gives the source's row number by position.

    Raises:
        DriftError: there are some, and drift is refused.
    """
    drifted = value_drift(policy, batch)
    if drifted and policy.expect is not None and policy.expect.on_drift == "refuse":
        try:
            refuse_bad(drifted, numbers)
        except DataError as error:
            raise DriftError(error.problems) from None
    return drifted


def nulls_in(policy: Policy, batch: pa.RecordBatch) -> dict[ColumnName, int]:
    """Return, for each column with a limit, its number of nulls in ``batch``."""
    columns = policy.expect.columns if policy.expect else {}
    return {n: batch.column(n).null_count for n, one in columns.items() if one.nulls < 1}


def totals_drift(
    policy: Policy, read: int, taken: int, nulls: Mapping[ColumnName, int]
) -> Iterator[Problem]:
    """Yield what only all rows can tell: columns with too many nulls, too few or too many rows.

    ``read`` are the source's rows, ``taken`` those that the policy's filter leaves, in which the
    nulls were counted.
    """
    expect = policy.expect
    if expect is None:
        return
    for name, count in nulls.items():
        limit = expect.columns[name].nulls
        if taken and count / taken > limit:
            share, allowed = _shares(count / taken, limit)
            what = f"{count} of {taken} rows have no value ({share}), {allowed} may"
            yield Problem(policy.place(f"expect.columns.{name}.nulls"), what)
    least, most = expect.rows.min, expect.rows.max
    if least is not None and read < least:
        yield Problem(policy.place("expect.rows.min"), f"the source has {read} rows")
    if most is not None and read > most:
        yield Problem(policy.place("expect.rows.max"), f"the source has {read} rows")


def _outside(contract: ColumnContract, values: pa.Array) -> Iterator[tuple[pa.Array, str]]:
    for word, check in _checks(contract):
        fits = pc.fill_null(check(values), True)
        if fits.true_count < len(fits):
            yield pc.indices_nonzero(pc.invert(fits)), f"outside expect: {word}"


def _checks(contract: ColumnContract) -> Iterator[tuple[str, Callable[[pa.Array], pa.Array]]]:
    """Yield each condition with its name; null where a value is null."""
    if (least := contract.min) is not None:
        yield "min", lambda values: pc.greater_equal(values, _as(least, values.type))
    if (most := contract.max) is not None:
        yield "max", lambda values: pc.less_equal(values, _as(most, values.type))
    if contract.values:
        yield "values", lambda values: _among(values, contract.values)
    if (pattern := contract.matches) is not None:
        yield "matches", lambda values: pc.match_substring_regex(values, f"^(?:{pattern})$")


def _as(bound: Any, kind: pa.DataType) -> pa.Scalar:
    """Return a bound in a type that compares with ``kind`` without loss."""
    if pa.types.is_temporal(kind):
        return pa.scalar(bound).cast(kind)
    return pa.scalar(bound)


def _among(values: pa.Array, allowed: tuple[Any, ...]) -> pa.Array:
    found = pc.is_in(values, value_set=pa.array(list(allowed)).cast(values.type))
    return pc.if_else(values.is_valid(), found, None)


def _shares(share: float, limit: float) -> tuple[str, str]:
    """Return two shares in percent, with as many digits as tell them apart."""
    for digits in range(1, 8):
        both = f"{share:.{digits}%}", f"{limit:.{digits}%}"
        if both[0] != both[1]:
            return both
    return both
