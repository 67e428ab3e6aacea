"""Decides, after a first pass, which classes are published, and with which labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import GateError, Problem
from anonymize.keys import Keyring, PurposeKey
from anonymize.plan.bind.context import facts_domain
from anonymize.plan.facts import (
    COMBINATIONS,
    SENSITIVE_VALUES,
    TARGET,
    VALUE_ORDER,
    Decision,
    Fitted,
    Partial,
    SealedFacts,
    facts_key,
)
from anonymize.plan.model import Plan
from anonymize.plan.recoding.combinations import Combinations
from anonymize.plan.recoding.labels import check_told_apart
from anonymize.plan.recoding.recoded import RECODED, Recoded
from anonymize.plan.recoding.target_counts import TargetCounts
from anonymize.plan.recoding.useful import RecodedTable, Target
from anonymize.plan.recoding.value_groups import SensitiveValues
from anonymize.plan.recoding.value_order import ValueOrder
from anonymize.plan.recoding.ways import coded_by, hierarchies_of, levels_of
from anonymize.policy import PrivacySpec
from anonymize.privacy import AllowedClasses, ClassDigests
from anonymize.privacy.coded import CodedColumn, Codes, Level
from anonymize.privacy.coded_counts import CodedCounts, Placed
from anonymize.privacy.recoding import Promise, RecodingError, recode
from anonymize.privacy.utility.objective import weights_for
from anonymize.transform.columns import as_text, is_scalar

PlanT = TypeVar("PlanT", bound=Plan)


def fit(plan: PlanT, partial: Partial, keyring: Keyring | None = None) -> PlanT:
    """Return ``plan`` with the whole table's facts, merged with those of an earlier pass.

    Classes that are not in ``partial`` will be suppressed: only what was counted is published.

    Args:
        plan: The plan.
        partial: The merged results of a pass over all rows.
        keyring: The keys, if ``privacy:`` asks for more than k and the plan has a ``facts_key``.

    Raises:
        PlanError: the passes were made with different keys.
        GateError: no recoding keeps what ``privacy:`` asks for.
        DataError: a hierarchy lacks values.
    """
    before = plan.fitted or Fitted()
    return replace(plan, fitted=before.added(partial, decided(plan, partial, keyring)))


def decided(plan: Plan, partial: Partial, keyring: Keyring | None) -> Decision:
    """Return what the counts of a pass over all rows decide.

    Raises:
        GateError: nothing keeps what the policy asks for.
    """
    privacy = plan.policy.privacy
    if partial.classes is None or privacy is None:
        return Decision()
    if not privacy.recodes:
        return Decision(partial.classes.allowed(privacy.k))
    counted = counted_in(plan, partial, keyring)
    return replace(_recoded(plan, privacy, counted), placed=counted.placed)


@dataclass(frozen=True)
class Counted:
    """What a pass over all rows counted, with the values of quasi-identifiers."""

    coded: CodedCounts
    combinations: Combinations
    placed: Placed
    """The order or the groups of sensitive values, where closeness is about them."""
    key: PurposeKey
    target: TargetCounts | None = None
    """How often each class has each value of the target."""


def counted_in(plan: Plan, partial: Partial, keyring: Keyring | None) -> Counted:
    """Return what a pass counted, opened with the plan's key.

    Raises:
        PlanError: it was made with another key.
        DataError: the groups of sensitive values lack some.
    """
    if partial.classes is None or plan.policy.privacy is None:
        raise AssertionError("the pass counted no classes")
    key = facts_key(keyring, plan.facts_key, facts_domain(plan))
    found = partial.facts[COMBINATIONS].opened(key, COMBINATIONS, Combinations)
    placed: Placed = {}
    if plan.policy.privacy.ordered:
        placed = partial.facts[VALUE_ORDER].opened(key, VALUE_ORDER, ValueOrder).digests()
    elif plan.policy.privacy.groups:
        values = partial.facts[SENSITIVE_VALUES].opened(key, SENSITIVE_VALUES, SensitiveValues)
        placed = levels_of(plan, values)
    target = None
    if plan.policy.privacy.wanted is not None:
        target = partial.facts[TARGET].opened(key, TARGET, TargetCounts)
    return Counted(CodedCounts.of(partial.classes, placed), found, placed, key, target)


def _recoded(plan: Plan, privacy: PrivacySpec, counted: Counted) -> Decision:
    found, coded = recoding_of(plan, privacy, counted), counted.coded
    restricted = plan.policy.sink.restricted
    shut = restricted.columns if restricted else ()
    made, useful = found.recoding, found.told(privacy.k, shut)
    kept = ClassDigests(coded.classes.high[made.kept], coded.classes.low[made.kept])
    allowed = AllowedClasses.of(
        kept, rows=int(coded.rows.sum()), rows_in_small=int(coded.rows[~made.kept].sum())
    )
    if not privacy.recode:
        return Decision(allowed, utility=useful)
    numbers = {name: number for number, name in enumerate(plan.flat_quasi_identifiers)}
    columns = [
        pa.DictionaryArray.from_arrays(
            pa.array(made.cells[made.kept, numbers[name]]),
            pa.array(made.labels[numbers[name]], pa.string()),
        )
        for name in privacy.recode
    ]
    sealed = SealedFacts.of(counted.key, RECODED, Recoded.of(kept, columns))
    levels = dict(zip(plan.flat_quasi_identifiers, made.coarsened, strict=False))
    coarser = tuple(str(name) for name, level in levels.items() if level)
    return Decision(allowed, sealed, loss=made.loss, utility=useful, coarsened=coarser)


def promise_of(privacy: PrivacySpec) -> Promise:
    """Return what each class must fulfil."""
    asked, close = privacy.diversity, privacy.closeness
    limit = close.most if close else None
    if asked is None:
        return Promise(privacy.k, t=limit)
    if asked.recursive is not None:
        level, factor = asked.recursive.l, asked.recursive.c
        return Promise(privacy.k, level, "recursive", factor, t=limit)
    if asked.entropy is not None:
        return Promise(privacy.k, asked.entropy, "entropy", t=limit)
    return Promise(privacy.k, asked.distinct, "distinct", t=limit)


def next_step(nearest: Promise | None, privacy: PrivacySpec) -> str:
    """Return what a block can ask for instead, after a refusal; empty if nothing is known."""
    if nearest is None:
        return ""
    if nearest.k < 2:
        return "; a class has at least 2 people, so this source is too small for privacy:"
    wanted, said = promise_of(privacy), [f"k: {nearest.k}"] if nearest.k < privacy.k else []
    if nearest.l is not None and (nearest.l, nearest.c) != (wanted.l, wanted.c):
        level = f"{nearest.l:g}"
        way = {"entropy": f"{{entropy: {level}}}", "distinct": level}.get(
            nearest.kind, f"{{recursive: {{c: {nearest.c:g}, l: {level}}}}}"
        )
        said.append(f"l: {way}" if nearest.l > 1 else "no l: or other columns in sensitive:")
    if not said:
        return "; let more rows be suppressed (max_suppressed:), or ask for less"
    k = min(nearest.k, privacy.k)
    return (
        f"; the nearest that holds is {' and '.join(said)} in privacy:, and coatcheck plan POLICY"
        f" --what-if k={k} says what it costs"
    )


def recoding_of(plan: Plan, privacy: PrivacySpec, counted: Counted) -> RecodedTable:
    """Return the recoding of a table; its rows are the classes of the coded counts.

    Raises:
        GateError: nothing keeps what the policy asks for.
        DataError: a hierarchy lacks values.
    """
    coded, flat = counted.coded, len(plan.flat_quasi_identifiers)
    columns = columns_of(plan, privacy, counted)
    codes = np.stack([codes for _, codes in columns], axis=1)
    target = _target(privacy, counted)
    try:
        made = recode(
            [column for column, _ in columns],
            codes,
            coded.rows,
            promise_of(privacy),
            people=coded.people,
            sensitive=coded.sensitive,
            max_suppressed=privacy.max_suppressed,
            method=privacy.method,
            effort=privacy.effort,
            weights=_weights(plan, privacy, columns, target),
        )
    except RecodingError as error:
        where = plan.policy.place("privacy")
        said = next_step(error.nearest, privacy)
        raise GateError([Problem(where, one.what + said) for one in error.problems]) from None
    if privacy.method == "mondrian":
        check_told_apart(plan, columns, made)
    flat_columns = tuple(column for column, _ in columns[:flat])
    return RecodedTable(flat_columns, codes[:, :flat], coded.rows, made, target)


def _target(privacy: PrivacySpec, counted: Counted) -> Target | None:
    """Return what was counted of the column that a model is to predict."""
    found, wanted = counted.target, privacy.wanted
    if found is None or wanted is None:
        return None
    distinct, codes = _coded(found.values)
    at = counted.coded.numbered(found.classes)
    return Target.of(str(wanted.column), distinct, codes, at, found.rows, wanted.kind or "")


def columns_of(
    plan: Plan, privacy: PrivacySpec, counted: Counted
) -> list[tuple[CodedColumn, Codes]]:
    """Return each quasi-identifier with its hierarchy, and the code of each class."""
    hierarchies, columns, found = hierarchies_of(plan), [], counted.combinations
    order = found.numbered(counted.coded.classes)
    for number, name in enumerate(plan.flat_quasi_identifiers):
        distinct, codes = _coded(found.values(number).take(pa.array(order)))
        if name in privacy.recode:
            columns.append((coded_by(plan, hierarchies[name], name, distinct), codes))
        else:
            columns.append((_as_it_is(str(name), distinct), codes))
    if found.rest.null_count < len(found.rest):
        values = found.rest.take(pa.array(order)).dictionary_encode()
        codes = np.asarray(values.indices).astype(np.int32)
        columns.append((_as_it_is("", values.dictionary), codes))
    return columns


def _coded(values: pa.Array) -> tuple[pa.Array, Codes]:
    """Return the distinct values in an order that does not depend on that of rows, and the code of
    each value.
    """
    encoded = values.dictionary_encode("encode")
    distinct, codes = encoded.dictionary, np.asarray(encoded.indices)
    if not is_scalar(distinct.type):
        return distinct, codes.astype(np.int32)
    ranked = np.asarray(pc.sort_indices(as_text(distinct)))
    return distinct.take(pa.array(ranked)), np.argsort(ranked)[codes].astype(np.int32)


def _as_it_is(name: str, values: pa.Array) -> CodedColumn:
    """Return a column that is never generalized."""
    count = len(values)
    labels = as_text(values) if is_scalar(values.type) else pa.array(map(str, range(count)))
    nodes = np.arange(count, dtype=np.int32)
    return CodedColumn(name, (Level(nodes, labels.to_pylist(), np.zeros(count)),))


def _weights(
    plan: Plan,
    privacy: PrivacySpec,
    columns: Sequence[tuple[CodedColumn, Codes]],
    target: Target | None,
) -> list[float] | None:
    """Return the weight of each column: those of the policy, or what each tells of its target; None
    if all are alike.
    """
    names = plan.flat_quasi_identifiers
    rest = [1.0] * (len(columns) - len(names))
    if privacy.weights:
        return [*(privacy.weights.get(name, 1.0) for name in names), *rest]
    if target is None:
        return None
    recoded = [at for at, name in enumerate(names) if name in privacy.recode]
    codes = np.stack([columns[at][1] for at in recoded], axis=1)
    asked = [columns[at][0] for at in recoded]
    found = weights_for(asked, codes, target.classes, target.groups, target.rows)
    weights = dict(zip(recoded, found, strict=True))
    return [*(weights.get(at, 1.0) for at in range(len(names))), *rest]
