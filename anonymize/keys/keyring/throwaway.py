"""Keys that are in no file: for trying a policy on rows whose result is thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from anonymize.keys.keyring.keyring import RESERVED, Keyring, new_version
from anonymize.names import KeyName


def throwaway_keyring(names: Iterable[KeyName]) -> Keyring:
    """Return a keyring in memory with fresh keys of ``names``, ``signing`` and ``owner``.

    Nobody else gets the keys, and they end with the keyring: what is made with them joins with
    nothing and cannot be reversed later.

    Raises:
        KeysError: a name is not a key name.
    """
    made = datetime.now(UTC).date().isoformat()
    wanted = dict.fromkeys([*names, *RESERVED])
    return Keyring([new_version(name, 1, made) for name in wanted], "keys for this moment only")
