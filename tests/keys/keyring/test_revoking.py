"""What a reader is given, what a leaked signing key may still do, and where the passphrase is while
children run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anonymize.errors import KeysError, RevokedError
from anonymize.keys import (
    Keyring,
    init_keyring,
    open_keyring,
    reinstate_key,
    revoke_key,
    rotate_key,
    share_keyring,
)
from anonymize.keys.keyring.passphrase import forget_passphrase
from anonymize.names import KeyName

SIGNING, TRAINING = KeyName("signing"), KeyName("training")


@pytest.mark.parametrize("name", ["pseudonym", "reveal"])
def test_a_key_that_values_come_from_is_shared_only_on_purpose(
    keyring: Keyring, uri: str, tmp_path: Path, name: str
) -> None:
    """Its holder finds out whose a pseudonym is, by trying."""
    target = tmp_path / "reader.json"
    with pytest.raises(KeysError, match="--reidentifies"):
        share_keyring([TRAINING, KeyName(name)], target, uri)
    assert not target.exists()
    assert f"{name}.1" in share_keyring([KeyName(name)], target, uri, reidentifies=True).key_ids()


def test_what_a_policy_uses_a_key_for_is_remembered(uri: str, tmp_path: Path) -> None:
    """Under any name, of every version, and once values came from it never again as of a key for
    files.
    """
    person, clinical = KeyName("person"), KeyName("clinical")
    init_keyring(uri, [person, clinical], {person: "values", clinical: "files"})
    init_keyring(uri, [], {person: "files", clinical: "files"})
    rotate_key(person, uri)
    for key in ("person", "person.1", "person.2"):
        with pytest.raises(KeysError, match="pseudonyms or tokens come from 'person'"):
            share_keyring([KeyName(key)], tmp_path / "reader.json", uri)
    share_keyring([clinical], tmp_path / "reader.json", uri)
    init_keyring(uri, [], {clinical: "values"})
    with pytest.raises(KeysError, match="--reidentifies"):
        share_keyring([clinical], tmp_path / "other.json", uri)


def test_what_a_revoked_key_signed_since_is_refused_by_owner_and_reader(
    keyring: Keyring, uri: str, tmp_path: Path
) -> None:
    """What it signed before stays; a new version signs."""
    key_id, signature = keyring.sign(b"manifest")
    owner = revoke_key(SIGNING, 1, "2026-11-28", uri)
    share_keyring([TRAINING], tmp_path / "reader.json", uri)
    for holder in (owner, open_keyring(f"file:{tmp_path / 'reader.json'}")):
        holder.verify(key_id, b"manifest", signature, at="2026-11-27T23:59:59Z")
        for at in ("2026-11-28T00:00:00Z", "2027-01-01T00:00:00Z", ""):
            with pytest.raises(RevokedError, match=r"'signing\.1' was revoked from 2026-11-28"):
                holder.verify(key_id, b"manifest", signature, at=at)
    assert owner.sign(b"x")[0] == "signing.2"
    with pytest.raises(KeysError, match="was revoked; it signs no more"):
        reinstate_key(SIGNING, 1, uri)


def test_a_revocation_is_a_signing_keys_and_moves_to_earlier_only(
    keyring: Keyring, uri: str
) -> None:
    """And a newer version that is there already goes on."""
    rotate_key(SIGNING, uri)
    assert revoke_key(SIGNING, 1, "2026-11-28T08:00:00Z", uri).current(SIGNING) == "signing.2"
    revoke_key(SIGNING, 1, "2026-11-28", uri)
    for name, version, since, words in (
        ("signing", 1, "2026-11-29", "earlier"),
        ("signing", 7, "2026-11-29", "not in the keyring"),
        ("training", 1, "2026-11-29", "only versions of 'signing'"),
        ("signing", 2, "29.11.2026", "not a time"),
        ("signing", 2, "2026-13-01", "not a time"),
        ("signing", 2, "2026-02-31", "not a time"),
    ):
        with pytest.raises(KeysError, match=words):
            revoke_key(KeyName(name), version, since, uri)


def test_two_keyrings_have_other_fingerprints(keyring: Keyring, tmp_path: Path) -> None:
    """Of keys of one id."""
    other = init_keyring(f"file:{tmp_path / 'other.json'}")
    assert keyring.fingerprint(keyring.current(SIGNING)) != other.fingerprint(
        other.current(SIGNING)
    )
    with pytest.raises(KeysError, match="training"):
        keyring.fingerprint(keyring.current(TRAINING))


def test_a_child_does_not_get_the_passphrase(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken when the keyring opens, and the keyring opens again without it."""
    monkeypatch.setenv("COATCHECK_PASSPHRASE", "of the night's unit")
    init_keyring(uri, [TRAINING])
    assert "COATCHECK_PASSPHRASE" not in os.environ
    program = "import os, sys; sys.exit('COATCHECK_PASSPHRASE' in os.environ)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    rotate_key(TRAINING, uri)
    forget_passphrase()
    with pytest.raises(KeysError, match="no passphrase"):
        open_keyring(uri)
