"""The parts of the page that tell of risk: measures, what may be left, checks, no promise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymize.privacy.presets import preset_of
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
    rows = ((figure.what, figure.value) for figure in FIGURES)
    return section(
        "left",
        "What is left, and what may be missed",
        subsection("Left in this version", bullets(_left(said))),
        subsection("Not looked for", bullets(said.told.not_looked_for) or paragraphs(_NOTHING_OFF)),
        subsection(
            "What the detectors miss elsewhere",
            paragraphs(
                "Measured on other data, not on this dataset; see docs/measured.md of Coatcheck for"
                " how. Expect as much here."
            ),
            table("Measured errors of the detectors", ("what", "figure"), rows),
        ),
    )


_EQUAL = re.compile("pseudonymize|tokenize|encrypt_format|fake")
"""Rules under which equal values stay equal, within a column that joins nothing, too."""
_NOTHING_OFF = "Nothing that detection does by default was switched off or could not be read."


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
        yield "The output was not scanned for personal data: the policy switched that off."
        return
    for found in residual.findings:
        yield joined((
            f"The scan of the output found {found.what} in ", name(found.column),
            f" (confidence {found.confidence:.0%}).",
        ))  # fmt: skip
    if hidden := residual.findings_in_restricted_columns:
        yield f"The scan of the output found {hidden:,} more in restricted columns."
    if not residual.findings and not hidden:
        yield "The scan of a sample of the output found no personal data."
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
        ("set aside because of a bad value", said.counted(made.rows.quarantined)),
    )  # fmt: skip
    return section(
        "checks",
        "Checks before publication",
        bullets(_gates(said)),
        table("Rows of the source by what became of them", ("rows", "number"), outcomes),
    )


def _gates(said: Reported) -> Iterator[Content]:
    residual, privacy = said.told.residual, said.told.privacy
    yield "Every file was read back and matched its digest before the version became current."
    if residual is None:
        yield "Scan of the output for personal data: off."
    else:
        sample = residual.sample if isinstance(residual.sample, str) else f"{residual.sample:,}"
        yield (
            f"Scan of the output for personal data: {len(residual.sampled_distinct):,} columns, up"
            f" to {sample} different values of each; findings are listed above."
        )
    if privacy is None:
        yield "k-anonymity: not asked for."
    else:
        yield (
            f"k-anonymity: {privacy.asked_k:,} asked for, {privacy.k:,} reached, counted again on"
            " what was written; with less nothing would have been published."
        )
    yield from _screen(said)
    yield from _preset(said)
    accepted = said.told.manifest.order.accepted
    if accepted:
        yield f"Rows keep the order of the source; accepted because: {accepted}"


def _screen(said: Reported) -> Iterator[Content]:
    """Yield what was examined for attacks on who trains on the rows, and what was not."""
    screen = said.told.manifest.checks.screen
    if screen is None:
        yield "Screen for attacks on training: not asked for."
        return
    label = screen.label or "none"
    made = {
        "refuse": "published, because they are no more than may be",
        "quarantine": "set aside",
        "report": "published",
    }[screen.on]
    yield (
        f"Screen for attacks on training: {screen.rows:,} rows and {len(screen.columns):,} columns"
        f" of the source, label {label}; suspicious rows: {said.counted(screen.suspicious)}"
        f" (at most {screen.most:.1%} may be), {made}."
    )
    for check in screen.checks:
        if check.made:
            yield (
                f"Check {check.name}: suspicious rows: {said.counted(check.suspicious)}. It finds"
                f" {check.power}."
            )
        else:
            yield f"Check {check.name}: not made ({'; '.join(check.not_looked_at)})."


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
