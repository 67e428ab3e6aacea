"""The part of the page on what comes after: how long a version is kept, leaks, handing on."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.report.page.markup import (
    Content,
    Markup,
    bullets,
    element,
    joined,
    names,
    section,
    subsection,
)
from anonymize.report.page.reported import Reported

_BLANK = "____________"


def after_section(said: Reported) -> Markup:
    """Return what applies to a published version: it is the same whether or not it has canaries."""
    return section(
        "after",
        "How long it is kept, what to do if it leaks, what may be handed on",
        subsection("How long it is kept", bullets(_kept())),
        subsection("If it leaks", bullets(_leaked())),
        subsection("What may be handed on", bullets(_handed_on(said))),
    )


def _kept() -> Iterator[Content]:
    yield (
        "The manifest states no date. Coatcheck keeps a version until somebody removes it"
        f" (coatcheck expire), or a planned expiry does. To be removed by: {_BLANK}."
    )
    yield (
        "Removing it deletes its files, and no copy that somebody made. Without their keys, copies"
        " of the files stay unreadable. Rows that were exported or read are out of reach."
    )


def _leaked() -> Iterator[Content]:
    yield (
        "Files without a key: nobody reads a row. The names of columns, the rules and the figures"
        " in the manifest and on this page are not encrypted."
    )
    yield joined((
        "A key: ", element("code", "coatcheck incident KEY DATASET"), " prints the steps. Rows that"
        " somebody already read with it stay known.",
    ))  # fmt: skip
    yield (
        "Rows in the clear, or files together with a key: treat it as a leak of personal data. Tell"
        " the privacy officer at once. Where the GDPR applies, article 33 asks to tell the"
        " authority within 72 hours, unless a risk to people is unlikely."
    )
    yield joined((
        "Somebody found a table or a text that may come from here: ",
        element("code", "coatcheck canaries check FOUND DATASET"), " tells if the policy planted"
        " invented people (canaries), and needs their key. This page says neither whether it did"
        " nor how many there are. If it did, they are among the rows that it counts.",
    ))  # fmt: skip


def _handed_on(said: Reported) -> Iterator[Content]:
    told = said.told
    purpose = told.manifest.purpose.strip()
    yield (
        "This page and the manifest: to everybody who may know the names of the columns and the"
        " figures. They hold no row."
    )
    yield "The encrypted files: to those who are to keep them. Without a key they read no row."
    shut = tuple(told.keys)
    yield joined((
        "Keys and rows in the clear: only to those who need them for the purpose",
        f" ({purpose})" if purpose else "", ". The figures above do not make the rows anonymous: "
        "they can still be about one person.",
    ))  # fmt: skip
    if shut:
        yield joined((
            "Restricted columns (", names(shut), "): only to those who are to hold their key.",
        ))  # fmt: skip
    yield (
        "Statistics, models and texts made of the rows: this page says nothing of them. They can"
        " tell of single people, too."
    )
