"""Pages of Markdown for acts other than a published version: refusals, inspections, checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from anonymize.detect.interface import Finding
from anonymize.errors import AnonymizeError, Problem
from anonymize.report.markdown import bullets, cell, table

MOST_PROBLEMS = 50
"""Problems that a page lists."""
_KINDS = {
    1: "a check on the data or the result failed",
    2: "policy, arguments or data do not fit together",
    3: "keys or vault are unavailable",
    4: "the act is done, and the audit log's anchor did not accept it",
}


def problems_markdown(title: str, error: AnonymizeError, state: str) -> str:
    """Return the page of a refusal.

    Args:
        title: What was refused.
        error: The refusal.
        state: What holds now, a sentence.
    """
    kind = _KINDS.get(error.exit_code, "the act failed")
    return "\n\n".join((f"# {cell(title)}", f"{cell(state)}", f"Why: {kind}.", _listed(error)))


def _listed(error: AnonymizeError) -> str:
    shown = _problem_table(error.problems[:MOST_PROBLEMS])
    more = len(error.problems) - MOST_PROBLEMS
    return f"{shown}\n\nand {more:,} more" if more > 0 else shown


def _problem_table(problems: Iterable[Problem]) -> str:
    return table(("where", "what"), ((found.place or "the run", found.what) for found in problems))


def findings_markdown(
    title: str, findings: Sequence[Finding], drifted: Sequence[Problem] = ()
) -> str:
    """Return an inspection's page: a row per column, with its evidence in lines; before it what is
    not as the policy expects.
    """
    return "\n\n".join(_findings(title, findings, drifted)) + "\n"


def _findings(title: str, findings: Sequence[Finding], drifted: Sequence[Problem]) -> Iterator[str]:
    personal = sum(str(one.verdict) != "NONE" for one in findings)
    yield f"# {cell(title)}"
    yield f"{len(findings):,} columns, {personal:,} of them with personal data."
    if drifted:
        yield "## Not as expected"
        yield _problem_table(drifted[:MOST_PROBLEMS])
        yield "## Columns"
    heads = ("column", "verdict", "confidence", "runner-up", "evidence")
    lines = [heads, ["---"] * len(heads), *map(_finding, findings)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _finding(one: Finding) -> tuple[str, ...]:
    said = (one.column, one.verdict, f"{one.confidence:.2f}", one.runner_up)
    return (*map(cell, said), "<br>".join(map(cell, one.evidence)))


def act_markdown(title: str, facts: Mapping[str, Any], problems: Sequence[Problem] = ()) -> str:
    """Return the page of an act on a published dataset, or of a check and the problems it found."""
    said = [f"# {cell(title)}", table(("what", "value"), facts.items())]
    if problems:
        said += ["## Problems", bullets(problems[:MOST_PROBLEMS])]
    return "\n\n".join(said) + "\n"
