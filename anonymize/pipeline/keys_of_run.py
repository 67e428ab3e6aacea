"""The key versions that all processes of a run use, whatever happens to the keyring's file."""

from __future__ import annotations

from anonymize.errors import KeysError
from anonymize.keys import CANARY, Keyring
from anonymize.names import KeyId
from anonymize.plan import Plan

Checks = tuple[tuple[KeyId, str], ...]
"""Id and check value of each key version; see `Keyring.check_value`."""


def keys_of_run(plan: Plan, owner: KeyId, keyring: Keyring) -> Checks:
    """Return the key versions that a run of ``plan`` uses: of its rules, its sink and its owner."""
    sink = plan.policy.sink
    names = [sink.key, *([sink.restricted.key] if sink.restricted else [])]
    names += [CANARY] if sink.canaries else []
    used = [*plan.key_ids, *(keyring.current(name) for name in names), owner]
    used += [plan.facts_key] if plan.facts_key else []
    return tuple((key_id, keyring.check_value(key_id)) for key_id in dict.fromkeys(used))


def as_begun(keyring: Keyring, keys: Checks) -> Keyring:
    """Return the keyring as a run with ``keys`` began with it: versions that a rotation made
    meanwhile are not in it, so that all parts are of one version.

    Raises:
        KeysError: it holds other keys under these ids, or lacks some. Its file was replaced, or
            this machine has another one.
    """
    others = [key_id for key_id, check in keys if keyring.check_value(key_id) != check]
    if others:
        named = ", ".join(f"'{key_id}'" for key_id in others)
        what = (
            f"is not the keyring that the run began with: {named} is another key, or is gone;"
            " nothing was published. Put that keyring back, or run again"
        )
        raise KeysError(what, place=keyring.place)
    newest = dict[str, int]()
    for key_id, _ in keys:
        name, _, version = key_id.rpartition(".")
        newest[name] = max(newest.get(name, 0), int(version))
    kept = [one for one in keyring.entries() if one.version <= newest.get(one.name, one.version)]
    return Keyring(kept, keyring.place)
