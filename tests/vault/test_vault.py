"""A vault gives one random token per value, hides the values, refuses what was changed, and
forgets.
"""

from __future__ import annotations

import pickle
import re
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.errors import VaultError
from anonymize.keys import PurposeKey, Secret
from anonymize.names import KeyId
from anonymize.vault import MemoryVault, SqliteVault, TokenVault, open_vault

EMAILS = pa.array(["ann@example.com", None, "bob@example.com", "ann@example.com", "", "é" * 4000])


def key(
    domain: str = "email", *, version: int = 1, entity: str = "", master: bytes = b"m" * 32
) -> PurposeKey:
    """Return a purpose key of a made-up master key."""
    return PurposeKey(
        KeyId(f"reveal.{version}"), Secret(master), domain=domain, entity=entity, action="tokenize"
    )


def test_tokens_are_kept_and_reveal_gives_the_values_back(vault: TokenVault) -> None:
    """Nulls, repeats, the empty and a long string."""
    tokens = vault.tokens(key(), EMAILS)
    assert vault.tokens(key(), EMAILS).equals(tokens)
    assert vault.reveal(key(), tokens).values.equals(EMAILS)
    assert not any(vault.reveal(key(), tokens).bad.to_pylist())
    assert vault.count(key()) == 4


def test_equal_values_have_one_token_and_others_another(vault: TokenVault) -> None:
    """Injective both ways, 26 characters of a-z2-7."""
    tokens = vault.tokens(key(), EMAILS).to_pylist()
    assert tokens[0] == tokens[3]
    assert len({*tokens}) == 5
    assert all(re.fullmatch("[a-z2-7]{26}", token) for token in tokens if token)


def test_tokens_are_random_not_computed(tmp_path: Path) -> None:
    """Two vaults of one key give unrelated tokens."""
    made = [
        SqliteVault(tmp_path / name).tokens(key(), pa.array(["x"]))[0].as_py()
        for name in ("a.db", "b.db")
    ]
    assert made[0] != made[1]


def test_slices_chunks_dictionaries_and_other_types_agree(vault: TokenVault) -> None:
    """However a column comes; numbers and dates come back as their type."""
    tokens = vault.tokens(key(), EMAILS)
    assert vault.tokens(key(), EMAILS.slice(2, 3)).equals(tokens.slice(2, 3))
    assert vault.tokens(key(), EMAILS.dictionary_encode()).equals(tokens)
    assert vault.tokens(key(), pa.chunked_array([EMAILS.slice(0, 2), EMAILS.slice(2)])).equals(
        tokens
    )
    numbers = pa.array([7, None, -7])
    assert vault.reveal(key("n"), vault.tokens(key("n"), numbers), kind=pa.int64()).values.equals(
        numbers
    )
    assert vault.tokens(key("n"), pa.array([], pa.string())).to_pylist() == []
    assert vault.tokens(key("n"), pa.nulls(2)).to_pylist() == [None, None]


def test_foreign_and_malformed_tokens_are_bad(vault: TokenVault) -> None:
    """Of another domain, changed in any character, cut, or no token at all."""
    token = vault.tokens(key(), EMAILS)[0].as_py()
    changed = [token[:i] + ("a" if c != "a" else "b") + token[i + 1 :] for i, c in enumerate(token)]
    asked = [*changed, token[:-1], token + "a", token.upper(), "", "é" * 13, None]
    result = vault.reveal(key(), pa.array(asked))
    assert result.bad.to_pylist() == [True] * (len(asked) - 1) + [False]
    assert result.values.null_count == len(asked)
    assert vault.reveal(key("phone"), pa.array([token])).bad.to_pylist() == [True]


def test_domains_and_entities_are_apart(vault: TokenVault) -> None:
    """One value, three tokens."""
    keys = [key(), key("phone"), key(entity="EMAIL_ADDRESS")]
    assert len({vault.tokens(k, pa.array(["x"]))[0].as_py() for k in keys}) == 3
    assert set(vault.key_ids()) == {"email", "phone", "email/EMAIL_ADDRESS"}


def test_a_forgotten_value_is_gone_and_comes_back_as_another(vault: TokenVault) -> None:
    """Its token is meaningless from then on."""
    tokens = vault.tokens(key(), EMAILS)
    assert vault.forget_values(key(), pa.array(["ann@example.com", "never seen", None])) == 1
    assert vault.reveal(key(), tokens).bad.to_pylist() == [True, False, False, True, False, False]
    assert vault.tokens(key(), EMAILS)[0] != tokens[0]
    assert vault.tokens(key(), EMAILS)[2] == tokens[2]


def test_a_forgotten_subject_takes_what_is_its_own(vault: TokenVault) -> None:
    """What somebody else has too stays; unlinked values stay."""
    values = pa.array(["own", "shared", "shared", "other", None])
    tokens = vault.tokens(key(), values, subjects=pa.array([1, 1, 2, 2, 1]))
    vault.tokens(key(), pa.array(["unlinked"]))
    assert vault.forget_subjects(key(), pa.array([1])) == 1
    assert vault.reveal(key(), tokens).values.to_pylist() == [
        None,
        "shared",
        "shared",
        "other",
        None,
    ]
    assert vault.forget_subjects(key(), pa.array([2, 3])) == 2
    assert vault.count(key()) == 1


def test_a_value_seen_again_is_linked_to_its_new_subject(vault: TokenVault) -> None:
    """Links are added to entries that exist already."""
    vault.tokens(key(), pa.array(["x"]))
    vault.tokens(key(), pa.array(["x"]), subjects=pa.array(["s"]))
    assert vault.forget_subjects(key(), pa.array(["s"])) == 1


def test_another_key_is_refused(vault: TokenVault, vault_uri: str) -> None:
    """Another version says which to use; the right name with other bytes does not open."""
    from anonymize.vault.opening import _open

    vault.tokens(key(), EMAILS)
    with pytest.raises(
        VaultError, match=r"namespace 'email' is locked by key 'reveal.1': use that version"
    ):
        vault.tokens(key(version=2), EMAILS)
    with pytest.raises(
        VaultError, match=r"namespace 'email' does not open with this keyring's 'reveal.1'"
    ):
        _open(vault_uri).tokens(key(master=b"x" * 32), EMAILS)


def test_rewrap_keeps_the_tokens_and_shuts_out_the_old_key(vault: TokenVault) -> None:
    """Rotation changes one row, not the entries."""
    tokens = vault.tokens(key(), EMAILS)
    vault.rewrap(key(), key(version=2, master=b"n" * 32))
    assert vault.key_ids() == {"email": "reveal.2"}
    assert vault.reveal(key(version=2, master=b"n" * 32), tokens).values.equals(EMAILS)
    with pytest.raises(VaultError, match=r"locked by key 'reveal.2'"):
        vault.tokens(key(), EMAILS)
    with pytest.raises(VaultError, match="a namespace keeps its domain"):
        vault.rewrap(key(version=2), key("phone"))


def test_a_vault_in_memory_keeps_reveals_and_forgets() -> None:
    """As the others do, with nothing on disk."""
    vault, values = MemoryVault(), pa.array(["own", "shared", "shared", None])
    tokens = vault.tokens(key(), values, subjects=pa.array([1, 1, 2, 2]))
    assert vault.tokens(key(), values).equals(tokens)
    assert vault.reveal(key(), tokens).values.equals(values)
    assert vault.forget_subjects(key(), pa.array([1])) == 1
    assert vault.reveal(key(), tokens).values.to_pylist() == [None, "shared", "shared", None]
    vault.rewrap(key(), key(version=2))
    assert vault.forget_values(key(version=2), values) == 1
    assert (vault.count(key(version=2)), vault.key_ids()) == (0, {"email": "reveal.2"})


def test_the_file_shows_no_value(tmp_path: Path) -> None:
    """Neither values nor subjects, in the file or its log."""
    vault = SqliteVault(tmp_path / "v.db")
    vault.tokens(key(), pa.array(["canary-value-123"]), subjects=pa.array(["canary-subject-456"]))
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert b"canary" not in file.read_bytes()


def test_forgetting_scrubs_the_file(tmp_path: Path) -> None:
    """The token's bytes are in no page of the file or its log afterwards."""
    vault = SqliteVault(tmp_path / "v.db")
    vault.tokens(key(), pa.array(["x", "y"]))
    (token,) = (
        sqlite3.connect(tmp_path / "v.db").execute("SELECT token FROM entries LIMIT 1").fetchone()
    )
    vault.forget_values(key(), pa.array(["x", "y"]))
    assert all(token not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET sealed = (SELECT sealed FROM entries ORDER BY digest LIMIT 1)",
        "UPDATE entries SET sealed = zeroblob(60)",
        "UPDATE entries SET sealed = x''",
        "UPDATE entries SET token = randomblob(16)",
        "UPDATE entries SET token = x'00' WHERE rowid = 1",
    ],
)
def test_a_changed_entry_is_refused(tmp_path: Path, sql: str) -> None:
    """Who can write the database cannot swap, cut or invent values."""
    vault = SqliteVault(tmp_path / "v.db")
    vault.tokens(key(), EMAILS)
    with sqlite3.connect(tmp_path / "v.db") as other:
        other.execute(sql)
        tokens = [row[0] for row in other.execute("SELECT token FROM entries")]
    with pytest.raises(VaultError, match="changed outside of it"):
        vault.tokens(key(), EMAILS)
    assert tokens


def test_swapped_sealed_values_are_not_revealed(tmp_path: Path) -> None:
    """A token never opens to another's value."""
    vault = SqliteVault(tmp_path / "v.db")
    tokens = vault.tokens(key(), pa.array(["x", "y"]))
    with sqlite3.connect(tmp_path / "v.db") as other:
        rows = other.execute("SELECT rowid, sealed FROM entries").fetchall()
        for (row, _), (_, sealed) in zip(rows, reversed(rows), strict=True):
            other.execute("UPDATE entries SET sealed = ? WHERE rowid = ?", (sealed, row))
    assert vault.reveal(key(), tokens).bad.to_pylist() == [True, True]


def test_a_file_others_may_read_or_that_is_no_vault_is_refused(tmp_path: Path) -> None:
    """With the mode and the remedy; without the file's content."""
    (tmp_path / "open.db").touch(0o644)
    with pytest.raises(VaultError, match="has mode 0644: others may read it; chmod 600 it"):
        SqliteVault(tmp_path / "open.db")
    (tmp_path / "no.db").touch(0o600)
    (tmp_path / "no.db").write_bytes(b"canary" * 1000)
    with pytest.raises(VaultError, match="is damaged or is not one") as caught:
        SqliteVault(tmp_path / "no.db")
    assert "canary" not in str(caught.value)
    with pytest.raises(VaultError, match="cannot be opened"):
        SqliteVault(tmp_path)


def test_an_unreachable_database_does_not_show_its_password() -> None:
    """Neither in the error nor in its chain."""
    with pytest.raises(VaultError, match="unavailable") as caught:
        open_vault("postgresql://user:canary@127.0.0.1:1/none?connect_timeout=2")
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_wrong_uri_names_the_right_ones() -> None:
    """And does not repeat what may hold a password."""
    with pytest.raises(
        VaultError, match="is not a vault's address: sqlite:PATH or postgresql://"
    ) as caught:
        open_vault("mysql://user:canary@host/db")
    assert "canary" not in str(caught.value)


def test_a_vault_is_opened_once_and_not_pickled(tmp_path: Path) -> None:
    """Send the URI instead."""
    vault = open_vault(f"sqlite:{tmp_path / 'v.db'}")
    assert open_vault(f"sqlite:{tmp_path / 'v.db'}") is vault
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(vault)


@pytest.mark.parametrize("act", ["removed", "replaced"])
def test_a_file_that_goes_while_it_is_open_takes_no_more_tokens(tmp_path: Path, act: str) -> None:
    """They went into a file without a name, and were published: nobody could ever turn them
    back.
    """
    vault = open_vault(f"sqlite:{tmp_path / 'v.db'}")
    vault.tokens(key(), EMAILS)
    for file in tmp_path.glob("v.db*"):
        file.unlink()
    if act == "replaced":
        SqliteVault(tmp_path / "v.db")
    with pytest.raises(VaultError, match="removed or replaced while it was in use"):
        vault.tokens(key(), pa.array(["new"]))
    assert open_vault(f"sqlite:{tmp_path / 'v.db'}").count(key()) == 0
