"""``card.md``: a version as a dataset card of the Hugging Face form, Markdown behind YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from anonymize.errors import on_one_line
from anonymize.report.escaped import bullets, name, table, text
from anonymize.report.terminal import names_left_words, privacy_words
from anonymize.report.told import Told, ToldColumn

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"), (100_000_000_000, "10B<n<100B"), (1_000_000_000_000, "100B<n<1T"),
)  # fmt: skip
"""Rows → the hub's word for it."""


def dataset_card(told: Told) -> str:
    """Return the card: YAML front matter, then what the version is, how it was made, what was
    removed, what may be left, measures, and how to read it.
    """
    written = yaml.safe_dump(
        _front_matter(told), sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return f"---\n{written}---\n\n" + "\n\n".join(_page(told)) + "\n"


def _front_matter(told: Told) -> dict[str, Any]:
    made = told.manifest
    rows = made.rows.written
    return {
        "pretty_name": made.dataset,
        "size_categories": [next((word for below, word in _SIZES if rows < below), "n>1T")],
        "tags": ["coatcheck", "anonymized", "encrypted"],
        "coatcheck": {
            "dataset": made.dataset,
            "version": made.version,
            "created_at": made.created_at,
            "purpose": on_one_line(made.purpose),
        },
    }


def _page(told: Told) -> Iterator[str]:
    made = told.manifest
    yield f"# {text(made.dataset)}, version {made.version}"
    yield (
        "Made from raw data by the rules of a policy, which remove or replace personal data; the"
        " files are encrypted. This page tells what the signed `manifest.json` beside it states,"
        " which lists the page's digest: `coatcheck verify` finds a change."
    )
    yield "## What it is"
    yield table(("what", "value"), _facts(told))
    yield "## How it was made"
    yield _made(told)
    yield table(_HEADS, map(_column, told.columns))
    yield "## What was removed"
    yield bullets(_removed(told))
    yield "## What may be left"
    yield bullets(_left(told))
    yield "## Measures"
    yield bullets(_measures(told))
    yield "## How to read it"
    yield _how_to_read(told)


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    made = told.manifest
    yield "purpose", text(made.purpose) or "not stated"
    yield "published", text(made.created_at)
    yield "rows", f"{made.rows.written:,}"
    yield "columns", f"{len(told.schema):,}"
    yield "order of the rows", text(made.order.rows)
    parts = made.data_files()
    yield "files", f"{len(parts):,} of Parquet, encrypted, {told.size_bytes:,} bytes"
    yield "keys to read it", _keys(told)
    yield (
        "made from",
        f"{made.source.files:,} {text(made.source.format)}" if made.source.format else "not stated",
    )


def _keys(told: Told) -> str:
    restricted = dict.fromkeys(told.keys.values())
    more = [f"{name(key)} for restricted columns" for key in restricted]
    return "; ".join([*map(name, told.reading_keys), *more]) or "none: it has no data"


def _made(told: Told) -> str:
    software = told.manifest.software
    names = ("coatcheck", "presidio-analyzer", "pyarrow", "name model")
    ran = ", ".join(f"{one} {software[one]}" for one in names if one in software)
    said = (
        "Each column was transformed by its rule of the policy; equal domains mean that equal"
        " values are equal there, in other datasets too."
    )
    return f"{said} Software: {text(ran)}." if ran else said


_HEADS = ("column", "type", "action", "domain", "found in the source", "note")


def _column(one: ToldColumn) -> tuple[str, ...]:
    found = f"{one.found or 'nothing personal'} {one.sure}" if one.sure else "not told"
    note = "; ".join(filter(None, (one.note, f"key {one.key}" if one.key else "")))
    return (
        name(one.column), text(one.type), text(one.action), text(one.joins), text(found), text(note)
    )  # fmt: skip


def _removed(told: Told) -> Iterator[str]:
    made = told.manifest
    rows = made.rows
    if told.dropped:
        dropped = f"{len(told.dropped):,} columns or places that the policy drops"
        yield f"{dropped}: {_listed(told.dropped)}"
    if made.unlisted:
        yield f"{made.unlisted:,} columns or places that the policy does not name"
    if told.k:
        yield f"counts of rows below {told.k} are given as {told.k}"
    yield f"rows left out by the policy's conditions: {rows.filtered:,}"
    yield f"rows left out because too few share their quasi-identifiers: {rows.suppressed:,}"
    yield f"rows set aside because of bad values: {rows.quarantined:,}"
    for column, facts in made.columns.items():
        if facts.bad_values_nulled:
            yield f"bad values emptied in {name(column)}: {facts.bad_values_nulled:,}"


def _left(told: Told) -> Iterator[str]:
    kept = [one.column for one in told.columns if one.is_kept]
    yield (
        f"published as they are, in some rows at least: {_listed(kept)}"
        if kept
        else "no column is published as it is"
    )
    residual = told.residual
    if residual is None:
        yield "the output was not scanned for personal data: the policy switched that off"
    else:
        for found in residual.findings:
            yield (
                f"the scan of the output found {text(found.what)} in {name(found.column)}"
                f" (confidence {found.confidence:.2f})"
            )
        if hidden := residual.findings_in_restricted_columns:
            yield f"the scan of the output found {hidden:,} more in restricted columns"
        if not residual.findings and not hidden:
            yield "the scan of a sample of the output found no personal data"
        yield from map(text, names_left_words(residual.model_dump(mode="json")))
    yield from (f"not looked for: {text(sentence)}" for sentence in told.not_looked_for)
    if joining := [one.column for one in told.columns if one.joins]:
        yield f"which values are equal, and how frequent they are, shows in {_listed(joining)}"
    yield "what the scan and the name model miss is in no number here"


def _measures(told: Told) -> Iterator[str]:
    privacy, made = told.privacy, told.manifest
    if privacy is None:
        yield "k-anonymity was not asked for, and is not measured"
    else:
        yield f"quasi-identifiers: {_listed(privacy.quasi_identifiers)}"
        yield f"k asked for: {privacy.asked_k:,}; measured on {text(privacy.measured_on)}"
        yield from map(text, privacy_words(privacy.model_dump(mode="json")))
        yield (
            f"chance of picking the right one in a class: {privacy.highest:.3g} at most,"
            f" {privacy.average:.3g} on average"
        )
        yield "k-anonymity is against linkage with other data, not against inference"
    if residual := told.residual:
        looked = len(residual.sampled_distinct)
        sample = residual.sample if isinstance(residual.sample, str) else f"{residual.sample:,}"
        yield f"columns scanned for personal data: {looked:,}, up to {sample} distinct values each"
    yield f"keyed digest of the policy: `{made.policy_hmac_sha256 or 'none'}`"


def _how_to_read(told: Told) -> str:
    made, keys = told.manifest, _keys(told)
    return (
        "FOLDER is the dataset's, two levels above this file. Reading needs a keyring with these"
        f" keys: {keys}. Without the key of a restricted column the others can be read.\n\n"
        "```\n"
        f"coatcheck verify FOLDER --version {made.version}\n"
        "python -c 'import anonymize;"
        f' print(anonymize.read("FOLDER", version={made.version}, columns="readable").schema)\'\n'
        "```"
    )


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(name, columns))
