"""Finds the column that tells whose each row is, so that a draft says ``subject:`` and k counts
people.

A wrong subject is worse than none: k would be stated of people and count something else. So a
column is taken only if its name says whose number it is and nothing else, and if the rows do not
speak against it. Others are proposed in a comment, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anonymize.detect.columns.header_tokens import known_tokens, person_words, tokenize
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.words import word_set
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT
from anonymize.plan.draft.lines import Line
from anonymize.plan.draft.row_keys import KEY, of_the_row
from anonymize.plan.draft.value_counts import ValueCounts
from anonymize.plan.roles import ROLES
from anonymize.policy.yaml_text import plain
from anonymize.privacy import countable

_PERHAPS = word_set("subject account visitor pat profile contact")
"""Words for what may be a person, or something else."""
_OF_PEOPLE = DIRECT_IDENTIFIERS | {"AGE", "GENDER", "DEMOGRAPHIC"}
"""Verdicts of columns that only a person has."""
_KEYS = ("RECORD_ID", "NATIONAL_ID", "USERNAME")
"""Verdicts of columns that may tell whose a row is."""
ONE_EACH = ("EMAIL_ADDRESS", "NATIONAL_ID", "USERNAME")
"""Verdicts of columns of which each person has one as a rule."""
_CONSTANT = (*ONE_EACH, "DATE_OF_BIRTH", "GENDER")
"""Verdicts of columns in which all rows of a person are equal as a rule."""
MOST_MISSING = 0.02
"""Largest share of rows without a subject: they count as nobody, and are suppressed."""
FINER = 1.02
"""Ratio of keys to other values of which each person has one, from which a person may have several
keys.
"""
FINER_THAN_NAMES = 2.0
"""The same for names, which many people share."""
SEVERAL, SEVERAL_NAMES = 0.1, 0.3
"""Share of the repeated keys whose rows differ in a column of `_CONSTANT`, from which they may be
of different people; the second in names, which are spelled in several ways.
"""
REPEATED = 0.98
"""Ratio of distinct keys to rows from which a key is taken to be one of rows."""


@dataclass(frozen=True)
class Subject:
    """The column that tells whose each row is."""

    column: ColumnName
    why_not: str = ""
    """Why the draft only proposes it, in a comment; empty if it says ``subject:``."""


def subject_of(
    lines: Sequence[Line], findings: Mapping[ColumnName, Finding], counted: ValueCounts
) -> Subject | None:
    """Return the column that tells whose each row is; None if none does, or if each row is another
    person's as far as the rows tell.

    Without counts, detection's sample tells whether a key repeats, and none is sure.
    """
    if not any(finding.verdict in _OF_PEOPLE for finding in findings.values()):
        return None
    keys = [line for line in lines if _is_key(line) and _repeats(line, findings, counted)]
    sure = [line for line in keys if of_the_row(line.path)]
    if not sure:
        maybe = [line for line in keys if _of_somebody(line.path)]
        what = "its name does not say that the rows are this person's"
        return Subject(maybe[0].path, what) if len(maybe) == 1 else None
    if len(sure) > 1:
        several = ", ".join(plain(line.path) for line in sure)
        return Subject(sure[0].path, f"several columns may tell whose a row is: {several}")
    return Subject(sure[0].path, _against(sure[0], lines, counted))


def _is_key(line: Line) -> bool:
    """Return whether a column has one value for each row that can be counted and told apart."""
    single = line.leaf.level == ROOT and "$" not in line.path and countable(line.leaf.type)
    return single and line.verdict in _KEYS


def _repeats(line: Line, findings: Mapping[ColumnName, Finding], counted: ValueCounts) -> bool:
    if line.path in counted.distinct:
        return counted.distinct[line.path] < REPEATED * counted.present[line.path]
    finding = findings.get(line.path)
    return finding is not None and finding.repeats


def _of_somebody(column: ColumnName) -> bool:
    """Return whether a name has a word for any person and says *id*: of a doctor, a driver."""
    words = {*known_tokens(tokenize(column.rpartition(".")[2]))}
    people = words & (person_words() | _PERHAPS)
    return bool(people and words & KEY and not words & ROLES) and words <= people | KEY


def _against(line: Line, lines: Sequence[Line], counted: ValueCounts) -> str:
    """Return what speaks against a column, empty if nothing does; no value."""
    if line.action != "pseudonymize":
        return f"the draft's rule for it is {line.action}, so it was not tried"
    if line.path not in counted.distinct:
        return "its values were not counted"
    if (missing := counted.missing(line.path)) > MOST_MISSING:
        return f"{missing:.0%} of the rows have none, would count as nobody and be suppressed"
    keys = counted.distinct[line.path]
    comparable = [
        other
        for other in lines
        if other.path in counted.distinct
        and other.path != line.path
        and other.leaf.level == ROOT
        and counted.missing(other.path) <= MOST_MISSING
    ]
    one_each = [other for other in comparable if other.verdict in ONE_EACH]
    names = [other for other in comparable if other.verdict == "PERSON_NAME"]
    for others, ratio in ((one_each, FINER), ([] if one_each else names, FINER_THAN_NAMES)):
        for other in others:
            if keys > ratio * counted.distinct[other.path]:
                return f"it has more values than {plain(other.path)}: one person may have several"
    for other in lines:
        limit = SEVERAL_NAMES if other.verdict == "PERSON_NAME" else SEVERAL
        if counted.differ.get((line.path, other.path), 0.0) > limit:
            return f"rows of one value differ in {plain(other.path)}: they may be of several people"
    return ""


def pairs_to_compare(
    findings: Sequence[Finding],
) -> tuple[tuple[ColumnName, ColumnName], ...]:
    """Return the columns that may tell whose a row is, each with one in which the rows of a person
    are equal.
    """
    keys = [one.column for one in findings if one.verdict in _KEYS and of_the_row(one.column)]
    beside = [one.column for one in findings if one.verdict in (*_CONSTANT, "PERSON_NAME")]
    return tuple((key, other) for key in keys for other in beside if other != key)
