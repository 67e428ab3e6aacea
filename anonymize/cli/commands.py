"""Implements inspect, init, plan, run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.hints import in_options
from anonymize.cli.output import print_json, print_table, progress, say
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError, GateError, Problem

if TYPE_CHECKING:
    from anonymize.policy import SourceSpec


def source_spec(path: str, types: Sequence[str], options: Mapping[str, object]) -> SourceSpec:
    """Return the source settings from the options; only given options are included.

    Raises:
        ArgumentError: the value of an option is not allowed.
    """
    from pydantic import ValidationError

    from anonymize.policy import SourceSpec

    said: dict[str, object] = {"path": path}
    said |= {name: value for name, value in options.items() if value is not None}
    said |= {"types": dict(map(_column_type, types))} if types else {}
    try:
        return SourceSpec.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = str(first["loc"][0])
        place = "source" if option == "path" else f"--{option}"
        raise ArgumentError(str(first["msg"]).removeprefix("Value error, "), place=place) from None


def _column_type(said: str) -> tuple[str, str]:
    """Return a column and the name of its type; the column's name may contain ``=``."""
    name, equals, kind = said.rpartition("=")
    if not (name and equals and kind):
        raise ArgumentError("takes a column and its type: zip=string", place="--type")
    return name, kind


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
    from anonymize.pipeline.prepare import drift, inspect_source
    from anonymize.policy import load_policy
    from anonymize.report import FINDING_COLUMNS, finding_rows

    if expect is not None:
        policy = load_policy(expect)
        source = _as_policy_reads(policy.source, source)
        if ner is None:
            ner = policy.detect.ner if "ner" in policy.detect.model_fields_set else None
    with in_options():
        findings = inspect_source(source, countries, languages, ner=ner)
    if as_json:
        keys = ("verdict", "confidence", "runner_up", "evidence")
        print_json(
            {
                "columns": [
                    {"name": f.column, **{key: getattr(f, key) for key in keys}} for f in findings
                ]
            }
        )
    else:
        print_table(FINDING_COLUMNS, finding_rows(findings))
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
    return policys.model_copy(update=options)


def init_command(
    source: SourceSpec,
    output: Path,
    countries: Sequence[str],
    languages: Sequence[str],
    ner: str | None,
    purpose: str | None,
) -> None:
    """Write a drafted policy."""
    from anonymize.pipeline.drafting import draft_source

    if output.exists():
        raise ArgumentError("exists already; name another file", place=str(output))
    if purpose is not None and not purpose.strip():
        raise ArgumentError("says nothing; say what the data is for", place="--for")
    refuse_in_dataset(output)
    with in_options():
        text = draft_source(source, countries, languages, ner=ner, purpose=purpose)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    say(f"wrote {output}: read every line, then: coatcheck plan {output}")


def plan_command(policy_path: Path, keyring_uri: str | None, as_json: bool) -> None:
    """Print what would happen."""
    from anonymize.gates.suppression import privacy_sentences
    from anonymize.pipeline.changes import accept_line
    from anonymize.pipeline.prepare import preview_plan

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
                "unused_patterns": list(look.unused),
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
    for pattern in look.unused:
        say(f"pattern '{pattern}' fits no column of the source that has no rule of its own")
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
