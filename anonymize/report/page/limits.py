"""The parts of the page that tell of risk: measures, what may be left, checks, no promise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymize.privacy.presets import preset_of
from anonymize.report.page.gaps import Gap, gaps
from anonymize.report.page.markup import (
    Content,
    Markup,
    bullets,
    joined,
    name,
    names,
    paragraphs,
    section,
    subsection,
    table,
)
from anonymize.report.page.measured import FIGURES
from anonymize.report.page.reported import Reported
from anonymize.report.page.risk import NOT_PROMISED, measures
from anonymize.report.page.scan import scan_result, scanned
from anonymize.report.page.screened import screened
from anonymize.report.terminal import SAME_MODEL


def risk_section(said: Reported) -> Markup:
    """Return the measures of privacy with what each means."""
    lines = [(one.name, one.value, one.meaning) for one in measures(said)]
    privacy = said.told.privacy
    which = (
        paragraphs(
            joined(("Quasi-identifiers, by which somebody could be found: ",
                    names(privacy.quasi_identifiers), f". Measured on {privacy.measured_on}."))
        )
        if privacy
        else Markup("")
    )  # fmt: skip
    return section(
        "risk",
        "How hard it is to single somebody out",
        which,
        table("Measures of privacy", ("measure", "figure", "what it means"), lines),
    )


def left_section(said: Reported) -> Markup:
    """Return what was published as it is, what the scan found, and what may be missed."""
    rows = ((figure.what, figure.value, figure.beyond) for figure in FIGURES)
    return section(
        "left",
        "What is left, and what may be missed",
        subsection("Left in this version", bullets(_left(said))),
        subsection(
            "What the scan of the output looked for", bullets(scanned(said)) or paragraphs(_OFF)
        ),
        subsection(
            "Not looked at, or not told",
            paragraphs(
                "Nobody looked at these, or this page does not tell. Do not take them for safe:"
            ),
            bullets(_gap(one) for one in gaps(said)),
            paragraphs(*(() if said.told.not_looked_for else (_NOTHING_OFF,))),
        ),
        subsection(
            "What the detectors miss elsewhere",
            paragraphs(
                "General figures, measured on other data; see docs/measured.md of Coatcheck for"
                " how. How much was missed in this dataset is not known: read some rows yourself."
            ),
            table(
                "Measured errors of the detectors", ("what", "figure", "does not hold for"), rows
            ),
        ),
    )


def _gap(one: Gap) -> Content:
    return joined((f"{one.means} ", names(one.columns))) if one.columns else one.means


_EQUAL = re.compile("pseudonymize|tokenize|encrypt_format|fake")
"""Rules under which equal values stay equal, within a column that joins nothing, too."""
_NOTHING_OFF = "Of what detection does by default nothing was switched off, and all could be read."
_OFF = "Nothing: the policy switched it off."


def _left(said: Reported) -> Iterator[Content]:
    told = said.told
    kept = [one.column for one in told.columns if one.is_kept]
    if kept:
        yield joined(("Published as they are, in some rows at least: ", names(kept), "."))
    else:
        yield "No column is published as it is."
    if joining := [one.column for one in told.columns if one.joins or _EQUAL.match(one.action)]:
        yield joined((
            "Which values are equal, and how frequent each is, shows in: ", names(joining), ".",
        ))  # fmt: skip
    residual = told.residual
    if residual is None:
        return
    for column, left in residual.names_left.items():
        if left.cells:
            yield joined((
                "Free text of ", name(column), f": of {said.counted(left.cells)} cells that were"
                f" read again, with a name left: {said.counted(left.named)} ({SAME_MODEL}).",
            ))  # fmt: skip


def checks_section(said: Reported) -> Markup:
    """Return the gates that the version passed, and where the source's rows went."""
    made = said.told.manifest
    outcomes = (
        ("published", f"{made.rows.written:,}" if made.rows.written > said.limit
         else said.counted(made.rows.written)),
        ("left out by the policy's conditions", said.counted(made.rows.filtered)),
        ("left out because their group was too small", said.counted(made.rows.suppressed)),
        (f"set aside because of a bad value{_or_suspicious(said)}",
         said.counted(made.rows.quarantined)),
    )  # fmt: skip
    return section(
        "checks",
        "Checks before publication",
        bullets(_gates(said)),
        table("Rows of the source by what became of them", ("rows", "number"), outcomes),
    )


def _or_suspicious(said: Reported) -> str:
    screen = said.told.manifest.checks.screen
    return ", or as suspicious" if screen and screen.on == "quarantine" else ""


def _gates(said: Reported) -> Iterator[Content]:
    residual, privacy = said.told.residual, said.told.privacy
    yield "Every file was read back and matched its digest before the version became current."
    if residual is None:
        yield "Scan of the output for personal data: off."
    else:
        yield f"Scan of the output for direct identifiers: {scan_result(said)}."
    if privacy is None:
        yield "k-anonymity: not asked for, so not looked at."
    else:
        yield (
            f"k-anonymity: {privacy.asked_k:,} asked for, {privacy.k:,} reached, counted again on"
            " what was written; with less nothing would have been published."
        )
    yield from screened(said)
    yield from _preset(said)
    accepted = said.told.manifest.order.accepted
    if accepted:
        yield f"Rows keep the order of the source; accepted because: {accepted}"


def _preset(said: Reported) -> Iterator[Content]:
    """Yield which law's or guideline's demands every column was held to."""
    checks = said.told.manifest.checks
    if not checks.preset:
        yield "No preset of a law or guideline was asked for."
        return
    yield (
        f"Held to {preset_of(checks.preset).title} (preset {checks.preset}): a column that is"
        " published against it stops the run. What people must confirm besides: coatcheck plan."
    )
    for column, because in checks.preset_accepted.items():
        yield joined(("Not held to it: ", name(column), f", accepted because: {because}"))


def promises_section(said: Reported) -> Markup:
    """Return what is not promised."""
    return section("not-promised", "What is not promised", bullets(NOT_PROMISED))
