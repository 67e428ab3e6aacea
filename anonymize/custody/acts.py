"""What an act on published values does first: it has a reason, and the signed log knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.custody.belonging import vault_of
from anonymize.dataset import Dataset
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.sink import sink_of
from anonymize.errors import AnchorError, ArgumentError, DatasetError
from anonymize.keys import Keyring
from anonymize.policy import Policy
from anonymize.vault import TokenVault

MOST_WITHOUT_BULK = 100
"""Maximum number of values per call unless the caller passes ``bulk``."""


def enter_act(
    policy: Policy, what: str, why: str, details: Mapping[str, Any], keyring: Keyring
) -> AuditEntry:
    """Enter an act in the log of the dataset that a policy publishes to; see `enter_act_in`."""
    return enter_act_in(sink_of(policy), what, why, details, keyring)


def enter_act_in(
    dataset: Dataset, what: str, why: str, details: Mapping[str, Any], keyring: Keyring
) -> AuditEntry:
    """Enter an act in the dataset's signed log, and hand the log's head to the anchor, before the
    act is done. Returns the entry.

    Raises:
        KeysError: the keyring cannot sign: it is a reader's.
        DatasetError: the log is damaged, lacks a published version or what the anchor was told, or
            cannot be written to; or the anchor does not accept the head.
    """
    require_whole_log(dataset, keyring)
    entry = dataset.audit.append(what, why=why, details=details, keyring=keyring)
    try:
        dataset.tell()
    except AnchorError as error:
        what = "so it was not done; the log has its entry, and the next act tells the anchor"
        place = error.problems[0].place
        raise DatasetError(
            f"the anchor did not accept the log's head, {what}", place=place
        ) from None
    return entry


def require_reason(reason: str, count: int, bulk: bool) -> None:
    """Refuse an act without a reason, or on more values than are meant.

    Raises:
        ArgumentError: no reason, or more than 100 values without ``bulk``.
    """
    if len(reason.strip()) < 3:
        raise ArgumentError(
            "a reason of at least 3 characters is required; it goes into the audit log"
        )
    if count > MOST_WITHOUT_BULK and not bulk:
        raise ArgumentError(
            f"{count} values are more than {MOST_WITHOUT_BULK}; say --bulk if you mean it"
        )


def policy_vault(policy: Policy, keyring: Keyring, version: int | None) -> TokenVault:
    """Return the vault that runs of this policy use, if it is the one that made the version.

    Raises:
        VaultError: see `vault_of`.
    """
    return vault_of(policy.sink.path, keyring, policy.vault_said, version)
