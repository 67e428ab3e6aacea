"""Rows and lines for a terminal or a Prefect artifact; never a raw value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from anonymize.detect.interface import Finding

SAME_MODEL = (
    "the model that replaced names looked again: names that it misses are not in the number"
)
"""Caveat of ``names_left``."""
FINDING_COLUMNS = ("column", "verdict", "confidence", "runner-up", "evidence")
"""Column heads of ``finding_rows``."""


def finding_rows(findings: Iterable[Finding]) -> Iterator[tuple[str, ...]]:
    """Yield a row of ``FINDING_COLUMNS`` per finding."""
    for finding in findings:
        confidence = f"{finding.confidence:.2f}"
        yield (
            finding.column,
            finding.verdict,
            confidence,
            finding.runner_up,
            "; ".join(finding.evidence),
        )


def privacy_words(privacy: Mapping[str, Any]) -> list[str]:
    """Return the measured privacy of the rows written: k with its unit, and the diversity of
    sensitive columns.
    """
    words = [f"k = {privacy['k']} ({privacy['counted']})"]
    if privacy.get("rows_without_subject"):
        nobody = privacy["rows_without_subject"]
        words.append(
            f"{nobody} rows without a subject, or with a text that stands for none, count as nobody"
        )
    if privacy.get("most_frequent_subject"):
        top = privacy["most_frequent_subject"]["share_of_rows"]
        words.append(f"the most frequent subject has {top:.0%} of the rows")
    for found in privacy.get("sensitive", ()):
        words.append(
            f"l = {found['distinct']} of {found['column']} (entropy {found['entropy']:.2f}, not"
            " enforced)"
        )
    return words


def names_left_words(residual: Mapping[str, Any]) -> list[str]:
    """Return, per free-text column, the number of cells that kept a name, with the caveat."""
    read = {
        column: count for column, count in residual.get("names_left", {}).items() if count["cells"]
    }
    if not read:
        return []
    counted = ", ".join(
        f"{count['named']} of {count['cells']} in {column}" for column, count in read.items()
    )
    return [f"cells read again that kept a name: {counted} ({SAME_MODEL})"]


def summary_line(summary: Mapping[str, Any]) -> str:
    """Return a run's summary in one line: the version, rows by outcome, time."""
    parts = [f"{summary['rows_out']} rows out of {summary['rows_in']}"]
    parts += [
        f"{summary[name]} {name}"
        for name in ("filtered", "suppressed", "quarantined")
        if summary[name]
    ]
    if emptied := summary["emptied"]:
        parts.append(
            "bad values emptied:"
            f" {', '.join(f'{count} of {name}' for name, count in emptied.items())}"
        )
    parts.append(f"{summary['columns_out']} columns, {summary['columns_dropped']} dropped")
    if summary["order"] == "source":
        parts.append("rows in source order")
    if summary["privacy"]:
        parts += privacy_words(summary["privacy"])
    if summary["residual"].get("findings"):
        parts.append(f"{len(summary['residual']['findings'])} residual findings reported")
    parts += names_left_words(summary["residual"])
    if summary["not_looked_for"]:
        parts.append(f"not looked for: {'; '.join(summary['not_looked_for'])}")
    if summary.get("workers", 1) > 1:
        parts.append(f"{summary['parts']} parts by {summary['workers']} processes")
    return (
        f"{summary['dataset']} version {summary['version']}: {', '.join(parts)},"
        f" {summary['seconds']:.1f} s"
    )


def one_off_line(summary: Mapping[str, Any]) -> str:
    """Return in one line what a one-off found and did: rows, kinds found, actions, time."""
    parts = [f"{summary['rows_out']:,} of {summary['rows_in']:,} rows"]
    parts += [
        f"{summary[name]:,} {name}"
        for name in ("filtered", "suppressed", "quarantined")
        if summary[name]
    ]
    found = ", ".join(f"{kind} in {column}" for column, kind in summary["found"].items())
    parts.append(f"found {found or 'nothing personal'}")
    done = ", ".join(f"{action} {len(columns)}" for action, columns in summary["done"].items())
    parts.append(f"done {done}")
    if summary["order"] == "source":
        parts.append("rows in source order")
    parts += names_left_words(summary)
    parts += [f"reported {finding}" for finding in summary["findings"]]
    if summary["privacy"]:
        parts += privacy_words(summary["privacy"])
    return "; ".join([*parts, f"{summary['seconds']:.1f} s"])


def summary_markdown(summary: Mapping[str, Any]) -> str:
    """Return a run's summary as a Markdown table, for Prefect's artifacts."""
    residual, privacy = summary["residual"], summary["privacy"]
    rows = [
        ("dataset", summary["dataset"]),
        ("version", summary["version"]),
        ("rows in", summary["rows_in"]),
        ("rows published", summary["rows_out"]),
        ("rows left out by the filter", summary["filtered"]),
        ("rows suppressed for k-anonymity", summary["suppressed"]),
        ("rows quarantined", summary["quarantined"]),
        ("bad values emptied", _emptied(summary["emptied"])),
        ("columns published / dropped", f"{summary['columns_out']} / {summary['columns_dropped']}"),
        ("order of rows", summary["order"]),
        ("residual findings", len(residual["findings"]) if residual else "not scanned"),
        (
            "names left",
            "; ".join(names_left_words(residual)).replace("|", "\\|") or "no free text read again",
        ),
        ("k", "; ".join(privacy_words(privacy)) if privacy else "not asked for"),
        (
            "not looked for",
            "; ".join(summary["not_looked_for"]).replace("|", "\\|") or "nothing left out",
        ),
        ("seconds", f"{summary['seconds']:.1f}"),
    ]
    return "\n".join(
        ["| what | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    )


def _emptied(counts: Mapping[str, int]) -> str:
    return (
        "; ".join(f"{count} of {name}" for name, count in counts.items()).replace("|", "\\|")
        or "none"
    )
