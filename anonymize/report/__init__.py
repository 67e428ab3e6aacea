"""What a privacy officer reads, without a raw value."""

from anonymize.report.terminal import FINDING_COLUMNS, finding_rows, summary_line, summary_markdown

__all__ = ["FINDING_COLUMNS", "finding_rows", "summary_line", "summary_markdown"]
