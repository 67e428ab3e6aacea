"""Stores random tokens, encrypted at rest: in SQLite by default, in PostgreSQL if several machines
share them.

In: values and a purpose key. Out: 26-character tokens; and back. ``interface.py`` is the interface
`TokenVault`, ``bulk.py`` does the work on whole columns, ``sqlite.py`` and ``postgres.py`` only
store bytes, ``sealing.py`` has the cryptography, ``opening.py`` and ``address.py`` find and open a
vault.

To add a database: a subclass of `BulkVault` with its storage methods, its form of address in
``opening.py``, and its errors as `VaultError` without the database's own text.
"""

from anonymize.vault.interface import TokenVault, namespace_of
from anonymize.vault.memory import MemoryVault
from anonymize.vault.opening import (
    open_vault,
    require_vault_writable,
    same_vault,
    shown_place,
    vault_if_there,
    vault_place,
)
from anonymize.vault.sqlite import SqliteVault

__all__ = [
    "MemoryVault",
    "SqliteVault",
    "TokenVault",
    "namespace_of",
    "open_vault",
    "require_vault_writable",
    "same_vault",
    "shown_place",
    "vault_if_there",
    "vault_place",
]
