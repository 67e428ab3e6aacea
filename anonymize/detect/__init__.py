"""Where personal data is: batches or texts in, findings and spans out."""

from __future__ import annotations

from anonymize.detect.columns.inspect import inspect_samples
from anonymize.detect.columns.sample import ColumnSample, ColumnSampler, sample_columns
from anonymize.detect.interface import DIRECT_IDENTIFIERS, SPAN_SCHEMA, VERDICTS, Finding, Scanner
from anonymize.detect.text.presidio_engine import (
    DEFAULT_THRESHOLD,
    CustomRecognizer,
    known_countries,
)
from anonymize.detect.text.scanner import PresidioScanner, make_scanner

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
    "Scanner",
    "inspect_samples",
    "known_countries",
    "make_scanner",
    "sample_columns",
]
