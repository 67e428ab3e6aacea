"""The parts of the page that tell of columns: what was found, what was done, how they look now."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.report.page.charts import drawn
from anonymize.report.page.markup import (
    Content,
    Markup,
    bullets,
    joined,
    name,
    names,
    paragraphs,
    section,
    table,
)
from anonymize.report.page.plain_words import action_words, verdict_words, why
from anonymize.report.page.reported import Reported
from anonymize.report.page.sampled import looked_at
from anonymize.report.told import ToldColumn


def found_section(said: Reported) -> Markup:
    """Return what detection found, and on what evidence."""
    heads = ("column or place", "what detection took it for", "how sure", "evidence")
    lines = [_found(one) for one in said.told.columns]
    return section(
        "found",
        "What was found in the source",
        paragraphs(
            "Before the first row was published, detection looked at the names of columns, at forms"
            " and checksums of values, at lists of names and places, and at neighbouring columns."
            f" {looked_at(said)}",
            "This is what it took each published column for. What was dropped is named in the next"
            " section.",
        ),
        table("Findings by column", heads, lines),
    )


def _found(one: ToldColumn) -> tuple[Content, ...]:
    if not one.sure:
        told = "not told: restricted" if one.key else "not told: nested"
        return name(one.column), told, "", ""
    nothing = "nothing in it speaks for personal data" if not one.found else "no sentence was kept"
    evidence = bullets(one.evidence) or nothing
    return name(one.column), verdict_words(one.found) or "nothing personal", one.sure, evidence


def done_section(said: Reported) -> Markup:
    """Return what was done to each column, and why."""
    told = said.told
    heads = ("column or place", "what was done", "what it does", "why", "equal values join in")
    lines = [
        (
            name(one.column),
            one.action,
            action_words(one.action),
            why(told, one),
            one.joins or "none",
        )
        for one in told.columns
    ]
    return section(
        "done",
        "What was done to each column, and why",
        table("Rules by column", heads, lines),
        joined(_not_published(said)),
    )


def _not_published(said: Reported) -> Iterator[Markup]:
    told = said.told
    dropped: list[Content] = []
    if told.dropped:
        dropped.append(joined(("Dropped by the policy: ", names(told.dropped), ".")))
    if unlisted := told.manifest.unlisted:
        many = f"{unlisted:,} columns or places that the policy does not name are in no output"
        if said.unlisted is None:
            dropped.append(
                f"{many}. This page does not name them, because everybody may read it: coatcheck"
                " report --name-dropped does, with the owner's key."
            )
        else:
            dropped.append(joined((f"{many}: ", names(said.unlisted), ".")))
    yield from (paragraphs(one) for one in dropped)
    if not dropped:
        yield paragraphs("No column of the source was dropped.")


def charts_section(said: Reported) -> Markup:
    """Return the distributions of published values."""
    return section(
        "charts",
        "How published values are distributed",
        paragraphs(
            said.charts_say,
            "No bar stands for fewer rows or people than k, and none for fewer than 10. Rare values"
            " are in one bar, small ranges are joined, and numbers are rounded, so that no"
            " difference of them tells of a few people.",
        )
        if said.charts
        else paragraphs(said.charts_say),
        *map(drawn, said.charts),
    )
