"""Runs commands, each in a process of its own that starts with the libraries loaded.

Loading takes longer than most commands; so one process loads once and forks. A command differs from
one typed into a shell in that alone: it has its own arguments, folder, environment and streams, and
ends with its own exit code; and keyrings it makes cost little to open. ``python -m tests.warm
SOCKET`` is that process; it ends when its stdin is closed. What is about starting a process (the
time it takes, hash seeds, what is imported), or about that cost, needs a process from the shell.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

_ROOT = Path(__file__).resolve().parents[1]
_MODULES = (
    "cli.anonymize",
    "cli.app",
    "cli.audit",
    "cli.commands",
    "cli.datasets",
    "cli.keys",
    "cli.plan_table",
    "cli.reveal",
    "io.sources.csv_files",
    "pipeline.drafting",
    "pipeline.executors.worker",
    "pipeline.drift",
    "pipeline.one_file",
    "pipeline.prepare",
    "report",
    "custody.reveal",
    "custody.forget",
    "custody.rotate_keys",
    "pipeline.run",
)
Streams = tuple[IO[Any], IO[Any], IO[Any]]
"""Files for stdin, stdout and stderr."""
_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "MALLOC_", "OMP_")
"""Names of variables that are read once, when a process starts, begin so; a fork follows
PYTHONPATH.
"""
_MOST = 1 << 20
"""Bytes of a request: arguments, folder and environment."""
CHEAP_ARGON2 = {"memory_kib": 19456, "iterations": 2, "lanes": 1}
"""The least that opening a keyring allows, a fifth of what commands give those they make."""
_CLIENT = """import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as to:
    to.connect(sys.argv[1])
    said = json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(to, [len(said).to_bytes(4, "big")], [0, 1, 2])
    to.sendall(said)
    sys.exit(int(to.makefile().readline()))
"""


@dataclass(frozen=True)
class Warm:
    """The process that forks."""

    process: subprocess.Popen[bytes]
    socket: Path
    env: Mapping[str, str]

    @classmethod
    def start(cls, env: Mapping[str, str], before: Callable[[], None] | None = None) -> Warm:
        """Start it with an environment that commands are compared with; ``before`` runs in it
        first.
        """
        path = Path(tempfile.mkdtemp(prefix="warm")) / "socket"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(path)],
            cwd=_ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=before,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return cls(process, path, env)

    def takes(self, env: Mapping[str, str]) -> bool:
        """Return whether a fork with this environment is as a new process would be."""
        return _at_start(env) == _at_start(self.env)

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        streams: Streams,
    ) -> int:
        """Run a module or the path of a program, and its arguments; return its exit code, negative
        for a signal.
        """
        assert self.takes(env)
        with self.asked(arguments, folder, env, [stream.fileno() for stream in streams]) as to:
            return int(to.makefile().readline())

    def asked(
        self, arguments: Sequence[str], folder: Path, env: Mapping[str, str], handles: Sequence[int]
    ) -> socket.socket:
        """Ask for a fork; return the connection that its exit code comes by."""
        said = json.dumps([list(arguments), str(folder), dict(env)]).encode()
        to = socket.socket(socket.AF_UNIX)
        to.connect(str(self.socket))
        to.settimeout(600)
        socket.send_fds(to, [len(said).to_bytes(4, "big")], handles)
        to.sendall(said)
        return to

    def script(self, *program: str) -> str:
        """Return a script for the shell that runs ``program`` and its arguments in a fork."""
        words = [sys.executable, "-S", "-c", _CLIENT, str(self.socket), *program]
        return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'

    def stop(self) -> None:
        """End it."""
        self.process.communicate()


class ForkedProgram:
    """A program given by ``python -c``, in a fork; as much of `subprocess.Popen` as those need who
    start, stop and wait for it.
    """

    def __init__(
        self,
        warm: Warm,
        code: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start it in this folder; arguments behind its own are the numbers of its handles."""
        with open(os.devnull, "rb") as nothing:
            handles = [nothing.fileno(), 1, 2, *pass_fds]
            self._asked = warm.asked(("-c", code, *arguments), Path.cwd(), env, handles)
        self._said = self._asked.makefile()
        self.pid = int(self._said.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended."""
        if self.returncode is None:
            if not select.select([self._asked], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("-c", timeout or 0)
            self.returncode = int(self._said.readline())
            self._said.close()
            self._asked.close()
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in env.items()
        if name.startswith(_AT_START) and name != "PYTHONPATH"
    }


def _load() -> None:
    """Import what commands import, read the rules, the lexicon and the name model, and declare the
    commands; what starts threads of its own comes later, in the forks.
    """
    from anonymize.process.quiet_libraries import quiet_libraries

    quiet_libraries()
    for name in _MODULES:
        import_module(f"anonymize.{name}")
    import typer.main

    from anonymize.cli.app import app
    from anonymize.detect import make_scanner
    from anonymize.detect.columns.headings import is_heading
    from anonymize.detect.name_models.shipped import load_model
    from anonymize.detect.vocabulary.lexicon import lexicon
    from anonymize.keys.keyring.unlocking import ARGON2
    from anonymize.transform.fake.faker_pools import pool

    make_scanner().scan_text("a text, so that the rules are read")
    lexicon()
    is_heading("name")
    pool("first_name", "en_US")
    load_model()  # one thread, the caller's
    typer.main.get_command = cache(typer.main.get_command)
    typer.main.get_command(app)
    ARGON2.update(CHEAP_ARGON2)


def _become(arguments: list[str], folder: str, env: dict[str, str], handles: list[int]) -> NoReturn:
    """Be the command, and end with its exit code."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for number, handle in enumerate(handles[:3]):
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        for number, (mode, errors) in enumerate(
            [("r", "strict"), ("w", "strict"), ("w", "backslashreplace")]
        )
    )
    sys.stderr.reconfigure(line_buffering=True)
    sys.path[1:1] = filter(None, env.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = arguments
    code: Any = 0
    try:
        if arguments[0].endswith(".py"):
            sys.path[0] = os.path.dirname(arguments[0])
            runpy.run_path(arguments[0], run_name="__main__")
        elif arguments[0] == "-c":
            sys.argv = ["-c", *arguments[2:], *map(str, handles[3:])]
            exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.path[0] = folder
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    # Leave as a process does, but for taking apart all that was loaded, which takes 0.7 s.
    threading._shutdown()  # type: ignore[attr-defined]  # what waits for other threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _answer(asked: socket.socket) -> None:
    """Start the command that is asked for, send its exit code, and before that a program's id."""
    head, handles, *_ = socket.recv_fds(asked, 4, 4)
    left, said = int.from_bytes(head, "big"), b""
    assert left < _MOST
    while len(said) < left:
        if not (more := asked.recv(left - len(said))):
            return  # who asked is gone
        said += more
    arguments, folder, env = json.loads(said)
    if not (child := os.fork()):
        asked.close()
        _become(arguments, folder, env, handles)
    for handle in handles:
        os.close(handle)
    if arguments[0] == "-c":
        asked.sendall(b"%d\n" % child)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    asked.sendall(b"%d\n" % code)


def _forget_ended() -> None:
    """Let those go that have answered."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    """Answer each that connects, several at once."""
    gc.disable()
    _load()
    gc.enable()
    gc.freeze()  # a collection in a fork would copy all pages
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(sys.argv[1])
        listening.listen(64)
        print("ready", flush=True)
        while listening in select.select([listening, sys.stdin], [], [])[0]:
            asked, _ = listening.accept()
            if not os.fork():
                listening.close()
                _answer(asked)
                os._exit(0)
            asked.close()
            _forget_ended()
    os.unlink(sys.argv[1])  # here: who asked for this process may have been killed
    os.rmdir(os.path.dirname(sys.argv[1]))


if __name__ == "__main__":
    main()
