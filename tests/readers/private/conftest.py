"""Rows as numbers, and a dataset whose training is paid for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anonymize.dataset import Dataset
from anonymize.keys import share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.training import allow_training
from anonymize.policy.training import LabelSpec, TrainingColumn
from anonymize.privacy.training import TrainingTerms
from anonymize.readers.private import Encoded, Features
from tests.pipeline.training.test_allow import TRAINING, published

FEATURES = Features(
    {
        "town": TrainingColumn(values=("A", "B", None)),
        "age": TrainingColumn(bounds=(0, 100)),
        "cost": TrainingColumn(edges=(0, 10, 20)),
    },
    LabelSpec.model_validate({"column": "back", "values": [False, True]}),
)


def terms(**said: Any) -> TrainingTerms:
    """Return terms; by default of loud noise."""
    asked = {"epsilon": None, "noise": 2.0, "delta": 1e-6, "share": 0.2, "steps": 20, "clip": 1.0,
             "most_rows": 10, "people": 100, **said}  # fmt: skip
    return TrainingTerms.priced(**asked)


def rows(people: int, each: int, seed: int = 0) -> Encoded:
    """Return ``each`` rows of each person, drawn at random."""
    draw, count = np.random.default_rng(seed), people * each
    table = pa.table(
        {
            "town": draw.choice(["A", "B", "C"], count),
            "age": draw.uniform(-10, 120, count),
            "cost": draw.uniform(-5, 40, count),
            "back": draw.random(count) < 0.5,
        }
    )
    made = FEATURES.encoded(table)
    whose = np.repeat(np.arange(people), each)
    return Encoded(
        made.codes, made.numbers, made.labels, whose, np.arange(0, count + 1, each),
        made.width, made.at,
    )  # fmt: skip


@dataclass
class Paid:
    """A dataset, an owner and a reader."""

    folder: Path
    owner: str
    reader: str

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.folder / "out")

    def allowance(self, name: str = "a.json", **said: Any) -> Path:
        """Pay for a training."""
        made = allow_training(self.folder / "p.yaml", self.owner, **said)
        (self.folder / name).write_text(json.dumps(made.document))
        return self.folder / name


@pytest.fixture
def paid(tmp_path: Path, keyring_uri: str) -> Paid:
    """A dataset of 150 people with two rows each, whose budget suffices for twenty trainings."""
    published(tmp_path, keyring_uri, budget=40, training=TRAINING)
    share_keyring([KeyName("training")], tmp_path / "reader.json", keyring_uri)
    return Paid(tmp_path, keyring_uri, f"file:{tmp_path / 'reader.json'}")
