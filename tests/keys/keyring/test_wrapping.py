"""What is sealed opens with its key and its associated data alone, however short it is."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from anonymize.keys.keyring.wrapping import NONCE, open_sealed, random_key, seal


@pytest.mark.parametrize("plaintext", [b"", b"a", b"k" * 32])
def test_what_is_sealed_opens_again(plaintext: bytes) -> None:
    """Nonce and tag are all that is added."""
    key = random_key()
    sealed = seal(key, plaintext, b"place")
    assert len(sealed) == NONCE + len(plaintext) + 16
    assert open_sealed(key, sealed, b"place") == plaintext


@pytest.mark.parametrize("length", [0, 1, NONCE, NONCE + 15])
def test_what_is_too_short_is_refused_like_all_else(length: int) -> None:
    """With one error, whatever is wrong."""
    key = random_key()
    with pytest.raises(InvalidTag):
        open_sealed(key, seal(key, b"", b"")[:length], b"")
    with pytest.raises(InvalidTag):
        open_sealed(key, seal(key, b"a", b"place"), b"other")
