"""Implements reveal and forget."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, cast

from anonymize.cli.output import print_json, say
from anonymize.errors import ArgumentError, GateError, LineageError


def reveal_command(
    policy_path: Path,
    column: str,
    tokens: Sequence[str],
    file: Path | None,
    reason: str,
    bulk: bool,
    version: int | None,
    approval: Path | None,
    keyring_uri: str | None,
) -> None:
    """Print one original per token, an empty line if a token does not open. With an approval its
    reason counts where none is given.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from anonymize.cli.given import approval_in, tokens_given
    from anonymize.custody.reveal import reveal
    from anonymize.keys import open_keyring
    from anonymize.policy import load_policy

    approved = approval_in(approval) if approval else None
    wanted = tokens_given(tokens, file, column)
    found = reveal(
        load_policy(policy_path),
        column,
        pa.array(wanted, pa.string()),
        open_keyring(keyring_uri),
        reason=reason or (approved.request.reason if approved else ""),
        bulk=bulk,
        version=version,
        approval=approved,
    )
    for value in found.values.to_pylist():
        print("" if value is None else value)
    bad = pc.indices_nonzero(found.bad).to_pylist()
    if bad:
        places = ", ".join(str(place + 1) for place in bad[:10]) + (", …" if len(bad) > 10 else "")
        raise GateError(
            f"{len(bad)} of {len(wanted)} tokens do not open (numbers {places})",
            place=f"column {column}",
        )


def one_line(stream: TextIO) -> str:
    """Return the one subject in a stream."""
    lines = [line.rstrip("\r\n") for line in stream]
    if len(lines) == 1 and lines[0].strip():
        return lines[0]
    held = "an empty line" if len(lines) == 1 else f"{len(lines)} lines"
    raise ArgumentError(
        f"standard input holds {held}; --subject - takes one line, the id as the source has it",
        place="--subject",
    )


def _show_certificate(path: str, certificate: Mapping[str, Any]) -> None:
    """Print the certificate of an erasure.

    Raises:
        GateError: it says that the person was nowhere.
    """
    print_json(certificate)
    was = certificate["certificate"]["was"]
    if not was["in_versions"] and not was["perhaps_in_versions"]:
        raise GateError(
            "no version held rows of this subject; is it spelled as the run reads it? A column"
            " of numbers has 1007 for 1007.0. Later runs leave out who is spelled so",
            place=path,
        )


def forget_command(
    policy_path: Path, subject: str, reason: str, everywhere: bool, keyring_uri: str | None
) -> None:
    """Erase, and print what was done; with ``everywhere`` the certificate. ``-`` reads the subject
    from standard input, so that it is not in the list of processes.
    """
    from anonymize.custody.forget import forget
    from anonymize.custody.where_is import where_is_subject
    from anonymize.keys import open_keyring
    from anonymize.policy import load_policy

    if subject == "-":
        subject = one_line(sys.stdin)
    policy, keyring = load_policy(policy_path), open_keyring(keyring_uri)
    if everywhere:
        from anonymize.pipeline.erase import erase

        try:
            certificate = erase(policy, subject, keyring, reason=reason)
        except LineageError as error:  # all else is done
            _show_certificate(policy.sink.path, cast("Mapping[str, Any]", error.result))
            raise
        _show_certificate(policy.sink.path, certificate)
        return
    erased = forget(policy, subject, keyring, reason=reason)
    if erased or policy.indexed_by is None:
        say(f"{erased} vault entries erased; their tokens are meaningless in every version")
    if policy.indexed_by is None:
        return
    found = where_is_subject(subject, [policy.sink.path], keyring)
    held = sorted({one.version for one in found.found})
    untold = sorted({one.version for one in found.untold})
    say("later runs leave their rows out")
    for what, numbers in (("hold their rows", held), ("may hold their rows", untold)):
        if numbers:
            told = ", ".join(map(str, numbers))
            say(f"versions that {what}: {told}; --everywhere publishes without them and removes")
