"""Every command and flow, in success and failure, over fifty thousand planted values: none is in
any byte written.

What is searched: every file below a folder that is home, cache, temporary folder, Prefect's home
and working folder at once (datasets, keyring, vault, logs, databases, cores), also those that were
removed again, the names of all files, and all that was printed, with loggers at DEBUG. Not
searched: the planted sources, and the stdout of ``reveal``, which prints originals to who holds the
key.
"""

from __future__ import annotations

import os
import queue
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.promises.conftest import ROOT
from tests.promises.encoded import EncodedCanaries
from tests.promises.places import Watch, names_below, rows_of, unpacked
from tests.promises.planted import Command, Place
from tests.promises.planted_code import custom_actions
from tests.promises.planted_places import places
from tests.warm import Streams, Warm

SITE = "import logging; logging.basicConfig(level=logging.DEBUG)\n"
"""What every interpreter of the sweep runs first: each library's debug log goes to stderr."""
AT_ONCE = 2


@dataclass
class Sweep:
    """Commands at work in a folder, and what they printed."""

    folder: Path
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folders that commands believe to be the machine's."""
        for name in ("home", "tmp", "cache", "prefect"):
            (self.folder / name).mkdir(parents=True)
        self.printed = self.folder.parent / "printed"
        self.printed.mkdir()
        custom_actions(self.folder / "site")
        (self.folder / "site/sitecustomize.py").write_text(SITE)

    def env(self) -> dict[str, str]:
        """Return an environment whose every folder is below this one."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PREFECT_", "COATCHECK_"))
        }
        folders = {
            "HOME": "home",
            "TMPDIR": "tmp",
            "XDG_CACHE_HOME": "cache",
            "PREFECT_HOME": "prefect",
        }
        return {
            **own,
            **{name: str(self.folder / folder) for name, folder in folders.items()},
            "PYTHONPATH": f"{ROOT}{os.pathsep}{self.folder / 'site'}",
            "PREFECT_LOGGING_LEVEL": "DEBUG",
            "COLUMNS": "250",
        }

    def run_all(self, waiting: queue.SimpleQueue[Place]) -> None:
        """Take places while there are any, and run each one's commands in their order."""
        warm = Warm.start(self.env(), before=_allow_cores)
        while not waiting.empty():
            place = waiting.get()
            for number, command in enumerate(place.commands):
                try:
                    self._run(warm, place, number, command)
                except Exception as error:
                    self.failed.append(f"{place.folder.name}-{number:02} was not run: {error!r}")
        warm.stop()

    def _run(self, warm: Warm, place: Place, number: int, command: Command) -> None:
        """Run one command; note an end that was not meant."""
        name = f"{place.folder.name}-{number:02}"
        given, out, err = (self.printed / f"{name}.{kind}" for kind in ("in", "out", "err"))
        given.write_text(command.given)
        with given.open("rb") as stdin, out.open("wb") as stdout, err.open("wb") as stderr:
            streams = stdin, stdout, stderr
            if command.fresh:
                code = self._run_fresh(place, command, streams)
            else:
                arguments = ("anonymize", *command.arguments)
                code = warm.run(arguments, place.folder, self.env(), streams)
        given.unlink()
        said = out.read_text(errors="replace") + err.read_text(errors="replace")
        if command.prints_originals:
            out.unlink()
        if code != command.code or command.says not in said:
            last = said.strip().splitlines()[-1:]
            self.failed.append(f"{name} {' '.join(command.arguments)[:150]}: exit {code}, {last}")

    def _run_fresh(self, place: Place, command: Command, streams: Streams) -> int:
        stdin, stdout, stderr = streams
        return subprocess.run(
            [sys.executable, *command.arguments],
            cwd=place.folder,
            env=self.env(),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            timeout=900,
            preexec_fn=_allow_cores,
            check=False,
        ).returncode

    def written(
        self, held: dict[Path, list[bytes]], sources: set[Path]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield all that commands wrote or printed, and where; compressed bytes and rows of
        databases opened too.
        """
        yield from (("a name", name) for name in names_below(self.folder, sources))
        for path, contents in held.items():
            if path in sources:
                continue
            where = str(path.relative_to(self.folder))
            for data in contents:
                yield from ((where, form) for form in unpacked(data))
            if path.exists() and contents[-1].startswith(b"SQLite format 3\0"):
                yield from ((where, form) for row in rows_of(path) for form in unpacked(row))
        for path in self.printed.iterdir():
            yield from ((path.name, form) for form in unpacked(path.read_bytes()))


def _allow_cores() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def _ran(sweep: Sweep) -> tuple[set[str], set[Path], dict[Path, list[bytes]]]:
    """Run everything; return the planted values, their files, and what all files held."""
    watch = Watch(sweep.folder)
    waiting: queue.SimpleQueue[Place] = queue.SimpleQueue()
    made = list(places(sweep.folder))
    for place in made:
        waiting.put(place)
    watch.start()
    workers = [threading.Thread(target=sweep.run_all, args=(waiting,)) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    canaries = {value for place in made for value in place.canaries}
    return canaries, {source for place in made for source in place.sources}, watch.stop()


def test_the_sweep_runs_every_command_and_flow(tmp_path: Path) -> None:
    """In success each, and every flow also in failure; a new command is missed here."""
    from typer.main import get_command

    from anonymize.cli.app import app

    commands = dict(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own kind of group
    keys, policies = commands.pop("keys").commands, commands.pop("policy").commands
    commands.pop("bucket")  # asks a store: tests/io/stores search what they write and what it logs
    made = [command for place in places(tmp_path / "place") for command in place.commands]
    done = {command.arguments for command in made if command.code == 0 and not command.fresh}
    assert {arguments[0] for arguments in done} - {"keys", "policy"} == set(commands)
    assert {arguments[1] for arguments in done if arguments[0] == "policy"} == set(policies)
    assert {arguments[1] for arguments in done if arguments[0] == "keys"} == set(keys)
    flows = {path.stem for path in (ROOT / "flows").glob("*_dataset.py")}
    assert all(any(flow in " ".join(command.arguments) for command in made) for flow in flows)
    assert len(flows) == 2
    failing = [command for command in made if command.code]
    assert len(failing) > 50
    assert len([command for command in failing if not command.says]) < 10


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_no_planted_value_is_in_any_byte_written_or_printed(tmp_path: Path) -> None:
    """Promise 1, over every command and flow, in success and failure, in fourteen encodings."""
    sweep = Sweep(tmp_path / "place")
    values, sources, held = _ran(sweep)
    canaries = EncodedCanaries(values)
    assert canaries.count >= 50_000
    leaks = {
        (where, name)
        for where, data in sweep.written(held, sources)
        for _, name in canaries.found_in(data)
    }
    cores = [path.name for path in held if path.name.startswith("core") and path.suffix != ".py"]
    assert (leaks, cores, sweep.failed) == (set(), [], [])
