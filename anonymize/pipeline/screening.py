"""Screens a source before the first of its rows is written, and says which rows are set aside.

Examined are the source's values of the columns that are published, in the rows that the policy's
filter takes, of nobody who was forgotten: before any rule is applied, so that a rule that makes
values coarser hides no attack. Suspicious rows are known by file and number alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.dataset import Dataset
from anonymize.dataset.screen_facts import ScreenCheckFacts, ScreenFacts
from anonymize.errors import GateError, PlanError, Problem
from anonymize.gates.poisoning import Screened, TableBuilder, is_read, screen_table
from anonymize.io import Partition
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.pipeline.screened_version import last_profile
from anonymize.plan import Plan, PlanWithKeys
from anonymize.plan.set_aside import RowsOfFile, SetAside
from anonymize.policy.screen import ScreenSpec

Ints = npt.NDArray[np.int64]
SHOWN = 5
"""Reasons and row numbers that an error tells."""


@dataclass(frozen=True)
class Screening:
    """A screen's result, with the place of each row in the source."""

    found: Screened
    files: tuple[str, ...]
    """Names of the files, in order."""
    file_of: Ints
    """Per row of the table, the number of its file."""
    row_of: Ints
    """Per row of the table, its number in the file, from 1."""
    facts: ScreenFacts
    """What manifest and report tell of it."""

    def set_aside(self) -> SetAside:
        """Return the suspicious rows by file."""
        reasons = self.found.reasons()
        by_file: dict[int, tuple[list[int], list[str]]] = {}
        for row, why in reasons.items():
            rows, whys = by_file.setdefault(int(self.file_of[row]), ([], []))
            rows.append(int(self.row_of[row]))
            whys.append(why)
        return SetAside(
            {
                self.files[number]: RowsOfFile(np.array(rows, np.int64), tuple(whys))
                for number, (rows, whys) in by_file.items()
            }
        )


def problems_of(found: Screened, spec: ScreenSpec) -> tuple[Problem, ...]:
    """Return why nothing may be published; empty if it may."""
    place, said = "screen", []
    if spec.on != "report" and found.share > spec.most:
        count = len(found.suspicious)
        what = (
            f"{count} of {found.rows} rows are suspicious ({found.share:.1%}),"
            f" {spec.most:.1%} may be; look at them: coatcheck screen SOURCE --label COL -o"
            " FILE lists their numbers and reasons"
        )
        said.append(Problem(f"{place}.most", what))
        said += [
            Problem(place, f"{check.suspicious} rows: {check.name}")
            for check in found.checks
            if check.suspicious
        ]
    if spec.drift == "refuse" and found.drifted:
        notes = [n for check in found.checks if check.name == "drift" for n in check.notes]
        said += [Problem(f"{place}.drift", note) for note in notes[:SHOWN]]
    return tuple(said)


def with_screen(
    plan: Plan, files: Sequence[Partition], keyring: Keyring | None, dataset: Dataset | None
) -> Plan:
    """Return ``plan`` with the rows that its policy's screen sets aside, and what it found.

    Raises:
        GateError: more rows are suspicious than the policy allows, or shares moved and it refuses
            that; no row was written.
        PlanError: a column that the screen names is not in the source.
        AnonymizeError: the source, or the version that is compared with, cannot be read.
    """
    spec = plan.policy.screen
    if spec is None:
        return plan
    names = [partition.name for partition in files]
    if spec.on == "quarantine" and len(set(names)) < len(names):
        what = "two files of the source have one name, so rows to set aside could not be told"
        raise PlanError(what, place=plan.policy.place("screen.on"))
    found = screening(plan, [(one.name, one) for one in files], keyring, dataset)
    return _decided(plan, spec, found)


def with_screened_frame(plan: Plan, batch: pa.RecordBatch, keyring: Keyring | None) -> Plan:
    """Return ``plan`` with the rows of a frame that its policy's screen sets aside.

    Raises:
        AnonymizeError: as `with_screen`.
    """
    spec = plan.policy.screen
    if spec is None:
        return plan
    return _decided(plan, spec, screening(plan, [("", _Batches(batch))], keyring, None))


def unscreened(plan: Plan) -> Plan:
    """Return ``plan`` as if its screen had found nothing, for what publishes no row: a preview of
    costs, the cases of a policy.
    """
    return replace(plan, screened=SetAside()) if plan.policy.screen else plan


def _decided(plan: Plan, spec: ScreenSpec, made: Screening) -> Plan:
    if problems := problems_of(made.found, spec):
        raise GateError([Problem(plan.policy.place(one.place), one.what) for one in problems])
    aside = made.set_aside() if spec.on == "quarantine" else SetAside()
    return replace(plan, screened=replace(aside, told=made.facts.model_dump(mode="json")))


class _Batches:
    """Rows of a frame, as a partition has them."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch

    def batches(self, columns: Sequence[str] | None = None) -> Iterable[pa.RecordBatch]:
        """Return the frame's rows."""
        yield self._batch if columns is None else self._batch.select(list(columns))


def screening(
    plan: Plan,
    files: Iterable[tuple[str, Partition | _Batches]],
    keyring: Keyring | None,
    dataset: Dataset | None,
) -> Screening:
    """Read and screen all rows.

    Raises:
        PlanError: a column that the screen names is not in the source.
        AnonymizeError: the source, or the version that is compared with, cannot be read.
    """
    spec = plan.policy.screen
    if spec is None:
        raise AssertionError("asked before")
    columns = _columns(plan, spec)
    subject = plan.policy.subject
    builder = TableBuilder(
        columns,
        spec.label,
        subject if subject in plan.input_schema.names else None,
        spec.by,
    )
    wanted = plan.columns_around({*map(ColumnName, builder.wanted)})
    bound = PlanWithKeys(plan, keyring)
    names, file_of, row_of = [], [], []
    for number, (name, partition) in enumerate(files):
        names.append(name)
        before = 0
        for batch in partition.batches(list(wanted)):
            taken, numbers = bound.taken_with_numbers(batch)
            builder.add(taken)
            row_of.append(numbers.to_numpy(zero_copy_only=False).astype(np.int64) + before + 1)
            file_of.append(np.full(taken.num_rows, number, np.int64))
            before += batch.num_rows
    last, why_not = None, "switched off"
    if "drift" not in spec.without:
        last, why_not = last_profile(plan.policy, columns, keyring, dataset)
    table = builder.table()
    found = screen_table(table, without=spec.without, last=last, why_no_last=why_not)
    facts = facts_of(spec, columns, found, last.compared_with if last else "")
    empty = np.zeros(0, np.int64)
    return Screening(
        found, tuple(names), np.concatenate([empty, *file_of]), np.concatenate([empty, *row_of]),
        facts,
    )  # fmt: skip


def facts_of(
    spec: ScreenSpec, columns: Sequence[str], found: Screened, compared_with: str
) -> ScreenFacts:
    """Return what manifest and report tell of a screen."""
    return ScreenFacts(
        label=spec.label,
        on=spec.on,
        most=spec.most,
        rows=found.rows,
        suspicious=len(found.suspicious),
        columns=tuple(map(str, columns)),
        compared_with=compared_with,
        drifted=found.drifted,
        not_looked_at=found.unread,
        checks=tuple(
            ScreenCheckFacts(
                name=check.name,
                made=check.made,
                rows=check.rows,
                suspicious=check.suspicious,
                power=check.power,
                not_looked_at=check.not_looked_at,
            )
            for check in found.checks
        ),
    )


def why_not_read(schema: pa.Schema, name: str) -> str:
    """Return why a column that a screen is asked for cannot be looked at; empty if it can."""
    if name not in schema.names:
        return f"the source has no column {name}"
    if not is_read(schema.field(name).type):
        return f"{name} is nested or binary, so no check could look at it; name a column of values"
    return ""


def _columns(plan: Plan, spec: ScreenSpec) -> tuple[ColumnName, ...]:
    """Return the source columns that are examined.

    Raises:
        PlanError: the source has not a column that the policy names, or only a nested one.
    """
    schema = plan.input_schema
    asked = [("label", [spec.label] if spec.label else []), ("columns", spec.columns),
             ("by", spec.by)]  # fmt: skip
    problems = [
        Problem(plan.policy.place(f"screen.{where}"), what)
        for where, said in asked
        for name in said
        if (what := why_not_read(schema, name))
    ]
    if problems:
        raise PlanError(problems)
    if spec.columns:
        return spec.columns
    published = plan.columns_published
    return tuple(ColumnName(name) for name in published if name != spec.label)
