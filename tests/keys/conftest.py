"""Keyrings in a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.keys import Keyring, forget_opened_keyrings, init_keyring
from anonymize.names import KeyName


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URI of a keyring that is not there yet; nothing of the caller's is set."""
    for variable in ("COATCHECK_PASSPHRASE", "COATCHECK_KEYFILE", "COATCHECK_KEYRING"):
        monkeypatch.delenv(variable, raising=False)
    forget_opened_keyrings()
    return f"file:{tmp_path / 'keyring.json'}"


@pytest.fixture
def keyring(uri: str) -> Keyring:
    """Return a keyring with ``training``, ``pseudonym``, ``reveal`` and ``signing``."""
    return init_keyring(uri, [KeyName("training"), KeyName("pseudonym"), KeyName("reveal")])
