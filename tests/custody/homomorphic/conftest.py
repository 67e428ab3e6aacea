"""A version of numbers, and its export, made once and copied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, copytree

import numpy as np
import pyarrow as pa
import pytest

from anonymize.custody.homomorphic import HomomorphicExport, export_homomorphic
from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from tests.dataset.test_export import publish

ROWS = 5_000
"""More than one block of 4,096."""


def people() -> pa.Table:
    """Return rows with whole numbers, fractions with nulls, negatives, and a text."""
    chance = np.random.default_rng(5)
    missing = chance.random(ROWS) < 0.1
    return pa.table(
        {
            "age": chance.integers(0, 100, ROWS),
            "cost": pa.array(chance.lognormal(6, 1, ROWS), mask=missing),
            "change": chance.normal(0, 1e-6, ROWS),
            "name": [f"n{one}" for one in range(ROWS)],
        }
    )


@dataclass(frozen=True)
class Exported:
    """An export and the rows it is of."""

    folder: Path
    made: HomomorphicExport
    rows: pa.Table
    dataset: Dataset
    keyring: Keyring

    @property
    def holder(self) -> Path:
        """Return the holder's file."""
        return self.folder.with_name(f"{self.folder.name}.holder.json")

    def floats(self, name: str) -> np.ndarray:
        """Return a column, null as 0."""
        return self.rows[name].fill_null(0).to_numpy().astype(float)

    def present(self, name: str) -> np.ndarray:
        """Return which rows are not null."""
        return self.rows[name].is_valid().to_numpy()


@pytest.fixture(scope="session")
def exported_once(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Exported:
    """Return the export, to be copied."""
    folder, rows = tmp_path_factory.mktemp("homomorphic"), people()
    dataset = publish(folder / "people", rows, keyring)
    made = export_homomorphic(
        dataset, folder / "encrypted", columns=["age", "cost", "change"], small="keep",
        keyring=keyring,
    )  # fmt: skip
    return Exported(folder / "encrypted", made, rows, dataset, keyring)


@pytest.fixture
def exported(exported_once: Exported, tmp_path: Path) -> Exported:
    """Return a copy that a test may change."""
    folder = tmp_path / "encrypted"
    copytree(exported_once.folder, folder)
    one = exported_once
    copy = Exported(folder, one.made, one.rows, one.dataset, one.keyring)
    copyfile(one.holder, copy.holder)
    return copy
