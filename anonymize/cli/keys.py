"""Implements the keyring commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say
from anonymize.errors import ArgumentError, on_one_line
from anonymize.names import KeyName

if TYPE_CHECKING:
    from anonymize.custody.rotate_keys import Rotated
    from anonymize.keys import Secret


def init_command(policies: Sequence[Path], names: Sequence[str], keyring_uri: str | None) -> None:
    """Make or complete a keyring."""
    import warnings

    from anonymize.keys import KeyUse, init_keyring
    from anonymize.keys.keyring.passphrase import WeakPassphraseWarning
    from anonymize.pipeline.prepare import key_uses
    from anonymize.policy import load_policy

    wanted, uses = [KeyName(name) for name in names], dict[KeyName, KeyUse]()
    for path in policies:
        found = key_uses(load_policy(path))
        wanted += found
        uses |= {name: use for name, use in found.items() if uses.get(name) != "values"}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", WeakPassphraseWarning)
        names_made = wanted or [KeyName(name) for name in ("training", "pseudonym", "reveal")]
        keyring = init_keyring(keyring_uri, names_made, uses)
    for warning in told:
        say(str(warning.message))
    say(f"{keyring.place} holds {', '.join(keyring.key_ids())}")


def list_command(keyring_uri: str | None, as_json: bool) -> None:
    """Print every key version's name, state and dates."""
    from anonymize.keys import open_keyring

    entries = open_keyring(keyring_uri).entries()
    if as_json:
        print_json(
            [{"id": e.id, "state": e.state, "made": e.made, "ended": e.ended} for e in entries]
        )
    else:
        print_table(
            ["key", "state", "made", "ended"], [(e.id, e.state, e.made, e.ended) for e in entries]
        )


def share_command(
    names: Sequence[str], output: Path, reidentifies: bool, keyring_uri: str | None
) -> None:
    """Write a reader's keyring."""
    from anonymize.keys import share_keyring
    from anonymize.policy.local_paths import local_path

    try:
        output = Path(local_path(str(output)))
    except ValueError as error:
        raise ArgumentError(str(error), place="--output") from None
    shared = share_keyring(
        [KeyName(name) for name in names], output, keyring_uri, reidentifies=reidentifies
    )
    say(
        f"{output} holds {', '.join(shared.key_ids())}; hand over {output} and {output}.key by"
        " different ways"
    )


def _say_rewrapped(done: Rotated) -> None:
    """Print the number of wrapped files of each dataset, also if it is 0."""
    from anonymize.names import key_name_of

    name = key_name_of(done.key_id)
    for path, files in done.rewrapped.items():
        what = (
            f"{files} files re-wrapped by {done.key_id}"
            if files
            else f"no file is wrapped by an older '{name}'"
        )
        print(on_one_line(f"{path}: {what}"))


def rotate_command(name: str, datasets: Sequence[Path], keyring_uri: str | None) -> None:
    """Rotate a key and print the consequences."""
    from anonymize.custody.rotate_keys import rotate
    from anonymize.keys.keyring.keyring import OWNER, SIGNING

    done = rotate(KeyName(name), datasets, keyring_uri)
    say(f"made {done.key_id}")
    _say_rewrapped(done)
    if not datasets:
        say(
            f"{done.key_id} is current; datasets wrapped by older versions need those until you"
            " name them here"
        )
    if name == SIGNING:
        say(
            f"{done.key_id} signs from now on; what older versions signed still verifies; share"
            " readers' keyrings anew"
        )
        return
    if name == OWNER:
        say(
            f"{done.key_id} is the owner's from the next run on; what older versions keep shut"
            " still needs theirs"
        )
        return
    if done.relocked:
        say(f"tokens of {done.relocked} vault namespaces stay as they are, locked by {done.key_id}")
    say(
        f"what derives from '{name}' (pseudonyms, tokens, fakes) comes out different from the next"
        " run on"
    )


def revoke_command(
    name: str, version: int, since: str, datasets: Sequence[Path], keyring_uri: str | None
) -> None:
    """Revoke a signing key's version and enter that in the datasets' logs."""
    from anonymize.custody.revocation import revoke

    done = revoke(KeyName(name), version, since, datasets, keyring_uri)
    keyring = done.keyring
    say(
        f"{name}.{version} is revoked from {since}; {keyring.current(KeyName(name))} signs from"
        " now on"
    )
    if since > datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"):
        say(
            f"warning: {since} has not come yet; what {name}.{version} signs until then is accepted"
        )
    for path in datasets:
        say(f"{path}: the log as it stands is signed by {keyring.current(KeyName(name))}")
        if acts := done.acts.get(str(path)):
            say(f"{path}: {acts} entries signed since {since} count no more")
        if refused := done.refused.get(str(path)):
            say(
                f"{path}: refused: version {', '.join(map(str, refused))}; publish again by"
                " coatcheck run"
            )
    say("share readers' keyrings anew: those shared before still accept what it signs")


def relock_command(name: str, datasets: Sequence[Path], keyring_uri: str | None) -> None:
    """Wrap datasets' keys and lock the vault with a key's current version."""
    from anonymize.custody.rotate_keys import relock

    done = relock(KeyName(name), datasets, keyring_uri)
    _say_rewrapped(done)
    print(f"{done.relocked} vault namespaces locked by {done.key_id}")


def passphrase_command(new: str | None, keyring_uri: str | None) -> None:
    """Change the passphrase and print where it is stored."""
    from anonymize.keys import change_passphrase

    keyring, keyfile = change_passphrase(keyring_uri, None if new is None else _new_passphrase(new))
    if keyfile is not None:
        say(f"{keyring.place} opens by the passphrase that {keyfile} holds now")
    else:
        say(
            f"{keyring.place} opens by the new passphrase; change COATCHECK_PASSPHRASE where it"
            " is set"
        )
    say(
        "copies made before open by the old one: back up keyring and passphrase anew, destroy old"
        " copies"
    )


def _new_passphrase(place: str) -> Secret:
    """Return the passphrase from a file, from a terminal (typed twice) or from a pipe."""
    from anonymize.keys import Secret
    from anonymize.keys.keyring.passphrase import read_passphrase

    if place != "-":
        return read_passphrase(Path(place))
    if not sys.stdin.isatty():
        return Secret(sys.stdin.buffer.read())
    import typer

    return Secret(
        typer.prompt("new passphrase", hide_input=True, confirmation_prompt=True, err=True).encode()
    )


def lock_by_command(new_uri: str, keyring_uri: str | None) -> None:
    """Lock the file with another key or passphrase, and print how to open it."""
    from anonymize.keys import relock_keyring

    keyring = relock_keyring(keyring_uri, new_uri)
    say(
        f"the keyring opens by {keyring.place} from now on; change COATCHECK_KEYRING where it"
        " is set"
    )
    say("copies made before open as they did: back it up anew, destroy old copies")


def destroy_command(
    name: str,
    version: int,
    datasets: Sequence[Path],
    reason: str,
    yes: bool,
    keyring_uri: str | None,
) -> None:
    """Print what becomes unreadable, ask for confirmation, destroy."""
    import typer

    from anonymize.custody.rotate_keys import destroy, destroyable, unreadable_without
    from anonymize.keys import open_keyring

    if len(reason.strip()) < 3:
        raise ArgumentError(
            "a reason of at least 3 characters is required: --reason; it goes into the audit logs"
        )
    keyring = open_keyring(keyring_uri)
    key_id = destroyable(KeyName(name), version, keyring)
    lost = unreadable_without(key_id, datasets, keyring)
    say(
        f"without {key_id} nobody can read: {', '.join(lost) or 'no version of the named datasets'}"
    )
    say(
        "tokens made with it cannot be turned back any more; datasets that were not named were not"
        " looked at"
    )
    if not yes:
        typer.confirm(f"destroy {key_id} for good?", abort=True, err=True)
    destroy(KeyName(name), version, datasets, reason=reason, keyring=keyring_uri)
    say(f"{key_id} is destroyed; destroy copies and backups of {keyring.place} too")


def export_dek_command(
    path: Path,
    output: Path,
    version: int | None,
    reason: str,
    policy: Path | None,
    dataset: str | None,
    keyring_uri: str | None,
) -> None:
    """Write the data keys of a version, and say what they open."""
    from anonymize.cli.datasets import opened_as
    from anonymize.custody.export_dek import export_dek

    opened, name = opened_as(path, policy, dataset)
    done = export_dek(opened, output, keyring_uri, reason=reason, version=version, dataset=name)
    files = "1 file" if done.parts == 1 else f"{done.parts} files"
    say(
        f"{output} opens {files} of {done.dataset} version {done.version}, {done.rows} rows, all"
        " columns"
    )
    say(
        "whoever has it reads them for good: rotating or destroying a key changes nothing of it;"
        " remove it after use, or expire the version"
    )
