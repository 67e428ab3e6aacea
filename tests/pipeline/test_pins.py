"""What a run depends on besides data and keys is in the manifest, and a plan says when it
changed.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.keys import Keyring
from anonymize.pipeline.prepare import preview_plan


def _policy(folder: Path, source: Path, columns: str) -> Path:
    path = folder / f"{source.stem}.yaml"
    path.write_text(
        f"version: 1\ndataset: jobs\npurpose: test\nsource: {{path: {source}, null_values:"
        " [N/A]}\n"
        f'sink: {{path: {folder / "out"}}}\nchecks: {{residual: "off"}}\ncolumns:\n{columns}'
    )
    return path


def test_a_changed_hierarchy_is_said_before_the_next_version(
    tmp_path: Path, keyring: Keyring
) -> None:
    """By name and without its folder; nothing noticed before."""
    file, source = tmp_path / "groups.csv", tmp_path / "jobs.csv"
    file.write_text("nurse;health\nsmith;craft\n")
    source.write_text("job\nnurse\nsmith\n")
    policy = _policy(
        tmp_path, source, f"  job: {{action: generalize, hierarchy: {file}, level: 1}}\n"
    )
    anonymize.run(policy, keyring=keyring.place)
    assert "hierarchy groups.csv" in Dataset(tmp_path / "out").manifest(keyring=keyring).software
    assert preview_plan(policy, keyring.place).changes.found == ()
    file.write_text("nurse;care\nsmith;craft\n")
    told = preview_plan(policy, keyring.place).changes.found
    assert [str(line).partition(" is not")[0] for line in told if line.stops] == [
        "hierarchy groups.csv"
    ]


def test_a_manifest_counts_what_was_read_as_missing(tmp_path: Path, keyring: Keyring) -> None:
    """Blanks and markers, per column; they were counted as people."""
    source = tmp_path / "people.parquet"
    names = ["Ana Castro", "", "N/A", "\u00a0", None, "Bo Jensen"]
    pq.write_table(pa.table({"name": names, "city": names}), source)
    policy = _policy(
        tmp_path, source, "  name: {action: fake, kind: name}\n  city: {action: redact}\n"
    )
    anonymize.run(policy, keyring=keyring.place)
    columns = Dataset(tmp_path / "out").manifest(keyring=keyring).columns
    assert columns["name"]["read_as_missing"] == 3
    assert columns["city"]["read_as_missing"] == 1
    assert read(tmp_path / "out", keyring=keyring)["name"].null_count == 4
