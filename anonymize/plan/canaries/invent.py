"""Invents people in the form of a plan's output, from one batch of real rows and a keyed stream."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys.primitives.stream import KeyedStream
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, Opened
from anonymize.nested.path_index import PathIndex
from anonymize.plan.apply import PlanWithKeys
from anonymize.plan.canaries.likeness import Likeness, top_of
from anonymize.plan.canaries.marks import in_digits, marks_of
from anonymize.plan.canaries.originals import Originals, is_sealed, other_digits, other_token
from anonymize.plan.model import Applied, Plan, Step
from anonymize.plan.running_steps import RunningSteps
from anonymize.policy.actions import (
    EncryptFormatRule,
    FakeRule,
    PseudonymizeRule,
    Rule,
    ShiftDatesRule,
)
from anonymize.policy.privacy import PrivacySpec

Numbers = npt.NDArray[np.int64]
_MADE_AGAIN = frozenset(
    {"pseudonymize", "tokenize", "encrypt_format", "fake", "mask", "shift_dates", "perturb"}
)
"""Actions whose results are computed for an invented person; others are taken from real rows."""
_RAW_STAYS = frozenset({"shift_dates", "perturb", "encrypt_format"})
_MOST_ROWS = 200
"""Rows of an invented person in one batch."""
_ALONE = 0.5
"""A column has ids of people if at least this share of them have a value that nobody else has."""
_FEW_NULLS = 0.05


@dataclass(frozen=True)
class People:
    """Invented people: their rows in the output schema, one after the other."""

    rows: pa.RecordBatch
    person: Numbers
    """Whose each row is, from 0."""
    at: Numbers
    """The written row of the batch that each is made from."""


class Inventor:
    """Invents people for one plan."""

    def __init__(
        self, bound: PlanWithKeys, stream: KeyedStream, privacy: PrivacySpec | None
    ) -> None:
        """Use the plan with the keys of this process, and a stream of the canaries' key. The
        columns that ``privacy`` names are those of real rows, so that each class only grows.
        """
        self._privacy = privacy
        self._bound, self._plan, self._stream = bound, bound.plan, stream
        self._steps = {step.column: step for step in bound.plan.steps}
        self.marks = {mark.column: mark for mark in marks_of(self._steps)}
        """Columns that mark every person invented so far."""
        self._encrypted: dict[ColumnName, dict[object, int]] = {}
        self._kept: pa.RecordBatch | None = None

    def people(
        self, batch: pa.RecordBatch, done: Applied, count: int, decoys: int
    ) -> tuple[People, People]:
        """Return ``count`` invented people, and as many decoys as wanted: made in the same way and
        without ids, for the comparison alone.
        """
        self._kept = kept = batch.take(done.rows)
        whose = _whose(self._plan, self._steps, kept)
        starts, order = _grouped(whose)
        able = self._able(kept, starts, order)
        chosen = _drawn(able, count + decoys, self._stream)
        rows = [order[starts[at] : starts[at + 1]][:_MOST_ROWS] for at in chosen]
        person = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
        at = np.concatenate([*rows, np.zeros(0, np.int64)]).astype(np.int64)
        made = self._again(kept, done, whose)
        self.marks = {name: mark for name, mark in self.marks.items() if name in made}
        like = self._likeness(done, made).rows(at, person)
        real = person < count
        canaries = self._with_ids(kept, done, at[real], person[real], like, real, made)
        weak = {n for n in made if n not in self.marks}
        others = self._with_ids(kept, done, at[~real], person[~real] - count, like, ~real, weak)
        return canaries, self._without_ids(others)

    def _likeness(self, done: Applied, made: Collection[ColumnName]) -> Likeness:
        return Likeness(self._plan, done.batch, made, self._stream, self._privacy)

    def _without_ids(self, people: People) -> People:
        """Return people with nothing in the columns that have ids: they are no one's."""
        names = people.rows.schema.names
        tops = {top_of(str(mark.column), names) for mark in marks_of(self._steps)}
        columns = [
            pa.nulls(len(column), column.type) if name in tops else column
            for name, column in zip(names, people.rows.columns, strict=True)
        ]
        rows = pa.RecordBatch.from_arrays(columns, schema=people.rows.schema)
        return People(rows, people.person, people.at)

    def _able(self, kept: pa.RecordBatch, starts: Numbers, order: Numbers) -> Numbers:
        """Return the people who have an id that can mark them, unless too many have none."""
        named = [kept[str(name)] for name in self.marks if str(name) in kept.schema.names]
        everybody = np.arange(len(starts) - 1)
        if not named or len(everybody) == 0:
            return everybody
        marked = np.zeros(kept.num_rows, np.bool_)
        for column in named:
            marked |= column.is_valid().to_numpy(zero_copy_only=False)
        if 1 - marked.mean() > _FEW_NULLS or not marked.any():
            return everybody
        return everybody[np.maximum.reduceat(marked[order], starts[:-1])]

    def _again(self, kept: pa.RecordBatch, done: Applied, whose: Numbers) -> set[ColumnName]:
        """Return the places whose results are computed for an invented person."""
        privacy = self._privacy
        shut = PathIndex(privacy.quasi_identifiers if privacy else ())
        found = set[ColumnName]()
        for name, step in self._steps.items():
            top = top_of(name, kept.schema.names)
            if step.rule.action not in _MADE_AGAIN or step.fits or shut.holds(top):
                continue
            if shut.has_inside(top):
                continue
            raw_stays = step.rule.action in _RAW_STAYS
            if not raw_stays and not Originals(step.rule, step.input_type, self._stream).possible:
                continue
            by_person = step.rule.action not in ("shift_dates", "perturb")
            if by_person and not _are_ids(name, kept, whose, self._plan.policy.subject):
                continue
            found.add(name)
        return found

    def _with_ids(
        self,
        kept: pa.RecordBatch,
        done: Applied,
        at: Numbers,
        person: Numbers,
        like: Mapping[str, pa.Array],
        rows: npt.NDArray[np.bool_],
        made: Collection[ColumnName],
    ) -> People:
        """Return rows whose places in ``made`` are computed for the person."""
        raw = kept.take(pa.array(at))
        tops = {top_of(name, kept.schema.names) for name in made}
        only = {n for n in self._steps if top_of(n, kept.schema.names) in tops}
        change = _OfPeople(self, made, person)
        again = self._bound.replayed(raw, change, only) if made and len(at) else {}
        for name in self.marks:
            if name in again and name in made and is_sealed(self._steps[name].rule):
                redrawn = partial(other_token, stream=self._stream)
                again[name] = self._drawn(redrawn, again[name], person)
        columns = []
        for field in self._plan.output_schema:
            column = again.get(field.name)
            if column is None:
                column = like[field.name].filter(pa.array(rows))
            columns.append(column if column.type == field.type else column.cast(field.type))
        batch = pa.RecordBatch.from_arrays(columns, schema=self._plan.output_schema)
        return People(batch, person, at)

    def encrypted(
        self, opened: Opened, running: RunningSteps, name: ColumnName, person: Numbers
    ) -> pa.Array:
        """Return raw values for an ``encrypt_format`` step: of digits, others; of other alphabets
        the step's results for real values, in the type that the step reads: encrypted again they
        are of the same form. For a second person that is made from the same value they are
        encrypted once more, and so on.
        """
        step, values = self._steps[name], opened.columns[name]
        if isinstance(step.rule, EncryptFormatRule) and in_digits(step.rule, step):
            return self._drawn(partial(other_digits, rule=step.rule, stream=self._stream),
                               values, person)  # fmt: skip
        times = self._times(name, values, person)
        made = values
        for time in range(1, int(times.max(initial=0)) + 1):
            again = replace(opened, columns={**opened.columns, name: made})
            try:
                done = running.results(again, {name})[0][name].cast(step.input_type)
            except pa.ArrowInvalid:
                return values
            made = pc.if_else(pa.array(times >= time), done, made)
        return made

    def _times(self, name: ColumnName, values: pa.Array, person: Numbers) -> Numbers:
        """Return, for each value, how many people were made from it so far, this one included."""
        used = self._encrypted.setdefault(name, {})
        known: dict[tuple[int, object], int] = {}
        for pair in zip(person.tolist(), values.to_pylist(), strict=True):
            if pair not in known:
                used[pair[1]] = known[pair] = used.get(pair[1], 0) + 1
        pairs = zip(person.tolist(), values.to_pylist(), strict=True)
        return np.array([known[pair] for pair in pairs], np.int64)

    def steps_of(self, made: Collection[ColumnName]) -> Iterator[Step]:
        """Yield the steps of places."""
        for name in sorted(made):
            yield self._steps[name]

    def invented(self, rule: Rule, name: ColumnName, column: pa.Array, person: Numbers) -> pa.Array:
        """Return invented raw values for a column: of each person, one for each value."""
        kept = self._kept
        known = kept[str(name)] if kept is not None and name in kept.schema.names else column
        originals = Originals(rule, column.type, self._stream, known)
        if not originals.possible:
            return column
        return self._drawn(originals.like, column, person)

    @staticmethod
    def _drawn(like: Callable[[object], object], column: pa.Array, person: Numbers) -> pa.Array:
        """Return what ``like`` gives for each value: once for each person's."""
        drawn: dict[tuple[int, object], object] = {}
        made: list[object] = []
        for whose, value in zip(person.tolist(), column.to_pylist(), strict=True):
            if value is not None and (whose, value) not in drawn:
                drawn[whose, value] = like(value)
            made.append(drawn.get((whose, value)))
        return pa.array(made, column.type)

    @property
    def subject(self) -> ColumnName | None:
        """Return the column that says whose a row is."""
        return self._plan.policy.subject


class _OfPeople:
    """Replaces the raw values of one set of rows."""

    def __init__(self, inventor: Inventor, made: Collection[ColumnName], person: Numbers) -> None:
        self._inventor, self._made, self._person = inventor, made, person

    def __call__(self, opened: Opened, running: RunningSteps) -> Mapping[ColumnName, pa.Array]:
        changed: dict[ColumnName, pa.Array] = {}
        also = dict.fromkeys(filter(None, [self._inventor.subject]))
        for step in self._inventor.steps_of(self._made):
            if step.rule.action == "encrypt_format":
                rows = self._rows(opened, step.column, step.level)
                changed[step.column] = self._inventor.encrypted(
                    opened, running, step.column, self._person[rows]
                )
            elif step.rule.action not in _RAW_STAYS:
                changed[step.column] = self._of(step.rule, opened, step.column, step.level)
            also |= dict.fromkeys(_identified_by(step.rule))
        plain = PseudonymizeRule(action="pseudonymize")
        for name in also:
            if name in opened.columns and name not in changed:
                changed[name] = self._of(plain, opened, name, ROOT)
        return changed

    def _of(self, rule: Rule, opened: Opened, name: ColumnName, level: str) -> pa.Array:
        whose = self._person[self._rows(opened, name, level)]
        return self._inventor.invented(rule, name, opened.columns[name], whose)

    @staticmethod
    def _rows(opened: Opened, name: ColumnName, level: str) -> Numbers:
        """Return the row of each value of a place."""
        values = pa.array(np.arange(len(opened.columns[name])))
        return np.asarray(opened.to_rows(values, level))


def _whose(plan: Plan, steps: Mapping[ColumnName, Step], kept: pa.RecordBatch) -> Numbers:
    """Return a number per row, equal for the rows of one person."""
    marks = [str(mark.column) for mark in marks_of(steps)]
    named = [name for name in (plan.policy.subject, *marks) if name in kept.schema.names]
    if not named:
        return np.arange(kept.num_rows)
    column = kept[str(named[0])]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    codes = column.dictionary_encode().indices
    own = pa.array(np.arange(kept.num_rows) + kept.num_rows)
    return np.asarray(pc.coalesce(codes.cast(pa.int64()), own))


def _grouped(whose: Numbers) -> tuple[Numbers, Numbers]:
    """Return where each person's rows begin in an order of all rows, with the end, and that
    order.
    """
    order = np.argsort(whose, kind="stable")
    sorted_ = whose[order]
    begin = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]]) if len(order) else order
    return np.r_[begin, len(order)].astype(np.int64), order


def _drawn(people: Numbers, count: int, stream: KeyedStream) -> Numbers:
    """Return ``count`` of ``people`` in random order, each as often as any other, but for one."""
    if len(people) == 0:
        return np.zeros(0, np.int64)
    times = -(-count // len(people))
    pool = [people[np.argsort(stream.uniform(len(people)))] for _ in range(times)]
    chosen = np.concatenate(pool)[:count]
    return chosen[np.argsort(stream.uniform(len(chosen)))]


def _are_ids(
    name: ColumnName, kept: pa.RecordBatch, whose: Numbers, subject: ColumnName | None
) -> bool:
    """Return True if the values of a place belong to one person each, as a rule. What is inside a
    column is taken for that.
    """
    if name not in kept.schema.names or name == subject:
        return True
    column = kept[str(name)]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    codes = column.dictionary_encode().indices
    valid = codes.is_valid().to_numpy(zero_copy_only=False)
    if not valid.any():
        return True
    taken = np.asarray(codes.fill_null(0)).astype(np.int64)[valid]
    pairs = np.unique(np.stack([taken, whose[valid]], axis=1), axis=0)
    people = np.bincount(pairs[:, 0])
    return bool((people == 1).sum() >= _ALONE * len(np.unique(whose[valid])))


def _identified_by(rule: Rule) -> list[ColumnName]:
    """Return the columns by which a rule knows a person."""
    if isinstance(rule, FakeRule) and rule.person is not None and rule.person.by:
        return [ColumnName(rule.person.by)]
    if isinstance(rule, ShiftDatesRule) and rule.by:
        return [ColumnName(rule.by)]
    return []
