"""Prints a plan to people: a table of 80 columns, and what they should know before they go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from anonymize.cli.output import say, say_wrapped
from anonymize.errors import on_one_line
from anonymize.plan.draft.special import called, special_in

if TYPE_CHECKING:
    from anonymize.pipeline.prepare import PlanPreview
    from anonymize.plan import Explained

_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")
SIDE = 14
"""Characters of an example's original, and of its result, that a table shows."""


def print_plan(look: PlanPreview, console: Console) -> None:
    """Print a line per column: what was found, what is done, an example; then keys and joins."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, least in (("column", 10), ("found", 8), ("what is done", 16), ("example", 12)):
        table.add_column(name, overflow="fold", min_width=least)
    verdicts = {one.column: f"{one.verdict} {one.confidence:.0%}" for one in look.plan.findings}
    special = special_in(look.plan.findings)
    for line in look.lines:
        found, _, note = line.note.partition("; ")
        if line.action == "drop":
            found, note = verdicts.get(line.column, ""), line.note
        if line.column in special and line.column in verdicts:
            found = called(special[line.column])
        cells = (line.column, found, _done(line, note), _example(look, line))
        table.add_row(*(Text(on_one_line(cell)) for cell in cells))
    console.print(table)
    for sentence in (*_keys(look), *_joins(look), *_emptied(look)):
        console.print(Text(on_one_line(sentence)), soft_wrap=False)
    for sentence in look.not_looked_for:
        console.print(Text(on_one_line(f"not looked for: {sentence}")), soft_wrap=False)


def _example(look: PlanPreview, line: Explained) -> str:
    """Return the example, each side cut to fit; nothing for a column that stays as it is."""
    before, arrow, after = (look.examples.get(line.column) or "").partition(" → ")
    if line.action == "keep" or not arrow:
        return "" if arrow else before
    return " → ".join(
        text if len(text) <= SIDE else text[: SIDE - 1] + "…" for text in (before, after)
    )


def _done(line: Explained, note: str) -> str:
    """Return the action, the type if it changes, and the rule's own notes."""
    types = line.input_type != line.output_type and line.output_type
    return "; ".join(filter(None, (line.action + (f" → {types}" if types else ""), note)))


def _keys(look: PlanPreview) -> Iterator[str]:
    """Yield which columns each key is used for."""
    for key in dict.fromkeys(key for line in look.lines for key in line.keys):
        columns = ", ".join(line.column for line in look.lines if key in line.keys)
        none = (
            "" if "." in key else " (no keyring opens here: coatcheck keys init POLICY makes one)"
        )
        yield f"key {key}{none}: {columns}"


def _emptied(look: PlanPreview) -> Iterator[str]:
    """Yield which columns a plain redact empties, with the texts in them."""
    emptied = [line.column for line in look.lines if line.action == "redact"]
    if emptied:
        yield f"redacted whole, so nothing of their values stays: {', '.join(emptied)}"


def _joins(look: PlanPreview) -> Iterator[str]:
    """Yield which columns have values that join in each domain."""
    for domain in dict.fromkeys(line.joins for line in look.lines if line.joins):
        columns = ", ".join(line.column for line in look.lines if line.joins == domain)
        yield f"joins in {domain}: {columns}"


def say_before_it_runs(look: PlanPreview) -> None:
    """Print what the owner should know before a run, on stderr."""
    from anonymize.gates.suppression import privacy_sentences
    from anonymize.pipeline.changes import accept_line
    from anonymize.plan.show.preset import preset_sentences

    for pattern in look.unused:
        say_wrapped(f"pattern '{pattern}' fits no column of the source that has no rule of its own")
    for problem in look.bad_values:
        say_wrapped(f"bad values: {problem}")
    for problem in look.missing:
        say_wrapped(f"missing values: {problem}")
    for sentence in (*preset_sentences(look.plan), *privacy_sentences(look.plan)):
        say_wrapped(sentence)
    for change in look.changes.found:
        say_wrapped(str(change))
    if stopping := look.changes.stopping:
        accept = accept_line(look.changes.version)
        say_wrapped(
            f"{len(stopping)} changes stop a run: accept them by coatcheck run --accept-change or"
            " the line"
        )
        say(accept)  # whole, to be copied
    if look.plan.policy.rows.order == "source":
        say_wrapped(
            "rows leave in source order: by their position they join with the raw data and with"
            " other purposes"
        )
    if look.plan.names:
        model = _DIGEST.sub(r"\1…", str(look.plan.names))
        say_wrapped(f"names in text are found by {model}")
    dropped = [name for name in look.plan.dropped if name not in look.plan.policy.columns]
    if dropped:
        say_wrapped(f"dropped because the policy does not list them: {', '.join(dropped)}")
