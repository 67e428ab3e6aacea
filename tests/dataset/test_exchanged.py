"""Files that are exchanged in place between the check of their digest and their reading."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.dataset import Dataset, checked_copy, iter_batches, opened_part, read
from anonymize.dataset.checked_blocks import CheckedBlocks
from anonymize.dataset.manifest import FileEntry
from anonymize.errors import AnonymizeError, DatasetError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.io.sink.parts import write_part
from anonymize.keys import Keyring

from .conftest import as_of_earlier_releases, publish, rows

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


@pytest.fixture(params=[checked_copy.IN_MEMORY_BYTES, 0], ids=["in memory", "in a file"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where parts of earlier releases are copied to."""
    as_of_earlier_releases(monkeypatch)
    monkeypatch.setattr(checked_copy, "IN_MEMORY_BYTES", request.param)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("exchange", [older, without_its_keys, another_part, plain, own])
@pytest.mark.parametrize(
    ("columns", "filters"), [(None, None), (["id"], None), (["id"], [("notes", ">", "A")])]
)
def test_what_is_exchanged_after_the_digest_is_not_read(
    dataset: Dataset,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    exchange: Callable[[Dataset, Keyring, Path], None],
    columns: list[str] | None,
    filters: list[tuple[str, str, str]] | None,
) -> None:
    """Rows of another version, part or file, or of nobody's: the published rows, or an error where
    the wrapped keys are exchanged too. Statistics are not asked for with a key that is not given,
    which ends the process.
    """
    publish(dataset, keyring, 123_456_789)  # larger than those that take its place
    published = read(dataset.path, columns, filters=filters, keyring=keyring)
    copy, done = opened_part.checked_copy, list[Path]()

    def then_exchange(path: Path, entry: FileEntry) -> pa.NativeFile:
        made = copy(path, entry)
        if not done:
            done.append(path)
            exchange(dataset, keyring, path)
        return made

    monkeypatch.setattr(opened_part, "checked_copy", then_exchange)
    if exchange in (without_its_keys, plain):
        first = next(iter_batches(dataset.path, columns, filters=filters, keyring=keyring))
        assert pa.Table.from_batches([first]).equals(published.slice(0, first.num_rows))
    else:
        with pytest.raises(AnonymizeError):
            read(dataset.path, columns, filters=filters, keyring=keyring)
    assert done


@pytest.mark.parametrize("exchange", [older, without_its_keys, another_part, plain, own])
@pytest.mark.parametrize(
    ("columns", "filters"), [(None, None), (["id"], None), (["id"], [("notes", ">", "A")])]
)
def test_what_is_exchanged_before_its_blocks_are_compared_is_refused(
    dataset: Dataset,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    exchange: Callable[[Dataset, Keyring, Path], None],
    columns: list[str] | None,
    filters: list[tuple[str, str, str]] | None,
) -> None:
    """Between the footer, which was right, and the first row group."""
    publish(dataset, keyring, 123_456_789)
    take, done = CheckedBlocks.take_digests, list[Path]()

    def then_exchange(blocks: CheckedBlocks, text: bytes) -> None:
        take(blocks, text)
        if not done:
            done.append(blocks.path)
            exchange(dataset, keyring, blocks.path)

    monkeypatch.setattr(CheckedBlocks, "take_digests", then_exchange)
    with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
        read(dataset.path, columns, filters=filters, keyring=keyring)
    assert done


def test_no_byte_of_a_block_is_read_after_its_digest(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is overwritten before Parquet decodes them."""
    publish(dataset, keyring, 3, parts=1)
    published, read_blocks = read(dataset.path, keyring=keyring), CheckedBlocks.read
    overwritten = list[Path]()

    def then_overwrite(blocks: CheckedBlocks, numbers: Sequence[int]) -> None:
        read_blocks(blocks, numbers)
        blocks.path.write_bytes(bytes(blocks.path.stat().st_size))
        overwritten.append(blocks.path)

    monkeypatch.setattr(CheckedBlocks, "read", then_overwrite)
    assert read(dataset.path, keyring=keyring).equals(published)
    assert overwritten


@pytest.mark.usefixtures("place")
def test_no_byte_of_a_part_is_read_after_its_digest(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is overwritten before Parquet opens it: who holds a reader's keyring could write
    bytes there that decrypt.
    """
    publish(dataset, keyring, 3, parts=1)
    published, opened = read(dataset.path, keyring=keyring), opened_part.open_part

    def overwritten(path: Path, *rest: Any) -> pq.ParquetFile:
        path.write_bytes(bytes(path.stat().st_size))
        return opened(path, *rest)

    monkeypatch.setattr(opened_part, "open_part", overwritten)
    assert read(dataset.path, keyring=keyring).equals(published)


@pytest.mark.parametrize("change", ["grown", "shortened"])
def test_a_part_of_another_size_is_refused(dataset: Dataset, keyring: Keyring, change: str) -> None:
    """One byte more, or one less."""
    part = dataset.folder(2) / FIRST
    data = part.read_bytes()
    part.write_bytes(data + b"\0" if change == "grown" else data[:-1])
    with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
        read(dataset.path, keyring=keyring)


def test_a_copy_in_a_file_has_no_name_and_is_the_owners_alone(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part larger than what is held in memory leaves nothing in the folder for such files."""
    as_of_earlier_releases(monkeypatch)
    monkeypatch.setattr(checked_copy, "IN_MEMORY_BYTES", 0)
    folder, made = tmp_path / "temporary", []
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    temporary = tempfile.TemporaryFile

    def watched(**options: Any) -> Any:
        file = temporary(**options)
        made.append(stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    batches = iter_batches(dataset.path, keyring=keyring)
    next(batches)
    assert made == [0o600]
    assert not list(folder.iterdir())


def test_no_room_for_a_copy_is_told(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the part and the variable that chooses another folder."""
    as_of_earlier_releases(monkeypatch)
    monkeypatch.setattr(checked_copy, "IN_MEMORY_BYTES", 0)

    def full(handle: int, data: memoryview) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(checked_copy, "_write", full)
    with pytest.raises(DatasetError, match=r"part-00000\.parquet: .*no space left.*TMPDIR"):
        read(dataset.path, keyring=keyring)
