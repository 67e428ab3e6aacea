"""A keyring opens for who may open it, says what it holds, and refuses the rest in one voice."""

from __future__ import annotations

import json
import pickle
import re
import string
from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import KeysError
from anonymize.keys import (
    Keyring,
    Secret,
    destroy_key,
    forget_opened_keyrings,
    init_keyring,
    open_keyring,
    reinstate_key,
    retire_key,
    rotate_key,
    share_keyring,
)
from anonymize.keys.keyring import keyring_file
from anonymize.keys.keyring.unlocking import PassphraseLock
from anonymize.names import KeyId, KeyName

TRAINING = KeyName("training")
DAMAGED = "the keyring does not open: the passphrase is wrong or the file is damaged"


def file_of(uri: str) -> Path:
    """Return the file of a keyring's URI."""
    return Path(uri.removeprefix("file:"))


def test_a_new_keyring_holds_the_asked_names_and_signing(keyring: Keyring) -> None:
    """``init`` always adds the signing key."""
    assert keyring.key_ids() == ("owner.1", "pseudonym.1", "reveal.1", "signing.1", "training.1")


def test_files_are_private(keyring: Keyring, uri: str) -> None:
    """The keyring and its passphrase file have mode 0600."""
    for file in (file_of(uri), file_of(uri + ".key")):
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("suffix", ["", ".key"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_a_file_others_may_read_is_refused(
    keyring: Keyring, uri: str, suffix: str, mode: int
) -> None:
    """The error says the mode and the remedy."""
    file_of(uri + suffix).chmod(mode)
    forget_opened_keyrings()
    with pytest.raises(KeysError, match=f"has mode 0{mode:o}: others may read it; chmod 600 it"):
        open_keyring(uri)


@pytest.mark.parametrize("suffix", ["", ".key"])
def test_a_folder_in_place_of_a_file_is_refused(keyring: Keyring, uri: str, suffix: str) -> None:
    """As a mount leaves one where the secret is missing."""
    file_of(uri + suffix).unlink()
    file_of(uri + suffix).mkdir()
    forget_opened_keyrings()
    with pytest.raises(KeysError, match="is not a plain file"):
        open_keyring(uri)


def test_a_missing_keyring_names_the_command(uri: str) -> None:
    """Who has none learns how to make one."""
    with pytest.raises(KeysError, match="'coatcheck keys init' makes one"):
        open_keyring(uri)


def test_a_wrong_passphrase_reads_like_a_damaged_file(
    keyring: Keyring, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message for both, also when the right keyring was open a moment ago."""
    monkeypatch.setenv("COATCHECK_PASSPHRASE", "wrong")
    with pytest.raises(KeysError, match=DAMAGED):
        open_keyring(uri)


def damaged_files(content: bytes) -> list[bytes]:
    """Return a keyring file's content, damaged in every way but one bit."""
    stored = json.loads(content)
    changed = [
        json.dumps({**stored, "id": "0" * 16}),
        json.dumps({**stored, "sealed": ""}),
        "[]",
        "",
        "{",
        "\x00",
    ]
    costs = [
        {**stored, "lock": {**stored["lock"], "iterations": n}} for n in (3, 4, 1, 10**9, "3", True)
    ]
    flips = [
        content.replace(stored["sealed"][:9].encode(), b"AAAAAAAAA"),
        content[: len(content) // 2],
    ]
    return [
        *(text.encode() for text in changed),
        *(json.dumps(cost).encode() for cost in costs),
        *flips,
    ]


def test_every_damaged_file_gives_the_one_message(keyring: Keyring, uri: str) -> None:
    """Changed headers, lowered costs, cut and empty files do not say what is wrong with them."""
    good = file_of(uri).read_bytes()
    for bad in damaged_files(good):
        file_of(uri).write_bytes(bad)
        with pytest.raises(KeysError, match=DAMAGED):
            open_keyring(uri)


def test_every_flipped_bit_of_the_sealed_part_is_refused(keyring: Keyring, uri: str) -> None:
    """No bit of the encrypted keys can change unseen (sampled: each costs an Argon2id)."""
    stored = json.loads(file_of(uri).read_bytes())
    for at in range(0, len(stored["sealed"]), len(stored["sealed"]) // 12):
        text = bytearray(stored["sealed"].encode())
        text[at] ^= 1
        file_of(uri).write_text(json.dumps({**stored, "sealed": text.decode("latin-1")}))
        with pytest.raises(KeysError, match=DAMAGED):
            open_keyring(uri)


def test_it_is_opened_once_per_process(keyring: Keyring, uri: str) -> None:
    """The same file gives the same object, so Argon2id runs once."""
    assert open_keyring(uri) is open_keyring(uri)


def test_init_of_a_keyring_with_all_keys_opens_it_once(
    keyring: Keyring, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passphrase is slow to turn into a key; where there is nothing to make, once is enough."""
    forget_opened_keyrings()
    turned, turn = [], PassphraseLock.open

    def counted(*of: Any) -> Secret:
        turned.append(of)
        return turn(*of)

    monkeypatch.setattr(PassphraseLock, "open", counted)
    names = [*keyring.current_ids()]
    opened = open_keyring(uri)
    assert init_keyring(uri, [KeyName(str(name).partition(".")[0]) for name in names]) is opened
    assert len(turned) == 1
    assert "fresh.1" in [key.id for key in init_keyring(uri, [KeyName("fresh")]).entries()]


def test_a_changed_file_is_opened_again(keyring: Keyring, uri: str) -> None:
    """What another process wrote is seen."""
    init_keyring(uri, [KeyName("clinical")])
    assert "clinical.1" in open_keyring(uri).key_ids()


def test_a_file_replaced_while_it_is_opened_is_opened_again(
    keyring: Keyring, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation by another process at that moment is not missed for the rest of this one."""
    forget_opened_keyrings()
    read = keyring_file.read_private

    def then_rotated(path: Path, what: str) -> bytes:
        content = read(path, what)
        monkeypatch.setattr(keyring_file, "read_private", read)
        rotate_key(TRAINING, uri)
        forget_opened_keyrings()
        return content

    monkeypatch.setattr(keyring_file, "read_private", then_rotated)
    open_keyring(uri)
    assert open_keyring(uri).current(TRAINING) == "training.2"


def test_init_makes_no_passphrase_for_a_keyring_that_is_there(keyring: Keyring, uri: str) -> None:
    """A lost passphrase file is told as that; another in its place would look like the right
    one.
    """
    path = Path(uri.removeprefix("file:"))
    keyfile = path.with_name(path.name + ".key")
    keyfile.unlink()
    with pytest.raises(KeysError, match="no passphrase"):
        init_keyring(uri, [KeyName("more")])
    assert not keyfile.exists()


def test_init_keeps_the_keys_that_are_there(keyring: Keyring, uri: str) -> None:
    """Running it twice changes nothing."""
    wrapped = keyring.wrap(TRAINING, b"dek")
    assert init_keyring(uri, [TRAINING]).unwrap(wrapped) == b"dek"


def test_an_absent_key_error_lists_what_is_there(keyring: Keyring) -> None:
    """The house form, for names and ids alike."""
    says = re.escape(
        "key 'person.1' is not in the keyring; it holds owner.1, pseudonym.1, reveal.1, signing.1,"
        " training.1"
    )
    with pytest.raises(KeysError, match=says):
        keyring.require(KeyId("person.1"))
    with pytest.raises(KeysError, match="key 'person' is not in the keyring; it holds"):
        keyring.purpose_key(KeyName("person"), action="a", domain="d")


@pytest.mark.parametrize("name", ["", "Upper", "a.b", "1a", "a" * 64, "a\n", "ä"])
def test_a_bad_key_name_is_refused(uri: str, name: str) -> None:
    """Names are what fits in a file name, a URI and an id."""
    with pytest.raises(KeysError, match="is not a key name"):
        init_keyring(uri, [KeyName(name)])
    assert not file_of(uri).exists()


def test_the_repr_shows_ids_only_and_nothing_pickles(keyring: Keyring) -> None:
    """Secrets leave neither by print nor by pickle."""
    key = keyring.purpose_key(TRAINING, action="a", domain="d")
    assert repr(keyring) == "Keyring(owner.1, pseudonym.1, reveal.1, signing.1, training.1)"
    assert repr(key) == "PurposeKey(training.1)"
    assert "secret=Secret(32 bytes)" in repr(keyring.require(TRAINING))
    for secret in (keyring, key, keyring.require(TRAINING), key.derive("x", length=16)):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret)


def test_the_file_shows_no_key(keyring: Keyring, uri: str) -> None:
    """Names and secrets are inside the encrypted part."""
    content = file_of(uri).read_bytes()
    assert b"training" not in content
    assert keyring.require(TRAINING).secret.reveal() not in content  # type: ignore[union-attr]


def test_a_rotated_key_is_used_for_new_and_kept_for_old(keyring: Keyring, uri: str) -> None:
    """New wraps name the new version; old ones still open."""
    old = keyring.wrap(TRAINING, b"dek")
    rotated = rotate_key(TRAINING, uri)
    assert rotated.current(TRAINING) == "training.2"
    assert rotated.unwrap(old) == b"dek"
    assert rotated.wrap(TRAINING, b"dek").startswith("ck1:training.2:")


def test_a_destroyed_key_says_when_and_its_number_is_not_used_again(
    keyring: Keyring, uri: str
) -> None:
    """Crypto-shredding leaves the id and the date."""
    wrapped = keyring.wrap(TRAINING, b"dek")
    gone = destroy_key(TRAINING, 1, uri)
    with pytest.raises(
        KeysError, match=r"key 'training.1' was destroyed on \d{4}-\d\d-\d\d; what it protected"
    ):
        gone.unwrap(wrapped)
    assert rotate_key(TRAINING, uri).current(TRAINING) == "training.2"
    assert gone.entries()[-1].secret is None


def test_a_name_without_a_live_version_says_what_became_of_them(keyring: Keyring, uri: str) -> None:
    """And how to get a new one."""
    rotate_key(TRAINING, uri)
    retire_key(TRAINING, 1, uri)
    gone = destroy_key(TRAINING, 2, uri)
    says = (
        r"key 'training' has no live version: training.1 was retired on .*, training.2 was"
        r" destroyed on .*; rotate it"
    )
    with pytest.raises(KeysError, match=says):
        gone.wrap(TRAINING, b"dek")


def test_a_retired_key_is_refused_until_reinstated(keyring: Keyring, uri: str) -> None:
    """Retirement is a switch, destruction is not."""
    wrapped = keyring.wrap(TRAINING, b"dek")
    says = r"key 'training.1' was retired on .*; reinstate it to use it"
    retired = retire_key(TRAINING, 1, uri)
    with pytest.raises(KeysError, match=says):
        retired.unwrap(wrapped)
    with pytest.raises(KeysError, match=says):
        retired.purpose_key(TRAINING, action="tokenize", domain="email", version=1)
    assert reinstate_key(TRAINING, 1, uri).unwrap(wrapped) == b"dek"


def test_ending_a_key_twice_is_refused(keyring: Keyring, uri: str) -> None:
    """So is ending or rotating one that is not there."""
    destroy_key(TRAINING, 1, uri)
    for act in (destroy_key, retire_key):
        with pytest.raises(KeysError, match=r"key 'training.1' was destroyed on"):
            act(TRAINING, 1, uri)
    with pytest.raises(KeysError, match=r"key 'training.7' is not in the keyring"):
        destroy_key(TRAINING, 7, uri)
    with pytest.raises(KeysError, match="key 'absent' is not in the keyring"):
        rotate_key(KeyName("absent"), uri)


def test_a_readers_keyring_holds_its_keys_and_verifies(
    keyring: Keyring, uri: str, tmp_path: Path
) -> None:
    """Least privilege: the named keys and public signing halves, with a passphrase of its own."""
    wrapped, (key_id, signature) = keyring.wrap(TRAINING, b"dek"), keyring.sign(b"manifest")
    share_keyring([TRAINING], tmp_path / "reader.json", uri)
    reader = open_keyring(f"file:{tmp_path / 'reader.json'}")
    assert reader.key_ids() == ("signing.1", "training.1")
    assert reader.unwrap(wrapped) == b"dek"
    reader.verify(key_id, b"manifest", signature)
    with pytest.raises(KeysError, match="only verifies"):
        reader.sign(b"manifest")


def test_a_reader_can_check_what_a_destroyed_signing_key_signed(
    keyring: Keyring, uri: str, tmp_path: Path
) -> None:
    """Only the half that signs is destroyed: versions published before stay readable to new
    readers.
    """
    key_id, signature = keyring.sign(b"manifest")
    rotate_key(KeyName("signing"), uri)
    destroy_key(KeyName("signing"), 1, uri)
    share_keyring([TRAINING], tmp_path / "reader.json", uri)
    open_keyring(f"file:{tmp_path / 'reader.json'}").verify(key_id, b"manifest", signature)


def test_sharing_refuses_the_signing_key_absent_keys_and_overwriting(
    keyring: Keyring, uri: str, tmp_path: Path
) -> None:
    """Nothing is written when something is wrong."""
    target = tmp_path / "reader.json"
    with pytest.raises(KeysError, match="public half"):
        share_keyring([KeyName("signing")], target, uri)
    with pytest.raises(KeysError, match="key 'absent' is not in the keyring"):
        share_keyring([KeyName("absent")], target, uri)
    assert not target.exists()
    with pytest.raises(KeysError, match="not overwritten"):
        share_keyring([TRAINING], file_of(uri), uri)


def test_a_wrong_signature_content_or_key_is_refused(keyring: Keyring) -> None:
    """Every flipped bit of a signature, other content, a key that does not sign."""
    key_id, signature = keyring.sign(b"data")
    for bit in range(512):
        flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
        with pytest.raises(KeysError, match=r"the signature is not that of key 'signing.1'"):
            keyring.verify(key_id, b"data", flipped)
    with pytest.raises(KeysError, match="signature"):
        keyring.verify(key_id, b"datum", signature)
    with pytest.raises(KeysError):
        keyring.verify(KeyId("training.1"), b"data", signature)


def test_a_wrapped_key_is_bound_to_its_place_its_key_and_every_bit(
    keyring: Keyring, uri: str
) -> None:
    """Wrong associated data, another version's name, any changed or missing character."""
    rotate_key(TRAINING, uri)
    keys = open_keyring(uri)
    wrapped = keys.wrap(TRAINING, b"d" * 32, b"part-0")
    head = len("ck1:training.2:")
    changed = [
        wrapped[:at] + ("A" if wrapped[at] != "A" else "B") + wrapped[at + 1 :]
        for at in range(head, len(wrapped))
    ]
    cut = [wrapped[:at] for at in range(len(wrapped))]
    for bad in [
        *changed,
        *cut,
        wrapped + "A",
        wrapped + "\n",
        wrapped.replace("training.2", "training.1"),
        "ck1:a:b",
    ]:
        with pytest.raises(KeysError, match="a wrapped key does not open"):
            keys.unwrap(bad, b"part-0")
    with pytest.raises(KeysError, match="a wrapped key does not open"):
        keys.unwrap(wrapped, b"part-1")
    assert keys.unwrap(wrapped, b"part-0") == b"d" * 32


def test_purposes_have_unrelated_keys(keyring: Keyring, uri: str) -> None:
    """Domain, entity, action, name and version each make another key; the parts cannot run
    together.
    """
    rotate_key(TRAINING, uri)
    keys = open_keyring(uri)
    made = [
        keys.purpose_key(KeyName("pseudonym"), action="a", domain="d"),
        keys.purpose_key(TRAINING, action="a", domain="d"),
        keys.purpose_key(TRAINING, action="a", domain="d", version=1),
        keys.purpose_key(TRAINING, action="b", domain="d"),
        keys.purpose_key(TRAINING, action="a", domain="d", entity="e"),
        keys.purpose_key(TRAINING, action="a", domain="de"),
        keys.purpose_key(TRAINING, action="a", domain="", entity="d"),
    ]
    assert len({key.derive("x", length=16).reveal() for key in made}) == len(made)


def test_a_wrapped_key_has_one_text(keyring: Keyring) -> None:
    """Bits behind the last byte, which change nothing, are refused as every other change."""
    wrapped = keyring.wrap(KeyName("training"), b"dek")
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    altered = wrapped[:-1] + alphabet[alphabet.index(wrapped[-1]) ^ 1]
    with pytest.raises(KeysError, match="does not open"):
        keyring.unwrap(altered)
    assert keyring.unwrap(wrapped) == b"dek"
