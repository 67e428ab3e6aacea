"""Stores secrets, derives keys for single purposes, and has the keyed primitives. Exact bytes are
in FORMAT.md.

In: a keyring's URI, or key bytes and Arrow columns. Out: a `Keyring`, `PurposeKey` objects, and
columns of pseudonyms, tokens or encrypted values. ``keyring/`` handles the file and its locks,
``primitives/`` CMAC, SIV and key derivation, ``format_preserving/`` FF1, ``row_order.py`` the order
of published rows.

To add a primitive: a function over a whole column in ``primitives/``, its bytes in FORMAT.md, and
published vectors in ``tests/keys/``. To add a kind of lock for the keyring file: a `Lock` in
``keyring/`` and its form of URI in ``keyring_uri.py``.
"""

from anonymize.keys.format_preserving.formats import FormatSpec, ff1_decrypt, ff1_encrypt
from anonymize.keys.keyring.keyring import (
    CANARY,
    OWNER,
    RESERVED,
    SIGNING,
    Keyring,
    KeyUse,
    KeyVersion,
)
from anonymize.keys.keyring.relocking import change_passphrase, relock_keyring
from anonymize.keys.keyring.sharing import share_keyring
from anonymize.keys.keyring.store import (
    destroy_key,
    forget_opened_keyrings,
    init_keyring,
    open_keyring,
    reinstate_key,
    retire_key,
    revoke_key,
    rotate_key,
    throwaway_keyring,
)
from anonymize.keys.primitives.byte_columns import Checked
from anonymize.keys.primitives.cmac import KeyLengthError, cmac, prf_uint64, pseudonyms
from anonymize.keys.primitives.derive import PurposeKey
from anonymize.keys.primitives.digest import keyed_digest
from anonymize.keys.primitives.secret import Secret
from anonymize.keys.primitives.siv import siv_open, siv_seal, token_versions
from anonymize.keys.row_order import RowOrder

__all__ = [
    "CANARY",
    "OWNER",
    "RESERVED",
    "SIGNING",
    "Checked",
    "FormatSpec",
    "KeyLengthError",
    "KeyUse",
    "KeyVersion",
    "Keyring",
    "PurposeKey",
    "RowOrder",
    "Secret",
    "change_passphrase",
    "cmac",
    "destroy_key",
    "ff1_decrypt",
    "ff1_encrypt",
    "forget_opened_keyrings",
    "init_keyring",
    "keyed_digest",
    "open_keyring",
    "prf_uint64",
    "pseudonyms",
    "reinstate_key",
    "relock_keyring",
    "retire_key",
    "revoke_key",
    "rotate_key",
    "share_keyring",
    "siv_open",
    "siv_seal",
    "throwaway_keyring",
    "token_versions",
]
