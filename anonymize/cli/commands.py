"""Implements inspect, init, plan, run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anonymize.cli.hints import in_options
from anonymize.cli.output import (
    print_json,
    print_table,
    rows_progress,
    say,
    say_wrapped,
    show_done,
    table_console,
)
from anonymize.cli.source_settings import say_notes
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError, GateError, Problem

if TYPE_CHECKING:
    from anonymize.pipeline.summary import RunSummary
    from anonymize.policy import SourceSpec


def inspect_command(
    source: SourceSpec,
    countries: Sequence[str],
    languages: Sequence[str],
    ner: str | None,
    expect: Path | None,
    as_json: bool,
) -> None:
    """Print a line per column, or compare with a policy. The policy's model is used unless another
    is named.
    """
    from anonymize.pipeline.drift import drift
    from anonymize.pipeline.opening import stated
    from anonymize.pipeline.prepare import inspect_source
    from anonymize.policy import load_policy
    from anonymize.report import FINDING_COLUMNS, finding_rows

    if expect is not None:
        policy = load_policy(expect)
        source = as_policy_reads(policy.source, source)
        if ner is None:
            ner = policy.detect.ner if "ner" in policy.detect.model_fields_set else None
    notes: tuple[str, ...] = ()
    with in_options():
        if expect is None:  # a policy says itself how its source is read, and a run does not guess
            source, notes = stated(source)
        findings = inspect_source(source, countries, languages, ner=ner)
    if as_json:
        keys = ("verdict", "confidence", "runner_up", "evidence")
        print_json(
            {
                "source": list(notes),
                "columns": [
                    {"name": f.column, **{key: getattr(f, key) for key in keys}} for f in findings
                ],
            }
        )
    else:
        print_table(FINDING_COLUMNS, finding_rows(findings))
        say_notes(notes)
    if expect is not None:
        problems = drift(source, findings, expect)
        if problems:
            raise GateError(problems)
        say(f"{source.path} is as {expect} expects")


def as_policy_reads(policys: SourceSpec, said: SourceSpec) -> SourceSpec:
    """Return the policy's source settings for another path, overridden by the options."""
    options = {name: getattr(said, name) for name in said.model_fields_set}
    if "types" in options:
        options["types"] = {**policys.types, **said.types}
    if {"table", "query"} & set(options):  # one of them takes the other's place
        options = {"table": None, "query": None, "parameters": {}, **options}
    if "rename" in options:
        options["rename"] = {**policys.rename, **said.rename}
    return policys.model_copy(update=options)


def init_command(
    source: SourceSpec,
    output: Path,
    countries: Sequence[str],
    languages: Sequence[str],
    ner: str | None,
    purpose: str | None,
    k: int | None = None,
) -> None:
    """Write a drafted policy."""
    from anonymize.cli.source_settings import say_drafted
    from anonymize.pipeline.drafting import draft_opened
    from anonymize.pipeline.opening import stated
    from anonymize.pipeline.sampled import open_sampled

    if output.exists():
        raise ArgumentError("exists already; name another file", place=str(output))
    if purpose is not None and not purpose.strip():
        raise ArgumentError("says nothing; say what the data is for", place="--for")
    refuse_in_dataset(output)
    with in_options():
        source, notes = stated(source)
        opened = open_sampled(source)
        text, told = draft_opened(
            source, opened, countries, languages, ner=ner, purpose=purpose, k=k
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    say_notes(notes)
    say_drafted(told)
    say(f"wrote {output}: read every line, then: coatcheck plan {output}")


def plan_command(policy_path: Path, keyring_uri: str | None, as_json: bool) -> None:
    """Print what would happen."""
    from anonymize.cli.plan_table import print_plan, say_before_it_runs
    from anonymize.gates.suppression import privacy_sentences
    from anonymize.pipeline.prepare import preview_plan
    from anonymize.plan.show.preset import preset_sentences

    look = preview_plan(policy_path, keyring_uri)
    if as_json:
        lines = [
            {**dataclasses.asdict(line), "example": look.examples.get(line.column, "")}
            for line in look.lines
        ]
        print_json(
            {
                "dataset": look.plan.policy.dataset,
                "policy_digest": look.plan.policy.digest(),
                "order": look.plan.policy.rows.order,
                "name_model": str(look.plan.names) if look.plan.names else None,
                "not_looked_for": look.not_looked_for,
                "columns": lines,
                "privacy": privacy_sentences(look.plan),
                "preset": preset_sentences(look.plan),
                "changes": [
                    {"what": str(change), "stops": change.stops} for change in look.changes.found
                ],
                "bad_values": [str(problem) for problem in look.bad_values],
                "missing_values": [str(problem) for problem in look.missing],
                "unused_patterns": list(look.unused),
            }
        )
        return
    print_plan(look, table_console())
    say_before_it_runs(look)


def run_command(
    policy_path: Path,
    keyring_uri: str | None,
    as_json: bool,
    accept_change: bool,
    wait_seconds: float | None,
    incremental: bool,
    workers: int | None = None,
    runner: str | None = None,
) -> None:
    """Run a policy and print the summary."""
    from anonymize.pipeline.run import WAIT_SECONDS, run

    def act() -> RunSummary:
        with rows_progress("planning") as advance:
            return run(
                policy_path,
                keyring=keyring_uri,
                progress=advance,
                accept_change=accept_change,
                wait_seconds=WAIT_SECONDS if wait_seconds is None else wait_seconds,
                incremental=incremental,
                workers=workers,
                runner=runner,
            )

    show_done(act, lambda summary: _show_run(summary.as_dict(), as_json))


def _show_run(summary: Mapping[str, Any], as_json: bool) -> None:
    from anonymize.report import nothing_left, summary_line

    for finding in summary["residual"].get("findings", ()):
        say(
            str(
                Problem(
                    f"column {finding['column']}",
                    f"{finding['what']} ({'; '.join(finding['evidence'])})",
                )
            )
        )
    if as_json:
        print_json(summary)
    else:
        print(summary_line(summary))
    if warning := nothing_left(summary["privacy"]):
        say_wrapped(f"warning: {warning}")
    say(
        f"{summary['path']}: read it with anonymize.read, check it with: coatcheck verify"
        f" {summary['path']}"
    )
