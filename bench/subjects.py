"""The cost of an index of subjects: time and bytes of a run, and of looking through versions.

``PYTHONPATH=. python bench/subjects.py`` prints one line a figure. Processor seconds; pairs in one
process, the first of which warms up.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import anonymize
from anonymize.custody.where_is import where_is_subject
from anonymize.keys import init_keyring
from anonymize.names import KeyName

POLICY = """version: 1
dataset: people
purpose: test
subject: person
source: {{path: {folder}/people.parquet}}
sink: {{path: {folder}/out}}
detect: {{ner: off}}
checks: {{residual: off}}
{extra}
columns:
  person: {{action: pseudonymize}}
  zip: {{action: keep, accept: a measurement}}
  cost: {{action: keep}}
"""
INDEX = "erasure: {index: true}"


def place(folder: Path, rows: int) -> str:
    """Make a source of that many rows, a third as many people, and a keyring; return its URI."""
    uri = f"file:{folder / 'keyring.json'}"
    init_keyring(uri, [KeyName(name) for name in ("training", "pseudonym")])
    ids = np.random.default_rng(1).integers(0, rows // 3, rows)
    columns = {"person": [f"P{i:08d}" for i in ids], "zip": [f"{i % 1000:05d}" for i in ids]}
    pq.write_table(pa.table({**columns, "cost": ids % 977}), folder / "people.parquet")
    return uri


def run(folder: Path, uri: str, extra: str) -> None:
    """Publish a version."""
    path = folder / "people.yaml"
    path.write_text(POLICY.format(folder=folder, extra=extra))
    anonymize.run(path, keyring=uri, accept_change=True, workers=1)


def seconds(act: Callable[[], object]) -> float:
    """Return the processor seconds of ``act``."""
    start = time.process_time()
    act()
    return time.process_time() - start


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uri = place(folder, 1_000_000)
        for turn in range(3):
            without, with_ = (seconds(lambda e=e: run(folder, uri, e)) for e in ("", INDEX))
            sys.stdout.write(f"run of 1 M rows, pair {turn}: {without:.2f} s, {with_:.2f} s\n")
        version = sorted((folder / "out" / "versions").iterdir())[-1]
        (index,) = (version / "subjects").glob("*.parquet")
        sys.stdout.write(f"index: {index.stat().st_size / 1e6:.1f} bytes a row\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uri = place(folder, 10_000)
        for _ in range(100):
            run(folder, uri, INDEX)
        took = seconds(lambda: where_is_subject("P00000001", [folder / "out"], uri))
        sys.stdout.write(f"where-is in 100 versions of 10,000 rows: {took:.2f} s\n")


if __name__ == "__main__":
    main()
