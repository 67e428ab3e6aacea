"""Compares synthetic rows, and the dataset's current version, with the real rows.

For the owner alone: what it says is not noisy, costs no budget, and is in no file that is handed
on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset.reader import read
from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError, DatasetError, PlanError
from anonymize.keys import Keyring, open_keyring
from anonymize.names import ColumnName
from anonymize.pipeline.aggregate.contributions import Ints, Reader, coded_among, finite_numbers
from anonymize.pipeline.aggregate.planned import planned
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.pipeline.synthesize.domains import codes_among, size_of
from anonymize.pipeline.synthesize.files import beside, require_ending
from anonymize.pipeline.synthesize.make import open_synthetic, problems_in
from anonymize.policy import Policy, as_policy
from anonymize.policy.aggregates import SyntheticColumn, SyntheticSpec
from anonymize.privacy.synthetic.compare import (
    Closeness,
    Likeness,
    closeness,
    halves,
    likeness,
)
from anonymize.process.core_files import no_core_files

LEAST_CONTROL = 30
"""With fewer control rows every interval is as wide as what it tells."""


@dataclass(frozen=True)
class Compared:
    """One release beside the real rows."""

    what: str
    """``synthetic rows``, ``version 3``, or ``chance``: two halves of the real rows."""
    rows: int
    columns: tuple[str, ...]
    """The columns that were compared."""
    likeness: Likeness
    closeness: Closeness | None = None
    """None without a control set."""


@dataclass(frozen=True)
class Comparison:
    """Synthetic rows and the current version, each beside the real rows."""

    source: int
    """Real rows."""
    control: int | None
    releases: tuple[Compared, ...] = field(repr=False)
    """The synthetic rows, the version if there is one with a column of theirs, and chance."""


class _Columns:
    """Columns of a table, as `codes_among` asks for them."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def coded(
        self, column: ColumnName, listed: Sequence[object] | str
    ) -> tuple[Ints, list[str | None]]:
        """Return each row's place among the listed values."""
        return coded_among(self._table[str(column)].chunks, listed)

    def numbers(self, column: ColumnName) -> np.ndarray:
        """Return the values, NaN for those missing."""
        return finite_numbers(self._table[str(column)].chunks)


@checked
@no_core_files()
def compare(
    policy: Policy | str | PathLike[str],
    rows: str | PathLike[str],
    keyring: Keyring | str | None = None,
    *,
    control: str | PathLike[str] | None = None,
) -> Comparison:
    """Return what synthetic rows, and the current version, have in common with the real rows, and
    with ``control``, rows of people who are not among them, how much closer real people are.

    Columns and values are those that the policy names for synthetic rows; all other values of a
    column count as one more. That nobody of the source is in the control set is checked by
    ``subject:``; with ``unit: row`` it is the caller's word. Spends no budget: the result is for
    the owner of the rows, and is not to be handed on.

    Raises:
        ArgumentError: the policy has no ``aggregates: {synthetic: …}``, or the control set is too
            small or has people of the source.
        DatasetError: the file is not what was signed beside it.
        AnonymizeError: something cannot be read, or does not fit the policy.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    asked = policy.aggregates.synthetic if policy.aggregates else None
    if asked is None:
        raise ArgumentError("is not there", place=policy.place("aggregates.synthetic"))
    made = _made(Path(rows), asked, opened)
    source = open_spec(policy.source)
    if problems := problems_in(policy, asked, source):
        raise PlanError(problems)
    plan = planned(policy, source, opened, asked.columns)
    reader = Reader(plan, opened, source)
    reader.read(asked.columns)
    real = _codes(reader, asked.columns)
    if len(real) < 2:
        raise ArgumentError("has fewer than two rows of people", place=policy.place("source"))
    others = None
    if control is not None:
        spec = policy.source.model_copy(update={"path": spec_of(str(control)).path})
        beside_it = Reader(plan, opened, open_spec(spec))
        beside_it.read(asked.columns)
        others = _codes(beside_it, asked.columns)
        _refuse_control(policy, reader, beside_it, len(others))
    tables: dict[str, tuple[Ints, Mapping[ColumnName, SyntheticColumn]]] = {
        "synthetic rows": (_codes(_Columns(made), asked.columns), asked.columns)
    }
    tables |= _version(policy, asked, opened)
    found = [
        _compared(what, table, columns, real, others, asked)
        for what, (table, columns) in tables.items()
    ]
    first, second = halves(real)
    chance = _compared("chance", first, asked.columns, second, None, asked)
    return Comparison(
        len(real),
        None if others is None else len(others),
        (*found, replace(chance, rows=len(real))),
    )


def _made(path: Path, asked: SyntheticSpec, keyring: Keyring) -> pa.Table:
    """Return the synthetic rows of a file, after checking what was signed of them."""
    require_ending(path)
    try:
        data = beside(path).read_bytes()
    except OSError:
        what = "cannot be read; it was written beside the rows, and signs them"
        raise DatasetError(what, place=str(beside(path))) from None
    open_synthetic(data, keyring, str(beside(path)), path)
    names = [str(name) for name in asked.columns]
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
    else:
        import pyarrow.csv as pacsv

        kinds = {
            str(n): pa.string() if one.values else pa.float64() for n, one in asked.columns.items()
        }
        options = pacsv.ConvertOptions(
            column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        table = pacsv.read_csv(path, convert_options=options)
    if set(table.schema.names) != set(names):
        what = "has other columns than the policy names: another policy made it"
        raise ArgumentError(what, place=str(path))
    return table


def _refuse_control(policy: Policy, source: Reader, control: Reader, rows: int) -> None:
    """Refuse a control set that is too small, or that has people of the source: with them a release
    that gives everything away would look harmless.
    """
    if rows < LEAST_CONTROL:
        raise ArgumentError(f"has fewer than {LEAST_CONTROL} rows of people", place="control")
    if policy.aggregates is None or policy.aggregates.unit == "row":
        return
    both = np.intersect1d(source.people, control.people)
    if number := int((both >= 0).sum()):
        what = f"has {number:,} people of the source; name rows of people who are not in it"
        raise ArgumentError(what, place="control")


def _codes(columns: Reader | _Columns, asked: Mapping[ColumnName, SyntheticColumn]) -> Ints:
    """Return the rows' codes; values that are not in the domain have one more."""
    found = [codes_among(columns, name, one) for name, one in asked.items()]
    sizes = [size_of(one) for one in asked.values()]
    table = np.stack([np.where(c < 0, size, c) for c, size in zip(found, sizes, strict=True)], 1)
    if isinstance(columns, Reader):
        table = table[columns.people >= 0]
    return table


def _version(
    policy: Policy, asked: SyntheticSpec, keyring: Keyring
) -> dict[str, tuple[Ints, Mapping[ColumnName, SyntheticColumn]]]:
    """Return the current version's codes, of those columns that it publishes as they are."""
    dataset = sink_of(policy)
    if dataset.current is None:
        return {}
    dataset.require_named(policy.dataset, keyring)
    manifest = dataset.manifest(keyring=keyring)
    names = [name for name in asked.columns if str(name) in manifest.columns]
    if not names:
        return {}
    table = read(dataset, [str(n) for n in names], version=manifest.version, keyring=keyring)
    kept = {name: asked.columns[name] for name in names if _as_it_is(table, name, asked)}
    if not kept or not table.num_rows:
        return {}
    return {f"version {manifest.version}": (_codes(_Columns(table), kept), kept)}


def _as_it_is(table: pa.Table, name: ColumnName, asked: SyntheticSpec) -> bool:
    """Return whether a column of a version has values of the domain: generalized ones have not."""
    try:
        codes = codes_among(_Columns(table), name, asked.columns[name])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return bool((codes >= 0).any())


def _compared(
    what: str,
    table: Ints,
    columns: Mapping[ColumnName, SyntheticColumn],
    real: Ints,
    others: Ints | None,
    asked: SyntheticSpec,
) -> Compared:
    places = [list(asked.columns).index(name) for name in columns]
    sizes = [size_of(one) + 1 for one in columns.values()]
    beside_it = None
    if others is not None:
        numbers = [_middles(one) for one in columns.values()]
        beside_it = closeness(table, real[:, places], others[:, places], numbers)
    return Compared(
        what,
        len(table),
        tuple(str(name) for name in columns),
        likeness(real[:, places], table, sizes),
        beside_it,
    )


def _middles(column: SyntheticColumn) -> np.ndarray | None:
    """Return the middle of each range; values that are missing are as far as the whole width."""
    if column.edges is None:
        return None
    edges = np.array(column.edges)
    middles = (edges[:-1] + edges[1:]) / 2
    return np.append(middles, 2 * edges[-1] - edges[0])
