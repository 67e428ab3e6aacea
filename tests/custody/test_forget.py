"""Erasing that erases nothing, or not everywhere, is not told as done."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.forget import forget
from anonymize.custody.reveal import reveal
from anonymize.dataset import Dataset
from anonymize.errors import DatasetError, GateError, VaultLogError
from anonymize.keys import Keyring, init_keyring, open_keyring
from anonymize.policy import Policy, load_policy
from anonymize.vault import SqliteVault, sqlite
from tests.conftest import NAMES
from tests.workplace import ROOT, Workplace, in_fork

Place = tuple[Workplace, Policy, Keyring]


@pytest.fixture
def kept(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a workplace with a version whose e-mails are in a vault of its own; 7 and 12 share
    one.
    """
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    own = Workplace(workplace.folder, uri)
    own.source.write_text(own.source.read_text() + "Dee Falk,bo@example.org,10117,1991-07-01,8\n")
    path = own.policy("subject: visits")
    path.write_text(
        path.read_text().replace(
            "pseudonymize, domain: email", "tokenize, method: vault, domain: email"
        )
    )
    anonymize.run(path, keyring=uri)
    return own, load_policy(path), open_keyring(uri)


def _log(place: Workplace) -> int:
    return len(Dataset(place.sink).audit.entries())


@pytest.mark.parametrize("subject", ["99", "7 ", "Bo Jensen"])
def test_a_subject_that_is_not_there_is_no_erasure(kept: Place, subject: str) -> None:
    """A misspelled one looked like a fulfilled request; no line says now that it was one."""
    own, policy, keyring = kept
    before = _log(own)
    with pytest.raises(
        GateError, match="nothing was erased: the vault holds no entry of this subject"
    ) as refused:
        forget(policy, subject, keyring, reason="erasure request")
    assert refused.value.exit_code == 1
    assert subject not in str(refused.value).split()
    assert _log(own) == before


def test_entries_that_others_share_stay_and_that_is_said(kept: Place) -> None:
    """The link is gone, and is logged; the value is still another's."""
    own, policy, keyring = kept
    before = _log(own)
    with pytest.raises(GateError, match="each of the subject's 1 entries is another subject's too"):
        forget(policy, "7", keyring, reason="erasure request")
    assert _log(own) == before + 1
    assert forget(policy, "8", keyring, reason="erasure request") == 1


def test_forgetting_from_another_folder_makes_nothing(kept: Place, tmp_path: Path) -> None:
    """The sink is relative to the folder one stands in: elsewhere there is no log to write to."""
    _, policy, keyring = kept
    elsewhere = policy.model_copy(
        update={
            "sink": policy.sink.model_copy(update={"path": str(tmp_path / "elsewhere" / "out")})
        }
    )
    with pytest.raises(DatasetError, match="no such dataset"):
        forget(elsewhere, "12", keyring, reason="erasure request")
    with pytest.raises(DatasetError, match="no such dataset"):
        reveal(elsewhere, "email", pa.array(["x"]), keyring, reason="erasure request")
    assert not (tmp_path / "elsewhere").exists()


READER = """
import sqlite3, sys
reader = sqlite3.connect(sys.argv[1], isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM entries").fetchone()
print("reading", flush=True)
sys.stdin.readline()
reader.execute("ROLLBACK")
reader.close()
"""


def test_a_reader_that_keeps_the_log_is_said_and_can_be_outwaited(
    kept: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite answers that in a row that nobody looked at; the erased entry stayed on disk."""
    own, policy, keyring = kept
    monkeypatch.setattr(sqlite, "SCRUB_SECONDS", 0.2)
    vault = own.folder / "vault.db"
    with sqlite3.connect(vault) as connection:
        before = {sealed for (sealed,) in connection.execute("SELECT sealed FROM entries")}
    command = [sys.executable, "-c", READER, str(vault)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"reading\n"
        with pytest.raises(
            VaultLogError, match="1 entries are erased, but the write-ahead log still holds"
        ):
            forget(policy, "12", keyring, reason="erasure request")
        reader.communicate(b"\n")
    with pytest.raises(GateError, match="nothing was erased"):  # repeated: the log is emptied now
        forget(policy, "12", keyring, reason="erasure request")
    with sqlite3.connect(vault) as connection:
        (erased,) = before - {
            sealed for (sealed,) in connection.execute("SELECT sealed FROM entries")
        }
    wal = Path(f"{vault}-wal")
    assert erased not in vault.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


def test_the_subject_is_taken_from_standard_input(kept: Place) -> None:
    """Where neither a list of processes nor a shell's history shows it."""
    own, _, _ = kept
    arguments = ("forget", "people.yaml", "--subject", "-", "--reason", "erasure")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COATCHECK_KEYRING": own.keyring_uri}

    def told(text: bytes) -> tuple[int, bytes]:
        code, _, err = in_fork(arguments, own.folder, env, text)
        return code, err

    assert told(b"")[0] == 2
    code, err = told(b"12\n")
    assert (code, b"1 vault entries erased" in err) == (0, True)
    assert told(b"12\n")[0] == 1


def test_a_vault_that_is_not_there_is_not_made(kept: Place) -> None:
    """An empty one would find nothing and look as if there had been nothing."""
    own, policy, keyring = kept
    moved = own.folder / "moved"
    moved.mkdir()
    for file in own.folder.glob("vault.db*"):
        shutil.move(file, moved / file.name)
    before = _log(own)
    with pytest.raises(anonymize.errors.VaultError, match="no token vault"):
        forget(policy, "12", keyring, reason="erasure request")
    assert (_log(own), list(own.folder.glob("vault.db"))) == (before, [])


def test_a_scrub_with_nobody_reading_empties_the_log(tmp_path: Path, keyring: Keyring) -> None:
    """And says nothing."""
    vault = SqliteVault(tmp_path / "v.db")
    key = keyring.purpose_key("reveal", action="tokenize", domain="d")
    vault.tokens(key, pa.array(["a", "b"]), pa.array(["S1", "S2"]))
    assert vault.linked(key, pa.array(["S1"])) == 1
    assert vault.forget_subjects(key, pa.array(["S1"])) == 1
    assert vault.linked(key, pa.array(["S1"])) == 0
    assert not Path(f"{tmp_path / 'v.db'}-wal").stat().st_size


@pytest.mark.parametrize(
    ("joined", "asked"), [(True, "ANA CASTRO"), (True, " ana  castro"), (False, "ANA CASTRO")]
)
def test_forget_joins_the_spellings_that_the_subject_column_joins(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, joined: bool, asked: str
) -> None:
    """What has one pseudonym is one subject and is forgotten whole; without ``fold`` each spelling
    is its own.
    """
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    workplace.source.write_text(
        workplace.source.read_text() + "ana castro,other@example.org,10117,1991-07-01,8\n"
    )
    path, how = workplace.policy("subject: name"), "fold" if joined else "exact"
    text = path.read_text().replace("fake, kind: name", f"pseudonymize, normalize: {how}")
    path.write_text(
        text.replace("pseudonymize, domain: email", "tokenize, method: vault, domain: email")
    )
    anonymize.run(path, keyring=uri)
    policy, keyring = load_policy(path), open_keyring(uri)
    if joined:
        assert forget(policy, asked, keyring, reason="erasure request") == 2
    else:
        with pytest.raises(GateError, match="no entry of this subject"):
            forget(policy, asked, keyring, reason="erasure request")
