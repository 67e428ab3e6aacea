"""A published dataset and the readers of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow as pa
import pytest

from anonymize.dataset import Dataset, FileEntry, Manifest, RowCounts, version_reader
from anonymize.dataset.staging import CardsOf, no_cards
from anonymize.io import write_part
from anonymize.keys import Keyring, share_keyring
from anonymize.names import KeyName

CANARY = "CANARY-5d1e"
CARD = b"# people\n" * 40


def as_of_earlier_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts be read as those are in whose manifest no digest leads to those of the blocks."""
    opened = version_reader.opened_part

    def without(path: Path, entry: FileEntry, envelopes: Any) -> Any:
        return opened(
            path, entry.model_copy(update={"tail_bytes": 0, "tail_sha256": ""}), envelopes
        )

    monkeypatch.setattr(version_reader, "opened_part", without)


def rows(version: int, count: int = 300) -> pa.Table:
    """Return the rows of a version; different for each."""
    numbers = list(range(version * 1000, version * 1000 + count))
    return pa.table(
        {
            "id": numbers,
            "zip": [f"0{n}" for n in numbers],
            "notes": [f"{CANARY} {n}" for n in numbers],
        }
    )


def two_cards(manifest: Manifest) -> Mapping[str, bytes]:
    """Return two cards of a version."""
    return {"card.md": CARD, "croissant.json": f'{{"version": {manifest.version}}}\n'.encode()}


def publish(
    dataset: Dataset,
    keyring: Keyring,
    version: int,
    *,
    parts: int = 2,
    why: str = "",
    audit_reads: bool = False,
    name: str = "people",
    cards: CardsOf = no_cards,
) -> Manifest:
    """Publish ``rows(version)`` in ``parts`` parts and a quarantine of one row."""
    with dataset.stage() as staging:
        table, files = rows(version), []
        size = -(-table.num_rows // parts)
        for number in range(parts):
            info = write_part(
                staging.path / f"part-{number:05}.parquet",
                table.schema,
                table.slice(number * size, size).to_batches(),
                keyring=keyring,
                key="training",
                restricted={"clinical": ["notes"]},
            )
            files.append(FileEntry.of(info, staging.path))
        quarantine = staging.path / "quarantine"
        quarantine.mkdir()
        aside = write_part(
            quarantine / "part-00000.parquet",
            table.schema,
            table.slice(0, 1).to_batches(),
            keyring=keyring,
            key="reveal",
        )
        files.append(FileEntry.of(aside, staging.path, "quarantine"))
        manifest = Manifest(
            dataset=name,
            files=tuple(files),
            rows=RowCounts(read=301, written=300, quarantined=1),
            audit_reads=audit_reads,
        )
        return staging.publish(manifest, keyring, why=why, cards=cards)


@pytest.fixture(scope="session")
def dataset_once(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    """The folder of a dataset with versions 1 and 2, to be copied."""
    dataset = Dataset(tmp_path_factory.mktemp("published") / "people")
    publish(dataset, keyring, 1)
    publish(dataset, keyring, 2)
    return dataset.path


@pytest.fixture
def dataset(tmp_path: Path, dataset_once: Path) -> Dataset:
    """A dataset with versions 1 and 2."""
    copytree(dataset_once, tmp_path / "people", symlinks=True)
    return Dataset(tmp_path / "people")


@pytest.fixture(scope="session")
def reader(keyring_uri: str, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """A keyring that holds ``training`` and the public half of ``signing``."""
    path = tmp_path_factory.mktemp("reader") / "keyring.json"
    return share_keyring([KeyName("training")], path, keyring_uri)


Change = Callable[[Path], None]
