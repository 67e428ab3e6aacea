"""Remembers random tokens, encrypted at rest: SQLite by default, PostgreSQL when shared."""

from anonymize.vault.interface import TokenVault, namespace_of
from anonymize.vault.memory import MemoryVault
from anonymize.vault.opening import (
    open_vault,
    require_vault_writable,
    same_vault,
    told_place,
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
    "told_place",
    "vault_if_there",
    "vault_place",
]
