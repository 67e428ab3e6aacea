"""A run's summary as a page of Markdown: what was found, what was done, what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

from anonymize.errors import on_one_line
from anonymize.report.terminal import NO_K, increment_words, names_left_words, privacy_words

COLUMN_HEADS = ("column", "found", "done", "note")
"""Heads of `column_rows`."""
_MARKS = re.compile(r"[\\|`\[\]*]")
_NONE, _VERDICTS = re.compile(r"^NONE\b"), ("found", "note")
"""The verdict of a column without personal data, and where verdicts are said first."""
WIDTH = 56
"""Characters of a cell's line, so that a table of two columns fits a page of 1280 pixels."""
MOST_PARTS = 50
"""Parts that a page lists; an orchestrator keeps each page in its database."""


def cell(value: object) -> str:
    """Return a value as plain text: one line, no HTML, and no links, images or bars of Markdown,
    because a source's column may be called anything.
    """
    return _MARKS.sub(r"\\\g<0>", escape(on_one_line(str(value)), quote=False))


def code(value: object) -> str:
    """Return a value as Markdown's code."""
    return f"`{on_one_line(str(value)).replace('`', '')}`"


def wrapped(value: object, width: int = WIDTH) -> str:
    """Return a cell in lines: Prefect's pages cut off what is longer than the page is wide."""
    lines = wrap(on_one_line(str(value)), width, break_on_hyphens=False)
    return "<br>".join(map(cell, lines))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *([wrapped(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bullets(sentences: Iterable[object]) -> str:
    """Return a Markdown list."""
    return "\n".join(f"* {cell(sentence)}" for sentence in sentences)


def column_rows(summary: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row of ``COLUMN_HEADS`` per column that has a rule; of restricted ones it is not
    told what was found.
    """
    return [
        {**column, **{head: _NONE.sub("nothing personal", column[head]) for head in _VERDICTS}}
        if column["found"] or column["done"] == "drop"
        else {**column, "found": "not told"}
        for column in summary["columns"]
    ]


def summary_markdown(summary: Mapping[str, Any]) -> str:
    """Return a run's summary as a page: counts, columns, checks, parts, and what changed."""
    return "\n\n".join(_page(summary)) + "\n"


def _page(summary: Mapping[str, Any]) -> Iterator[str]:
    path, version = summary["path"], summary["version"]
    yield f"# {cell(summary['dataset'])}, version {version}"
    yield table(("what", "value"), _facts(summary))
    yield "## What was found and done"
    found = [[column[head] for head in COLUMN_HEADS] for column in column_rows(summary)]
    yield table(COLUMN_HEADS, found)
    yield "## What is left"
    yield bullets(_left(summary))
    yield "## Checks"
    yield bullets(_checks(summary))
    if last := summary["last_version"]:
        yield f"## Changed since version {last}"
        yield bullets(summary["changed"])
    yield f"## Parts: {len(summary['parts']):,}"
    yield table(("part", "rows", "bytes"), _parts(summary["parts"]))
    yield "## Look closer"
    yield (
        f"The signed manifest is {code(f'{path}/versions/{version:06d}/manifest.json')}. Check the"
        f" version: {code(f'coatcheck verify {path}')}. Its card for readers:"
        f" {code(f'coatcheck card {path} --version {version}')}. The privacy report is"
        f" {code(f'{path}/versions/{version:06d}/report.html')}; with charts of the rows and lines"
        f" to sign on: {code(f'coatcheck report {path} --version {version} -o report.html')}."
    )
    yield f"Keyed digest of the policy: {code(summary['policy_hmac_sha256'])}"


def _facts(summary: Mapping[str, Any]) -> list[tuple[str, object]]:
    residual, privacy = summary["residual"], summary["privacy"]
    return [
        ("dataset", summary["dataset"]),
        ("version", summary["version"]),
        ("path", summary["path"]),
        ("rows in", f"{summary['rows_in']:,}"),
        ("rows published", f"{summary['rows_out']:,}"),
        ("rows left out by the filter", f"{summary['filtered']:,}"),
        ("rows suppressed for k-anonymity", f"{summary['suppressed']:,}"),
        ("rows quarantined", f"{summary['quarantined']:,}"),
        ("bad values emptied", _emptied(summary["emptied"])),
        (
            "columns published / dropped",
            f"{summary['columns_out']:,} / {summary['columns_dropped']:,}",
        ),
        ("order of rows", summary["order"]),
        *(
            [("incremental", "; ".join(increment_words(increment)))]
            if (increment := summary.get("increment"))
            else []
        ),
        ("residual findings", len(residual["findings"]) if residual else "not scanned"),
        ("names left", "; ".join(names_left_words(residual)) or "no free text read again"),
        ("k", "; ".join(privacy_words(privacy)) if privacy else NO_K),
        ("not looked for", "; ".join(summary["not_looked_for"]) or "nothing left out"),
        ("keys", ", ".join(summary["keys"]) or "none"),
        ("seconds", f"{summary['seconds']:,.1f}"),
    ]


def _emptied(counts: Mapping[str, int]) -> str:
    return "; ".join(f"{count:,} of {name}" for name, count in counts.items()) or "none"


def _left(summary: Mapping[str, Any]) -> list[str]:
    residual = summary["residual"]
    left = [
        f"{column['column']} is published as it is: {column['note'] or 'found: not told'}"
        for column in column_rows(summary)
        if column["done"] == "keep"
    ]
    left += [
        f"{found['column']}: {found['what']} ({'; '.join(found['evidence'])})"
        for found in residual.get("findings", ())
    ]
    if shut := residual.get("findings_in_restricted_columns"):
        left.append(f"{shut:,} findings in restricted columns, which only their key's holder reads")
    left += names_left_words(residual)
    left += [f"not looked for: {sentence}" for sentence in summary["not_looked_for"]]
    return left or ["nothing that was looked for"]


def _checks(summary: Mapping[str, Any]) -> list[str]:
    residual, privacy = summary["residual"], summary["privacy"]
    said = ["every file was read back and matches its digest before the version became current"]
    if residual:
        looked = len(residual["sampled_distinct"])
        said.append(
            f"the output was scanned for personal data: {len(residual['findings']):,} findings in"
            f" {looked:,} columns, up to {_sample(residual['sample'])} distinct values of each"
        )
    else:
        said.append("the output was not scanned: the policy says residual: off")
    if privacy:
        said.append(f"k-anonymity: {privacy['k']:,} reached, {privacy['asked_k']:,} asked for")
        said.append(f"privacy was measured on {privacy['measured_on']}")
    else:
        said.append("k-anonymity was not asked for, so nobody looked at it")
    return said


def _sample(size: int | str) -> str:
    return size if isinstance(size, str) else f"{size:,}"


def _parts(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for part in parts[:MOST_PARTS]:
        yield part["name"], f"{part['rows']:,}", f"{part['size_bytes']:,}"
    if more := parts[MOST_PARTS:]:
        rows, size = (sum(part[what] for part in more) for what in ("rows", "size_bytes"))
        yield f"{len(more):,} more", f"{rows:,}", f"{size:,}"
