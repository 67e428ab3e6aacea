"""Codes a version and the people it is attacked with, column by column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import ArgumentError
from anonymize.names import ColumnName
from anonymize.pipeline.attacked import AttackedRows
from anonymize.plan import Plan
from anonymize.plan.recoding.ways import coded_by, hierarchies_of
from anonymize.privacy.attacks import AttackColumn, AttackTable
from anonymize.privacy.attacks.columns import text_codes
from anonymize.privacy.hierarchies import ValueHierarchy
from anonymize.transform.columns import as_text, plain

Ints = npt.NDArray[np.int64]


def attack_table(rows: AttackedRows, published: pa.Table) -> AttackTable:
    """Return the version in ``published`` and the people in ``rows`` as codes.

    Raises:
        ArgumentError: the version lacks all quasi-identifiers, or has labels that the policy's
            hierarchies do not have: another policy made it.
        DataError: a hierarchy cannot take people's values.
    """
    names = [name for name in (*rows.quasi, *rows.sensitive) if name in published.schema.names]
    quasi = sum(name in rows.quasi for name in names)
    if not quasi or not published.num_rows:
        what = (
            "holds no row, or no quasi-identifier that the keyring opens: nothing can be attacked"
        )
        raise ArgumentError(what, place="the version")
    hierarchies = hierarchies_of(_taking_unknown(rows.plan))
    made = [
        _column(rows, name, plain(published[name].combine_chunks()), hierarchies.get(name))
        for name in names
    ]
    if strange := sum(column.strange for column, _ in made):
        what = (
            f"{strange} of its labels cover no value of the source: this is not the policy, or not"
            " the source, that it was made with"
        )
        raise ArgumentError(what, place="the version")
    codes = [np.stack([parts[at] for _, parts in made], axis=1) for at in range(3)]
    return AttackTable(tuple(column for column, _ in made), quasi, *codes)


def _taking_unknown(plan: Plan) -> Plan:
    """Return ``plan`` with hierarchies that take values they do not have: people outside of the
    version may have such values.
    """
    privacy = plan.policy.privacy
    if privacy is None:
        raise AssertionError("asked before")
    recode = {
        name: asked.model_copy(update={"unknown": "root"}) for name, asked in privacy.recode.items()
    }
    recoding = privacy.model_copy(update={"recode": recode})
    return replace(plan, policy=plan.policy.model_copy(update={"privacy": recoding}))


def _column(
    rows: AttackedRows, name: ColumnName, published: pa.Array, hierarchy: ValueHierarchy | None
) -> tuple[AttackColumn, list[Ints]]:
    """Return a column, and the codes of the version, the source and the control set."""
    source, control = rows.source[name], rows.control[name]
    if hierarchy is None:
        texts, codes = text_codes(as_text(published), as_text(source), as_text(control))
        numbers = _numbers(codes, [published, source, control], len(texts))
        return AttackColumn.same(str(name), texts, numbers), codes
    labels, own = text_codes(as_text(published))
    both = pa.concat_arrays([source, control]).dictionary_encode("encode")
    people = np.asarray(both.indices).astype(np.int64)
    coded = coded_by(rows.plan, hierarchy, name, both.dictionary)
    method = rows.plan.policy.privacy.method if rows.plan.policy.privacy else "local"
    make = AttackColumn.by_sets if method == "mondrian" else AttackColumn.by_levels
    return make(coded, labels), [*own, *np.split(people, [len(source)])]


def _numbers(
    codes: list[Ints], parts: list[pa.Array], count: int
) -> npt.NDArray[np.float64] | None:
    """Return the number of each code, if all values are numbers or times and none is missing."""
    numbers = np.zeros(count)
    for code, part in zip(codes, parts, strict=True):
        kind = part.type
        if part.null_count or pt.is_boolean(kind) or not _ordered(kind):
            return None
        if pt.is_temporal(kind):
            part = part.view(pa.int32() if kind.bit_width == 32 else pa.int64())
        numbers[code] = np.asarray(part.cast(pa.float64(), safe=False))
    return numbers if np.isfinite(numbers).all() else None


def _ordered(kind: pa.DataType) -> bool:
    number = pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind)
    return bool(number or pt.is_date(kind) or pt.is_timestamp(kind))
