"""One opened part: its footer was compared, its row groups are as they are used."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.dataset.checked_blocks import CheckedBlocks, Span
from anonymize.dataset.checked_copy import checked_copy
from anonymize.dataset.manifest import FileEntry
from anonymize.dataset.openparts import open_part
from anonymize.errors import DatasetError
from anonymize.io.sink.hashed_file import BLOCKS_KEY
from anonymize.io.sink.parquet_keys import Envelopes


@dataclass(frozen=True)
class OpenedPart:
    """A part whose footer was compared with the manifest. Its rows are for `loaded` groups only."""

    file: pq.ParquetFile
    """Reads from memory that nobody else can change."""
    blocks: CheckedBlocks | None
    """None if all of the part was compared when it was opened."""
    path: Path
    process: int = field(default_factory=os.getpid)
    """Where it was opened; see `require_process`."""

    @property
    def schema(self) -> pa.Schema:
        """Return names and types of all columns."""
        return self.file.schema_arrow.remove_metadata()

    def loaded(self, groups: Sequence[int], columns: Sequence[str]) -> Iterator[int]:
        """Yield each of ``groups`` when its chunks of ``columns`` (Parquet's paths) may be read.

        The next group's are read and compared meanwhile; a group's are gone when the next one is
        asked for. So memory holds those of two groups.

        Raises:
            DatasetError: bytes of the part are not those that were published; see also
                `require_process`.
        """
        if self.blocks is None:
            yield from groups
            return
        places = self._places(columns)
        spans = [self._spans(group, places) for group in groups[:1]]
        coming = [self.blocks.load(one) for one in spans]
        for at, group in enumerate(groups):
            coming.pop().wait()
            spans += [self._spans(after, places) for after in groups[at + 1 : at + 2]]
            coming += [self.blocks.load(one) for one in spans[1:]]
            yield group
            self.blocks.release(spans.pop(0), kept=spans[0] if spans else ())

    def _places(self, columns: Sequence[str]) -> list[int]:
        wanted, schema = frozenset(columns), self.file.schema
        count = self.file.metadata.num_columns
        return [at for at in range(count) if schema.column(at).path in wanted]

    def _spans(self, group: int, places: Sequence[int]) -> list[Span]:
        """Return where the column chunks of ``places`` lie, dictionaries included.

        pyarrow ends the process at a column whose key it lacks: these are columns whose keys were
        tried.
        """
        facts = self.file.metadata.row_group(group)
        chunks = [facts.column(at) for at in places]
        starts = [
            one.data_page_offset
            if one.dictionary_page_offset is None
            else min(one.dictionary_page_offset, one.data_page_offset)
            for one in chunks
        ]
        return [
            (start, start + one.total_compressed_size)
            for start, one in zip(starts, chunks, strict=True)
        ]


def require_process(process: int, place: str) -> None:
    """Check that this is still ``process``, and not one that was forked from it: that has no copy
    of its threads, and would wait for them for ever.

    Raises:
        DatasetError: it is not.
    """
    if os.getpid() != process:
        what = "reading it was begun before this process was forked; begin it here"
        raise DatasetError(what, place=place)


@contextmanager
def opened_part(path: Path, entry: FileEntry, envelopes: Envelopes) -> Iterator[OpenedPart]:
    """Open the part at ``path``, whose wrapped keys were tried.

    A part with digests of its blocks is read as its row groups are used; one of an earlier release
    is copied and compared as a whole.

    Raises:
        DatasetError, KeysError: it does not open, or is not what the manifest lists.
    """
    if not entry.tail_sha256:
        with open_part(path, checked_copy(path, entry), envelopes) as file:
            yield OpenedPart(file, None, path)
        return
    blocks = CheckedBlocks(path, entry)
    try:
        with open_part(path, blocks.source, envelopes) as file:
            blocks.take_digests((file.metadata.metadata or {}).get(BLOCKS_KEY.encode(), b""))
            yield OpenedPart(file, blocks, path)
    finally:
        blocks.close()
