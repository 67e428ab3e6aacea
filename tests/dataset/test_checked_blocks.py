"""What is read of a part: the blocks that the columns need, each after its digest."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anonymize.dataset import Dataset, FileEntry, Manifest, checked_blocks, read
from anonymize.dataset.checked_blocks import CheckedBlocks, blocks_of
from anonymize.dataset.opened_part import OpenedPart
from anonymize.dataset.reader import opened_version
from anonymize.errors import DatasetError
from anonymize.io import write_part
from anonymize.io.sink import hashed_file, row_groups
from anonymize.io.sink.hashed_file import BLOCK_BYTES
from anonymize.keys import Keyring
from anonymize.readers import TrainingBatches

ROWS, GROUP = 60_000, 10_000
FIRST = "part-00000.parquet"


def table() -> pa.Table:
    """Return rows of which each column takes several blocks."""
    made = np.random.default_rng(3)
    return pa.table(
        {
            "id": np.arange(ROWS),
            "score": made.normal(size=ROWS),
            "text": [f"{n:x}" for n in made.integers(0, 1 << 60, ROWS)],
            "few": made.integers(0, 5, ROWS).astype(np.int8),
        }
    )


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring
) -> tuple[Dataset, Keyring]:
    """A version of one part with six row groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_groups, "GROUP_ROWS", GROUP)
        return published_in(tmp_path_factory.mktemp("blocks") / "data", keyring, table())


def published_in(place: Path, keyring: Keyring, whole: pa.Table) -> tuple[Dataset, Keyring]:
    """Publish ``whole`` as one part."""
    dataset = Dataset(place)
    with dataset.stage() as staging:
        info = write_part(
            staging.path / FIRST,
            whole.schema,
            whole.to_batches(max_chunksize=GROUP),
            keyring=keyring,
            key="training",
        )
        files = (FileEntry.of(info, staging.path),)
        staging.publish(Manifest(dataset="blocks", files=files), keyring)
    return dataset, keyring


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What is read of files by position: how many bytes, and from where."""
    found, preadv = list[tuple[int, int]](), os.preadv

    def watched(handle: int, into: Any, start: int) -> int:
        count = preadv(handle, into, start)
        found.append((start, count))
        return count

    monkeypatch.setattr(os, "preadv", watched)
    return found


def one_byte_changed(part: Path, at: int) -> Callable[[], object]:
    """Change a byte of a part; return what puts it right."""
    data = part.read_bytes()
    part.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
    return lambda: part.write_bytes(data)


def test_a_projection_reads_the_blocks_of_its_columns_alone(
    published: tuple[Dataset, Keyring], fetched: list[tuple[int, int]]
) -> None:
    """And each once."""
    dataset, keyring = published
    size = (dataset.folder(1) / FIRST).stat().st_size
    few = read(dataset, ["few"], keyring=keyring)
    assert few.equals(table().select(["few"]))
    starts = [start for start, _ in fetched]
    assert len(set(starts)) == len(starts)
    assert sum(count for _, count in fetched) < size / 2


@pytest.mark.parametrize("block", range(40))
def test_a_changed_block_is_refused_where_a_column_in_it_is_read(
    published: tuple[Dataset, Keyring], block: int
) -> None:
    """By every reader of all columns; who reads others gets what was published; verify finds it."""
    dataset, keyring = published
    part = dataset.folder(1) / FIRST
    blocks = -(-part.stat().st_size // BLOCK_BYTES)
    at = min(block * BLOCK_BYTES * blocks // 40 + 5, part.stat().st_size - 1)
    undo = one_byte_changed(part, at)
    try:
        with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
            read(dataset, keyring=keyring)
        refused = 0
        for name in table().column_names:
            try:
                assert read(dataset, [name], keyring=keyring).equals(table().select([name]))
            except DatasetError:
                refused += 1
        assert refused
        assert not dataset.verify(keyring=keyring).ok
    finally:
        undo()


def test_each_byte_of_the_end_is_compared_whatever_is_read(
    published: tuple[Dataset, Keyring],
) -> None:
    """The end holds the footer, and the digests of the blocks."""
    dataset, keyring = published
    opened = opened_version(dataset, None, keyring, None)
    (entry,) = opened.files()
    part = dataset.folder(1) / FIRST
    assert 0 < entry.tail_bytes < entry.size_bytes
    for at in range(entry.size_bytes - entry.tail_bytes, entry.size_bytes, 97):
        undo = one_byte_changed(part, at)
        with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
            CheckedBlocks(part, entry)
        undo()


def test_parquet_sees_zeros_where_nothing_was_compared(published: tuple[Dataset, Keyring]) -> None:
    """Before blocks are asked for, after they were released, and where a block is wrong."""
    dataset, keyring = published
    opened = opened_version(dataset, None, keyring, None)
    (entry,) = opened.files()
    part = dataset.folder(1) / FIRST
    data, ends = part.read_bytes(), entry.size_bytes - entry.tail_bytes
    with opened.opened(entry) as one:
        blocks = one.blocks
        assert blocks is not None
        span = (3 * BLOCK_BYTES, 5 * BLOCK_BYTES)

        def seen(start: int, end: int) -> bytes:
            return bytes(blocks.source.read_at(end - start, start))

        assert seen(0, ends) == bytes(ends)
        assert seen(ends, len(data)) == data[ends:]
        blocks.load([span]).wait()
        assert seen(*span) == data[slice(*span)]
        assert seen(0, span[0]) == bytes(span[0])
        blocks.release([span], kept=[(span[0], span[0] + 1)])
        assert seen(span[0], span[0] + BLOCK_BYTES) == data[span[0] : span[0] + BLOCK_BYTES]
        assert seen(span[0] + BLOCK_BYTES, span[1]) == bytes(BLOCK_BYTES)
        undo = one_byte_changed(part, 7)
        with pytest.raises(DatasetError):
            blocks.load([(0, 1)]).wait()
        assert seen(0, BLOCK_BYTES) == bytes(BLOCK_BYTES)
        undo()


def test_a_block_in_memory_is_not_overwritten(
    published: tuple[Dataset, Keyring], fetched: list[tuple[int, int]]
) -> None:
    """Parquet may be decoding it while a neighbour's row group is read."""
    dataset, keyring = published
    opened = opened_version(dataset, None, keyring, None)
    with opened.opened(opened.files()[0]) as one:
        assert one.blocks is not None
        one.blocks.load([(0, BLOCK_BYTES)]).wait()
        before = len(fetched)
        one.blocks.load([(10, 20), (BLOCK_BYTES - 1, BLOCK_BYTES)]).wait()
        assert len(fetched) == before


@pytest.mark.parametrize("group_rows", [7, 100, 3000])
@pytest.mark.parametrize("alone", [True, False])
def test_row_groups_that_share_blocks_are_read_whole(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, group_rows: int, alone: bool
) -> None:
    """In order, shuffled, filtered, by the reader that copies nothing and by threads."""
    monkeypatch.setattr(row_groups, "GROUP_ROWS", group_rows)
    monkeypatch.setattr(checked_blocks, "_WORTH_THREADS", 1 if alone else 1 << 30)
    whole = table().slice(0, group_rows * 30)
    dataset, _ = published_in(tmp_path / "data", keyring, whole)
    assert read(dataset, keyring=keyring).equals(whole)
    batches = list(dataset.to_batches(["text", "id"], keyring=keyring))
    assert pa.Table.from_batches(batches).equals(whole.select(["text", "id"]))
    some = read(dataset, ["score"], filters=[("id", ">", group_rows * 17)], keyring=keyring)
    assert some.equals(whole.select(["score"]).slice(group_rows * 17 + 1))
    shuffled = TrainingBatches(dataset, ["id"], shuffle=True, seed=3, keyring=keyring)
    found = np.concatenate([batch["id"] for batch in shuffled])
    assert found.tolist() != whole["id"].to_pylist()
    assert sorted(found.tolist()) == whole["id"].to_pylist()


@pytest.mark.parametrize("form", ["table", "batches", "filtered", "training"])
def test_the_digests_are_no_metadata_of_what_is_read(
    published: tuple[Dataset, Keyring], form: str
) -> None:
    """They would be sent along with each batch."""
    dataset, keyring = published
    how: dict[str, Any] = {"keyring": keyring}
    schemas: dict[str, Callable[[], pa.Schema]] = {
        "table": lambda: read(dataset, **how).schema,
        "batches": lambda: next(iter(dataset.to_batches(**how))).schema,
        "filtered": lambda: read(dataset, filters=[("id", "=", 3)], **how).schema,
        "training": lambda: next(TrainingBatches(dataset, **how).record_batches()).schema,
    }
    assert schemas[form]().metadata is None


def test_memory_is_that_of_two_row_groups(
    published: tuple[Dataset, Keyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what was compared, whatever the part's size is."""
    dataset, keyring = published
    most, load = list[int](), CheckedBlocks.load

    def watched(blocks: CheckedBlocks, spans: Any) -> Any:
        most.append(sum(blocks._there))
        return load(blocks, spans)

    monkeypatch.setattr(CheckedBlocks, "load", watched)
    size = (dataset.folder(1) / FIRST).stat().st_size
    for _ in dataset.to_batches(keyring=keyring):
        pass
    assert len(most) == 6
    assert max(most) * BLOCK_BYTES < size / 3


@pytest.mark.parametrize("digests", ["", "AAAA", "no base64!"])
def test_a_part_without_the_digests_of_its_blocks_is_refused(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, digests: str
) -> None:
    """It would be a part that this release did not write."""
    monkeypatch.setattr(hashed_file.HashedFile, "end_blocks", lambda self: digests)
    dataset, _ = published_in(tmp_path / "data", keyring, table().slice(0, 10))
    with pytest.raises(DatasetError):
        read(dataset, keyring=keyring)


def test_addresses_that_cannot_be_reserved_are_told(
    published: tuple[Dataset, Keyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the system's reason."""
    dataset, keyring = published

    def full(*_: object, **__: object) -> Any:
        raise OSError(12, "no")

    monkeypatch.setattr(checked_blocks.mmap, "mmap", full)
    with pytest.raises(DatasetError, match="bytes of addresses cannot be reserved"):
        read(dataset, keyring=keyring)


def test_spans_in_blocks() -> None:
    """Each block once, in order."""
    assert blocks_of([(BLOCK_BYTES - 1, BLOCK_BYTES + 1), (0, 1), (5, 5)]) == [0, 1]


_FORKED = """
import os, sys
from anonymize import AnonymizeError, Dataset
from anonymize.readers import TrainingBatches
how = {"keyring": sys.argv[2], "batch_size": 1000}
ways = {
    "batches": lambda: Dataset(sys.argv[1]).to_batches(["id"], **how),
    "training": lambda: TrainingBatches(sys.argv[1], ["id"], buffer_rows=1000, **how),
}
batches = iter(ways[sys.argv[3]]())
next(batches)
child = os.fork()
try:
    list(batches)
    os._exit(0) if child == 0 else None
except AnonymizeError as error:
    os._exit(7 if "begun before this process was forked" in str(error) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("way", ["batches", "training"])
def test_reading_that_was_begun_before_a_fork_is_refused_in_it(
    published: tuple[Dataset, Keyring], keyring_uri: str, way: str
) -> None:
    """Arrow would wait for ever for threads of which the fork has no copy. The parent reads on."""
    dataset, _ = published
    command = [sys.executable, "-c", _FORKED, str(dataset.path), keyring_uri, way]
    child = subprocess.Popen(command, start_new_session=True)
    try:
        assert child.wait(timeout=60) == 7
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # the fork too, if it hangs


def test_only_the_part_that_is_read_is_asked_for(published: tuple[Dataset, Keyring]) -> None:
    """The chunks of a column begin with their dictionary."""
    dataset, keyring = published
    opened = opened_version(dataset, None, keyring, None)
    with opened.opened(opened.files()[0]) as one:
        assert isinstance(one, OpenedPart)
        chunk = one.file.metadata.row_group(0).column(3)
        assert chunk.dictionary_page_offset < chunk.data_page_offset
        assert one._spans(0, [3])[0][0] == chunk.dictionary_page_offset
