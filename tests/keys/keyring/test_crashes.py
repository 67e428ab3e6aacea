"""A keyring survives a kill at any point of a change, and what fails does not show secrets."""

from __future__ import annotations

import errno
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import KeysError
from anonymize.keys import (
    KeyLengthError,
    Keyring,
    cmac,
    forget_opened_keyrings,
    open_keyring,
    rotate_key,
)
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.names import KeyName

TRAINING = KeyName("training")
CALLS = ("open", "fdopen", "fchmod", "fsync", "replace", "unlink", "close")


def fail_at(point: int, act: Callable[[], Any]) -> None:
    """Make one call of a file function act: number n before its work at point 2n, after it at 2n +
    1.
    """
    seen = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 2
            if seen == point:
                act()
            result = real(*arguments, **named)
            if seen + 1 == point:
                act()
            return result

        return call

    for name in CALLS:
        setattr(os, name, wrapped(getattr(os, name)))


def killed_rotation(uri: str, point: int) -> int:
    """Rotate in a forked process that is killed at ``point``; return its exit code, -9 when it
    was.
    """
    pid = os.fork()
    if pid == 0:
        fail_at(point, lambda: os.kill(os.getpid(), signal.SIGKILL))
        rotate_key(TRAINING, uri)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.soak
def test_a_kill_at_any_point_of_rotate_leaves_the_old_or_the_new_keyring(
    keyring: Keyring, uri: str
) -> None:
    """Before and after each call that touches a file; the next change works and clears the rest
    away.
    """
    wrapped, folder, before, point, kills = (
        keyring.wrap(TRAINING, b"dek"),
        locate(uri).path.parent,
        1,
        2,
        0,
    )
    while (code := killed_rotation(uri, point)) == -signal.SIGKILL:
        found = open_keyring(uri)
        version = int(found.current(TRAINING).partition(".")[2])
        assert version in (before, before + 1)
        assert found.unwrap(wrapped) == b"dek"
        before, point, kills = version, point + 1, kills + 1
    assert code == 0
    assert kills > 20
    rotate_key(TRAINING, uri)
    assert not list(folder.glob(".*.tmp"))
    assert open_keyring(uri).unwrap(wrapped) == b"dek"


def test_a_full_disk_leaves_the_keyring_and_shows_no_secret(
    keyring: Keyring, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error's traceback, locals included, holds no key and no passphrase."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeysError, match="cannot be written: no space left on device") as caught:
        rotate_key(TRAINING, uri)
    assert_hides_secrets(caught.value, keyring, uri)
    monkeypatch.undo()
    assert open_keyring(uri).current(TRAINING) == "training.1"
    assert not list(locate(uri).path.parent.glob(".*.tmp"))


def assert_hides_secrets(error: BaseException, keyring: Keyring, uri: str) -> None:
    """Fail if a traceback with every frame's locals shows a master key, or the passphrase."""
    import base64

    shown = "".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    )
    secrets = [entry.secret.reveal() for entry in keyring.entries() if entry.secret is not None]
    passphrase = Path(str(locate(uri).path) + ".key").read_text().strip()
    assert passphrase not in shown
    for secret in secrets:
        for form in (secret.hex(), repr(secret)[2:-1], base64.b64encode(secret).decode()):
            assert form not in shown


def test_refusals_show_no_secret(keyring: Keyring, uri: str) -> None:
    """A damaged file, a wrapped key that does not open, a wrong key length."""
    locate(uri).path.write_bytes(
        locate(uri).path.read_bytes().replace(b'"sealed": "', b'"sealed": "AA')
    )
    forget_opened_keyrings()
    key = keyring.purpose_key(TRAINING, action="a", domain="d")
    wrapped = keyring.wrap(TRAINING, b"dek")
    changed = wrapped[:-3] + ("A" if wrapped[-3] != "A" else "B") + wrapped[-2:]
    for act in (
        lambda: open_keyring(uri),
        lambda: keyring.unwrap(changed),
        lambda: keyring.unwrap(wrapped, b"elsewhere"),
        lambda: cmac(key.derive("x", length=20), None),
    ):
        with pytest.raises((KeysError, KeyLengthError)) as caught:
            act()
        assert_hides_secrets(caught.value, keyring, uri)
