"""An old keyring, another keyring's key of the same name and another vault are told from the
dataset's own.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.forget import forget
from anonymize.custody.reveal import reveal
from anonymize.custody.rotate_keys import destroy, relock, rotate, unreadable_without
from anonymize.dataset import Dataset, open_facts, read
from anonymize.errors import GateError, KeysError, VaultError
from anonymize.keys import Keyring, forget_opened_keyrings, init_keyring, open_keyring, rotate_key
from anonymize.names import KeyId
from anonymize.pipeline.prepare import preview_plan
from anonymize.pipeline.readiness import with_vault
from anonymize.policy import load_policy
from anonymize.vault import SqliteVault, vault_if_there
from tests.conftest import NAMES
from tests.workplace import Workplace

VAULT, SIV = "tokenize, method: vault, domain: email", "tokenize, domain: email"
OLD = "it is an older copy of the keyring, or another one"


@pytest.fixture
def own(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Return the workplace with a keyring and a shared vault of its own."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'shared' / 'vault.db'}")
    uri = f"file:{workplace.folder / 'keys' / 'own.json'}"
    init_keyring(uri, NAMES)
    return Workplace(workplace.folder, uri)


def _policy(place: Workplace, action: str = VAULT, extra: str = "") -> Path:
    path = place.in_source_order(f"subject: visits\n{extra}")
    path.write_text(path.read_text().replace("pseudonymize, domain: email", action))
    return path


def _run(place: Workplace, path: Path, *, accept: bool = False) -> int:
    return anonymize.run(path, keyring=place.keyring_uri, accept_change=accept).version


def _tokens(place: Workplace) -> pa.Array:
    return read(place.sink, keyring=open_keyring(place.keyring_uri))["email"].combine_chunks()


class Copy:
    """A copy of a keyring's file, to be put back."""

    def __init__(self, place: Workplace) -> None:
        """Copy it."""
        self.folder = Path(place.keyring_uri.removeprefix("file:")).parent
        self.kept = place.folder / f"copy-{os.urandom(4).hex()}"
        shutil.copytree(self.folder, self.kept)

    def back(self) -> None:
        """Put it back."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        forget_opened_keyrings()


# The vault


def test_a_run_without_the_variable_does_not_go_on_from_a_fresh_file(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It published other tokens with exit 0; now nothing is published and no file is made, and the
    plan says so.
    """
    path = _policy(own)
    _run(own, path)
    monkeypatch.delenv("COATCHECK_VAULT")
    with pytest.raises(
        GateError,
        match=r"version 1 was made with token vault \w{8}, and there is no vault at sqlite:",
    ):
        _run(own, path)
    assert not list(own.folder.rglob("keys/vault.db"))
    assert Dataset(own.sink).current == 1
    assert [change.stops for change in preview_plan(path, own.keyring_uri).changes.found] == [True]
    assert not list(own.folder.rglob("keys/vault.db"))
    assert _run(own, path, accept=True) == 2
    assert _run(own, path) == 3


def test_the_manifest_names_the_vault_and_a_moved_one_goes_on(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is the id in its tables, not its address."""
    path = _policy(own)
    _run(own, path)
    before, keyring = _tokens(own), open_keyring(own.keyring_uri)
    made = SqliteVault(own.folder / "shared" / "vault.db").identity()
    assert Dataset(own.sink).manifest(keyring=keyring).vault == made
    shutil.copytree(own.folder / "shared", own.folder / "moved")
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{own.folder / 'moved' / 'vault.db'}")
    assert _run(own, path) == 2
    assert _tokens(own).equals(before)


def test_another_vault_at_the_same_address_is_another(own: Workplace) -> None:
    """Deleted and made anew, at the place that the plan's digest knew."""
    path = _policy(own)
    _run(own, path)
    shutil.rmtree(own.folder / "shared")
    other = SqliteVault(own.folder / "shared" / "vault.db").identity()
    done = own.coatcheck(
        "run", "people.yaml", COATCHECK_VAULT=f"sqlite:{own.folder / 'shared' / 'vault.db'}"
    )
    assert (done.returncode, f"and there is vault {other[:8]}" in done.stderr) == (1, True)


def test_the_policy_names_the_vault(own: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the variable, so that no worker's environment decides; saying it changes no
    meaning.
    """
    _run(own, _policy(own))
    tokens, policy = _tokens(own), load_policy(_policy(own))
    path = _policy(own, extra=f"vault: {{place: 'sqlite:{own.folder / 'shared' / 'vault.db'}'}}")
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{own.folder / 'elsewhere.db'}")
    assert _run(own, path) == 2
    assert _tokens(own).equals(tokens)
    assert not (own.folder / "elsewhere.db").exists()
    assert load_policy(path).digest() == policy.digest()
    keyring = open_keyring(own.keyring_uri)
    found = reveal(load_policy(path), "email", tokens, keyring, reason="ticket 12")
    assert not any(found.bad.to_pylist())
    assert forget(load_policy(path), "12", keyring, reason="erasure request") == 1


def test_a_worker_takes_no_other_vault_and_makes_none(own: Workplace) -> None:
    """A file of the machine that planned is not there on the next one, or is another."""
    path = _policy(own)
    plan = with_vault(preview_plan(path, own.keyring_uri).plan)
    travelled = pickle.loads(pickle.dumps(plan))
    batch = pa.record_batch(
        {"name": ["x"], "email": ["a@b.c"], "zip": ["10117"], "born": ["1984-02-29"], "visits": [1]}
    )
    batch = batch.cast(plan.input_schema)
    assert travelled.apply(batch).num_rows == 1
    elsewhere = replace(plan, vault_place=f"sqlite:{own.folder / 'worker' / 'vault.db'}")
    with pytest.raises(VaultError, match=r"there is no vault \w{8} here; a file of one machine"):
        elsewhere.apply(batch)
    assert not (own.folder / "worker").exists()
    SqliteVault(own.folder / "worker" / "vault.db")
    with pytest.raises(VaultError, match=r"there is no vault \w{8} here, but another one"):
        elsewhere.apply(batch)


def test_reveal_and_forget_refuse_another_vault(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with the policy's columns in it: it answered that the tokens do not open, or that nobody
    is there.
    """
    path = _policy(own)
    _run(own, path)
    first = _tokens(own)
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{own.folder / 'second.db'}")
    _run(own, path, accept=True)
    policy, keyring = load_policy(path), open_keyring(own.keyring_uri)
    with pytest.raises(VaultError, match="version 1 was made with token vault"):
        reveal(policy, "email", first, keyring, reason="ticket 12", version=1)
    with pytest.raises(
        GateError, match=r"1 entries are erased, and version\(s\) 1 have tokens that another vault"
    ):
        forget(policy, "12", keyring, reason="erasure request")
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{own.folder / 'shared' / 'vault.db'}")
    assert not any(
        reveal(policy, "email", first, keyring, reason="ticket 12", version=1).bad.to_pylist()
    )
    with pytest.raises(VaultError, match="version 2 was made with token vault"):
        forget(policy, "12", keyring, reason="erasure request")


def test_rotation_finds_the_datasets_vault(own: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy's, that no variable names: it kept the old key, and destroying that lost its tokens
    without a word.
    """
    place = f"sqlite:{own.folder / 'shared' / 'vault.db'}"
    monkeypatch.delenv("COATCHECK_VAULT")
    path = _policy(own, extra=f"vault: {{place: '{place}'}}")
    _run(own, path)
    keyring = open_keyring(own.keyring_uri)
    lost = unreadable_without(KeyId("reveal.1"), [own.sink], keyring)
    assert [what for what in lost if what.startswith("the vault's tokens")]
    assert rotate(NAMES[2], [own.sink], own.keyring_uri).relocked == 1
    vault = vault_if_there(place)
    assert vault is not None
    assert set(vault.key_ids().values()) == {"reveal.2"}
    shutil.rmtree(own.folder / "shared")
    with pytest.raises(VaultError, match="and there is no vault at"):
        rotate(NAMES[2], [own.sink], own.keyring_uri)
    assert open_keyring(own.keyring_uri).current(NAMES[2]) == "reveal.2"


# The keyring


@pytest.mark.parametrize("name", ["pseudonym", "reveal", "training", "owner", "signing"])
def test_an_old_keyring_publishes_nothing(own: Workplace, name: str) -> None:
    """Restored from before the last rotation, it went on with old keys; not even consent to changes
    helps.
    """
    path = _policy(own, SIV)
    _run(own, path)
    copy = Copy(own)
    rotate_key(anonymize.names.KeyName(name), own.keyring_uri)
    _run(own, path)
    copy.back()
    with pytest.raises(KeysError, match=rf"'{name}.2'.*{OLD}"):
        _run(own, path, accept=True)
    assert Dataset(own.sink).current == 2


def test_an_old_keyring_mints_no_second_version_and_reveals_nothing(own: Workplace) -> None:
    """The log alone names the version: nothing was published with it yet."""
    path = _policy(own, SIV)
    _run(own, path)
    copy = Copy(own)
    rotate(NAMES[1], [own.sink], own.keyring_uri)
    copy.back()
    for act in (rotate, relock):
        with pytest.raises(KeysError, match=f"'pseudonym.2', which this keyring lacks: {OLD}"):
            act(NAMES[1], [own.sink], own.keyring_uri)
    keyring = open_keyring(own.keyring_uri)
    with pytest.raises(KeysError, match=f"'pseudonym.2', which this keyring lacks: {OLD}"):
        reveal(load_policy(path), "email", _tokens(own), keyring, reason="ticket 12")
    assert keyring.current(NAMES[1]) == "pseudonym.1"
    done = own.coatcheck("keys", "rotate", "pseudonym", "out")
    assert (done.returncode, "'pseudonym.2'" in done.stderr) == (3, True)


def test_a_vault_of_a_later_keyring_stops_a_rotation_that_names_no_dataset(own: Workplace) -> None:
    """It is what an old keyring can be compared with then."""
    _run(own, _policy(own))
    copy = Copy(own)
    rotate(NAMES[2], [], own.keyring_uri)
    copy.back()
    with pytest.raises(
        KeysError, match=r"the token vault is locked by reveal.2, which this keyring lacks"
    ):
        rotate(NAMES[2], [], own.keyring_uri)


def test_two_keys_of_one_name_are_told_apart(own: Workplace) -> None:
    """Both are pseudonym.2; the check value beside the id is another."""
    path = _policy(own, SIV)
    _run(own, path)
    copy = Copy(own)
    rotate_key(NAMES[1], own.keyring_uri)
    _run(own, path)
    keyring = open_keyring(own.keyring_uri)
    told = Dataset(own.sink).manifest(keyring=keyring).key_checks
    assert told["pseudonym.2"] == keyring.check_value(KeyId("pseudonym.2"))
    copy.back()
    rotate_key(NAMES[1], own.keyring_uri)
    assert open_keyring(own.keyring_uri).check_value(KeyId("pseudonym.2")) != told["pseudonym.2"]
    for act in (lambda: _run(own, path), lambda: rotate(NAMES[1], [own.sink], own.keyring_uri)):
        with pytest.raises(KeysError, match=r"'pseudonym.2' is another key of this name"):
            act()


def test_the_check_value_of_an_earlier_version_counts_after_a_rollback(own: Workplace) -> None:
    """The current manifest names the old key only; the log names all."""
    path = _policy(own, SIV)
    _run(own, path)
    copy = Copy(own)
    rotate_key(NAMES[1], own.keyring_uri)
    _run(own, path)
    Dataset(own.sink).rollback(1, keyring=open_keyring(own.keyring_uri))
    copy.back()
    with pytest.raises(KeysError, match=f"'pseudonym.2', which this keyring lacks: {OLD}"):
        _run(own, path)


def test_a_destroyed_key_that_comes_back_is_refused(own: Workplace) -> None:
    """Crypto-shredding was undone by a backup, and nothing said so."""
    path = _policy(own, SIV)
    _run(own, path)
    rotate(NAMES[1], [own.sink], own.keyring_uri)
    copy = Copy(own)
    destroy(NAMES[1], 1, [own.sink], reason="end of purpose", keyring=own.keyring_uri)
    assert _run(own, path) == 2
    copy.back()
    with pytest.raises(
        KeysError,
        match=r"'pseudonym.1' was destroyed by the dataset's log, and this keyring holds it",
    ):
        _run(own, path)
    destroy(NAMES[1], 1, [own.sink], reason="end of purpose", keyring=own.keyring_uri)
    assert _run(own, path) == 3


def test_rotations_retirements_and_other_datasets_stop_nothing(own: Workplace) -> None:
    """Nights go on after what an owner does on purpose."""
    from anonymize.keys import reinstate_key, retire_key

    path = _policy(own, SIV)
    _run(own, path)
    for name in NAMES[:3]:
        rotate(name, [own.sink], own.keyring_uri)
    rotate_key(NAMES[3], own.keyring_uri)
    retire_key(NAMES[1], 1, own.keyring_uri)
    assert _run(own, path) == 2
    reinstate_key(NAMES[1], 1, own.keyring_uri)
    assert _run(own, path) == 3


def test_check_values_say_nothing_else(keyring: Keyring) -> None:
    """Sixteen digits, another for each key and for each id; the log holds them beside the ids."""
    values = [keyring.check_value(key_id) for key_id in keyring.key_ids()]
    assert len(set(values)) == len(values)
    assert all(len(value) == 16 and int(value, 16) >= 0 for value in values)
    assert keyring.check_value(KeyId("pseudonym.9")) == ""


def test_the_owner_alone_is_told_where_the_vault_is(own: Workplace) -> None:
    """A manifest is read by everybody who gets at the folder."""
    _run(own, _policy(own))
    keyring = open_keyring(own.keyring_uri)
    manifest = Dataset(own.sink).manifest(keyring=keyring)
    assert "vault.db" not in json.dumps(manifest.as_json())
    assert open_facts(manifest, keyring)["vault_place"].endswith("shared/vault.db")
