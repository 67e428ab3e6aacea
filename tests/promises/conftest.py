"""The main job run once, as `make run` runs it, in a folder of its own; every promise test looks at
what it left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.io import open_source
from anonymize.keys import Keyring, open_keyring
from tests.restored import in_source_order

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "customers": ROOT / "data/samples/customers.csv",
    "support_tickets": ROOT / "data/samples/support_tickets.jsonl",
    "patients": ROOT / "data/samples/patients.parquet",
}


@dataclass(frozen=True)
class SampleRun:
    """What the run left."""

    folder: Path
    """Everything the run wrote: datasets, keyring, Prefect's database and logs."""
    said: str
    """Stdout and stderr."""
    keyring: Keyring
    """The keyring it made."""
    sources: Mapping[str, pa.Table]
    """The raw tables."""
    outputs: Mapping[str, pa.Table]
    """The published tables, decrypted, rows in the order of the source."""

    def written(self) -> Mapping[Path, bytes]:
        """Return every byte the run wrote, per file."""
        files = (
            path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink()
        )
        return {path: path.read_bytes() for path in files}

    def decrypted(self) -> Mapping[str, bytes]:
        """Return every published table as UTF-8 JSON."""
        return {
            name: json.dumps(table.to_pylist(), ensure_ascii=False, default=str).encode()
            for name, table in self.outputs.items()
        }


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """Run the sample flows in a fresh process and folder."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("data", "schemas"):
        (folder / name).symlink_to(ROOT / name)
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", "COATCHECK_"))
    }
    env |= {
        "PYTHONPATH": str(ROOT),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        "TMPDIR": str(folder / "tmp"),
    }
    (folder / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "flows.sample_datasets"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=800,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    keyring = open_keyring(f"file:{folder / '.coatcheck/keyring.json'}")
    sources = {
        name: pa.Table.from_batches(open_source(str(path)).batches())
        for name, path in SOURCES.items()
    }
    outputs = {name: in_source_order(folder / "out" / name, keyring) for name in SOURCES}
    return SampleRun(folder, done.stdout + done.stderr, keyring, sources, outputs)
