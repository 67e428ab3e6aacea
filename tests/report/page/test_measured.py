"""The detectors' figures in a report are those of ``docs/measured.md``."""

from __future__ import annotations

import re

from anonymize.report.page.measured import FIGURES
from tests.workplace import ROOT


def test_each_figure_is_stated_in_measured_md() -> None:
    """In a line of that text, and the numbers follow from it."""
    page = " ".join((ROOT / "docs/measured.md").read_text().split())
    for figure in FIGURES:
        assert figure.stated in page, figure


def test_shares_that_are_missed_are_one_less_what_is_found() -> None:
    """.87-.97 found is 3-13 % missed; and so on."""
    for figure in FIGURES:
        if figure.stated.startswith("| recall") or figure.stated.startswith("| P"):
            found = [float(one) for one in re.findall(r"(?<![\d,(])[01]?\.\d+", figure.stated)]
            missed = {f"{100 * (1 - one):.1f}".removesuffix(".0") for one in found}
            assert missed - {"0"} == set(re.findall(r"\d+(?:\.\d+)?", figure.value)), figure
