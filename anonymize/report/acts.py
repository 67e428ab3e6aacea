"""Pages of Markdown for acts other than a published version: refusals, inspections, checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from anonymize.detect.interface import Finding
from anonymize.errors import AnonymizeError, Problem
from anonymize.report.markdown import cell, table, wrapped

MOST_PROBLEMS = 50
"""Problems that a page lists."""
_KINDS = {
    1: "a check on the data or the result failed",
    2: "policy, arguments or data do not fit together",
    3: "keys or vault are unavailable",
    4: "the act is done, and the audit log's anchor or lineage: did not take it",
}


def problems_markdown(title: str, error: AnonymizeError, state: str) -> str:
    """Return the page of a refusal.

    Args:
        title: What was refused.
        error: The refusal.
        state: What holds now, a sentence.
    """
    kind = _KINDS.get(error.exit_code, "the act failed")
    return "\n\n".join(
        (f"# {cell(title)}", f"{cell(state)}", f"Why: {kind}.", problem_list(error.problems))
    )


def problem_list(problems: Sequence[Problem]) -> str:
    """Return problems as a Markdown list, each with its place; of many the first."""
    lines = [
        f"* **{cell(found.place)}**: {cell(found.what)}" if found.place else f"* {cell(found.what)}"
        for found in problems[:MOST_PROBLEMS]
    ]
    more = len(problems) - MOST_PROBLEMS
    return "\n".join([*lines, f"* and {more:,} more"] if more > 0 else lines)


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
        yield problem_list(drifted)
        yield "## Columns"
    heads = ("column", "verdict", "evidence")
    lines = [heads, ["---"] * len(heads), *map(_finding, findings)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _finding(one: Finding) -> tuple[str, str, str]:
    verdicts = [f"{_words(one.verdict)} {one.confidence:.2f}"]
    if str(one.runner_up) not in ("NONE", ""):
        verdicts.append(f"or {one.runner_up}")
    return wrapped(one.column), _lines(verdicts), _lines(one.evidence)


def _words(verdict: object) -> str:
    return "nothing personal" if str(verdict) == "NONE" else str(verdict)


def _lines(sentences: Iterable[str]) -> str:
    return "<br>".join(wrapped(sentence) for sentence in sentences)


def act_markdown(title: str, facts: Mapping[str, Any], problems: Sequence[Problem] = ()) -> str:
    """Return the page of an act on a published dataset, or of a check and the problems it found."""
    said = [f"# {cell(title)}", table(("what", "value"), facts.items())]
    if problems:
        said += ["## Problems", problem_list(problems)]
    return "\n\n".join(said) + "\n"
