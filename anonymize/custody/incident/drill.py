"""Runs the commands of a runbook on a copy, in processes of their own, as somebody would type
them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anonymize.arguments import checked
from anonymize.custody.incident.drill_copy import copied
from anonymize.custody.incident.steps import Incident, OnDisk, Scene, Step
from anonymize.errors import on_one_line
from anonymize.keys import Secret
from anonymize.keys.keyring.passphrase import KEYFILE_VARIABLE, PASSPHRASE_VARIABLE
from anonymize.vault.address import VAULT_VARIABLE


@dataclass(frozen=True)
class Outcome:
    """How one step of a drill ended."""

    number: int
    """The step's number, from 1."""
    command: str
    """The command as it is typed; the drill ran it on the copy. Empty if the step is none."""
    exit_code: int | None
    """None if the step is no command."""
    ok: bool
    """False if it ended with another code than those that are an answer."""
    seconds: float
    said: str
    """The last line that it printed, with the copy's paths replaced by those of the original."""


Run = Callable[[list[str], Mapping[str, str], str], tuple[int, str]]
"""Runs the command with arguments, environment and standard input; returns its exit code and all
that it printed.
"""


@checked
def drill(runbook: Incident, scene: Scene, *, run: Run | None = None) -> tuple[Outcome, ...]:
    """Run each command of ``runbook`` on a copy of the datasets and the keyring; return how each
    ended.

    The copy lies in a folder of ``TMPDIR`` that only this user may open, and is removed before this
    returns. The keyring's copy is locked by a random passphrase that is in memory alone, so what a
    killed drill leaves opens for nobody. Sources are read, not copied; the audit anchor is left
    out, and no event is sent. A step that fails does not keep the next ones from being tried.

    Raises:
        DatasetError: a dataset is in an object store, changes while it is copied, holds a link, or
            there is no room for the copy.
        VaultError: tokens are in a vault that cannot be copied: in PostgreSQL, or not here.
    """
    with copied(scene) as (places, passphrase):
        environment = _environment(places, passphrase)
        return tuple(
            _outcome(number, step, places, environment, run or _run)
            for number, step in enumerate(runbook.steps, 1)
        )


def _outcome(
    number: int, step: Step, places: Mapping[str, str], environment: Mapping[str, str], run: Run
) -> Outcome:
    if not step.arguments:
        return Outcome(number, "", None, True, 0.0, "")
    start = time.monotonic()
    code, printed = run(list(_on_copy(step, places)), environment, step.answer)
    taken = round(time.monotonic() - start, 1)
    lines = [line for line in printed.splitlines() if line.strip()]
    said = _as_original(lines[-1] if lines else "", places)
    return Outcome(number, step.command, code, code in step.ends, taken, said)


def _on_copy(step: Step, places: Mapping[str, str]) -> Iterator[str]:
    """Yield a step's arguments with each path replaced by its copy's; files that it makes lie
    beside the copy.
    """
    for argument in step.arguments:
        if isinstance(argument, OnDisk):
            yield places.get(argument) or str(Path(places[""]) / Path(argument).name)
        else:
            yield argument


def _environment(places: Mapping[str, str], passphrase: Secret) -> dict[str, str]:
    """Return this process's environment, in which keyring and vault are the copies."""
    own = {name: value for name, value in os.environ.items() if name != KEYFILE_VARIABLE}
    return own | {
        "COATCHECK_KEYRING": f"file:{places['']}/keyring.json",
        PASSPHRASE_VARIABLE: passphrase.reveal().decode(),
        VAULT_VARIABLE: f"sqlite:{places['']}/vault.db",
    }


def _as_original(line: str, places: Mapping[str, str]) -> str:
    """Return what a command printed, with the original's paths; a temporary folder tells nobody
    anything.
    """
    for original, copy in sorted(places.items(), key=lambda pair: -len(pair[1])):
        line = line.replace(copy, original or "(copy)")
    return on_one_line(" ".join(line.split()))[:300]


def _run(arguments: list[str], environment: Mapping[str, str], answer: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - this interpreter, and arguments that are no shell's
        [sys.executable, "-m", "anonymize", *arguments],
        env=environment,
        input=answer,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
        check=False,
    )
    return done.returncode, done.stdout
