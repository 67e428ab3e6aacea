"""An incremental run with one changed file of many, and a run that goes on after a kill at half,
each beside a whole run.

The table is that of ``structured.py`` in ``--files`` CSV files. Every run is a command of its own.
One run is killed when half of its parts are finished; of the run after it are printed the parts
that it did again.

    PYTHONPATH=. python bench/incremental.py [--rows 3000000] [--files 30] [--pairs 2]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.csv as pacsv

from bench.scale import Taken, taken
from bench.structured import PASSPHRASE, POLICY, make_table


class Place:
    """A folder of files, its policy and its keyring."""

    def __init__(self, folder: Path, rows: int, files: int) -> None:
        """Make the files."""
        from anonymize.keys import init_keyring

        self.folder, self.rows, self.files = folder, rows // files, files
        self.source = folder / "source"
        self.source.mkdir()
        for number in range(files):
            self.write(number, 0)
        self.keyring = f"file:{folder / 'keyring.json'}"
        init_keyring(self.keyring, ["training", "pseudonym", "reveal", "owner"])

    def write(self, number: int, seed: int) -> None:
        """Write a file of the source; another ``seed`` gives it other rows."""
        table = make_table(self.rows)
        begin = (seed * self.files + number) * self.rows
        ids = [one + begin for one in table["id"].to_pylist()]
        path = self.source / f"{number:03}.csv"
        pacsv.write_csv(table.set_column(0, "id", [ids]), path)

    def command(self, sink: str, *options: str) -> list[str]:
        """Return the command of a run to a sink."""
        policy = self.folder / f"{sink}.yaml"
        text = POLICY.format(source=self.source, sink=self.folder / sink)
        policy.write_text(text.replace("unlisted: refuse", "unlisted: refuse\nsubject: id"))
        run = [sys.executable, "-m", "anonymize", "run", str(policy), "--keyring", self.keyring]
        return [*run, *options]


def interrupted(place: Place, cores: list[int]) -> tuple[int, Taken]:
    """Kill a run when half of its parts are finished; return the parts that the next run did
    again, and what it took.
    """
    environment = {**os.environ, "COATCHECK_PASSPHRASE": PASSPHRASE}
    command = place.command("killed")
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while _finished(place.folder / "killed") < place.files // 2:
        if process.poll() is not None:
            raise SystemExit("the run ended before half of its parts were there")
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    half = _finished(place.folder / "killed")
    told = place.folder / "told.json"
    again = taken(place.command("killed", "--json"), cores, told)
    return half - json.loads(told.read_text())["taken_over"], again


def _finished(sink: Path) -> int:
    return len(list(sink.glob("versions/.*/journal/part-*.sealed")))


def main() -> None:
    """Make the files, take the runs in turn, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--files", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=2)
    options = parser.parse_args()
    os.environ["COATCHECK_PASSPHRASE"] = PASSPHRASE
    folder = Path(tempfile.mkdtemp(prefix="coatcheck-incremental-"))
    try:
        measure(Place(folder, options.rows, options.files), options.pairs)
    finally:
        shutil.rmtree(folder)


def measure(place: Place, pairs: int) -> None:
    """Measure everything of ``place``."""
    cores = sorted(os.sched_getaffinity(0))
    whole, changed, nothing = [], [], []
    for number in range(pairs):
        sink = f"out{number}"
        whole.append(taken(place.command(sink, "--incremental"), cores))
        place.write(0, number + 1)
        changed.append(taken(place.command(sink, "--incremental"), cores))
        nothing.append(taken(place.command(sink, "--incremental"), cores))
    print(f"{place.rows * place.files:,} rows in {place.files} files")
    for name, runs in (("one changed", changed), ("nothing changed", nothing)):
        for which in ("wall", "processor"):
            both = zip(runs, whole, strict=True)
            share = statistics.median(getattr(a, which) / getattr(b, which) for a, b in both)
            took = statistics.median(getattr(one, which) for one in runs)
            base = statistics.median(getattr(one, which) for one in whole)
            print(f"{name}: {took:.2f} of {base:.1f} {which} seconds, {share:.1%}")
    again, took = interrupted(place, cores)
    print(f"after a kill at half, {again} finished parts of {place.files} were done again")
    print(f"the run after it took {took.wall:.1f} seconds, {took.processor:.1f} of the processor")


if __name__ == "__main__":
    main()
