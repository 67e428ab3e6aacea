"""Formats findings and summaries for people, without raw values.

In: findings, a run's summary, measured privacy. Out: rows and lines of text for a terminal,
Markdown for Prefect. ``terminal.py`` has all of it.

To add a fact to the summary: add it to `summary_line` and `summary_markdown`.
"""

from anonymize.report.terminal import FINDING_COLUMNS, finding_rows, summary_line, summary_markdown

__all__ = ["FINDING_COLUMNS", "finding_rows", "summary_line", "summary_markdown"]
