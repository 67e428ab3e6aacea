"""Distributions as bars: a table that every reader can use, with a bar drawn in each row."""

from __future__ import annotations

from dataclasses import dataclass

from anonymize.privacy.pooled import Bar
from anonymize.report.page.markup import Markup, count, element, name


@dataclass(frozen=True)
class Chart:
    """How the published values of a column are distributed."""

    column: str
    """The column."""
    bars: tuple[Bar, ...]
    """From most to least frequent, or in the order of ranges; rare ones in one bar."""
    unit: str
    """What these bars count: ``rows`` or ``people``."""
    before: str
    """What is known of the values before, a sentence."""
    bars_before: tuple[Bar, ...] = ()
    """Distribution of the values before, in the source's rows that detection looked at."""
    unit_before: str = "rows"
    """What those bars count."""


def drawn(chart: Chart) -> Markup:
    """Return a chart as a figure: values as published, and those before if they were counted."""
    caption = element(
        "figcaption", "Published values of ", name(chart.column), ". Before: ", chart.before
    )
    sides = [_side("Published", chart.bars, chart.unit)]
    if chart.bars_before:
        before = "Before, in the rows of the source that were looked at"
        sides.insert(0, _side(before, chart.bars_before, chart.unit_before))
    return element("figure", caption, *sides, role="group")


def _side(title: str, bars: tuple[Bar, ...], unit: str) -> Markup:
    most = max(bar.rows for bar in bars)
    rows = [
        element(
            "tr",
            element("th", bar.label, scope="row"),
            element("td", _bar(bar.rows / most)),
            element("td", "about ", count(bar.rows)),
        )
        for bar in bars
    ]
    heads = (element("th", text, scope="col") for text in ("value", "share", unit))
    head = element("thead", element("tr", *heads))
    return element("table", element("caption", title), head, element("tbody", *rows))


def _bar(share: float) -> Markup:
    """Return a bar; the number beside it says the same, so it is not read out."""
    width = f"{max(share, 0.005) * 100:.1f}%"
    box = element("rect", x="0", y="15%", width=width, height="70%")
    return element("svg", box, aria_hidden="true", focusable="false")
