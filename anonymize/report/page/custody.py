"""The parts of the page that tell of keys, origin, acts, and who signs for the version."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.dataset.history import Act
from anonymize.keys import SIGNING
from anonymize.names import KeyId, key_name_of
from anonymize.report.page.markup import (
    Content,
    Markup,
    bullets,
    element,
    joined,
    name,
    names,
    paragraphs,
    section,
    subsection,
    table,
)
from anonymize.report.page.reported import Reported
from anonymize.report.page.sampled import source_rows

_NOBODY = "not stated: ____________"
MOST_ACTS = 50
"""Acts of the log that the page lists: the newest."""


def keys_section(said: Reported) -> Markup:
    """Return the keys by what they are for, with room for who holds them."""
    heads = ("key", "version", "what it is for", "held by")
    lines = [
        (name(key), ", ".join(versions), bullets(uses), said.holders.get(key, _NOBODY))
        for key, (versions, uses) in _uses(said).items()
    ]
    return section(
        "keys",
        "Keys, and who holds them",
        paragraphs(
            "Files are encrypted; pseudonyms and tokens depend on keys. Who holds none of these"
            " keys reads no row. Coatcheck does not know who holds a key: who makes the report says"
            " so (coatcheck report --holder KEY=WHO), or it is filled in here."
        ),
        table("Keys by purpose", heads, lines),
        bullets(_reveals(said)),
    )


def keys_of(said: Reported) -> tuple[str, ...]:
    """Return the names of the keys that the page lists."""
    return tuple(_uses(said))


def _uses(said: Reported) -> dict[str, tuple[list[str], list[Content]]]:
    """Return key name → its versions and what it is for."""
    told, found = said.told, dict[str, tuple[list[str], list[Content]]]()

    def add(key: str, use: Content) -> None:
        found.setdefault(key, ([], []))[1].append(use)

    for key in told.reading_keys:
        add(key, "opens the rows, without restricted columns")
    opened: dict[str, list[str]] = {}
    for column, key in told.keys.items():
        opened.setdefault(key, []).append(column)
    for key, columns in opened.items():
        add(key, joined(("alone opens the restricted columns ", names(columns))))
    made: dict[str, list[str]] = {}
    for column, line in said.lines.items():
        keys = line.get("keys")
        for key_id in keys if isinstance(keys, list | tuple) else ():
            made.setdefault(key_name_of(KeyId(str(key_id))), []).append(column)
    for key, columns in made.items():
        add(key, joined(("makes values of ", names(columns))))
    if told.manifest.owner.key:
        add(
            key_name_of(KeyId(told.manifest.owner.key)),
            "the owner's: opens exact facts of the source and rows that were set aside",
        )
    add(SIGNING, "signs the manifest and the log of acts; its version is under Sign-off")
    for key_id in dict.fromkeys((*told.manifest.keys, told.manifest.owner.key)):
        known = found.get(key_name_of(KeyId(key_id))) if key_id else None
        if known:
            known[0].append(key_id.rpartition(".")[2])
    return found


def _reveals(said: Reported) -> Iterator[Content]:
    made = said.told.manifest
    if made.vault:
        yield "Tokens are random, in a vault; who has the vault and its key turns them back."
    if made.reveal is None:
        yield "The policy asks for no second person before tokens are turned back."
    else:
        who = names(made.reveal.approvers) if made.reveal.approvers else "nobody is named"
        above = "" if made.reveal.above is None else f", above {made.reveal.above:,} values a day"
        yield joined((
            f"Turning tokens back needs {made.reveal.approvals:,} people{above}. Who may approve: ",
            who, ".",
        ))  # fmt: skip
    yield (
        "Reads by keyrings that can sign are entered in a log of reads."
        if made.audit_reads
        else "Reads are not entered in a log."
    )


def origin_section(said: Reported) -> Markup:
    """Return where the version comes from, what made it, and what was done since."""
    made = said.told.manifest
    source = made.source
    many = "file" if source.files == 1 else "files"
    files = f"{source.files:,} {many} ({source.format})" if source.format else "not stated"
    files += "; names and places of files are in the part that the owner's key opens, not here"
    software = [f"{one} {version}" for one, version in made.software.items()]
    facts: list[tuple[Content, Content]] = [
        ("made from", files),
        ("rows of the source", source_rows(said)),
        ("keyed digest of the source", element("code", source.hmac_sha256 or "none")),
        ("keyed digest of the policy", element("code", made.policy_hmac_sha256 or "none")),
        ("begun", made.begun_at or "not stated"),
        ("published", made.created_at or "not stated"),
        ("order of the rows", made.order.rows),
        ("files", f"{len(made.data_files()):,}, encrypted, {said.told.size_bytes:,} bytes"),
        ("software", bullets(software) or "not stated"),
    ]
    return section(
        "origin",
        "Where it comes from, and what was done since",
        table("Lineage", ("what", "value"), facts),
        subsection("Acts on the dataset", _acts(said)),
    )


def _acts(said: Reported) -> Markup:
    if said.seal is None:
        return paragraphs(
            "This page was made with the version, so it knows nothing of later acts: coatcheck"
            " report lists them."
        )
    heads = ("act", "at", "by", "versions", "why")
    shown = said.acts[-MOST_ACTS:]
    more = len(said.acts) - len(shown)
    said_more = paragraphs(f"{more:,} earlier ones: coatcheck history.") if more else Markup("")
    return joined(
        (table("Acts by the signed log, oldest first", heads, map(_act, shown)), said_more)
    )


def _act(one: Act) -> tuple[Content, ...]:
    what = f"{one.number}. {one.what}{', refused' if one.refused else ''}"
    return what, one.at[:40], one.who[:100], ", ".join(map(str, one.versions)), one.why


def signature_section(said: Reported) -> Markup:
    """Return what identifies the version, and the lines to sign on."""
    seal, made = said.seal, said.told.manifest
    if seal is None:
        identity = paragraphs(
            "The manifest beside this page lists the page's digest, so the page cannot state the"
            " manifest's. Sign the report that coatcheck report makes, which does."
        )
    else:
        rows: list[tuple[Content, Content]] = [
            ("dataset and version", joined((name(made.dataset), f", version {made.version}"))),
            ("SHA-256 of the signed manifest", element("code", seal.manifest_sha256)),
            ("signed by key", name(seal.key)),
            ("fingerprint of that key", element("code", seal.fingerprint)),
        ]
        identity = table("What is signed for", ("what", "value"), rows)
    lines = [(role, "", "", "", "") for role in ("prepared by", "privacy officer", "data owner")]
    heads = ("role", "name", "place", "date", "signature")
    form = element("div", table("Signatures", heads, lines), class_="sign")
    return section("signatures", "Sign-off", identity, form)
