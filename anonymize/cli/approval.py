"""Implements the commands for a second person's approval."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anonymize.cli.output import say
from anonymize.errors import ArgumentError


def key_command(keyring_uri: str | None) -> None:
    """Print the public key of a keyring's signing key."""
    from anonymize.custody.approval import approver_key
    from anonymize.keys import open_keyring

    print(approver_key(open_keyring(keyring_uri)))


def request_command(
    policy_path: Path,
    column: str,
    tokens: Sequence[str],
    file: Path | None,
    reason: str,
    version: int | None,
    expires: str,
    output: Path,
    keyring_uri: str | None,
) -> None:
    """Write a request."""
    import pyarrow as pa

    from anonymize.cli.given import tokens_given
    from anonymize.custody.approval import request_approval
    from anonymize.dataset.expiry import age_of
    from anonymize.keys import open_keyring
    from anonymize.policy import load_policy

    valid_for = age_of(expires, "--expires")
    asked = pa.array(tokens_given(tokens, file, column), pa.string())
    made = request_approval(
        load_policy(policy_path),
        column,
        asked,
        open_keyring(keyring_uri),
        reason=reason,
        version=version,
        valid_for=valid_for,
    )
    _write(output, made.as_json())
    say(f"{output}: {made.values} values of {made.column}, to be approved until {made.expires}")


def give_command(file: Path, output: Path, yes: bool, keyring_uri: str | None) -> None:
    """Show a request, ask, and write its approval."""
    import typer

    from anonymize.cli.given import read_file
    from anonymize.custody.approval import approve, parsed_request
    from anonymize.keys import open_keyring

    asked, keyring = parsed_request(read_file(file), str(file)), open_keyring(keyring_uri)
    say(f"{asked.by} asks to reveal {asked.values} values of {asked.column}")
    say(f"of {asked.dataset}, version {asked.version}, because: {asked.reason}")
    say(f"asked at {asked.at}, until {asked.expires}; the reveal checks that this is genuine")
    if not yes:
        typer.confirm("approve it?", abort=True, err=True)
    made = approve(asked, keyring)
    _write(output, made.as_json())
    say(f"{output}: approved; it is taken once")


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Write a new file that its owner alone may read: the reason may be for few."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        what = "there is a file here already; it is not overwritten"
        raise ArgumentError(what, place=str(file)) from None
    except OSError as error:
        raise ArgumentError(os.strerror(error.errno or 5).lower(), place=str(file)) from None
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
