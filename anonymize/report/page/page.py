"""The privacy report as one HTML file: it holds all it needs, runs no script, asks nobody."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.report.page.afterwards import after_section
from anonymize.report.page.columns import charts_section, done_section, found_section
from anonymize.report.page.custody import keys_section, origin_section, signature_section
from anonymize.report.page.gaps import gaps
from anonymize.report.page.limits import (
    checks_section,
    left_section,
    promises_section,
    risk_section,
)
from anonymize.report.page.markup import (
    Content,
    Markup,
    element,
    joined,
    names,
    paragraphs,
    section,
)
from anonymize.report.page.reported import Reported
from anonymize.report.page.risk import not_counted
from anonymize.report.page.sampled import source_rows
from anonymize.report.page.scan import scan_result
from anonymize.report.page.style import style_sheet
from anonymize.report.terminal import nothing_left

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser lets the page do: be looked at."""
_CONTENTS = (
    ("short", "In short"),
    ("found", "What was found in the source"),
    ("done", "What was done to each column, and why"),
    ("charts", "How published values are distributed"),
    ("risk", "How hard it is to single somebody out"),
    ("left", "What is left, and what may be missed"),
    ("checks", "Checks before publication"),
    ("keys", "Keys, and who holds them"),
    ("origin", "Where it comes from, and what was done since"),
    ("after", "How long it is kept, what to do if it leaks, what may be handed on"),
    ("not-promised", "What is not promised"),
    ("signatures", "Sign-off"),
)
"""Fragment → heading, in the order of the page."""


def report_page(said: Reported) -> str:
    """Return the page. Equal facts give equal pages; nothing in it has the time of its making."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", said.title),
        element("style", Markup(style_sheet())),
    )
    body = element(
        "body",
        element("a", "Skip to the report", href="#report", class_="skip"),
        element("header", element("h1", said.title), paragraphs(_subtitle(said))),
        _contents(),
        element("main", *_sections(said), id="report"),
        element("footer", paragraphs(_foot(said))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _subtitle(said: Reported) -> str:
    made = said.told.manifest
    return f"Purpose: {made.purpose.strip() or 'not stated'}. Published {made.created_at}."


def _contents() -> Markup:
    links = [element("li", element("a", heading, href=f"#{place}")) for place, heading in _CONTENTS]
    return element("nav", element("ul", *links), aria_label="Contents")


def _sections(said: Reported) -> Iterator[Markup]:
    yield _short(said)
    yield found_section(said)
    yield done_section(said)
    yield charts_section(said)
    yield risk_section(said)
    yield left_section(said)
    yield checks_section(said)
    yield keys_section(said)
    yield origin_section(said)
    yield after_section(said)
    yield promises_section(said)
    yield signature_section(said)


def _short(said: Reported) -> Markup:
    facts = (joined((element("dt", what), element("dd", value))) for what, value in _facts(said))
    return section("short", "In short", element("dl", *facts))


def _facts(said: Reported) -> Iterator[tuple[str, Content]]:
    told = said.told
    made, privacy = told.manifest, told.privacy
    yield (
        "rows published",
        f"{said.counted(made.rows.written)}, of {source_rows(said)} in the source",
    )
    yield "about whom", f"not stated: ____________; {_whose(said)}"
    if nothing_left(privacy.model_dump(mode="json") if privacy else None):
        yield "WARNING", "nothing is left of the columns that were made coarser: see the measures"
    dropped = len(told.dropped) + made.unlisted
    yield "columns", f"{len(said.published):,} published, {dropped:,} columns or places dropped"
    yield (
        "personal data found in",
        names(one.column for one in said.personal) if said.personal else "no published column",
    )
    kept = [one.column for one in said.personal if one.is_kept]
    yield "of these published as they are", names(kept) if kept else "none"
    if said.untold:
        yield (
            "what was found is not told for",
            names(one.column for one in said.untold),
        )
    yield (
        "k-anonymity",
        f"{privacy.k:,} {privacy.counts} or more share each combination of"
        f" {', '.join(privacy.quasi_identifiers)}; {len(not_counted(said)):,} other columns of the"
        " row were not counted"
        if privacy
        else "not asked for, not looked at: nobody counted who shares what",
    )
    yield (
        "scan of the output",
        f"direct identifiers: {scan_result(said)}; other personal data is not looked for",
    )
    yield "not looked at, or not told", "; ".join(dict.fromkeys(one.what for one in gaps(said)))
    yield "small counts", f"up to {said.limit:,} rows, cells or people are not told exactly"


def _whose(said: Reported) -> str:
    """Return how rows of one person are known from those of another."""
    privacy = said.told.privacy
    if privacy is None or not privacy.subject:
        return "the manifest does not state whose a row is"
    return f"rows with the same {privacy.subject} are of one person"


def _foot(said: Reported) -> str:
    made = said.told.manifest
    return (
        f"Made by Coatcheck {made.software.get('coatcheck', '')} from the signed manifest of"
        f" {made.dataset}, version {made.version}. It holds no value of a direct identifier, of"
        " free text or of a restricted column. Check the version with: coatcheck verify."
    )
