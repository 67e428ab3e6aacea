"""Seconds of `coatcheck anonymize`, whole processes, beside the floor: pyarrow alone reads the same
CSV and writes it as encrypted Parquet.

    PYTHONPATH=. python bench/one_off.py [--rows 1000000] [--pairs 3]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.csv as pacsv

from bench.structured import PASSPHRASE, make_table

FLOOR = "import sys; from pathlib import Path; from bench.structured import floor; "
FLOOR += "floor(Path(sys.argv[1]), Path(sys.argv[2]))"


def taken(command: list[str], folder: Path) -> tuple[float, float]:
    """Return the wall and processor seconds of a command."""
    env = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "COATCHECK_PASSPHRASE": PASSPHRASE,
        "COATCHECK_KEYRING": f"file:{folder / 'keys' / 'keyring.json'}",
    }
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Take each kind of command in turn, and print medians and their ratio to the floor."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coatcheck-bench-") as name:
        folder = Path(name)
        source, few = folder / "table.csv", folder / "few.csv"
        pacsv.write_csv(make_table(options.rows), source)
        pacsv.write_csv(make_table(1000), few)
        one = [sys.executable, "-m", "anonymize", "anonymize"]
        said = ["--yes", "--overwrite"]
        kinds = {
            "floor": [sys.executable, "-c", FLOOR, str(source), str(folder / "floor.parquet")],
            "drafted": [*one, str(source), "-o", str(folder / "a.csv"), *said],
            "by a policy": [
                *(*one, str(source), "-o", str(folder / "b.csv"), *said),
                *("--policy", str(folder / "a.csv.policy.yaml")),
            ],
            "1,000 rows": [*one, str(few), "-o", str(folder / "c.csv"), *said],
        }
        times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
        for _ in range(options.pairs):
            for kind, command in kinds.items():
                times[kind].append(taken(command, folder))
        print(f"{options.rows:,} rows x 15 columns, {os.cpu_count()} cores")
        for kind, pairs in times.items():
            wall, processor = (statistics.median(one) for one in zip(*pairs, strict=True))
            ratio = statistics.median(
                own[0] / base[0] for own, base in zip(pairs, times["floor"], strict=True)
            )
            print(f"{kind:12} {wall:6.2f} s wall {processor:6.2f} s processor {ratio:5.2f} x floor")


if __name__ == "__main__":
    main()
