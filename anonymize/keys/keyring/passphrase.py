"""Finds and reads a keyring's passphrase, and checks how weak it is."""

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
"""Number of characters, and of different ones, below which a passphrase counts as weak and cannot
be changed to.
"""
SHORTEST_TAKEN, FEWEST_TAKEN = 3, 2
"""The same numbers below which a passphrase is refused: for example the rest of an empty variable,
or a key pressed twice.
"""
_SPACE = " \t\r\n\v\f"
_taken: list[Secret] = []


def take_passphrase() -> Secret | None:
    """Return the bytes of COATCHECK_PASSPHRASE. The variable is removed from the environment; the
    bytes stay in memory.

    So child processes that are started later do not get it: a name model's loader, a policy's
    command, a server. Forked children have it; a process that is started separately reads a
    passphrase file.
    """
    said = os.environ.pop(PASSPHRASE_VARIABLE, "")
    if said:
        _taken[:] = [Secret(os.fsencode(said))]
    return _taken[0] if _taken else None


def retake_passphrase(passphrase: Secret) -> None:
    """Replace the passphrase in this process's memory after it was changed."""
    _taken[:] = [passphrase]


def forget_passphrase() -> None:
    """Remove the passphrase from memory, so that the next open reads the environment and the file
    again.
    """
    _taken.clear()


def keyfile_of(path: Path) -> Path:
    """Return the path of the passphrase file of keyring ``path``, which is used if no variable has
    the passphrase.
    """
    named = os.environ.get(KEYFILE_VARIABLE)
    return Path(named) if named else path.with_name(path.name + ".key")


def next_keyfile(keyfile: Path) -> Path:
    """Return the path of the next passphrase file, which exists while the keyring is being
    encrypted with a new passphrase.
    """
    return keyfile.with_name(keyfile.name + ".next")


def random_passphrase() -> Secret:
    """Return a passphrase of 256 random bits."""
    return Secret(secrets.token_urlsafe(32).encode())


def passphrases(path: Path, *, make: bool = False) -> tuple[Secret, ...]:
    """Return the possible passphrases of keyring ``path``: the variable's, else that of its key
    file (created if requested).

    If a change of the passphrase was interrupted, the new one comes second.

    Raises:
        KeysError: there is neither, or the key file is readable by others, empty or not text.
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
        KeysError: it is missing, readable by others, empty or not text.
    """
    return as_passphrase(Secret(read_private(file, "passphrase file")), str(file))


def as_file(passphrase: Secret) -> Secret:
    """Return the content of a passphrase file."""
    return Secret(passphrase.reveal() + b"\n")


def as_passphrase(held: Secret, place: str) -> Secret:
    """Return the passphrase from the bytes of a variable or a file; both are read alike.

    It is UTF-8, in Unicode's normal form C, without a byte order mark and surrounding white space
    (such as a trailing newline).

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
    """Decode in a separate frame, so that no error's traceback shows the bytes."""
    try:
        text = held.reveal().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return (
        None if "\0" in text else Secret(unicodedata.normalize("NFC", text).strip(_SPACE).encode())
    )


def check_strength(passphrase: Secret) -> None:
    """Refuse to change to a passphrase that somebody who has the file can find by trying.

    Raises:
        KeysError: it has too few characters, or too few different ones.
    """
    if is_weak(passphrase):
        raise KeysError(
            f"the passphrase is too weak to lock a keyring: it needs {SHORTEST} characters,"
            f" {FEWEST} of them different"
        )


def is_weak(passphrase: Secret) -> bool:
    """Return True if a passphrase has fewer characters, or different ones, than a strong one
    needs.
    """
    count, different = _characters(passphrase)
    return count < SHORTEST or different < FEWEST


def check_taken(passphrase: Secret) -> None:
    """Refuse a passphrase of almost no strength; warn of a weak one.

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
    """Warning: the passphrase can be found by trying."""


def _characters(passphrase: Secret) -> tuple[int, int]:
    text = passphrase.reveal().decode("utf-8", errors="replace")
    return len(text), len(set(text))
