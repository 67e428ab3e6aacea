"""Drafts a rule for every leaf of a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.nested.open_close import Leaf, encloses
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import document_paths
from anonymize.nested.places import Places
from anonymize.plan.draft.actions import REDACT
from anonymize.plan.draft.lines import Facts, Joining, Line, Refusal, line_for, with_joins
from anonymize.plan.draft.observed import Observed
from anonymize.plan.draft.people import kinds_and_persons
from anonymize.plan.draft.privacy_block import K, linking
from anonymize.plan.draft.special import of_people, special_category
from anonymize.plan.draft.subject import Subject, subject_of
from anonymize.plan.draft.value_counts import ValueCounts
from anonymize.plan.draft.ways import exact
from anonymize.policy import DetectSpec, SourceSpec
from anonymize.transform.columns import is_scalar

HUNTED = frozenset({"PERSON_NAME", "EMAIL_ADDRESS", "PHONE_NUMBER"})
"""Verdicts of columns whose values a draft searches for in free text of the same row."""


@dataclass(frozen=True)
class Drafted:
    """A draft before it is written."""

    source: SourceSpec
    purpose: str | None
    detect: DetectSpec
    null_values: Mapping[ColumnName, Sequence[str]]
    lines: tuple[Line, ...]
    special: Mapping[ColumnName, str]
    """Place in the output → special category."""
    name: str
    sink: str
    """The dataset's folder."""
    country_found: bool = False
    """True if the country in ``detect`` was found in the rows."""
    subject: Subject | None = None
    """The column that tells whose each row is."""
    asked_k: int | None = None
    """The k of a ``privacy:`` block that the draft has; None if it has one as a comment."""
    country: str | None = None
    """The two letters of the country that the rows are from, in capitals."""

    @property
    def k(self) -> int:
        """The k of the block."""
        return self.asked_k or K

    @property
    def counted_by(self) -> ColumnName | None:
        """The column by which k counts people; None if it counts rows."""
        return self.subject.column if self.subject and not self.subject.why_not else None

    @property
    def told(self) -> tuple[str, ...]:
        """Return a sentence for each column that loses more, or less, than one may think."""
        return tuple(
            f"{line.action} for {line.path}: {'; '.join(line.told)}"
            for line in self.lines
            if line.told
        )


def draft(
    source: SourceSpec,
    schema: pa.Schema,
    findings: Sequence[Finding],
    detect: DetectSpec | None = None,
    *,
    null_values: Mapping[ColumnName, Sequence[str]] | None = None,
    domains: Mapping[ColumnName, Joining] | None = None,
    purpose: str | None = None,
    observed: Observed | None = None,
    counted: ValueCounts | None = None,
    refused: Mapping[ColumnName, tuple[Refusal, ...]] | None = None,
    sink: str | None = None,
    name: str | None = None,
    country_found: bool = False,
    k: int | None = None,
) -> Drafted:
    """Return the draft of a policy for ``source``, which `policy_text` writes as YAML that loads
    without errors. Every leaf has a rule, so nothing is dropped unnoticed.

    Args:
        source: The user's settings for reading the source.
        schema: The source's schema.
        findings: What detection saw.
        detect: Settings of detection that are not the default.
        null_values: The result of `null_values_in`.
        domains: That of `SharedIds`.
        purpose: What the data is for; without one the draft states ``analysis of`` the dataset.
        observed: What the rows showed; without it no format, locale or decimal comma is stated.
        counted: How many values the columns of ids have; without it detection's sample tells
            which of them repeat.
        refused: Columns whose rules did not pass planning or the gates in an earlier draft, each
            with one refusal per rule; they get stricter ones.
        sink: The dataset's folder; by default a folder of the dataset's name in ``out``.
        name: The dataset's name; by default the source's.
        country_found: True if the country in ``detect`` was found in the rows, not said.
        k: The k of a block that makes quasi-identifiers coarser, so that their rules need not.
    """
    by_column = {finding.column: finding for finding in findings}
    drafted = list(_drafted(schema, by_column))
    seen, detect = observed or Observed(), detect or DetectSpec()
    codes = frozenset(path for path in by_column if seen.holds_codes(path))
    # who asks for classes of k says that the rows are of people, whatever their ids are called
    people = of_people(findings) or k is not None
    facts = Facts(
        observed=seen,
        domains=domains or {},
        fakes=kinds_and_persons(findings, codes),
        locale=seen.countries.locale(detect.countries),
        countries=seen.countries.searched(detect.countries),
        of_people=people,
        refused=refused or {},
    )
    lines = [line_for(leaf, by_column.get(leaf.path), facts) for leaf in drafted]
    lines = with_joins(_something_left(_hunting(lines)))
    special = _special(lines, by_column, people=people)
    if k is not None:
        may = set(linking(lines, special)) - set(refused or {})
        lines = [exact(line) if line.path in may else line for line in lines]
    name = cleaned(name) if name is not None else dataset_name(source)
    return Drafted(
        source=source,
        purpose=purpose,
        detect=detect,
        null_values=null_values or {},
        lines=tuple(lines),
        special=special,
        name=name,
        sink=sink or f"out/{name}",
        country_found=country_found,
        subject=subject_of(lines, by_column, counted or ValueCounts()),
        asked_k=k,
        country=_of_two_letters(seen.countries.country(detect.countries)),
    )


def _of_two_letters(country: str | None) -> str | None:
    """Return the country, or None where most rows tell one that is not known."""
    return country if country is not None and re.fullmatch("[A-Z]{2}", country) else None


def dataset_name(source: SourceSpec) -> str:
    """Return the name that a draft gives the dataset: that of the file or the table."""
    table = source.table or ("query" if source.query else "")
    called = table.rpartition(".")[2] if table else Path(source.path).stem
    return cleaned(called)


def cleaned(name: str) -> str:
    """Return ``name`` as a dataset may be called."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-") or "dataset"


def _drafted(schema: pa.Schema, findings: Mapping[ColumnName, Finding]) -> Iterator[Leaf]:
    """Yield what gets a rule: leaves, the places in JSON text instead of the text, and maps as a
    whole.
    """
    places, maps = Places(schema), set[ColumnName]()
    all_maps, found = PathIndex(places.maps), PathIndex(findings)
    for path in places.leaves:
        around = next(iter(all_maps.around(path)), None)
        if around is None:
            inside = document_paths(path, found.inside(path))
            yield from filter(
                None,
                map(places.find, [name for name in found.inside(path) if name in inside] or [path]),
            )
        elif around not in maps:
            maps.add(around)
            yield places.by_path[around]


def _special(
    lines: Sequence[Line], findings: Mapping[ColumnName, Finding], *, people: bool
) -> Mapping[ColumnName, str]:
    """Return the places of the output that hold special categories."""
    out = [line for line in lines if line.action != "drop"]
    found: dict[ColumnName, str] = {}
    for line in out:
        finding = findings.get(line.path)
        if finding is None or line.action not in ("keep", "generalize"):
            continue
        if (category := special_category(finding, people=people)) is not None:
            found[line.path] = category
    return found


def _hunting(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines``; every free-text rule searches for the names, e-mails and phones of the
    columns that have one value for each of its texts.
    """
    hunted = [line for line in lines if line.verdict in HUNTED]
    return [_hunts(line, hunted) if line.action == "free_text" else line for line in lines]


def _hunts(line: Line, hunted: Sequence[Line]) -> Line:
    beside = [
        str(other.path)
        for other in hunted
        if other.path != line.path and encloses(other.leaf.level, line.leaf.level)
    ]
    return replace(line, rule={**line.rule, "same_row": beside}) if beside else line


def _something_left(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines``; if all drop, those of single values are emptied instead, because a dataset
    has a column.
    """
    if any(line.action != "drop" for line in lines):
        return list(lines)
    return [
        replace(line, rule=REDACT, why=(*line.why, "dropped, no column would be left"))
        if is_scalar(line.leaf.type)
        else line
        for line in lines
    ]
