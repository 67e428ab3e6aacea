"""A skeleton of a data protection impact assessment (GDPR, article 35), in Markdown.

What the manifest states is filled in; what only people know is marked, to be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.report.escaped import bullets, name, table, text
from anonymize.report.page.gaps import gaps
from anonymize.report.page.measured import FIGURES
from anonymize.report.page.plain_words import action_words, verdict_words, why
from anonymize.report.page.reported import Reported
from anonymize.report.page.risk import NOT_PROMISED, measures
from anonymize.report.page.scan import scan_result

OPEN = "_to be filled in_"
"""Marks what the manifest does not know."""


def dpia_markdown(said: Reported) -> str:
    """Return the skeleton. Equal facts give equal texts."""
    return "\n\n".join(_page(said)) + "\n"


def _page(said: Reported) -> Iterator[str]:
    made = said.told.manifest
    yield f"# Data protection impact assessment: {text(made.dataset)}, version {made.version}"
    yield (
        "A skeleton after article 35(7) of the GDPR. What the signed manifest of the version states"
        f" is filled in. What only people know is marked: {OPEN}."
    )
    yield "## 1. The processing"
    yield table(("what", "answer"), _processing(said))
    yield "### Data that is published"
    yield table(("column", "found in the source", "what was done", "why"), _columns(said))
    yield "### Data that is not published"
    yield bullets(_not_published(said))
    yield "## 2. Necessity and proportionality"
    yield table(("question", "answer"), _necessity(said))
    yield "## 3. Risks to the people concerned"
    yield table(("measure", "figure", "what it means"), _risks(said))
    yield "### What may have been missed"
    yield bullets(_missed(said))
    yield "### What is not promised"
    yield bullets(map(text, NOT_PROMISED))
    yield f"### Likelihood and severity of each risk\n\n{OPEN}"
    yield "## 4. Measures"
    yield bullets(_measures(said))
    yield f"### Further measures, and the risk that stays\n\n{OPEN}"
    yield "## 5. Opinions and decision"
    roles = ("data protection officer", "people concerned, or those who speak for them", "decision")
    yield table(
        ("who", "opinion", "name, place, date, signature"), [(r, OPEN, OPEN) for r in roles]
    )


def _processing(said: Reported) -> Iterator[tuple[str, str]]:
    made = said.told.manifest
    yield "dataset and version", f"{text(made.dataset)}, version {made.version}"
    yield "purpose", text(made.purpose) or OPEN
    yield "controller and processors", OPEN
    yield "legal basis (article 6, and 9 for special categories)", OPEN
    yield "people concerned, and how many", OPEN
    yield "rows published", said.counted(made.rows.written)
    source = made.source
    yield "made from", f"{source.files:,} {text(source.format)}" if source.format else OPEN
    yield "published", text(made.created_at) or "not stated"
    yield "recipients, and the keys they hold", f"{_keys(said)}; {OPEN}"
    yield "transfers to third countries", OPEN
    yield "kept until", OPEN
    if seal := said.seal:
        yield "SHA-256 of the signed manifest", f"`{seal.manifest_sha256}`"
        yield "signed by", f"{name(seal.key)}, fingerprint `{seal.fingerprint}`"


def _keys(said: Reported) -> str:
    keys = dict.fromkeys((*said.told.reading_keys, *said.told.keys.values()))
    held = {key: f" ({text(who)})" for key, who in said.holders.items()}
    return ", ".join(f"{name(key)}{held.get(key, '')}" for key in keys) or "none"


def _columns(said: Reported) -> Iterator[tuple[str, str, str, str]]:
    for one in said.told.columns:
        found = verdict_words(one.found) or ("nothing personal" if one.sure else "not told")
        done = f"{one.action}: {action_words(one.action)}"
        yield name(one.column), text(found), text(done), text(why(said.told, one))


def _not_published(said: Reported) -> Iterator[str]:
    told = said.told
    yield f"dropped by the policy: {', '.join(map(name, told.dropped)) or 'none'}"
    named = f": {', '.join(map(name, said.unlisted))}" if said.unlisted else ""
    yield f"not named by the policy: {told.manifest.unlisted:,} columns or places{named}"


def _necessity(said: Reported) -> Iterator[tuple[str, str]]:
    kept = [name(one.column) for one in said.personal if one.is_kept]
    yield "Is each published column needed for the purpose?", OPEN
    yield (
        "Personal data that is published as it is",
        f"{', '.join(kept)}: why it is needed: {OPEN}" if kept else "none was found",
    )
    yield "Would fewer rows, coarser values or synthetic data do?", OPEN
    yield "How are people informed, and how do they exercise their rights?", OPEN


def _risks(said: Reported) -> Iterator[tuple[str, str, str]]:
    for one in measures(said):
        yield text(one.name), text(one.value), text(one.meaning)


def _missed(said: Reported) -> Iterator[str]:
    yield f"scan of the output for direct identifiers: {scan_result(said)}"
    for gap in gaps(said):
        yield f"not looked at: {text(gap.means)} {', '.join(map(name, gap.columns))}".rstrip()
    for one in FIGURES:
        figure = f"{text(one.what)}: {text(one.value)}; not for {text(one.beyond)}"
        yield f"measured elsewhere: {figure}"


def _measures(said: Reported) -> Iterator[str]:
    made = said.told.manifest
    yield "columns are dropped, pseudonymized, tokenized, generalized as listed above"
    yield "files are encrypted; restricted columns have keys of their own"
    yield "the manifest is signed, and each act is entered in a signed log"
    privacy = said.told.privacy
    if privacy:
        yield f"groups of fewer than {privacy.asked_k:,} {privacy.counts} are left out"
    if made.reveal:
        yield f"turning tokens back needs {made.reveal.approvals:,} people"
    if made.audit_reads:
        yield "reads are entered in a log"
