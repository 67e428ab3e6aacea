"""A small CSV, its policy, and a way to run it in a process of its own."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import IO, Any

import pytest

from tests.warm import ForkedProgram, Warm

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    ("Ana Castro", "ana.castro@example.com", "01067", "1984-02-29", 12),
    ("Bo Jensen", "bo@example.org", "10117", "1991-07-01", 7),
    ("", "chen@example.net", "20095", "2001-12-31", 3),
]
POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {source}}}
sink: {{path: {sink}}}
{extra}
columns:
  name: {{action: fake, kind: name}}
  email: {{action: pseudonymize, domain: email}}
  zip: {{action: generalize, prefix: 2}}
  born: {{action: generalize, to: year}}
  visits: {{action: keep}}
"""


@dataclass(frozen=True)
class Workplace:
    """A folder with a source, a policy and a keyring."""

    folder: Path
    keyring_uri: str

    @property
    def source(self) -> Path:
        """Return the CSV's path."""
        return self.folder / "people.csv"

    @property
    def sink(self) -> Path:
        """Return the dataset's folder."""
        return self.folder / "out"

    def policy(self, extra: str = "") -> Path:
        """Write the policy and return its path."""
        path = self.folder / "people.yaml"
        path.write_text(POLICY.format(source=self.source, sink=self.sink, extra=extra))
        return path

    def in_source_order(self, extra: str = "") -> Path:
        """Write the policy for tests that compare rows by their position; return its path."""
        return self.policy(f"rows: {{order: source}}\n{extra}")

    def copied(self, folder: Path) -> Workplace:
        """Copy all of it into another folder, for a test that may change it; return that one."""
        copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Workplace(folder, self.keyring_uri)

    def coatcheck(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own, with this keyring."""
        given = self._environment(env)
        if not warm().takes(given):
            return self.coatcheck_from_cold(*arguments, **env)
        code, out, err = in_fork(arguments, self.folder, given)
        return subprocess.CompletedProcess(arguments, code, out.decode(), err.decode())

    def coatcheck_from_cold(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Do the same from a new interpreter, with a hash seed and imports of its own."""
        return subprocess.run(
            [sys.executable, "-m", "anonymize", *arguments],
            cwd=self.folder,
            env=self._environment(env),
            capture_output=True,
            text=True,
            timeout=600,
        )

    def _environment(self, env: Mapping[str, str]) -> dict[str, str]:
        own = {"PYTHONPATH": str(ROOT), "COATCHECK_KEYRING": self.keyring_uri}
        return {**os.environ, **own, **env}


@cache
def warm() -> Warm:
    """Return the process that forks for this one, started when it is first asked for."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COATCHECK_")}
    started = Warm.start({**own, "PYTHONPATH": str(ROOT)})
    atexit.register(started.stop)
    return started


def forked(code: str, *arguments: str) -> ForkedProgram:
    """Begin what ``python -c`` would, with the libraries loaded, so that a moment drawn from the
    time it takes lies in what it does.
    """
    return ForkedProgram(warm(), code, arguments, os.environ)


def in_fork(
    arguments: Sequence[str], folder: Path, env: Mapping[str, str], given: bytes | None = None
) -> tuple[int, bytes, bytes]:
    """Run the command in a fork of `warm`; return its exit code and what it printed.

    ``given`` is on its standard input, a pipe, and fits into one; None: there is no input.
    """
    with _input(given) as stdin, TemporaryFile() as out, TemporaryFile() as err:
        code = warm().run(("anonymize", *arguments), folder, env, (stdin, out, err))
        for stream in (out, err):
            stream.seek(0)
        return code, out.read(), err.read()


def _input(given: bytes | None) -> IO[bytes]:
    if given is None:
        return open(os.devnull, "rb")
    assert len(given) <= select.PIPE_BUF * 16
    reading, writing = os.pipe()
    with open(writing, "wb") as full:
        full.write(given)
    return open(reading, "rb")


@pytest.fixture
def workplace(tmp_path: Path, keyring_uri: str) -> Workplace:
    """Return a workplace with three people in it."""
    return new_workplace(tmp_path, keyring_uri)


def new_workplace(folder: Path, keyring_uri: str) -> Workplace:
    """Return a workplace in ``folder`` with three people in it."""
    place = Workplace(folder, keyring_uri)
    write_people(place.source)
    return place


def write_people(to: Path) -> None:
    """Write the three people as CSV."""
    lines = ["name,email,zip,born,visits", *(",".join(map(str, row)) for row in ROWS)]
    to.write_text("\n".join(lines) + "\n")


@pytest.fixture
def forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let worker processes begin as forks of `warm`, with the libraries loaded, for what they do is
    looked at and not how they are started (`tests/pipeline/test_workers.py`).
    """

    def started(command: list[str], *, stdin: int, env: dict[str, str], pass_fds: list[int]) -> Any:
        assert stdin == subprocess.DEVNULL
        code, *arguments = command[command.index("-c") + 1 :]
        assert arguments == [str(handle) for handle in pass_fds]  # another number in the fork
        return ForkedProgram(warm(), code, (), env, pass_fds)

    forking = SimpleNamespace(
        Popen=started, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
    )
    monkeypatch.setattr("anonymize.pipeline.executors.processes.subprocess", forking)


Run = Callable[..., subprocess.CompletedProcess[str]]
