"""Whose each row is, and that nobody's rows are refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from anonymize.dataset import Dataset
from anonymize.dataset.manifest import FileEntry, Manifest
from anonymize.errors import DatasetError
from anonymize.io import write_part
from anonymize.keys import Keyring
from anonymize.readers import TrainingBatches
from anonymize.readers.private.people import read_people

from .conftest import FEATURES


def read_rows(
    folder: Path,
    keyring: Keyring,
    people: list[object],
    *,
    whose: str | None = "who",
    most: int = 9,
) -> object:
    """Publish rows of these people in two parts, and read them."""
    count = len(people)
    table = pa.table(
        {
            "who": people,
            "town": ["A"] * count,
            "age": np.arange(count, dtype=float),
            "cost": np.zeros(count),
            "back": [n % 7 != 0 if n % 5 else None for n in range(count)],
        }
    )
    dataset, files = Dataset(folder / "rows"), []
    with dataset.stage() as staging:
        for number, some in enumerate((table.slice(0, count // 2), table.slice(count // 2))):
            info = write_part(
                staging.path / f"part-{number:05}.parquet", some.schema, some.to_batches(),
                keyring=keyring, key="training",
            )  # fmt: skip
            files.append(FileEntry.of(info, staging.path))
        staging.publish(Manifest(dataset="rows", purpose="p", files=tuple(files)), keyring)
    return read_people(TrainingBatches(dataset, keyring=keyring), FEATURES, whose, most)


def test_rows_of_a_person_are_together_across_parts(tmp_path: Path, keyring: Keyring) -> None:
    """At most so many; rows without a class are left out."""
    names = [f"p{n % 10}" for n in range(100)]
    made = read_rows(tmp_path, keyring, names, most=3)
    ages = np.round((made.numbers[:, 0] + 1) * 50).astype(int)
    assert all(len(set(ages[a:b] % 10)) == 1 for a, b in pairwise(made.starts))
    assert np.diff(made.starts).max() == 3
    assert not (ages % 5 == 0).any()
    assert (made.labels == (ages % 7 != 0)).all()
    assert made.people == 8  # those of 0 and 5 have no class in any row
    assert made.whose.tolist() == np.repeat(np.arange(8), 3).tolist()


def test_without_a_person_each_row_is_its_own(tmp_path: Path, keyring: Keyring) -> None:
    """``unit: row``."""
    made = read_rows(tmp_path, keyring, ["x"] * 20, whose=None)
    assert made.people == len(made.labels) == 16


@pytest.mark.parametrize("nobody", [None, "", "  ", "NA", "-"])
def test_a_row_of_nobody_is_refused(tmp_path: Path, keyring: Keyring, nobody: str | None) -> None:
    """Nothing would bound what its person tells; the refusal shows no id."""
    with pytest.raises(DatasetError, match="has no person") as refused:
        read_rows(tmp_path, keyring, ["Zuqo1", "Zuqo2", nobody, "Zuqo3"])
    assert "Zuqo" not in str(refused.value)


@pytest.mark.parametrize("people", [[7, 8, 7, 9], ["ä", "a", "ä", "b"]])
def test_people_of_any_type(tmp_path: Path, keyring: Keyring, people: list[object]) -> None:
    """Numbers, Unicode."""
    made = read_rows(tmp_path, keyring, people)
    assert made.people == 3  # the first row has no class, its person another one
