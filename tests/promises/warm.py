"""Runs commands one after another, each in a process of its own that starts with the libraries
loaded.

Loading takes longer than most commands; so this process loads once and forks. Each line on stdin is
a command as JSON: ``arguments``, ``folder``, and files ``given``, ``stdout`` and ``stderr``. Each
answer is its exit code, on a line.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from importlib import import_module
from typing import Any

_MODULES = ("cli.app", "cli.commands", "cli.datasets", "cli.keys", "cli.reveal")
_MODULES += (
    "pipeline.prepare",
    "report",
    "custody.reveal",
    "custody.forget",
    "custody.rotate_keys",
    "pipeline.run",
)


def _load() -> None:
    """Import what commands import, and read the rules; what starts threads of its own comes later,
    in the forks.
    """
    from anonymize.process.quiet_libraries import quiet_libraries

    quiet_libraries()
    for name in _MODULES:
        import_module(f"anonymize.{name}")
    from anonymize.detect import make_scanner

    make_scanner().scan_text("a text, so that the rules are read")


def _become(command: dict[str, Any]) -> None:
    """Let this process be the command."""
    os.chdir(command["folder"])
    for number, name, flags in (
        (0, "given", os.O_RDONLY),
        (1, "stdout", os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        os.dup2(os.open(command[name], flags, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends
    sys.argv = ["coatcheck", *command["arguments"]]
    runpy.run_module("anonymize", run_name="__main__", alter_sys=True)


def main() -> None:
    """Answer each line."""
    _load()
    while line := sys.stdin.readline():
        if not (child := os.fork()):
            _become(json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
