"""Rows and lines for a terminal or an orchestrator's tables; never a raw value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from anonymize.dataset.facts import AgainstFacts
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


NO_K = "k not asked for, so not counted"
"""What a summary says without a ``privacy:`` block."""
ALL_LOST = 0.9995
"""Loss from which nothing is left: it is printed as 100.0%."""
COARSE = 0.05
"""Step of changes from which a reader is told why it is so coarse."""
_SMALL_TABLE = ": in so few rows a finer figure would tell of few people"
NO_EARLIER = "against earlier releases: there was none to compare with"


def privacy_words(privacy: Mapping[str, Any]) -> list[str]:
    """Return the measured privacy of the rows written: k with its unit, and the diversity of
    sensitive columns.
    """
    words = [f"k = {privacy['k']} ({privacy['counted']})"]
    if privacy.get("recoded"):
        words.append(
            f"{', '.join(privacy['recoded'])} generalized for it, loss {privacy['loss']:.1%}"
            f" (method: {privacy['method']})"
        )
        words += [sentence] if (sentence := nothing_left(privacy)) else []
    if privacy.get("coarsened"):
        words.append(
            f"{', '.join(privacy['coarsened'])} made coarser for all rows: there are too many"
            " combinations to search"
        )
    words += _useful_words(privacy.get("utility"))
    if privacy.get("rows_without_subject"):
        nobody = privacy["rows_without_subject"]
        words.append(
            f"{nobody} rows without a subject, or with a text that stands for none, count as nobody"
        )
    if privacy.get("most_frequent_subject"):
        top = privacy["most_frequent_subject"]["share_of_rows"]
        words.append(f"the most frequent subject has {top:.0%} of the rows")
    for found in privacy.get("sensitive", ()):
        asked = privacy["asked_of_values"] if found.get("enforced") else "not enforced"
        entropy = found.get("entropy")
        spread = "one class, entropy not told" if entropy is None else f"entropy {entropy:.2f}"
        words.append(f"l = {found['distinct']} of {found['column']} ({spread}, {asked})")
        if found.get("distance") is not None:
            words.append(f"t = {found['distance']:.3f} of {found['column']} (enforced)")
    if privacy.get("against") is not None:
        words += [AgainstFacts.model_validate(one).words() for one in privacy["against"]] or [
            NO_EARLIER
        ]
    return words


def nothing_left(privacy: Mapping[str, Any] | None) -> str:
    """Return that recoding left nothing of its columns; empty if it left something, or none was
    recoded.
    """
    if not privacy or (privacy.get("loss") or 0.0) < ALL_LOST or not privacy.get("recoded"):
        return ""
    return (
        f"NOTHING IS LEFT OF {', '.join(privacy['recoded'])}: every value is published as * or"
        " suppressed; a lower k, other levels under recode: or fewer quasi-identifiers leave more"
    )


def _useful_words(utility: Mapping[str, Any] | None) -> list[str]:
    """Return what the rows are still good for, and which columns say so."""
    if not utility:
        return []
    compared, step = ", ".join(one["column"] for one in utility["columns"]), utility["step"]
    words = (
        f"distributions of {compared} changed by {changed_words(utility['distribution'], step)} on"
        " average"
    )
    if utility.get("association") is not None:
        words += f", their associations by {changed_words(utility['association'], step)}"
    return [f"{words} (to the nearest {step:.1%}{_SMALL_TABLE if step > COARSE else ''})"]


def changed_words(share: float, step: float) -> str:
    """Return a change that was rounded to multiples of ``step``: 0 is not *none*."""
    return f"{share:.1%}" if share else f"under {step:.1%}"


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
    increment = summary.get("increment")
    if increment and increment["nothing_changed"]:
        return (
            f"{summary['dataset']} version {summary['version']}: nothing changed, so nothing was"
            f" published; {summary['rows_out']} rows in {increment['kept']} partitions,"
            f" {summary['seconds']:.1f} s"
        )
    parts = [f"{summary['rows_out']} rows out of {summary['rows_in']}"]
    parts += increment_words(increment) if increment else []
    if taken := summary.get("taken_over"):
        parts.append(f"{taken} partitions of a run that was interrupted taken over")
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
    parts += privacy_words(summary["privacy"]) if summary["privacy"] else [NO_K]
    if summary["residual"].get("findings"):
        parts.append(f"{len(summary['residual']['findings'])} residual findings reported")
    parts += names_left_words(summary["residual"])
    if summary["not_looked_for"]:
        parts.append(f"not looked for: {'; '.join(summary['not_looked_for'])}")
    if summary.get("workers", 1) > 1:
        done = increment["done"] if increment else len(summary["parts"])
        done -= summary.get("taken_over") or 0  # those were made by the run that was interrupted
        parts.append(f"{done} parts by {summary['workers']} processes")
    return (
        f"{summary['dataset']} version {summary['version']}: {', '.join(parts)},"
        f" {seconds_words(summary['seconds'])}"
    )


def increment_words(increment: Mapping[str, Any]) -> list[str]:
    """Return what an incremental run kept and did, a clause each."""
    since = f" of version {increment['since']}" if increment["since"] else ""
    if not increment["since"]:
        return [f"all {increment['done']} partitions done: {'; '.join(increment['why_again'])}"]
    words = [f"{increment['kept']} partitions{since} kept and {increment['done']} done"]
    if increment["again"]:
        words.append(f"{increment['again']} of them again: {'; '.join(increment['why_again'])}")
    if increment["gone"]:
        words.append(f"{increment['gone']} partitions{since} gone from the source, their rows too")
    return words


def one_off_line(summary: Mapping[str, Any]) -> str:
    """Return in one line what a one-off found and did: rows by outcome, numbers of columns, time.
    What is more is in `one_off_notes`, and column by column in the plan.
    """
    rows = [f"{summary['rows_out']:,} of {summary['rows_in']:,} rows"]
    rows += [
        f"{summary[name]:,} {name}"
        for name in ("filtered", "suppressed", "quarantined")
        if summary[name]
    ]
    columns = {action: len(names) for action, names in summary["done"].items()}
    total, dropped = sum(columns.values()), columns.get("drop", 0)
    counts = {
        "personal": len(summary["found"]),
        "changed": total - columns.get("keep", 0) - dropped,
        "dropped": dropped,
    }
    told = ", ".join(
        f"{count} {what}" for what, count in counts.items() if count or what != "dropped"
    )
    return "; ".join(
        [
            ", ".join(rows),
            f"{total} columns: {told or 'nothing personal, all kept'}",
            seconds_words(summary["seconds"]),
        ]
    )


def one_off_notes(summary: Mapping[str, Any]) -> list[str]:
    """Return what the reader of a one-off should know beside its line, a sentence each."""
    notes = names_left_words(summary)
    notes += [f"reported {finding}" for finding in summary["findings"]]
    if summary["privacy"]:
        notes.append(", ".join(privacy_words(summary["privacy"])))
    return notes


def seconds_words(seconds: float) -> str:
    """Return a time as people read it: a short one is not 0.0 s."""
    return (
        f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s" if seconds >= 0.01 else "<0.01 s"
    )
