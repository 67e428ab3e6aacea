"""Asking for another person's approval of a reveal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from os import PathLike

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.acts import require_reason
from anonymize.custody.approval.documents import SIGNED_REQUEST, Request
from anonymize.custody.belonging import require_keys_of
from anonymize.custody.reversible_rules import reversible_rule
from anonymize.dataset import Dataset
from anonymize.dataset.canonical import canonical
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.owner import digest
from anonymize.dataset.signing import signed
from anonymize.dataset.when_and_who import who
from anonymize.errors import ArgumentError
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.names import KeyId
from anonymize.policy import Policy, as_policy

LONGEST = timedelta(days=30)
"""How long a request may be open."""
_FORM = "%Y-%m-%dT%H:%M:%SZ"


@checked
def request_approval(
    policy: Policy | str | PathLike[str],
    column: str,
    tokens: pa.Array | pa.ChunkedArray,
    keyring: Keyring | str | None = None,
    *,
    reason: str,
    version: int | None = None,
    valid_for: timedelta = timedelta(hours=24),
) -> Request:
    """Return a signed request to reveal ``tokens`` of one column, for another person to approve.

    It names the dataset, the column, how many tokens, the reason, the version (None: the current
    one), the state of the log, and when it ends; the tokens by a digest that only the owner's key
    makes, so that others cannot be put in their place. Nothing is revealed, and nothing is logged.

    Raises:
        ArgumentError: no reason, no tokens, a column that is not reversible, or ``valid_for`` is
            not between a minute and 30 days.
        KeysError: the keyring is a reader's, older than the dataset, or another one.
        DatasetError: there is no such dataset or version.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    reversible_rule(policy, column)
    require_reason(reason, len(tokens), bulk=True)
    if not len(tokens):
        raise ArgumentError("no tokens: name what is to be revealed")
    if not timedelta(minutes=1) <= valid_for <= LONGEST:
        raise ArgumentError("is between a minute and 30 days", place="valid_for")
    dataset = Dataset(policy.sink.path)
    dataset.require()
    dataset.require_named(policy.dataset, opened)
    require_keys_of(policy.sink.path, opened)
    entries, owner = require_whole_log(dataset, opened), opened.current(OWNER)
    made = datetime.now(UTC)
    unsigned = Request(
        id=secrets.token_hex(16),
        dataset=policy.dataset,
        column=column,
        values=len(tokens),
        tokens=tokens_digest(policy, opened, owner, tokens.to_pylist()),
        owner_key=str(owner),
        version=dataset.standing(version, opened).version,
        reason=reason,
        by=who(),
        at=made.strftime(_FORM),
        expires=(made + valid_for).strftime(_FORM),
        log_entries=len(entries),
        log_hash=entries[-1].hash if entries else "",
        signature={},
    )
    content = canonical(unsigned.body())
    return replace(unsigned, signature=signed(opened, SIGNED_REQUEST, content))


def tokens_digest(
    policy: Policy, keyring: Keyring, owner: KeyId, tokens: Sequence[str | None]
) -> str:
    """Return the keyed digest of tokens in their order.

    Raises:
        KeysError: the keyring lacks that version of the owner's key.
    """
    content = json.dumps(tokens)
    return digest(keyring, owner, policy.dataset, policy.purpose, "reveal", content)
