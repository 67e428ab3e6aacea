"""A run on two worker processes whose workers, or whose first process, or both are killed at any
moment.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.keys import Keyring
from anonymize.vault import opening
from tests.workplace import ROOT

KILLS = min(100, int(os.environ.get("COATCHECK_SOAK_WORKER_KILLS", "10")))
PARTS, ROWS = 8, 1600
RUN = f"""
import sys
from anonymize.io.sources import pieces
pieces.SMALLEST_BYTES, pieces.MOST_PIECES = int(sys.argv[3]) // {PARTS}, 1 << 40
import anonymize
anonymize.run(sys.argv[1], keyring=sys.argv[2], workers=2)
"""
POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {folder}/people.csv}}
sink: {{path: {folder}/out}}
rows: {{order: source, accept_order: tried, max_quarantined: 0.5, on_bad_value: quarantine}}
detect: {{ner: off}}
checks: {{residual: off}}
privacy: {{quasi_identifiers: [born], k: 2, max_suppressed: 0.9}}
columns:
  id: {{action: keep, accept: a number}}
  mail: {{action: tokenize, method: vault, domain: mail}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
  pay: {{action: generalize, quantiles: 3}}
"""
SECONDS = 60.0
VICTIMS = ("worker", "first", "both")
INTERRUPTED = "or a run was interrupted (the next one completes it)"


class Place:
    """A source, and runs on it whose processes are a session of their own."""

    def __init__(self, folder: Path, keyring_uri: str) -> None:
        self.folder, self.keyring_uri = folder, keyring_uri
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        lines = [
            f"{n},user{n % 70}@example.org,{'never' if n % 97 == 3 else f'19{n % 40 + 50}-02-03'},"
            f"{n * 7919 % 1009}"
            for n in range(ROWS)
        ]
        self.source = folder / "people.csv"
        self.source.write_text("\n".join(["id,mail,born,pay", *lines]) + "\n")
        (folder / "people.yaml").write_text(POLICY.format(folder=folder))

    def start(self) -> subprocess.Popen[bytes]:
        """Begin a run in a session of its own."""
        size = str(self.source.stat().st_size)
        command = [sys.executable, "-c", RUN, str(self.folder / "people.yaml"), self.keyring_uri]
        return subprocess.Popen(
            [*command, size],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.temporary)},
            start_new_session=True,
            stderr=(self.folder / "stderr").open("wb"),
        )

    @property
    def said(self) -> str:
        """Return what the last run said."""
        return (self.folder / "stderr").read_text()

    def table(self, keyring: Keyring) -> pa.Table:
        """Return the current version."""
        return read(self.folder / "out", keyring=keyring).combine_chunks()

    def left(self) -> list[str]:
        """Return the files that no run should leave."""
        found = [*(self.folder / "out").rglob(".*"), *self.temporary.rglob("*")]
        return sorted(str(path) for path in found if path.name not in (".lock", ".audit.lock"))


def alive_in(session: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                state, _, _, of = (path / "stat").read_text().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(of) == session and state != "Z":
                found.append(int(path.name))
    return found


def _until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.mark.soak
def test_whoever_is_killed_the_next_run_publishes_what_a_whole_run_does(
    tmp_path: Path, keyring_uri: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead worker's part is done by another; of a dead run nothing is seen; no process outlives
    it, no file stays, and every value has one token.
    """
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'vault.db'}")
    opening._opened.clear()
    place = Place(tmp_path, keyring_uri)
    began = time.monotonic()
    assert place.start().wait() == 0, place.said
    whole = time.monotonic() - began
    dataset, wanted = Dataset(tmp_path / "out"), place.table(keyring)
    draw, versions, moments = random.Random(13), 1, dict.fromkeys(VICTIMS, 0)
    while sum(moments.values()) < KILLS:
        whom = min(VICTIMS, key=lambda victim: moments[victim])
        run = place.start()
        time.sleep(draw.uniform(0.3, 1.0) * whole)
        workers = [pid for pid in alive_in(run.pid) if pid != run.pid]
        chosen = draw.sample(workers, 1) if workers and whom != "first" else []
        ours = [run.pid] if whom != "worker" and run.poll() is None else []
        _kill(chosen + ours)
        code = run.wait(SECONDS)
        moments[whom] += bool(chosen) if whom == "worker" else code == -signal.SIGKILL
        if not chosen and not ours:
            # The run had ended before its moment: the moments after it are drawn from less time.
            whole *= 0.9
        _until(lambda run=run: not alive_in(run.pid))
        if whom == "worker":
            assert code == 0, place.said
        assert code in (0, -signal.SIGKILL)
        assert dataset.current in ((versions + 1,) if code == 0 else (versions, versions + 1))
        told = dataset.verify(keyring=keyring)
        # between the log's entry and the move of CURRENT a kill leaves what the next run completes
        assert told.ok or (code and all(INTERRUPTED in one.what for one in told.problems)), told
        assert place.table(keyring).equals(wanted)
        versions = dataset.current or 0
        if code == 0:
            assert place.left() == []
            continue
        done = anonymize.run(tmp_path / "people.yaml", keyring=keyring_uri, workers=1)
        assert done.version in ((versions + 1,) if told.ok else (versions + 1, versions + 2))
        versions = done.version
        assert dataset.verify(keyring=keyring).ok
        assert place.table(keyring).equals(wanted)
        hidden = [path for path in place.left() if not path.startswith(str(place.temporary))]
        assert hidden == []
    print(f"{KILLS} kills: {moments}; a whole run took {whole:.1f} s; versions: {versions}")
    assert place.left() == []
