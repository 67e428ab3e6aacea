"""What was examined for attacks on who trains on the rows, and what was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from anonymize.report.page.markup import Content
from anonymize.report.page.reported import Reported

LOOKS_FOR: Mapping[str, str] = {
    "labels": "labels that the rest of the row makes unlikely",
    "duplicates": "many rows, or texts, that are nearly alike",
    "triggers": "rare values and words that go with one label",
    "spectral": "rows of one label that share a pattern",
    "outliers": "numbers far outside, and pairs of values that go together almost never",
    "drift": "values that became more or less frequent since the last version",
    "origins": "sources with more than their share of suspicious rows, or of one label",
}
"""Check → what it looks for, for people who do not train models."""
_BECAME = {
    "refuse": "They were published; with more of them nothing would have been.",
    "quarantine": "They were set aside; with more of them nothing would have been published.",
    "report": "They were published; the policy sets no limit.",
}


def screened(said: Reported) -> Iterator[Content]:
    """Yield what the screen did, and per check what it found and can find."""
    screen = said.told.manifest.checks.screen
    if screen is None:
        yield (
            "Screen for planted rows, by which somebody could mislead a model: not asked for, so"
            " nobody looked."
        )
        return
    limit = "" if screen.on == "report" else f" (at most {screen.most:.1%} of the rows may be)"
    examined = f"{screen.rows:,}" if screen.rows > said.limit else said.counted(screen.rows)
    yield (
        "Screen for planted rows, by which somebody could mislead a model: it examined"
        f" {examined} rows and {len(screen.columns):,} columns of the source, before any rule;"
        f" label: {screen.label or 'none'}. Suspicious rows: {said.counted(screen.suspicious)}"
        f"{limit}. {_BECAME[screen.on]} A suspicious row may be right, and a planted one may not be"
        " suspicious."
    )
    for check in screen.checks:
        what = f"Check {check.name} ({LOOKS_FOR.get(check.name, 'see docs/screening.md')})"
        if check.made:
            yield (
                f"{what}: suspicious rows: {said.counted(check.suspicious)}. It can find:"
                f" {check.power}."
            )
        else:
            yield f"{what}: not made ({'; '.join(check.not_looked_at)})."
