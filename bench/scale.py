"""A large table on one process and on several: seconds, processor seconds and memory of the whole
process tree, in pairs.

The table is that of ``structured.py``, made on the fly. Every run is a command of its own:
``coatcheck run --workers N``, on the cores that it is given. ``default`` and ``one process`` may
use all cores; ``1 on 1`` and ``2 on 2`` are pinned, a worker to a core.

    PYTHONPATH=. python bench/scale.py [--rows 1000000] [--pairs 2] [--exponent] [--all]
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow.csv as pacsv

from bench.structured import ALL, PASSPHRASE, POLICY, make_table

CHUNK_ROWS = 500_000
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Taken(NamedTuple):
    """What one run took."""

    wall: float
    """Seconds on the clock."""
    processor: float
    """Processor seconds of all its processes."""
    peak_mib: float
    """Most resident memory of all its processes together; shared pages count once in each."""


def make_csv(path: Path, rows: int) -> None:
    """Write the table in chunks, so that memory does not grow with the rows."""
    with path.open("wb") as file:
        for begin in range(0, rows, CHUNK_ROWS):
            table = make_table(min(CHUNK_ROWS, rows - begin))
            shifted = pacsv.WriteOptions(include_header=begin == 0)
            ids = [number + begin for number in table["id"].to_pylist()]
            pacsv.write_csv(table.set_column(0, "id", [ids]), file, shifted)


def run(policy: Path, keyring: str, workers: int | None, cores: Sequence[int]) -> Taken:
    """Run the command on ``cores``; None leaves the number of workers to it."""
    command = [sys.executable, "-m", "anonymize", "run", str(policy), "--keyring", keyring]
    return taken([*command, *([] if workers is None else ["--workers", str(workers)])], cores)


def floor(source: Path, cores: Sequence[int]) -> Taken:
    """Copy the CSV to encrypted Parquet with pyarrow alone; see ``structured.py``."""
    work = "import sys, pathlib, bench.structured as b; b.floor(*map(pathlib.Path, sys.argv[1:]))"
    sink = source.with_suffix(".parquet")
    return taken([sys.executable, "-c", work, str(source), str(sink)], cores)


def taken(command: Sequence[str], cores: Sequence[int], output: Path | None = None) -> Taken:
    """Return what a command on ``cores`` takes; ``output`` receives what it prints."""
    started = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "--cpu-list", ",".join(map(str, cores)), *command],
        env={**os.environ, "COATCHECK_PASSPHRASE": PASSPHRASE},
        stdout=output.open("wb") if output else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    peak = _Peak(process.pid)
    told = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(told.decode())
    return Taken(
        time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak.stop() / (1 << 20)
    )


class _Peak:
    """Watches the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self._peak = max(self._peak, sum(map(_resident, _tree(self._pid))))

    def stop(self) -> int:
        """Return the peak in bytes."""
        self._ended.set()
        self._thread.join()
        return self._peak


def _tree(pid: int) -> list[int]:
    found, new = [pid], [pid]
    while new:
        new = [child for parent in new for child in _children(parent)]
        found += new
    return found


def _children(pid: int) -> list[int]:
    try:
        lists = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for one in lists for child in one.read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def ratio(ours: Sequence[Taken], others: Sequence[Taken], which: str) -> float:
    """Return the median of the pairs' ratios of ``which``."""
    pairs = zip(ours, others, strict=True)
    return statistics.median(getattr(one, which) / getattr(two, which) for one, two in pairs)


def main() -> None:
    """Make the table, run the ways in turn, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="transform all 15 columns, not eight")
    parser.add_argument("--exponent", action="store_true", help="also a tenth of the rows")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="coatcheck-scale-"))
    try:
        measure(folder, options)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Measure everything inside ``folder``."""
    from anonymize.keys import init_keyring

    os.environ["COATCHECK_PASSPHRASE"] = PASSPHRASE
    keyring = f"file:{folder / 'keyring.json'}"
    init_keyring(keyring, ["training", "pseudonym", "reveal"])
    whole = _policy(folder, options.rows, every=options.all)
    cores = sorted(os.sched_getaffinity(0))
    ways: dict[str, tuple[int | None, list[int]]] = {
        "one process": (1, cores),
        "default": (None, cores),
        "1 on 1": (1, cores[:1]),
        "2 on 2": (2, cores[:2]),
    }
    took: dict[str, list[Taken]] = {name: [] for name in ways}
    floors: list[Taken] = []
    for _ in range(options.pairs):
        floors.append(floor(_source(folder, options.rows), cores))
        print("floor", *(f"{value:.1f}" for value in floors[-1]), file=sys.stderr)
        for name, (workers, given) in ways.items():
            took[name].append(run(whole, keyring, workers, given))
            print(name, *(f"{value:.1f}" for value in took[name][-1]), file=sys.stderr)
    print(f"{options.rows:,} rows, {_source(folder, options.rows).stat().st_size / 1e6:.0f} MB CSV")
    print(f"{'':14}{'seconds':>9}{'rows/s':>12}{'processor s':>13}{'peak MiB':>10}")
    for name, runs in (("floor", floors), *took.items()):
        middle = Taken(*map(statistics.median, zip(*runs, strict=True)))
        rate = f"{options.rows / middle.wall:12,.0f}"
        print(f"{name:14}{middle.wall:9.1f}{rate}{middle.processor:13.1f}{middle.peak_mib:10.0f}")
    for name in ("one process", "default"):
        over = ratio(took[name], floors, "processor")
        print(f"{name}: {over:.2f} of the floor's processor seconds")
    for one, two in (("default", "one process"), ("1 on 1", "2 on 2")):
        wall, processor = (ratio(took[one], took[two], which) for which in ("wall", "processor"))
        print(f"{one} / {two}: {wall:.2f} of the seconds, {processor:.2f} of the processor seconds")
    if options.exponent:
        few = run(_policy(folder, options.rows // 10, every=options.all), keyring, 1, cores)
        slope = math.log10(took["one process"][0].processor / few.processor)
        print(f"processor seconds grow with rows to the power of {slope:.3f}")


def _source(folder: Path, rows: int) -> Path:
    return folder / f"table-{rows}.csv"


def _policy(folder: Path, rows: int, *, every: bool) -> Path:
    """Make a table, and return the path of a policy for it."""
    source, path = _source(folder, rows), folder / f"policy-{rows}.yaml"
    make_csv(source, rows)
    text = POLICY.format(source=source, sink=folder / f"out-{rows}")
    for name, rule in ALL.items() if every else ():
        text = re.sub(rf"(?m)^  {name}: .*$", f"  {name}: {rule}", text)
    path.write_text(text.replace("unlisted: refuse", "unlisted: refuse\nsubject: id"))
    return path


if __name__ == "__main__":
    main()
