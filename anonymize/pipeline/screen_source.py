"""Screens a source without publishing it: the library call behind ``coatcheck screen``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, GateError, Problem, SourceError
from anonymize.gates.poisoning import Screened, TableBuilder, screen_table
from anonymize.gates.poisoning.profile import Profile
from anonymize.keys import Keyring, open_keyring
from anonymize.names import ColumnName
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.pipeline.prepare import plan_source
from anonymize.pipeline.screened_version import kept_profile
from anonymize.pipeline.screening import Screening, facts_of, problems_of, screening, why_not_read
from anonymize.plan import Plan
from anonymize.policy import Policy, SourceSpec, as_policy
from anonymize.policy.screen import ScreenSpec
from anonymize.process.core_files import no_core_files


@dataclass(frozen=True)
class SuspiciousRow:
    """One suspicious row, by number and reason; no value."""

    file: str
    """Name of the source's file."""
    row: int
    """Its number in the file, from 1."""
    reason: str
    """What is suspicious, by column and count."""


@dataclass(frozen=True)
class ScreenResult:
    """What a screen found in a source."""

    made: Screening
    spec: ScreenSpec
    problems: tuple[Problem, ...] = ()
    """Why a run would publish nothing; empty if it would."""

    @property
    def rows(self) -> tuple[SuspiciousRow, ...]:
        """Return the suspicious rows, in the order of the source."""
        made = self.made
        return tuple(
            SuspiciousRow(made.files[int(made.file_of[at])], int(made.row_of[at]), why)
            for at, why in made.found.reasons().items()
        )

    def facts(self) -> dict[str, Any]:
        """Return what was examined and found as plain data, as a manifest has it, with notes."""
        notes = {check.name: list(check.notes) for check in self.made.found.checks if check.notes}
        return {**self.made.facts.model_dump(mode="json"), "notes": notes}

    def require(self) -> None:
        """Raise GateError if a run would publish nothing."""
        if self.problems:
            raise GateError(self.problems)


@checked
@no_core_files()
def screen_source(
    source: str | SourceSpec | None = None,
    *,
    label: str | None = None,
    by: Sequence[str] = (),
    against: str | None = None,
    policy: Policy | str | PathLike[str] | None = None,
    subject: str | None = None,
    most: float | None = None,
    keyring: Keyring | str | None = None,
) -> ScreenResult:
    """Examine a source for attacks on who trains on it: label flips, near-duplicate bursts,
    triggers, outliers, drift, suspicious origins.

    With a policy, the rows, columns and settings are those of its ``screen:`` (which the arguments
    go before); without, all columns and rows of ``source`` are examined.

    Args:
        source: Path or settings of the source; by default the policy's.
        label: The column that a model learns.
        by: Columns that say where or when a row comes from.
        against: Folder of a dataset whose current version shares are compared with.
        policy: The policy, or the path of its file.
        subject: The column that says whose a row is; with a policy, its own.
        most: The share of the rows that may be suspicious.
        keyring: Needed to read a version, or by the policy; the default if none is given.

    Raises:
        ArgumentError: neither source nor policy, or the source lacks a column that is named.
        AnonymizeError: the source, the policy or the version cannot be read.
    """
    if policy is not None:
        return _by_policy(as_policy(policy), source, label, by, against, most, subject, keyring)
    if source is None:
        raise ArgumentError("say what to screen: a source, or a policy")
    opened = open_spec(spec_of(source) if isinstance(source, str) else source)
    names = opened.schema.names
    said = {"label": [label], "by": by, "subject": [subject]}
    problems = [
        Problem(f"--{where}", what)
        for where, wanted in said.items()
        for name in filter(None, wanted)
        if (what := why_not_read(opened.schema, name))
    ]
    if problems:
        raise ArgumentError(problems)
    spec = _spec(ScreenSpec(), label, by, against, most)
    columns = [name for name in names if name not in (label, subject)]
    builder = TableBuilder(columns, label, subject, by)
    files, file_of, row_of = [], [], []
    for number, partition in enumerate(opened.files):
        files.append(partition.name)
        before = 0
        for batch in partition.batches(list(builder.wanted)):
            builder.add(batch)
            row_of.append(np.arange(before + 1, before + batch.num_rows + 1))
            file_of.append(np.full(batch.num_rows, number, np.int64))
            before += batch.num_rows
    last = _last(against, [*columns, *filter(None, [label])], label, keyring)
    found: Screened = screen_table(builder.table(), last=last)
    empty = np.zeros(0, np.int64)
    facts = facts_of(spec, columns, found, last.compared_with if last else "")
    made = Screening(
        found, tuple(files), np.concatenate([empty, *file_of]), np.concatenate([empty, *row_of]),
        facts,
    )  # fmt: skip
    return ScreenResult(made, spec, problems_of(found, spec))


def _last(
    against: str | None, columns: list[str], label: str | None, keyring: Keyring | str | None
) -> Profile | None:
    if against is None:
        return None
    return kept_profile(Dataset(against), columns, label, open_keyring(keyring))


def _spec(
    spec: ScreenSpec, label: str | None, by: Sequence[str], against: str | None, most: float | None
) -> ScreenSpec:
    update: dict[str, Any] = {
        "label": ColumnName(label) if label else None,
        "by": tuple(map(ColumnName, by)) or None,
        "against": against,
        "most": most,
    }
    return spec.model_copy(update={name: one for name, one in update.items() if one is not None})


def _by_policy(
    policy: Policy,
    source: str | SourceSpec | None,
    label: str | None,
    by: Sequence[str],
    against: str | None,
    most: float | None,
    subject: str | None,
    keyring: Keyring | str | None,
) -> ScreenResult:
    """Screen what a run of the policy would."""
    if subject is not None and subject != policy.subject:
        what = "with a policy, whose a row is is said there: subject: in it"
        raise ArgumentError(what, place="--subject")
    spec = _spec(policy.screen or ScreenSpec(), label, by, against, most)
    if source is not None:
        given = spec_of(source) if isinstance(source, str) else source
        policy = policy.model_copy(update={"source": given})
    policy = policy.model_copy(update={"screen": spec})
    opened, keys = open_spec(policy.source), open_keyring(keyring)
    plan: Plan = plan_source(policy, opened, keys)
    files = [(one.name, one) for one in opened.files]
    if not files:
        raise SourceError("has no file", place="source")
    made = screening(plan, files, keys, Dataset(policy.sink.path))
    return ScreenResult(made, spec, problems_of(made.found, spec))
