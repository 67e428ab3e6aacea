"""What nobody looked at in a version, and what is not told of it. It may be safe, or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anonymize.dataset.facts import PrivacyFacts
from anonymize.report.page.reported import Reported
from anonymize.report.page.risk import not_counted


@dataclass(frozen=True)
class Gap:
    """One thing that nobody looked at, or that is not told."""

    what: str
    """In a few words."""
    means: str
    """What does not follow therefore, a sentence; about ``columns``, if there are some."""
    columns: tuple[str, ...] = ()
    """The columns behind the sentence."""


def gaps(said: Reported) -> tuple[Gap, ...]:
    """Return what nobody looked at, in the order of the page."""
    return (*_of_found(said), *_of_risk(said), *_of_output(said), *_of_detection(said))


def _of_found(said: Reported) -> Iterator[Gap]:
    if said.untold:
        yield Gap(
            "what restricted and nested columns hold",
            "This page does not tell what was found in:",
            tuple(one.column for one in said.untold),
        )


def _of_risk(said: Reported) -> Iterator[Gap]:
    privacy = said.told.privacy
    if privacy is None:
        yield Gap(
            "k-anonymity",
            "The policy has no privacy: block: nobody counted how many people share the facts by"
            " which somebody could be found, nor what their groups give away.",
        )
    else:
        yield from _of_classes(said, privacy)
        if privacy.against is None:
            yield Gap(
                "earlier releases",
                "The policy does not ask for it (against:): nobody looked what this version tells"
                " together with another.",
            )
    yield Gap(
        "attacks",
        "No attack was tried, and nobody looked whether somebody can find out that a person is in"
        " the data at all. coatcheck risk --attack tries, with people who are not in it.",
    )


def _of_classes(said: Reported, privacy: PrivacyFacts) -> Iterator[Gap]:
    if others := not_counted(said):
        yield Gap(
            "columns beside the quasi-identifiers",
            "Nobody counted how many people share the values of:",
            others,
        )
    sensitive = {one.column for one in privacy.sensitive}
    delicate = [one.column for one in said.told.columns if one.key or one.found == "HEALTH"]
    if left := [one for one in delicate if one not in {*sensitive, *privacy.quasi_identifiers}]:
        yield Gap(
            "health data and restricted columns that the policy does not name as sensitive",
            "Nobody looked whether a group gives away:",
            tuple(left),
        )
    if not sensitive:
        yield Gap(
            "what groups give away (l, t, β)",
            "The policy names no sensitive column: nobody looked whether a group gives a value"
            " away.",
        )
    elif all(one.distance is None for one in privacy.sensitive):
        yield Gap(
            "t-closeness",
            "Nobody looked how far the sensitive values of a group are from those of all rows.",
        )


def _of_output(said: Reported) -> Iterator[Gap]:
    if said.told.residual is None:
        yield Gap(
            "the output",
            "The policy switched the scan off: nobody looked for personal data in what was"
            " published.",
        )


def _of_detection(said: Reported) -> Iterator[Gap]:
    if not said.told.manifest.checks.preset:
        yield Gap(
            "what a law asks",
            "The policy names no preset of a law or guideline: nobody held the columns to one.",
        )
    if said.told.manifest.checks.screen is None:
        yield Gap(
            "planted rows",
            "The policy has no screen: block: nobody looked whether somebody planted rows in the"
            " source to mislead a model.",
        )
    for sentence in said.told.not_looked_for:
        yield Gap("what detection left out", sentence)
