"""Changes what locks a keyring file: another passphrase, a key of a service, and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from anonymize.arguments import checked
from anonymize.errors import KeysError
from anonymize.keys.keyring.files import locked, move_private, write_private
from anonymize.keys.keyring.keyring import Keyring
from anonymize.keys.keyring.keyring_file import content_of, fresh, load, save
from anonymize.keys.keyring.keyring_uri import beside, locate
from anonymize.keys.keyring.passphrase import (
    as_file,
    as_passphrase,
    check_strength,
    keyfile_of,
    next_keyfile,
    random_passphrase,
    retake_passphrase,
    take_passphrase,
)
from anonymize.keys.keyring.store import open_keyring
from anonymize.keys.keyring.unlocking import PassphraseLock
from anonymize.keys.primitives.secret import Secret


@checked
def relock_keyring(keyring: Keyring | str | None, new_uri: str) -> Keyring:
    """Return the keyring after locking its file by what ``new_uri`` says instead; keys and versions
    stay.

    Both URIs name one file (a service's key alone means the same file). So a keyring moves from a
    passphrase to a key management service, between its keys, and back. Older copies of the file
    still open as before.

    Raises:
        KeysError: the files differ, or either lock refuses.
    """
    before = locate(keyring)
    after = beside(new_uri, before)
    if before.path != after.path:
        raise KeysError(f"one keyring is one file: {before.path} is not {after.path}")
    content_of(before)
    with locked(before.path):
        opened = load(before)
        save(after.path, dataclasses.replace(fresh(after.lock(make=True)), entries=opened.entries))
    return open_keyring(after.uri)


@checked
def change_passphrase(
    keyring: Keyring | str | None = None, new: Secret | None = None
) -> tuple[Keyring, Path | None]:
    """Return the keyring after locking its file with another passphrase, and the key file that now
    has it.

    Without ``new`` the passphrase is random. If the old one came from its key file, the new one is
    written there. If it came from COATCHECK_PASSPHRASE, no file is returned, and the caller must
    have the variable changed. If the process is killed, the keyring still opens. Older copies of
    the file open with the old passphrase.

    Raises:
        KeysError: a key management service locks the file, the old passphrase does not open it, the
            new one is too weak, or there is no source for it and no place to store it; or the
            system refuses. Nothing is changed then.
    """
    location = locate(keyring)
    if location.scheme != "file":
        raise KeysError(
            "a key management service locks this keyring, no passphrase: 'coatcheck keys lock'"
            " moves it"
        )
    content_of(location)
    with locked(location.path):
        opened, said = load(location), take_passphrase() is not None
        if new is None and said:
            raise KeysError(
                "COATCHECK_PASSPHRASE says the passphrase; say the new one, or nobody would know"
                " it: --new"
            )
        # an empty one was said, by a client that failed, and a random one would be written nowhere
        wanted = random_passphrase() if new is None else new
        passphrase = as_passphrase(wanted, "the new passphrase")
        check_strength(passphrase)
        made = dataclasses.replace(fresh(PassphraseLock(passphrase)), entries=opened.entries)
        keyfile = None if said else keyfile_of(location.path)
        if keyfile is not None:
            write_private(next_keyfile(keyfile), as_file(passphrase))
        save(location.path, made)
        if keyfile is not None:
            move_private(next_keyfile(keyfile), keyfile)
        else:
            retake_passphrase(passphrase)
    return open_keyring(location.uri), keyfile
