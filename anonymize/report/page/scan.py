"""What the scan of the output looked for, what it was told to allow, and what it found."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.dataset.owner import within_any
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.report.page.markup import Content, joined, name, names
from anonymize.report.page.plain_words import verdict_words
from anonymize.report.page.reported import Reported


def scan_result(said: Reported) -> str:
    """Return what the scan found in a few words."""
    residual = said.told.residual
    if residual is None:
        return "switched off, so nobody looked"
    found = len(residual.findings) + residual.findings_in_restricted_columns
    if not found:
        return "none was found where the policy does not allow it, in a sample"
    return f"found {found:,} times where the policy does not allow it, in a sample"


def scanned(said: Reported) -> Iterator[Content]:
    """Yield what the scan looked for, where, what the policy allows, and what was found; nothing if
    it was switched off.
    """
    residual = said.told.residual
    if residual is None:
        return
    kinds = ", ".join(sorted(map(verdict_words, DIRECT_IDENTIFIERS), key=str.lower))
    yield (
        f"It looked for direct identifiers alone: {kinds}; as a column, and inside cells. Other"
        " personal data, such as gender, postal codes or health data, is no finding of it."
    )
    sample = residual.sample if isinstance(residual.sample, str) else f"{residual.sample:,}"
    if read := sorted(residual.sampled_distinct):
        yield joined((f"It read up to {sample} different values of each of ", names(read), "."))
    unread = [
        one.column
        for one in said.told.columns
        if not one.key and not any(within_any(path, (one.column,)) for path in read)
    ]
    if unread:
        yield joined((
            "It did not read ", names(unread), ": the rules there, or the policy's reasons,"
            " allow anything, or there is no value.",
        ))  # fmt: skip
    yield from _allowed(said)
    yield from _found(said)


def _allowed(said: Reported) -> Iterator[Content]:
    kept = [one for one in said.personal if one.is_kept]
    if plain := [one.column for one in kept if one.found not in DIRECT_IDENTIFIERS]:
        yield joined((
            "Personal data that is published as it is, and that it does not look for: ",
            names(plain), ".",
        ))  # fmt: skip
    if direct := [one.column for one in kept if one.found in DIRECT_IDENTIFIERS]:
        yield joined((
            "Direct identifiers that the policy accepts, for the reason in the table of rules: ",
            names(direct), ".",
        ))  # fmt: skip


def _found(said: Reported) -> Iterator[Content]:
    residual = said.told.residual
    if residual is None:
        return
    for found in residual.findings:
        yield joined((
            f"It found {verdict_words(found.what)} in ", name(found.column),
            f" (confidence {found.confidence:.0%}).",
        ))  # fmt: skip
    if hidden := residual.findings_in_restricted_columns:
        yield f"It found {hidden:,} more in restricted columns."
    if not residual.findings and not hidden:
        yield "It found none of these where the policy does not allow it."
