"""Files that are exchanged in place between the check of their digest and their reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.dataset import Dataset, read, reader
from anonymize.errors import AnonymizeError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.io.sink.parts import write_part
from anonymize.keys import Keyring

from .conftest import publish, rows

FIRST = "part-00000.parquet"


def swap(path: Path, data: bytes) -> None:
    """Overwrite the same inode in place: who has it open reads the new bytes.

    A shorter Parquet file is padded before its footer to the size that the reader knows.
    """
    if path.suffix == ".parquet":
        footer = int.from_bytes(data[-8:-4], "little") + 8
        lacking = path.stat().st_size - len(data)
        assert lacking >= 0
        data = data[:-footer] + bytes(lacking) + data[-footer:]
    with open(path, "r+b") as file:
        file.write(data)
        file.truncate(len(data))


def older(dataset: Dataset, keyring: Keyring, part: Path) -> None:
    """Put version 1's part and wrapped keys in the place of version 3's."""
    old = dataset.folder(1) / FIRST
    swap(sidecar_of(part), sidecar_of(old).read_bytes())
    swap(part, old.read_bytes())


def without_its_keys(dataset: Dataset, keyring: Keyring, part: Path) -> None:
    """Put version 1's part there and leave the wrapped keys."""
    swap(part, (dataset.folder(1) / FIRST).read_bytes())


def another_part(dataset: Dataset, keyring: Keyring, part: Path) -> None:
    """Put another part of the dataset there, with its wrapped keys."""
    other = dataset.folder(2) / "part-00001.parquet"
    swap(sidecar_of(part), sidecar_of(other).read_bytes())
    swap(part, other.read_bytes())


def plain(dataset: Dataset, keyring: Keyring, part: Path) -> None:
    """Put a file there that is not encrypted at all."""
    made = part.parent.parent.parent / "made.parquet"
    pq.write_table(rows(9, 150), made, compression="zstd")
    swap(part, made.read_bytes())


def own(dataset: Dataset, keyring: Keyring, part: Path) -> None:
    """Put a part there that was made with the keyring itself, and lies in no dataset."""
    made, table = part.parent.parent.parent / FIRST, rows(9, 150)
    write_part(made, table.schema, table.to_batches(), keyring=keyring, key="training")
    swap(sidecar_of(part), sidecar_of(made).read_bytes())
    swap(part, made.read_bytes())


@pytest.mark.parametrize("exchange", [older, without_its_keys, another_part, plain, own])
@pytest.mark.parametrize("columns", [None, ["id"]])
def test_what_is_exchanged_after_the_digest_is_not_read(
    dataset: Dataset,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    exchange: Callable[[Dataset, Keyring, Path], None],
    columns: list[str] | None,
) -> None:
    """Rows of another version, part or file, or of nobody's: an error, never rows."""
    publish(dataset, keyring, 123_456_789)  # larger than those that take its place
    check, done = reader._check_digest, list[Path]()

    def then_exchange(handle: pa.NativeFile, entry: reader.FileEntry, path: Path) -> None:
        check(handle, entry, path)
        if not done:
            done.append(path)
            exchange(dataset, keyring, path)

    monkeypatch.setattr(reader, "_check_digest", then_exchange)
    with pytest.raises(AnonymizeError):
        read(dataset.path, columns, keyring=keyring)
    assert done
