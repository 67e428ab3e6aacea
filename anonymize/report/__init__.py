"""Formats findings and summaries for people, without raw values.

In: findings, a run's summary, measured privacy, refusals. Out: rows and lines of text for a
terminal (``terminal.py``), Markdown for an orchestrator's pages (``markdown.py``, ``acts.py``); of
a version's manifest its cards (``cards/``) and the privacy report (``page/``). ``told.py`` decides
what both may say.

To add a fact to the summary: add it to `summary_line` and `summary_markdown`.
"""

from anonymize.report.acts import act_markdown, findings_markdown, problems_markdown
from anonymize.report.markdown import COLUMN_HEADS, column_rows, summary_markdown
from anonymize.report.terminal import (
    FINDING_COLUMNS,
    finding_rows,
    nothing_left,
    summary_line,
)

__all__ = [
    "COLUMN_HEADS",
    "FINDING_COLUMNS",
    "act_markdown",
    "column_rows",
    "finding_rows",
    "findings_markdown",
    "nothing_left",
    "problems_markdown",
    "summary_line",
    "summary_markdown",
]
