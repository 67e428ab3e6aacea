"""Protects bytes from being printed, pickled, copied or compared by accident."""

from __future__ import annotations

import hmac
from typing import NoReturn, final


@final
class Secret:
    """A byte string without a repr, a pickle or a hash; ``reveal`` is the only access to its bytes.

    Equality takes constant time. Protects against accidents (logs, tracebacks with locals, task
    results), not against code in the same process.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Store ``value``."""
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """Return the bytes; keep them out of local variables."""
        return self._value

    def __len__(self) -> int:
        """Return the length in bytes."""
        return len(self._value)

    def __bool__(self) -> NoReturn:
        """Refuse: an empty secret is not an absent one, which ``is None`` tells.

        Raises:
            TypeError: always.
        """
        raise TypeError("a secret is neither true nor false; compare with None, or ask its length")

    def __repr__(self) -> str:
        """Return the length, never the value."""
        return f"Secret({len(self._value)} bytes)"

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying."""
        raise TypeError("secrets are not pickled; send the key's name and open the keyring there")
