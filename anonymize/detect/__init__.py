"""Where personal data is: batches or texts in, findings and spans out."""

from __future__ import annotations

from anonymize.detect.engine import DEFAULT_THRESHOLD, CustomRecognizer, known_countries
from anonymize.detect.inspect import inspect_samples
from anonymize.detect.interface import DIRECT_IDENTIFIERS, SPAN_SCHEMA, VERDICTS, Finding, Scanner
from anonymize.detect.residual import ResidualFinding, residual_findings
from anonymize.detect.sample import ColumnSample, ColumnSampler, sample_columns
from anonymize.detect.scanner import PresidioScanner, make_scanner

__all__ = [
    "DEFAULT_THRESHOLD",
    "DIRECT_IDENTIFIERS",
    "SPAN_SCHEMA",
    "VERDICTS",
    "ColumnSample",
    "ColumnSampler",
    "CustomRecognizer",
    "Finding",
    "PresidioScanner",
    "ResidualFinding",
    "Scanner",
    "inspect_samples",
    "known_countries",
    "make_scanner",
    "residual_findings",
    "sample_columns",
]
