"""Reads a source as numbers: whose each row is, which group of a query it is in, and its value."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.errors import Problem
from anonymize.io import Source
from anonymize.io.sources.text_types import type_word
from anonymize.keys import OWNER, Keyring
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, Leaf, leaves, open_batch
from anonymize.nested.wanted import WantedPlaces
from anonymize.plan import Plan, PlanWithKeys
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.counting import people_in
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy
from anonymize.policy.aggregates import QuerySpec
from anonymize.transform.columns import as_text, plain

_TYPED = frozenset({"parquet", "arrow", "orc", "avro", "postgresql", "duckdb", "sqlalchemy"})
"""Formats that say what type a column is."""
_MOST_CODES = 1 << 62
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


class Keys(Sequence[tuple[str | None, ...]]):
    """The groups of a query: one text per column, in every combination. Made when asked for: those
    of found groups could be more than fit into memory. Of found groups, only those that rows are in
    may have a code: more combinations than 64 bits can number would do no harm.
    """

    def __init__(
        self, texts: Sequence[Sequence[str | None]], present: Places | None = None
    ) -> None:
        """Combine the texts of each column; ``present`` has the places of those that have a code,
        shape (groups, columns).
        """
        self._texts, self._present = texts, present

    def __len__(self) -> int:
        """Return the number of groups."""
        if self._present is not None:
            return len(self._present)
        return math.prod(map(len, self._texts))

    @overload
    def __getitem__(self, at: int) -> tuple[str | None, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[str | None, ...]]: ...

    def __getitem__(self, at: int | slice) -> Any:
        """Return the texts of a group, by its code; the last column's change first."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        if self._present is not None:
            places = self._present[at].tolist()
            return tuple(texts[one] for texts, one in zip(self._texts, places, strict=True))
        key = list[str | None]()
        for texts in reversed(self._texts):
            at, place = divmod(at, len(texts))
            key.append(texts[place])
        return tuple(reversed(key))


@dataclass(frozen=True)
class Contributions:
    """The rows that count in a query, n."""

    people: Ints = field(repr=False)
    """A keyed number per person; with ``unit: row`` the row's number."""
    groups: Ints = field(repr=False)
    """The group of each row: an index into ``keys``."""
    values: Floats = field(repr=False)
    """The value of each row; empty for counts."""
    keys: Keys = field(repr=False)
    """The groups: the text of each column of ``by``, and the range of a histogram."""


def problems_in(policy: Policy, source: Source) -> list[Problem]:
    """Return what does not fit between the queries and the source's columns."""
    known = {leaf.path: leaf for leaf in leaves(source.schema)}
    found = untold_beside(policy, source)
    for name, query in queries_of(policy).items():
        for column in query.columns:
            place = policy.place(f"aggregates.queries.{name}")
            leaf = known.get(column)
            if leaf is None or leaf.level != ROOT:
                what = f"{column}: there is no such column with one value a row"
                found.append(Problem(place, what))
            elif column == query.column and not is_number(leaf.type):
                advice = f"say types: {{{column}: float64}} in source: if it holds numbers"
                found.append(Problem(place, f"{column}: is {leaf.type}, no number; {advice}"))
            elif column in query.by and not is_key(leaf.type):
                what = f"{column}: is {leaf.type}; groups are of texts, whole numbers, days, flags"
                found.append(Problem(place, what))
            elif problem := untold(policy, source, leaf, place):
                found.append(problem)
    return found


def untold(policy: Policy, source: Source, leaf: Leaf, place: str) -> Problem | None:
    """Return the problem if a column's type is not said: where files have no types of their own,
    one person's value decides it (``maybe`` among flags, 33.5 among ages), and all counts and sums
    with it. Types of databases and of Parquet come from no row.
    """
    if leaf.path in policy.source.types or source.format in _TYPED:
        return None
    said = f"types: {{{leaf.path}: {type_word(str(leaf.type))}}}"
    what = f"{leaf.path}: its type comes from its values, so that one of them shows; say {said}"
    return Problem(place, f"{what} in source:")


def untold_beside(policy: Policy, source: Source) -> list[Problem]:
    """Return the same for the columns that say whose a row is and which rows are used: as numbers,
    007 and 7 are one person, and one id with a letter makes them two. Lists of people are refused,
    too: before anything is spent.
    """
    by = policy.subject if _unit(policy) == "person" else None
    wanted = {**dict.fromkeys(columns_in(policy.rows.where), "rows.where")}
    if by is not None:
        wanted[by] = "subject"
    known = {leaf.path: leaf for leaf in leaves(source.schema)}
    found = [
        untold(policy, source, known[column], policy.place(place))
        for column, place in wanted.items()
        if column in known
    ]
    if by is not None and any(str(path).startswith(f"{by}[") for path in known):
        what = f"{by}: holds lists; whose a row is must be one value a row"
        found.append(Problem(policy.place("subject"), what))
    return [problem for problem in found if problem is not None]


def queries_of(policy: Policy) -> Mapping[str, QuerySpec]:
    """Return the queries of a policy with ``aggregates:``."""
    if policy.aggregates is None:
        raise AssertionError("asked before")
    return policy.aggregates.queries


def is_number(kind: pa.DataType) -> bool:
    """Return whether a column of this type has numbers."""
    return bool(pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind))


def is_key(kind: pa.DataType) -> bool:
    """Return whether values of this type can be listed in a policy."""
    texts = pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind)
    known = pt.is_integer(kind) or pt.is_boolean(kind) or pt.is_date(kind)
    return bool(texts or known or (pt.is_dictionary(kind) and is_key(kind.value_type)))


class Reader:
    """Reads each column of the queries once, in the order of the source's rows."""

    def __init__(self, plan: Plan, keyring: Keyring, source: Source) -> None:
        """Read ``source`` by the filter, types and forgotten people of ``plan``."""
        self._plan, self._bound = plan, PlanWithKeys(plan, keyring)
        self._source = source
        self._key = keyring.purpose_key(
            OWNER, action="aggregate", domain="", entity=plan.policy.dataset
        )
        self._columns: dict[ColumnName, list[pa.Array]] = {}
        self._people: list[Ints] = []

    def read(self, wanted: Collection[ColumnName]) -> None:
        """Read these columns.

        Raises:
            AnonymizeError: the source cannot be read.
        """
        policy = self._plan.policy
        by = policy.subject if _unit(policy) == "person" else None
        opened_at = frozenset({*wanted, *([by] if by else [])})
        some = self._plan.columns_around(opened_at) or self._source.schema.names[:1]
        self._columns = {column: [] for column in wanted}
        asked = WantedPlaces(read=opened_at, null_values=self._plan.asked.null_values)
        for partition in self._source.partitions():
            for batch in partition.batches(list(some)):
                opened = open_batch(self._bound.taken(batch), asked)
                self._people.append(self._numbered(opened.columns, by, opened.rows))
                for column in wanted:
                    self._columns[column].append(plain(opened.columns[column]))

    def _numbered(
        self, columns: Mapping[ColumnName, pa.Array], by: ColumnName | None, rows: int
    ) -> Ints:
        """Return a number per row for its person, -1 for rows of nobody."""
        if by is None:
            start = sum(map(len, self._people))
            return np.arange(start, start + rows, dtype=np.int64)
        spelled = spelling_of(self._plan.policy.columns, by)
        found = people_in(self._key, columns[by], spelled)
        numbers = np.asarray(pc.fill_null(found, 0)).view(np.uint64) >> np.uint64(1)
        return np.where(np.asarray(found.is_valid()), numbers.astype(np.int64), -1)

    @property
    def people(self) -> Ints:
        """Return a number per row for its person, -1 for rows of nobody."""
        return np.concatenate([*self._people, np.empty(0, np.int64)])

    def coded(
        self, column: ColumnName, listed: Sequence[object] | str
    ) -> tuple[Ints, list[str | None]]:
        """Return each row's place among the listed values (``any``: among those found), -1 for
        none of them, and their texts.
        """
        return coded_among(self._columns[column], listed)

    def numbers(self, column: ColumnName) -> Floats:
        """Return the values, NaN for those missing or not finite."""
        return finite_numbers(self._columns[column])

    def of(self, name: str) -> Contributions:
        """Return the rows that count in a query: of somebody, in a group, with a value."""
        query = queries_of(self._plan.policy)[name]
        people = self.people
        counts = people >= 0
        places, listed = list[Ints](), list[Sequence[str | None]]()
        for column, wanted in query.by.items():
            found, texts = self.coded(column, wanted)
            counts &= found >= 0
            places.append(found)
            listed.append(texts)
        values = np.empty(0)
        if query.column is not None:
            values = self.numbers(query.column)
            counts &= ~np.isnan(values)
        if query.histogram is not None:
            edges = np.array(query.histogram.edges)
            ranges = np.searchsorted(edges, values, side="right") - 1
            ranges[values == edges[-1]] = len(edges) - 2
            counts &= (ranges >= 0) & (ranges < len(edges) - 1)
            places.append(ranges)
            listed.append(_range_texts(edges))
        stays = np.flatnonzero(counts)
        values = values[stays] if query.column is not None else values
        codes, keys = _grouped([one[stays] for one in places], listed, len(stays))
        return Contributions(people[stays], codes, values, keys)


def _grouped(
    places: Sequence[Ints], listed: Sequence[Sequence[str | None]], rows: int
) -> tuple[Ints, Keys]:
    """Return a code per row for its combination of places, and what the codes are. Where the
    combinations of found groups are too many for 64 bits, those that rows are in are numbered.
    """
    if math.prod(map(len, listed)) < _MOST_CODES:
        codes = np.zeros(rows, np.int64)
        for found, texts in zip(places, listed, strict=True):
            codes = codes * len(texts) + found
        return codes, Keys(listed)
    present, codes = np.unique(np.stack(places, axis=1), axis=0, return_inverse=True)
    return codes.reshape(-1), Keys(listed, present)


def _unit(policy: Policy) -> str:
    return policy.aggregates.unit if policy.aggregates else "person"


def coded_among(
    chunks: Sequence[pa.Array], listed: Sequence[object] | str
) -> tuple[Ints, list[str | None]]:
    """Return each row's place among the listed values, or (``any``) among those found, -1 for no
    group, and their texts.
    """
    whole = pa.chunked_array([as_text(chunk) for chunk in chunks] or [pa.array([], pa.string())])
    coded = whole.combine_chunks().dictionary_encode()
    held = coded.dictionary.to_pylist()
    texts: list[str | None] = (
        sorted(held) if isinstance(listed, str) else [_text(value) for value in listed]
    )
    places = {text: number for number, text in enumerate(texts)}
    by_code = np.array([*(places.get(text, -1) for text in held), places.get(None, -1)], np.int64)
    return by_code[np.asarray(pc.fill_null(coded.indices, len(held)))], texts


def _text(value: object) -> str | None:
    """Return a value of the policy as texts of columns are written."""
    if value is None or isinstance(value, str):
        return value
    return str(as_text(pa.array([value]))[0].as_py())


def finite_numbers(chunks: Sequence[pa.Array]) -> Floats:
    """Return the numbers of a column, NaN for those missing or not finite."""
    whole = np.concatenate(
        [
            *(
                np.asarray(pc.fill_null(one.cast(pa.float64(), safe=False), np.nan))
                for one in chunks
            ),
            np.empty(0),
        ]
    )
    return np.where(np.isfinite(whole), whole, np.nan)


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def _range_texts(edges: Floats) -> list[str]:
    last = len(edges) - 2
    return [
        f"[{_plain(low)}, {_plain(high)}{']' if number == last else ')'}"
        for number, (low, high) in enumerate(pairwise(edges.tolist()))
    ]
