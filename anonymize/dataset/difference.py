"""Compares two versions by what their signed manifests state; no row is read.

Manifests have counts of people who were left out raised to k, and so has a comparison. It uses what
every reader may see, never the owner's part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from anonymize.dataset.facts import ColumnFacts, PrivacyFacts
from anonymize.dataset.manifest import Manifest
from anonymize.names import KeyId, key_name_of

Section = Literal["policy", "rules", "schema", "rows", "nulls", "privacy", "keys", "made"]
_DIGITS = 12
"""Hexadecimal digits of a digest that are shown."""
_RULE = ("action", "joins", "note")


@dataclass(frozen=True)
class Difference:
    """One fact that two versions state differently."""

    section: Section
    """``policy``, ``rules`` and ``schema`` by column, ``rows``, ``nulls`` by column, ``privacy``,
    ``keys`` by name, or ``made`` (how it was made: source, order, checks, software).
    """
    name: str
    """The column, the key, or the name of the fact."""
    before: str
    """In the first version, as people read it; empty if it has none."""
    after: str
    """In the second version."""


def differences(before: Manifest, after: Manifest) -> tuple[Difference, ...]:
    """Return every difference between two checked manifests of one dataset, by section.

    Shares of distinct values are not compared, because manifests do not hold them.
    """
    both = (_facts(before, after), _facts(after, before))
    names = dict.fromkeys((*both[0], *both[1]))
    found = [
        Difference(section, name, said[0], said[1])
        for section, name in names
        if len({*(said := [facts.get((section, name), "") for facts in both])}) > 1
    ]
    order = Section.__args__  # type: ignore[attr-defined]
    return tuple(sorted(found, key=lambda one: order.index(one.section)))


_Facts = dict[tuple[Section, str], str]


def _facts(made: Manifest, other: Manifest) -> _Facts:
    """Return what ``made`` states, by section and name; of some facts only what compares with
    ``other``.
    """
    return {
        **dict(_policy(made, other)),
        **dict(_columns(made)),
        **dict(_rows(made)),
        **dict(_privacy(made.privacy)),
        **dict(_keys(made, other)),
        **dict(_making(made, other)),
    }


_Fact = tuple[tuple[Section, str], str]


def _policy(made: Manifest, other: Manifest) -> Iterator[_Fact]:
    """Yield the policy's digest where it can be compared: under another owner's key, or for another
    purpose, one policy has two digests.
    """
    yield ("policy", "purpose"), made.purpose
    if _comparable(made, other):
        yield ("policy", "keyed digest"), made.policy_hmac_sha256[:_DIGITS]
    else:
        under = f"{made.owner.key or 'no key'}, purpose {made.purpose}"
        yield ("policy", "keyed digest"), f"not comparable: made under {under}"
    yield ("policy", "places without a rule"), str(made.unlisted)
    if made.reveal is not None:
        limit = f", above {made.reveal.above:,} values" if made.reveal.above is not None else ""
        names = ", ".join(sorted(made.reveal.approvers))
        yield ("policy", "reveal"), f"approvals {made.reveal.approvals}{limit}, by {names}"
    for line in made.plan if isinstance(made.plan, list | tuple) else ():
        said = [str(line[name]) for name in _RULE if line.get(name)]
        yield ("rules", str(line.get("column", ""))), "; ".join(said)


def _comparable(made: Manifest, other: Manifest) -> bool:
    return (made.owner.key, made.purpose) == (other.owner.key, other.purpose)


def _columns(made: Manifest) -> Iterator[_Fact]:
    for name, facts in made.columns.items():
        yield ("schema", name), facts.type or "not published"
        if (words := _nulls(name, facts, made)) is not None:
            yield ("nulls", name), words


def _nulls(name: str, facts: ColumnFacts, made: Manifest) -> str | None:
    """Return a column's nulls in words; None if they are not published. Inside lists the number of
    values is not known, so places inside columns have no share.
    """
    if facts.nulls is None:
        return None
    words, rows = _at_most(facts.nulls, made.rows.raised_to), made.rows.written
    inside = "." in name or "[" in name
    return words if inside or not rows else f"{words} ({facts.nulls / rows:.2%} of the rows)"


def _at_most(count: int, raised_to: int) -> str:
    """Return a published count in words. One that equals the limit may be any number up to it."""
    return f"at most {count:,}" if raised_to and 0 < count <= raised_to else f"{count:,}"


def _rows(made: Manifest) -> Iterator[_Fact]:
    rows, limit = made.rows, made.rows.raised_to
    left_out = (rows.suppressed, rows.quarantined, rows.filtered)
    is_raised = bool(limit) and any(0 < count <= limit for count in left_out)
    yield ("rows", "written"), f"{rows.written:,}"
    yield ("rows", "read"), f"at most {rows.read:,}" if is_raised else f"{rows.read:,}"
    for name, count in zip(("suppressed", "quarantined", "filtered"), left_out, strict=True):
        yield ("rows", name), _at_most(count, limit)
    yield ("rows", "parts"), f"{len(made.data_files()):,}"


def _privacy(facts: PrivacyFacts | None) -> Iterator[_Fact]:
    if facts is None:
        yield ("privacy", "measured"), "no: the policy has no privacy: block"
        return
    yield ("privacy", "measured"), f"on {facts.measured_on}, {facts.counts}"
    yield ("privacy", "quasi-identifiers"), ", ".join(facts.quasi_identifiers)
    yield ("privacy", "k asked for"), str(facts.asked_k)
    yield ("privacy", "asked of sensitive values"), facts.asked_of_values or "nothing"
    yield ("privacy", "k"), str(facts.k)
    yield ("privacy", "classes"), f"{facts.classes:,}"
    yield ("privacy", "highest risk"), f"{facts.highest:.4f}"
    yield ("privacy", "average risk"), f"{facts.average:.4f}"
    for one in facts.sensitive:
        words = [f"l = {one.distinct}"]
        if one.entropy is not None:
            words.append(f"entropy {one.entropy:.2f}")
        if one.largest_share is not None:
            words.append(f"largest {one.largest_share:.2f}")
        yield ("privacy", f"diversity of {one.column}"), ", ".join(words)


def _keys(made: Manifest, other: Manifest) -> Iterator[_Fact]:
    """Yield the key versions by name, each with its check value if the other version has another
    key of that id.
    """
    ids: dict[str, list[str]] = {}
    for key_id in dict.fromkeys((*made.keys, made.owner.key)):
        if key_id:
            ids.setdefault(str(key_name_of(KeyId(key_id))), []).append(_told(key_id, made, other))
    for name, versions in ids.items():
        yield ("keys", name), ", ".join(sorted(versions))
    yield ("keys", "token vault"), made.vault[:8]


def _told(key_id: str, made: Manifest, other: Manifest) -> str:
    here, there = (one.key_checks.get(key_id, "") for one in (made, other))
    return f"{key_id} (check value {here})" if here and there and here != there else key_id


def _making(made: Manifest, other: Manifest) -> Iterator[_Fact]:
    source, residual = made.source, made.checks.residual
    yield ("made", "order of rows"), made.order.rows
    yield ("made", "layout of files"), made.layout
    yield ("made", "source"), f"{source.format}, {source.files:,} files"
    if _comparable(made, other):
        yield ("made", "source's keyed digest"), source.hmac_sha256[:_DIGITS]
    yield ("made", "scan of the output"), _scan(residual.sample if residual else None)
    if residual is not None:
        findings = len(residual.findings) + residual.findings_in_restricted_columns
        yield ("made", "findings in the output"), f"{findings:,}"
    yield ("made", "not looked for"), "; ".join(made.checks.not_looked_for)
    yield ("made", "preset"), made.checks.preset or "none"
    software: Mapping[str, Any] = made.software
    for package, version in software.items():
        yield ("made", package), str(version)


def _scan(sample: int | str | None) -> str:
    if sample is None:
        return "off"
    return "every distinct value" if sample == "all" else f"{sample:,} distinct values a column"
