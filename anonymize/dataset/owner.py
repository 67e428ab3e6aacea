"""The part of a manifest that only the owner's key opens: exact facts about the raw data.

Everybody with access to the folder can read a manifest. Plain digests of raw files would let them
confirm guesses, file names may name people, and small counts may reveal single persons. So the
manifest has these facts keyed, rounded or not at all, and the exact ones are sealed here.
"""

from __future__ import annotations

import hmac
import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from anonymize.arguments import checked
from anonymize.dataset.canonical import canonical, plain_json
from anonymize.dataset.facts import ColumnFacts, ResidualFacts
from anonymize.dataset.manifest import Manifest, OwnersPart, RowCounts
from anonymize.dataset.screen_facts import ScreenFacts
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.errors import DatasetError
from anonymize.keys import OWNER, PurposeKey, keyed_digest, open_keyring
from anonymize.keys import Keyring as OwnersKeyring
from anonymize.keys.primitives.derive import encode_parts
from anonymize.keys.primitives.digest import ACTION
from anonymize.names import KeyId, key_version_of

SMALL = ("nulls", "bad_values_nulled", "read_as_missing")
"""Counts of a column that could reveal single persons."""
_AAD = encode_parts("coatcheck manifest", "owner's facts")


def owners_key(
    keyring: OwnersKeyring, key_id: KeyId, *, dataset: str, purpose: str, action: str
) -> PurposeKey:
    """Return the owner's key of one dataset and purpose. The keys of two purposes are unrelated.

    Raises:
        KeysError: the keyring lacks it: it is a reader's.
    """
    version = key_version_of(key_id)
    return keyring.purpose_key(
        OWNER, action=action, domain=purpose, entity=dataset, version=version
    )


def digest(
    keyring: OwnersKeyring, key_id: KeyId, dataset: str, purpose: str, use: str, content: str
) -> str:
    """Return the keyed digest of ``content`` for a manifest; ``use`` is ``source`` or
    ``policy``.
    """
    key = owners_key(keyring, key_id, dataset=dataset, purpose=purpose, action=ACTION)
    return keyed_digest(key, use, content.encode())


def seal_facts(
    facts: Mapping[str, Any], keyring: OwnersKeyring, key_id: KeyId, order_seed: str
) -> OwnersPart:
    """Return ``facts`` (plain JSON values), sealed under this version's owner key, and the seed of
    the row order.
    """
    return OwnersPart(
        key=key_id,
        order_seed=order_seed,
        sealed=keyring.wrap(key_id, canonical(plain_json(facts, "the owner's facts")), _AAD),
    )


@checked
def open_facts(manifest: Manifest, keyring: Keyring | str | None = None) -> dict[str, Any]:
    """Return the exact facts of a version.

    ``source`` (names, sizes, times and digests of the raw files), ``policy_sha256``, ``rows``,
    ``columns``, ``checks``, ``unlisted`` (places without a rule), ``parts`` (per file or piece, in
    order, the part made of it).

    Raises:
        KeysError: the keyring lacks the owner's key, or the version of it that sealed the facts.
        DatasetError: the manifest has none.
    """
    if not manifest.owner.sealed:
        raise DatasetError("the manifest keeps no facts for the owner", place=manifest.dataset)
    facts: dict[str, Any] = json.loads(opened_keyring(keyring).unwrap(manifest.owner.sealed, _AAD))
    return facts


@checked
def is_of_source(
    manifest: Manifest, fingerprint: Mapping[str, Any], keyring: OwnersKeyring | str | None = None
) -> bool:
    """Return True if a version was made from the source with ``fingerprint``
    (`Source.fingerprint`), in that state.

    Raises:
        KeysError: the keyring lacks the owner's key that made the manifest's digest.
    """
    key_id, opened = KeyId(manifest.owner.key), open_keyring(keyring)
    made = digest(
        opened, key_id, manifest.dataset, manifest.purpose, "source", str(fingerprint["sha256"])
    )
    return hmac.compare_digest(made, manifest.source.hmac_sha256)


def published_count(count: int, k: int) -> int:
    """Return a count for publication: a nonzero count below ``k`` becomes ``k``, so that it reveals
    no single person.
    """
    return k if 0 < count < k else count


def published_rows(rows: RowCounts, k: int) -> RowCounts:
    """Return row counts for publication: those below ``k`` are raised to it, and the rows read by
    the same amount.
    """
    left_out = {
        name: published_count(getattr(rows, name), k)
        for name in ("suppressed", "quarantined", "filtered")
    }
    return RowCounts(
        read=rows.written + sum(left_out.values()), written=rows.written, **left_out, raised_to=k
    )


def published_columns(
    columns: Mapping[str, ColumnFacts], k: int, shut: Collection[str]
) -> dict[str, ColumnFacts]:
    """Return the facts per column for publication: only types for columns in ``shut``, small counts
    raised to ``k``.
    """
    published = {}
    for name, facts in columns.items():
        if within_any(name, shut):
            published[name] = ColumnFacts(type=facts.type, source_type=facts.source_type)
        else:
            counts = {each: getattr(facts, each) for each in SMALL}
            small = {each: published_count(n, k) for each, n in counts.items() if n is not None}
            published[name] = facts.model_copy(update=small)
    return published


def published_residual(
    residual: ResidualFacts | None, shut: Collection[str]
) -> ResidualFacts | None:
    """Return the residual scan's result for publication: only the number of findings for columns in
    ``shut``, of the distinct values read the first digit, and the probabilities raised to a power
    of ten: of a column that differs in every row both tell the number of real rows, so the number
    of canaries, too.
    """
    if residual is None:
        return None
    findings = tuple(note for note in residual.findings if not within_any(note.column, shut))
    by_column = ("sampled_distinct", "miss_probability_of_1_percent", "names_left")
    published = {
        name: {
            column: value
            for column, value in getattr(residual, name).items()
            if not within_any(column, shut)
        }
        for name in by_column
    }
    published["sampled_distinct"] = {
        column: round(number, 1 - len(str(number)))
        for column, number in residual.sampled_distinct.items()
        if column in published["sampled_distinct"]
    }
    published["miss_probability_of_1_percent"] = {
        column: 10.0 ** math.ceil(math.log10(chance)) if chance else 0.0
        for column, chance in published["miss_probability_of_1_percent"].items()
    }
    hidden = len(residual.findings) - len(findings)
    update = {**published, "findings": findings, "findings_in_restricted_columns": hidden}
    return residual.model_copy(update=update)


def published_screen(
    screen: ScreenFacts | None, rows: RowCounts, k: int, shut: Collection[str]
) -> ScreenFacts | None:
    """Return the screen's result for publication: small counts raised to ``k``, and no sentence
    that names a column in ``shut``.

    ``rows`` are the row counts for publication. The rows examined are counted as these do: the
    exact number beside them would tell by subtraction how many canaries there are, and how many
    rows behind a raised count.
    """
    if screen is None:
        return None

    def told(said: Iterable[str]) -> tuple[str, ...]:
        hidden = [one for one in said if any(column in one for column in shut)]
        some = (f"{len(hidden)} things about restricted columns",) if hidden else ()
        return (*(one for one in said if one not in hidden), *some)

    examined = rows.written + rows.suppressed + rows.quarantined
    checks = tuple(
        check.model_copy(
            update={
                "rows": max(0, examined - published_count(screen.rows - check.rows, k))
                if check.rows
                else 0,
                "suspicious": published_count(check.suspicious, k),
                "not_looked_at": told(check.not_looked_at),
            }
        )
        for check in screen.checks
    )
    update = {
        "rows": examined,
        "suspicious": published_count(screen.suspicious, k),
        "columns": tuple(name for name in screen.columns if not within_any(name, shut)),
        "label": None if screen.label and within_any(screen.label, shut) else screen.label,
        "not_looked_at": told(screen.not_looked_at),
        "checks": checks,
    }
    return screen.model_copy(update=update)


def within_any(path: str, columns: Collection[str]) -> bool:
    """Return True if ``path`` is one of ``columns`` or a place inside one."""
    return any(
        path == column or path.startswith((f"{column}.", f"{column}[")) for column in columns
    )
