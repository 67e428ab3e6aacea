"""Where a keyring's passphrase comes from, how it is read, and how weak it may be."""

from __future__ import annotations

import os
import secrets
import unicodedata
import warnings
from pathlib import Path

from anonymize.errors import KeysError
from anonymize.keys.keyring.files import create_private, read_private
from anonymize.keys.primitives.secret import Secret

PASSPHRASE_VARIABLE = "COATCHECK_PASSPHRASE"  # noqa: S105 - a name, not a value
KEYFILE_VARIABLE = "COATCHECK_KEYFILE"
SHORTEST, FEWEST = 12, 5
"""Characters, and different ones among them, below which a passphrase is called weak, and none is
changed to.
"""
SHORTEST_TAKEN, FEWEST_TAKEN = 3, 2
"""Those below which it locks nothing at all: an empty variable's remains, a key pressed twice."""
_SPACE = " \t\r\n\v\f"
_taken: list[Secret] = []


def take_passphrase() -> Secret | None:
    """Return the bytes that COATCHECK_PASSPHRASE holds or held; it leaves the environment and stays
    in memory.

    So that no child gets it that is started from now on: a name model's loader, a policy's command,
    a server. Forked children have it; one that is started anew reads a passphrase file.
    """
    said = os.environ.pop(PASSPHRASE_VARIABLE, "")
    if said:
        _taken[:] = [Secret(os.fsencode(said))]
    return _taken[0] if _taken else None


def retake_passphrase(passphrase: Secret) -> None:
    """Have this process go on with a passphrase that was changed."""
    _taken[:] = [passphrase]


def forget_passphrase() -> None:
    """Drop the passphrase that was taken, so that the next open asks the environment and the file
    again.
    """
    _taken.clear()


def keyfile_of(path: Path) -> Path:
    """Return where the passphrase of keyring ``path`` is kept when no variable holds it."""
    named = os.environ.get(KEYFILE_VARIABLE)
    return Path(named) if named else path.with_name(path.name + ".key")


def next_keyfile(keyfile: Path) -> Path:
    """Return where a new passphrase waits, beside the file it will replace, while the keyring is
    locked by it.
    """
    return keyfile.with_name(keyfile.name + ".next")


def random_passphrase() -> Secret:
    """Return a passphrase of 256 random bits."""
    return Secret(secrets.token_urlsafe(32).encode())


def passphrases(path: Path, *, make: bool = False) -> tuple[Secret, ...]:
    """Return what may open keyring ``path``: the variable's, else its key file's (made if asked).

    Behind that, where a change of the passphrase was interrupted, the one that was to come.

    Raises:
        KeysError: there is neither, or the key file is open to others, empty or not text.
    """
    if (said := take_passphrase()) is not None:
        return (as_passphrase(said, PASSPHRASE_VARIABLE),)
    keyfile = keyfile_of(path)
    if not keyfile.exists():
        if not make:
            raise KeysError(
                f"no passphrase: set {PASSPHRASE_VARIABLE}, or keep it in {keyfile}",
                place=str(path),
            )
        create_private(keyfile, as_file(random_passphrase()))
    waiting = next_keyfile(keyfile)
    return tuple(
        read_passphrase(file) for file in (keyfile, waiting) if file == keyfile or waiting.exists()
    )


def read_passphrase(file: Path) -> Secret:
    """Return the passphrase in a file of mode 0600.

    Raises:
        KeysError: it is missing, open to others, empty or not text.
    """
    return as_passphrase(Secret(read_private(file, "passphrase file")), str(file))


def as_file(passphrase: Secret) -> Secret:
    """Return what a passphrase file holds."""
    return Secret(passphrase.reveal() + b"\n")


def as_passphrase(held: Secret, place: str) -> Secret:
    """Return the passphrase in what a variable or a file holds, the same for both.

    It is UTF-8, in Unicode's normal form C; a byte order mark and white space around it (a trailing
    newline) are no part of it.

    Raises:
        KeysError: there is none, or it is not UTF-8 text.
    """
    passphrase = _text(held)
    if passphrase is None:
        raise KeysError("the passphrase is not text in UTF-8", place=place)
    if not len(passphrase):
        raise KeysError("the passphrase is empty", place=place)
    return passphrase


def _text(held: Secret) -> Secret | None:
    """In a frame of its own, which no error's traceback shows."""
    try:
        text = held.reveal().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return (
        None if "\0" in text else Secret(unicodedata.normalize("NFC", text).strip(_SPACE).encode())
    )


def check_strength(passphrase: Secret) -> None:
    """Refuse a passphrase that whoever has the file finds by trying: none is changed to such a one.

    Raises:
        KeysError: it has too few characters, or too few different ones.
    """
    if is_weak(passphrase):
        raise KeysError(
            f"the passphrase is too weak to lock a keyring: it needs {SHORTEST} characters,"
            f" {FEWEST} of them different"
        )


def is_weak(passphrase: Secret) -> bool:
    """Return whether a passphrase has fewer characters, or different ones, than a strong one
    needs.
    """
    count, different = _characters(passphrase)
    return count < SHORTEST or different < FEWEST


def check_taken(passphrase: Secret) -> None:
    """Refuse a passphrase that is hardly one; of one that is weak, warn.

    Raises:
        KeysError: it has fewer than three characters, or one repeated.
    """
    count, different = _characters(passphrase)
    if count < SHORTEST_TAKEN or different < FEWEST_TAKEN:
        raise KeysError(
            f"the passphrase is too weak to lock a keyring: it needs {SHORTEST_TAKEN} characters at"
            f" least, and {SHORTEST} are advised, {FEWEST} of them different"
        )
    if is_weak(passphrase):
        what = (
            f"the passphrase has {count} characters: who has the keyring file finds it by trying;"
            f" {SHORTEST} are "
        )
        warnings.warn(
            f"{what}advised ('coatcheck keys passphrase' changes it)",
            WeakPassphraseWarning,
            stacklevel=2,
        )


class WeakPassphraseWarning(UserWarning):
    """A passphrase was taken that is found by trying."""


def _characters(passphrase: Secret) -> tuple[int, int]:
    text = passphrase.reveal().decode("utf-8", errors="replace")
    return len(text), len(set(text))
