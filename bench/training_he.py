"""Computing on encrypted data: size per value, time and memory of each step, and errors.

``python bench/training_he.py [ROWS]``: made-up values, one column (two for the linear model), each
step in a process of its own; seconds are of processor time and of the clock. Five repeats; the
median, the least and the most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

REPEATS = 5
STEPS = ("plain", "export", "sum", "mean", "weighted", "linear", "decrypt sum", "decrypt weighted",
         "decrypt linear")  # fmt: skip


def made(folder: Path, rows: int) -> None:
    """Publish a version of made-up values."""
    import numpy as np
    import pyarrow as pa

    from anonymize.dataset import Dataset, FileEntry, Manifest, RowCounts
    from anonymize.io import write_part
    from anonymize.keys import init_keyring
    from anonymize.names import KeyName

    keyring = init_keyring(f"file:{folder}/k/keyring.json", [KeyName("training")])
    table = pa.table(columns(rows))
    with Dataset(folder / "d").stage() as staging:
        part = write_part(
            staging.path / "part-00000.parquet", table.schema, table.to_batches(),
            keyring=keyring, key="training",
        )  # fmt: skip
        files = (FileEntry.of(part, staging.path),)
        counts = RowCounts(read=rows, written=rows)
        staging.publish(Manifest(dataset="d", files=files, rows=counts), keyring)
    np.savetxt(folder / "w", weights(rows))


def columns(rows: int) -> dict[str, Any]:
    """Return salaries and changes of both signs."""
    import numpy as np

    chance = np.random.default_rng(1)
    return {"salary": chance.lognormal(10, 1, rows), "change": chance.normal(0, 1e-3, rows)}


def weights(rows: int) -> Any:
    """Return weights of rows."""
    import numpy as np

    return np.random.default_rng(2).uniform(0, 3, rows)


def act_of(step: str, folder: Path, rows: int) -> Callable[[], Any]:
    """Return what a step does."""
    from anonymize.custody import homomorphic as he

    keyring = f"file:{folder}/k/keyring.json"
    e, out = folder / "e", folder / step.replace(" ", "-")
    model = {"salary": 1e-4, "change": -20.0}
    return {
        "plain": lambda: sum(one.sum() for one in columns(rows).values()),
        "export": lambda: he.export_homomorphic(folder / "d", e, small="keep", keyring=keyring),
        "sum": lambda: he.encrypted_sum(e, out, columns=["salary"]),
        "mean": lambda: he.encrypted_sum(e, out, columns=["salary"], mean=True),
        "weighted": lambda: he.encrypted_weighted(e, out, column="salary", weights=weights(rows)),
        "linear": lambda: he.encrypted_linear(e, out, coefficients=model),
        "decrypt sum": lambda: he.decrypt(folder / "sum", keyring=keyring),
        "decrypt weighted": lambda: he.decrypt(folder / "weighted", keyring=keyring),
        "decrypt linear": lambda: he.decrypt(
            folder / "linear", output=folder / "scores.parquet", keyring=keyring
        ),
    }[step]


def one_step(step: str, folder: Path, rows: int) -> None:
    """Do one step and print what it took."""
    import warnings

    warnings.simplefilter("ignore")
    act = act_of(step, folder, rows)
    before = peak_mib()
    clock, used = time.perf_counter(), time.process_time()
    act()
    print(json.dumps({
        "wall": time.perf_counter() - clock,
        "cpu": time.process_time() - used,
        "peak": peak_mib(),
        "before": before,
    }))  # fmt: skip


def peak_mib() -> int:
    """Return the most memory of this process; what ``getrusage`` says has its parent's in it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


def errors(folder: Path, rows: int) -> list[str]:
    """Return how far results are off, beside what is stated."""
    import math

    import numpy as np
    import pyarrow.parquet as pq

    from anonymize.custody.homomorphic import decrypt
    from anonymize.dataset import read

    keyring = f"file:{folder}/k/keyring.json"
    table = read(folder / "d", keyring=keyring)
    salary, change = (table[name].to_numpy() for name in ("salary", "change"))
    said = []
    for name, exact in (
        ("sum", math.fsum(salary)),
        ("weighted", math.fsum(salary * weights(rows))),
    ):
        one = decrypt(folder / name, keyring=keyring).answers[0]
        off = abs(one.value - exact) / exact
        said.append(f"{name}: off by {off:.1e} of it, stated {one.within / exact:.1e}")
    scores = pq.read_table(folder / "scores.parquet")["score"].to_numpy()
    off = np.abs(scores - (1e-4 * salary - 20 * change)).max()
    return [*said, f"scores: off by at most {off:.1e}; scores of up to {scores.max():.3g}"]


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found: dict[str, list[dict[str, float]]] = {step: [] for step in STEPS}
    for repeat in range(REPEATS):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            made(folder, rows)
            for step in STEPS:
                done = subprocess.run(
                    [sys.executable, __file__, step, temporary, str(rows)],
                    capture_output=True, text=True, check=True, env=os.environ,
                )  # fmt: skip
                found[step].append(json.loads(done.stdout))
            if not repeat:
                sizes = {one.name: one.stat().st_size for one in folder.iterdir() if one.is_file()}
                files = sum(one.stat().st_size for one in (folder / "e").iterdir())
                print(f"{rows:,} rows; two columns: {files / 2 / rows:.1f} bytes a value")
                print({name: f"{size:,}" for name, size in sorted(sizes.items())})
                print("\n".join(errors(folder, rows)))
    for step, runs in found.items():
        cpu, wall, peak = ([run[key] for run in runs] for key in ("cpu", "wall", "peak"))
        print(
            f"{step:17} processor {median(cpu):6.2f} s ({min(cpu):.2f}-{max(cpu):.2f}), clock"
            f" {median(wall):6.2f} s, peak {max(peak):.0f} MiB (before {runs[0]['before']:.0f})"
        )


if __name__ == "__main__":
    if len(sys.argv) == 4:
        one_step(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
