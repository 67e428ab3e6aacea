"""Distributions as bars: a table that every reader can use, with a bar drawn in each row."""

from __future__ import annotations

from dataclasses import dataclass

from anonymize.report.page.markup import Content, Markup, count, element, joined, name


@dataclass(frozen=True)
class Bar:
    """One category, range or period."""

    label: str
    """What it is called."""
    rows: int
    """Published rows in it, rounded to a multiple of the chart's limit, which is the least."""


@dataclass(frozen=True)
class Chart:
    """How the published values of a column are distributed."""

    column: str
    """The column."""
    bars: tuple[Bar, ...]
    """From most to least frequent, or in the order of ranges; rare ones in one bar."""
    before: str
    """What is known of the values before, a sentence."""


def drawn(chart: Chart) -> Markup:
    """Return a chart as a figure."""
    most = max(bar.rows for bar in chart.bars)
    rows = [
        element(
            "tr",
            element("th", bar.label, scope="row"),
            element("td", _bar(bar.rows / most)),
            element("td", "about ", count(bar.rows)),
        )
        for bar in chart.bars
    ]
    heads = (element("th", text, scope="col") for text in ("value", "share", "rows"))
    caption = element(
        "figcaption", "Published values of ", name(chart.column), ". Before: ", chart.before
    )
    body: Content = joined((element("thead", element("tr", *heads)), element("tbody", *rows)))
    return element("figure", caption, element("table", body), role="group")


def _bar(share: float) -> Markup:
    """Return a bar; the number beside it says the same, so it is not read out."""
    width = f"{max(share, 0.005) * 100:.1f}%"
    box = element("rect", x="0", y="15%", width=width, height="70%")
    return element("svg", box, aria_hidden="true", focusable="false")
