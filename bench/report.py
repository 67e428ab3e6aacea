"""What the privacy report costs: a whole one of a wide version, and what it adds to the main job.

A version of 60 columns is published, and its report made in this process, with charts. Then the
main job of `structured.py` is run (processor seconds of this process and of its children), and the
distributions that its plan keeps, and the page beside its manifest, are made again alone.

    python bench/report.py [--rows 1000000] [--wide-rows 100000]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from structured import POLICY, make_table

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import init_keyring
from anonymize.names import KeyName
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import plan_source
from anonymize.plan.before import _distributions
from anonymize.policy import load_policy
from anonymize.report.page import Reported, report_page, reported

NAMES = [KeyName(name) for name in ("training", "pseudonym", "reveal")]


def spent() -> float:
    """Return processor seconds of this process and of its children."""
    return sum(os.times()[:4])


def measured(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result, wall and processor seconds."""
    wall, processor = time.perf_counter(), spent()
    made = work()
    return made, time.perf_counter() - wall, spent() - processor


def wide(folder: Path, keyring: str, rows: int) -> None:
    """Publish 60 columns and print what their report takes."""
    rng = np.random.default_rng(2)
    columns = {
        **{f"number_{n}": rng.normal(50, 20, rows) for n in range(20)},
        **{f"count_{n}": rng.integers(0, 300, rows) for n in range(20)},
        **{f"kind_{n}": rng.choice(["a", "b", "c", "d"], rows) for n in range(20)},
    }
    pq.write_table(pa.table(columns), folder / "wide.parquet")
    rules = dict.fromkeys(columns, "{action: keep}")
    rules |= {f"number_{n}": "{action: generalize, band: 10}" for n in range(10)}
    lines = "".join(f"  {name}: {rule}\n" for name, rule in rules.items())
    policy = folder / "wide.yaml"
    policy.write_text(
        f"version: 1\ndataset: wide\npurpose: bench\nsource: {{path: {folder / 'wide.parquet'}}}\n"
        f"sink: {{path: {folder / 'wide'}}}\ncolumns:\n{lines}"
    )
    anonymize.run(policy, keyring=keyring)
    said, wall, processor = measured(lambda: reported(Dataset(folder / "wide"), keyring=keyring))
    page, page_wall, page_processor = measured(lambda: report_page(said))
    print(
        f"60 columns × {rows:,} rows, {len(said.charts)} charts: counted in {wall:.2f} s"
        f" ({processor:.2f} s of processor time), page of {len(page):,} bytes in {page_wall:.3f} s"
        f" ({page_processor:.3f} s)"
    )


def main_job(folder: Path, keyring: str, rows: int) -> None:
    """Run the main job and print what the report adds to it."""
    pacsv.write_csv(make_table(rows), folder / "bench.csv")
    path = folder / "bench.yaml"
    path.write_text(POLICY.format(source=folder / "bench.csv", sink=folder / "bench"))
    _, wall, processor = measured(lambda: anonymize.run(path, keyring=keyring))
    policy = load_policy(path)
    source = open_spec(policy.source)
    plan, batch = plan_source(policy, source, None), source.spread().batch()
    kept, _, counted = measured(lambda: dict(_distributions(plan, batch)))
    made = Dataset(folder / "bench").manifest(keyring=keyring)
    _, _, beside = measured(lambda: report_page(Reported.of(made)))
    print(
        f"main job, {rows:,} rows × 15 columns: {wall:.2f} s, {processor:.2f} s of processor time;"
        f" of it distributions of {len(kept)} columns {counted:.3f} s ({counted / processor:.2%}),"
        f" the page beside the manifest {beside:.3f} s ({beside / processor:.2%})"
    )


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--wide-rows", type=int, default=100_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        keyring = f"file:{Path(place) / 'keyring.json'}"
        init_keyring(keyring, NAMES)
        wide(Path(place), keyring, given.wide_rows)
        main_job(Path(place), keyring, given.rows)


if __name__ == "__main__":
    main()
