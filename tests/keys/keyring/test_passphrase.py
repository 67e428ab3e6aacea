"""Passphrases: read alike from variable and file, not too weak, changed by a command that a kill
does not hurt.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.errors import KeysError
from anonymize.keys import (
    Keyring,
    Secret,
    change_passphrase,
    forget_opened_keyrings,
    init_keyring,
    open_keyring,
)
from anonymize.keys.keyring import files as key_files
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.keys.keyring.passphrase import WeakPassphraseWarning, forget_passphrase
from anonymize.names import KeyName
from tests.keys.keyring.test_crashes import fail_at

TRAINING = KeyName("training")
PLAIN = "Grüße an café 7".encode()
NEW = Secret(b"another passphrase")


def keyfile(uri: str) -> Path:
    """Return the default key file of a keyring's URI."""
    return Path(f"{locate(uri).path}.key")


def put(uri: str, content: bytes, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the environment or a file say the passphrase."""
    forget_passphrase()
    forget_opened_keyrings()
    keyfile(uri).unlink(missing_ok=True)
    if how == "variable":
        monkeypatch.setitem(os.environb, b"COATCHECK_PASSPHRASE", content)
    else:
        descriptor = os.open(keyfile(uri), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(descriptor, content)
        os.close(descriptor)


WRITTEN = [
    PLAIN,
    PLAIN + b"\n",
    PLAIN + b"\r\n",
    b"  " + PLAIN + b"\t\n\n",
    b"\xef\xbb\xbf" + PLAIN,
    "Gru\u0308ße an cafe\u0301 7".encode(),
]


@pytest.mark.parametrize("made", ["variable", "file"])
@pytest.mark.parametrize("opened", ["variable", "file"])
def test_a_passphrase_is_one_however_it_is_written(
    uri: str, made: str, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ends of lines, a byte order mark, composed letters or not: in the variable as in the file."""
    put(uri, WRITTEN[0], made, monkeypatch)
    init_keyring(uri, [TRAINING])
    for content in WRITTEN:
        put(uri, content, opened, monkeypatch)
        assert "training.1" in open_keyring(uri).key_ids()


@pytest.mark.parametrize("how", ["variable", "file"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Gr\xfc\xdfe an alle sieben", "not text in UTF-8"),
        (b" \n", "is empty"),
        ("abc".encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_no_passphrase_is_told_without_it(
    uri: str, how: str, content: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old code page, UTF-16, nothing: the same error from both places."""
    if how == "variable" and b"\0" in content:
        pytest.skip("no variable holds a NUL")
    put(uri, content, how, monkeypatch)
    with pytest.raises(
        KeysError, match=f"(COATCHECK_PASSPHRASE|key): the passphrase .*{says}"
    ) as caught:
        init_keyring(uri, [TRAINING])
    assert "alle sieben" not in str(caught.value)
    assert not locate(uri).path.exists()


@pytest.mark.parametrize("how", ["variable", "file"])
@pytest.mark.parametrize("content", [b"x", b"ab", b"aaaaaaaaaaaaaaaa", b" " * 20 + b"q"])
def test_what_is_hardly_a_passphrase_locks_nothing(
    uri: str, how: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer than 3 characters, or one repeated."""
    put(uri, content, how, monkeypatch)
    with pytest.raises(
        KeysError,
        match="too weak to lock a keyring: it needs 3 characters at least, and 12 are advised",
    ):
        init_keyring(uri, [TRAINING])
    assert not locate(uri).path.exists()


@pytest.mark.parametrize(
    "content", [b"1234567890!", b"abababababab", b" " * 20 + b"short", "äöüäöüäöüäö".encode()]
)
def test_a_weak_passphrase_is_said_and_none_is_changed_to_one(
    uri: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer than 12 characters, bytes not counted, or fewer than 5 different ones."""
    put(uri, content, "variable", monkeypatch)
    with pytest.warns(WeakPassphraseWarning, match="12 are advised"):
        init_keyring(uri, [TRAINING])
    before = locate(uri).path.read_bytes()
    with pytest.raises(
        KeysError, match="too weak to lock a keyring: it needs 12 characters, 5 of them different"
    ):
        change_passphrase(uri, Secret(content))
    assert locate(uri).path.read_bytes() == before


def test_twelve_characters_are_enough(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of no word is said."""
    put(uri, b"abcdeabcdeab", "variable", monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error", WeakPassphraseWarning)
        init_keyring(uri, [TRAINING])


def test_the_command_says_that_a_passphrase_is_weak(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, and goes on."""
    put(uri, b"bar", "variable", monkeypatch)
    done = CliRunner().invoke(app, ["keys", "init", "--name", "training", "--keyring", uri])
    assert done.exit_code == 0
    assert "12 are advised" in " ".join(done.stderr.split())


def test_a_new_passphrase_opens_and_the_old_one_does_not(keyring: Keyring, uri: str) -> None:
    """In the key file; the keys stay; the file is private."""
    wrapped, old = keyring.wrap(TRAINING, b"dek"), keyfile(uri).read_bytes()
    changed, where = change_passphrase(uri)
    assert where == keyfile(uri)
    assert stat.S_IMODE(keyfile(uri).stat().st_mode) == 0o600
    assert changed.unwrap(wrapped) == b"dek"
    forget_opened_keyrings()
    assert open_keyring(uri).key_ids() == keyring.key_ids()
    keyfile(uri).write_bytes(old)
    with pytest.raises(KeysError, match="the passphrase is wrong or the file is damaged"):
        open_keyring(uri)


def test_a_passphrase_of_the_environment_is_changed_there(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process goes on; nothing is written beside the keyring; without a new one nobody would
    know it.
    """
    monkeypatch.setenv("COATCHECK_PASSPHRASE", "of the night's unit")
    init_keyring(uri, [TRAINING])
    with pytest.raises(KeysError, match="--new"):
        change_passphrase(uri)
    assert change_passphrase(uri, NEW)[1] is None
    assert open_keyring(uri).key_ids()
    assert not keyfile(uri).exists()
    for said, fine in ((NEW.reveal().decode(), True), ("of the night's unit", False)):
        forget_opened_keyrings()
        monkeypatch.setenv("COATCHECK_PASSPHRASE", said)
        if fine:
            open_keyring(uri)
        else:
            with pytest.raises(KeysError, match="passphrase is wrong"):
                open_keyring(uri)


def test_an_empty_new_passphrase_is_not_an_unsaid_one(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret store's client that failed prints nothing: refused, where a random passphrase would
    lock the keyring and be written nowhere.
    """
    monkeypatch.setenv("COATCHECK_PASSPHRASE", NEW.reveal().decode())
    init_keyring(uri, [TRAINING])
    before = locate(uri).path.read_bytes()
    with pytest.raises(KeysError, match="the new passphrase: the passphrase is empty"):
        change_passphrase(uri, Secret(b""))
    done = CliRunner().invoke(
        app, ["keys", "passphrase", "--new", "-", "--keyring", uri], input=b""
    )
    assert isinstance(done.exception, KeysError)
    assert locate(uri).path.read_bytes() == before


def test_a_weak_or_unreadable_new_passphrase_changes_nothing(keyring: Keyring, uri: str) -> None:
    """Neither the keyring nor the key file."""
    before = locate(uri).path.read_bytes(), keyfile(uri).read_bytes()
    for new in (b"short", b"\xff" * 20, b"\n", b""):
        with pytest.raises(KeysError, match="passphrase"):
            change_passphrase(uri, Secret(new))
    assert (locate(uri).path.read_bytes(), keyfile(uri).read_bytes()) == before
    assert sorted(path.name for path in locate(uri).path.parent.glob("*.next")) == []


def killed_change(uri: str, point: int) -> int:
    """Change the passphrase in a forked process that is killed at ``point``; return its exit code,
    -9 when it was.
    """
    pid = os.fork()
    if pid == 0:
        fail_at(point, lambda: os.kill(os.getpid(), signal.SIGKILL))
        change_passphrase(uri)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.soak
def test_a_kill_at_any_point_of_the_change_leaves_a_keyring_that_opens(
    keyring: Keyring, uri: str
) -> None:
    """Before and after each call that touches a file: opened at once, and by the next change, which
    clears up.
    """
    wrapped, folder, point = keyring.wrap(TRAINING, b"dek"), locate(uri).path.parent, 2
    while (code := killed_change(uri, point)) == -signal.SIGKILL:
        forget_opened_keyrings()
        assert open_keyring(uri).unwrap(wrapped) == b"dek"
        point += 1
    assert code == 0
    assert point > 30
    change_passphrase(uri)
    assert sorted(path.name for path in folder.iterdir()) == [
        ".keyring.json.lock",
        "keyring.json",
        "keyring.json.key",
    ]


def test_a_reader_in_the_middle_of_the_change_opens(
    keyring: Keyring, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has read the keyring of before when both files change: it looks again."""
    from anonymize.keys.keyring import keyring_file

    forget_opened_keyrings()
    read = keyring_file.read_private

    def then_changed(path: Path, what: str) -> bytes:
        content = read(path, what)
        monkeypatch.setattr(keyring_file, "read_private", read)
        change_passphrase(uri)
        forget_opened_keyrings()
        return content

    monkeypatch.setattr(keyring_file, "read_private", then_changed)
    assert open_keyring(uri).key_ids() == keyring.key_ids()


def test_the_command_changes_it(keyring: Keyring, uri: str, tmp_path: Path) -> None:
    """To a random one, to a file's, to standard input's; a file that others read is refused."""
    run = CliRunner().invoke
    before = keyfile(uri).read_bytes()
    done = run(app, ["keys", "passphrase", "--keyring", uri])
    assert (done.exit_code, keyfile(uri).read_bytes() == before) == (0, False)
    assert f"{keyfile(uri)} holds now" in done.output.replace("\n", " ")
    assert keyfile(uri).read_text().strip() not in done.output
    run(app, ["keys", "passphrase", "--keyring", uri, "--new", "-"], input="from a secret store\n")
    assert keyfile(uri).read_bytes() == b"from a secret store\n"
    new = tmp_path / "new"
    new.write_text("from a mounted file")
    new.chmod(0o644)
    assert isinstance(
        run(app, ["keys", "passphrase", "--keyring", uri, "--new", str(new)]).exception, KeysError
    )
    new.chmod(0o600)
    run(app, ["keys", "passphrase", "--keyring", uri, "--new", str(new)])
    assert keyfile(uri).read_bytes() == b"from a mounted file\n"
    forget_opened_keyrings()
    assert open_keyring(uri).key_ids() == keyring.key_ids()


@pytest.mark.parametrize("suffix", ["", ".key"])
def test_a_group_may_read_on_a_read_only_mount_alone(
    keyring: Keyring, uri: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How secret stores mount files; others may not, and nobody may write."""
    monkeypatch.setattr(key_files, "_on_read_only_mount", lambda descriptor: True)
    path = Path(f"{locate(uri).path}{suffix}")
    for mode, fine in (
        (0o440, True),
        (0o640, True),
        (0o444, False),
        (0o460, False),
        (0o404, False),
        (0o450, False),
    ):
        path.chmod(mode)
        forget_opened_keyrings()
        if fine:
            assert open_keyring(uri).key_ids() == keyring.key_ids()
        else:
            with pytest.raises(KeysError, match="others may read it"):
                open_keyring(uri)
    monkeypatch.undo()
    path.chmod(0o440)
    forget_opened_keyrings()
    with pytest.raises(KeysError, match="has mode 0440"):
        open_keyring(uri)


def test_a_keyring_on_a_real_read_only_mount_opens(keyring: Keyring, uri: str) -> None:
    """With both files of mode 0440; a change says what stands against it."""
    folder = locate(uri).path.parent
    for name in ("keyring.json", "keyring.json.key"):
        (folder / name).chmod(0o440)
    mount = f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
    if subprocess.run(
        ["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount")
    from tests.workplace import ROOT

    command = (
        "{0} && {1} -m anonymize keys list --keyring {2} && {1} -m anonymize keys rotate training"
        " --keyring {2}"
    )

    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command.format(mount, sys.executable, uri)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert "training.1" in done.stdout
    assert "cannot be written: read-only file system" in done.stderr
