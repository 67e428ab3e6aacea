"""A run's memory does not grow with its rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

CODE = """
import re, sys
from anonymize import load_policy, run
run(load_policy(sys.argv[1]), keyring=sys.argv[2])
print(int(re.search("VmHWM:\\\\s+(\\\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""
POLICY = """version: 1
dataset: large
purpose: test
source: {{path: {source}}}
sink: {{path: {sink}}}
subject: who
columns:
  who: {{action: pseudonymize}}
  name: {{action: fake, kind: name}}
  email: {{action: tokenize}}
  day: {{action: shift_dates, within_days: 30}}
  kind: {{action: generalize, rare: 1000}}
  note: {{action: redact}}
"""


def _peak(folder: Path, rows: int, keyring_uri: str) -> int:
    """Return the MiB that a run of ``rows`` rows peaks at, in a process of its own."""
    number = np.arange(rows)
    text = number.astype(str)
    table = pa.table(
        {
            "who": np.char.add("p", text),
            "name": np.char.add("Ana Castro-", text),
            "email": np.char.add(text, "@example.com"),
            "day": (number % 9000).astype("datetime64[D]"),
            "kind": np.array(["a", "b", "c"])[number % 3],
            "note": np.char.add("a note of some length that nobody will read, number ", text),
        }
    )
    pacsv.write_csv(table, folder / f"{rows}.csv")
    policy = folder / f"{rows}.yaml"
    policy.write_text(POLICY.format(source=folder / f"{rows}.csv", sink=folder / f"out{rows}"))
    command = [sys.executable, "-c", CODE, str(policy), keyring_uri]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.soak
def test_memory_is_flat_in_rows(tmp_path: Path, keyring_uri: str) -> None:
    """Twice the rows, first pass included, take at most a fifth more memory.

    From two million on: what waits between reading, transforming and writing is bounded, and is
    full by then.
    """
    small, large = (_peak(tmp_path, rows, keyring_uri) for rows in (2_000_000, 4_000_000))
    assert large < 1.2 * small
