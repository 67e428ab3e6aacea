"""Implements inspect, init, plan, run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.hints import in_options
from anonymize.cli.output import print_json, print_table, progress, say
from anonymize.cli.source_options import say_notes
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError, GateError, Problem

if TYPE_CHECKING:
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
    from anonymize.pipeline.opening import stated
    from anonymize.pipeline.prepare import drift, inspect_source
    from anonymize.policy import load_policy
    from anonymize.report import FINDING_COLUMNS, finding_rows

    if expect is not None:
        policy = load_policy(expect)
        source = _as_policy_reads(policy.source, source)
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


def _as_policy_reads(policys: SourceSpec, said: SourceSpec) -> SourceSpec:
    """Return the policy's source settings for another path, overridden by the options."""
    options = {name: getattr(said, name) for name in said.model_fields_set}
    if "types" in options:
        options["types"] = {**policys.types, **said.types}
    if "rename" in options:
        options["rename"] = {**policys.rename, **said.rename}
    return policys.model_copy(update=options)


def init_command(
    source: SourceSpec,
    output: Path,
    countries: Sequence[str],
    languages: Sequence[str],
    ner: str | None,
) -> None:
    """Write a drafted policy."""
    from anonymize.pipeline.opening import open_spec, stated
    from anonymize.pipeline.prepare import inspect_source
    from anonymize.plan.draft import draft_policy
    from anonymize.plan.markers import null_values_in
    from anonymize.plan.same_ids import SharedIds
    from anonymize.policy import DetectSpec

    if output.exists():
        raise ArgumentError("exists already; name another file", place=str(output))
    refuse_in_dataset(output)
    said: dict[str, object] = {"countries": tuple(countries)} if countries else {}
    said |= {"languages": tuple(languages)} if tuple(languages) != ("en",) else {}
    said |= {"ner": ner} if ner else {}
    with in_options():
        source, notes = stated(source)
        findings = inspect_source(source, countries, languages, ner=ner)
        opened = open_spec(source)
        ids = SharedIds(findings)
        nulls = null_values_in(ids.watch(opened.batches()), findings)
    detect = DetectSpec.model_validate(said)
    text = draft_policy(
        source, opened.schema, findings, detect, null_values=nulls, domains=ids.domains()
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    say_notes(notes)
    say(f"wrote {output}: read every line, then: coatcheck plan {output}")


def plan_command(policy_path: Path, keyring_uri: str | None, as_json: bool) -> None:
    """Print what would happen."""
    from anonymize.gates.suppression import privacy_sentences
    from anonymize.pipeline.changes import accept_line
    from anonymize.pipeline.prepare import preview_plan
    from anonymize.pipeline.readiness import purpose_problem

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
                "changes": [
                    {"what": str(change), "stops": change.stops} for change in look.changes.found
                ],
                "bad_values": [str(problem) for problem in look.bad_values],
                "missing_values": [str(problem) for problem in look.missing],
            }
        )
        return
    shown = look.examples
    heads = ("column", "action", "in", "out", "keys", "joins in", "example", "note")
    print_table(
        heads,
        [
            (
                x.column,
                x.action,
                x.input_type,
                x.output_type,
                ", ".join(x.keys),
                x.joins,
                shown.get(x.column),
                x.note,
            )
            for x in look.lines
        ],
    )
    for sentence in look.not_looked_for:
        print(f"not looked for: {sentence}")
    if unsaid := purpose_problem(look.plan.policy):
        say(str(unsaid))
    for problem in look.bad_values:
        say(f"bad values: {problem}")
    for problem in look.missing:
        say(f"missing values: {problem}")
    for sentence in (*privacy_sentences(look.plan), *map(str, look.changes.found)):
        say(sentence)
    if stopping := look.changes.stopping:
        accept = accept_line(look.changes.version)
        say(
            f"{len(stopping)} changes stop a run: accept them by coatcheck run --accept-change or"
            f" the line {accept}"
        )
    if look.plan.policy.rows.order == "source":
        say(
            "rows leave in source order: by their position they join with the raw data and with"
            " other purposes"
        )
    if look.plan.names:
        say(f"names in text are found by {look.plan.names}")
    dropped = [name for name in look.plan.dropped if name not in look.plan.policy.columns]
    if dropped:
        say(f"dropped because the policy does not list them: {', '.join(dropped)}")


def run_command(
    policy_path: Path,
    keyring_uri: str | None,
    as_json: bool,
    accept_change: bool,
    wait_seconds: float | None,
) -> None:
    """Run a policy and print the summary."""
    from anonymize.pipeline.run import WAIT_SECONDS, run
    from anonymize.report import summary_line

    with progress(policy_path.stem) as advance:
        summary = run(
            policy_path,
            keyring=keyring_uri,
            progress=advance,
            accept_change=accept_change,
            wait_seconds=WAIT_SECONDS if wait_seconds is None else wait_seconds,
        ).as_dict()
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
    say(
        f"{summary['path']}: read it with anonymize.read, check it with: coatcheck verify"
        f" {summary['path']}"
    )
