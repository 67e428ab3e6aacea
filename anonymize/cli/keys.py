"""Keyring commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anonymize.cli.output import print_json, print_table, say
from anonymize.names import KeyName


def init_command(policies: Sequence[Path], names: Sequence[str], keyring_uri: str | None) -> None:
    """Make or complete a keyring."""
    from anonymize.keys import init_keyring
    from anonymize.look import keys_wanted
    from anonymize.policy import load_policy

    wanted = [KeyName(name) for name in names]
    for path in policies:
        wanted += keys_wanted(load_policy(path))
    keyring = init_keyring(keyring_uri, wanted or [KeyName(name) for name in ("training", "pseudonym", "reveal")])
    say(f"{keyring.place} holds {', '.join(keyring.key_ids())}")


def list_command(keyring_uri: str | None, as_json: bool) -> None:
    """Print every key version's name, state and dates."""
    from anonymize.keys import open_keyring

    entries = open_keyring(keyring_uri).entries()
    if as_json:
        print_json([{"id": e.id, "state": e.state, "made": e.made, "ended": e.ended} for e in entries])
    else:
        print_table(["key", "state", "made", "ended"], [(e.id, e.state, e.made, e.ended) for e in entries])


def share_command(names: Sequence[str], output: Path, keyring_uri: str | None) -> None:
    """Write a reader's keyring."""
    from anonymize.keys import share_keyring

    shared = share_keyring([KeyName(name) for name in names], output, keyring_uri)
    say(f"{output} holds {', '.join(shared.key_ids())}; hand over {output} and {output}.key by different ways")
