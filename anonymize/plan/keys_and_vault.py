"""Which key and which vault the processes that apply a plan open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anonymize.names import KeyId, KeyName
from anonymize.plan.model import Step
from anonymize.policy import Policy
from anonymize.policy.actions import needs_vault
from anonymize.vault import vault_place


def place_of_vault(policy: Policy, keyring_uri: str | None) -> str | None:
    """Return the place of the vault for the policy's rules, None if no rule needs one."""
    needed = any(map(needs_vault, policy.columns.values()))
    return vault_place(keyring_uri, policy.vault_said) if needed else None


def first_pass_key(
    policy: Policy,
    steps: Sequence[Step],
    key_ids: Mapping[KeyName, KeyId] | None,
    keyring_uri: str | None,
) -> KeyId | None:
    """Return the key that protects a first pass's results; None if no process opens a keyring.

    Prefers a custodian's key: readers of the dataset hold the sink's key, and must not be able to
    read the results of tasks.
    """
    used = [key_id for step in steps for key_id in step.key_ids]
    if key_ids is None or not (keyring_uri or used):
        return None
    sink = {policy.sink.key, *([policy.sink.restricted.key] if policy.sink.restricted else [])}
    own = [
        key_ids[name]
        for name in policy.default_keys.by_role().values()
        if name in key_ids and name not in sink
    ]
    others = [key_id for key_id in used if key_id not in {key_ids.get(name) for name in sink}]
    return next(iter([*own, *others, *used]), None) or key_ids.get(policy.sink.key)
