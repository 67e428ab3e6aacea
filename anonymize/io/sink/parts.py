"""Writes encrypted Parquet parts: AES-256-GCM for footer and every column. A part appears under its
name only when complete.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from anonymize.durable import sync_file, sync_folder, write_error
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError
from anonymize.io.interface import KeyWrapper
from anonymize.io.sink.column_keys import column_keys
from anonymize.io.sink.hashed_file import BLOCKS_KEY, HashedFile
from anonymize.io.sink.layouts import WRITER_OPTIONS
from anonymize.io.sink.parquet_keys import Envelopes, crypto_factory
from anonymize.io.sink.part_info import PartInfo, plain_part_schema, sidecar_of
from anonymize.io.sink.row_groups import GroupOrder, RowGroups, reordered
from anonymize.names import Layout

COMPRESSION = "zstd"
_UNFINISHED = "the thread that writes it ended before it was done; nothing was kept of this part"
MAGIC = b"PARE"
"""First and last bytes of a Parquet file with an encrypted footer."""


class PartWriter:
    """Writes record batches to one encrypted part. A background thread encodes and encrypts.

    A context manager: leaving it normally completes the part (`info` is then set), leaving it by an
    error removes all of it. Memory: four row groups.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        *,
        keyring: KeyWrapper,
        key: str,
        restricted: Mapping[str, Iterable[str]] | None = None,
        order: GroupOrder | None = None,
        layout: Layout = "standard",
        told: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Open ``path`` for batches of ``schema``; ``restricted`` maps a key name to the columns
        that only it opens.

        ``order`` gives the order of each row group's rows; None keeps theirs. ``layout`` says who
        must be able to read it. ``told`` is the metadata of fields by column, which lies in the
        encrypted footer; the schema's own is left out.

        Raises:
            ArgumentError: a restricted column is not in the schema, or is claimed by two keys.
            DatasetError: the folder cannot be written to.
            KeysError: the keyring lacks a key.
        """
        self.path, self.schema = path, plain_part_schema(schema, told)
        self._key = str(key)
        self._restricted = {
            str(name): tuple(columns)
            for name, columns in (restricted or {}).items()
            if tuple(columns)
        }
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
        self._rows = self._rows_written = self._groups_cut = 0
        self._order = order
        self._nulls = dict.fromkeys(self.schema.names, 0)
        self._waiting = RowGroups(self.schema)
        self._groups: queue.Queue[pa.Table | None] = queue.Queue(1)
        self._failure: BaseException | None = None
        self._ended = False
        self.info: PartInfo | None = None
        keys = column_keys(self.schema, self._key, self._restricted, str(path))
        try:
            path.parent.mkdir(exist_ok=True)
            properties = self._properties(crypto_factory(Envelopes(keyring)), keys)
            self._sink = HashedFile(self._temporary)
            self._writer = pq.ParquetWriter(
                pa.PythonFile(self._sink, mode="w"),
                self.schema,
                compression=COMPRESSION,
                encryption_properties=properties,
                **WRITER_OPTIONS[layout],
            )
        except BaseException as error:  # noqa: BLE001 - cleaned up, then raised
            self._remove()
            raise self._translated(error) from None
        self._thread = threading.Thread(target=self._work, name="coatcheck-write", daemon=True)
        self._thread.start()

    def _properties(
        self, factory: pe.CryptoFactory, keys: dict[str, list[str]]
    ) -> pe.FileEncryptionProperties:
        layout = {"column_keys": keys} if self._restricted else {"uniform_encryption": True}
        config = pe.EncryptionConfiguration(
            footer_key=self._key,
            encryption_algorithm="AES_GCM_V1",
            plaintext_footer=False,
            double_wrapping=False,  # parquet_keys.py wraps them, with envelope keys of 256 bits
            internal_key_material=False,
            data_key_length_bits=256,
            **layout,
        )
        return factory.file_encryption_properties(
            pe.KmsConnectionConfig(), config, parquet_file_path=str(self._temporary)
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch; returns before it is on disk.

        Raises:
            DatasetError: an earlier batch could not be written (a full disk).
            ArgumentError: the batch's columns or types are not the schema's.
        """
        if not batch.schema.equals(self.schema, check_metadata=False):
            raise ArgumentError(
                "a batch has other columns or types than the part", place=str(self.path)
            )
        self._rows += batch.num_rows
        for name, column in zip(self.schema.names, batch.columns, strict=True):
            self._nulls[name] += column.null_count
        self._flush(self._waiting.add(batch))

    def _flush(self, group: pa.Table | None) -> None:
        if group is not None:
            self._hand_over(group)

    def _hand_over(self, group: pa.Table | None) -> None:
        while (
            self._failure is None and self._thread.is_alive()
        ):  # for example after a fork, which does not copy the thread
            with contextlib.suppress(queue.Full):
                self._groups.put(group, timeout=1)
                return
        raise self._translated(
            self._failure or DatasetError(_UNFINISHED, place=str(self.path))
        ) from None

    def _work(self) -> None:
        try:
            while (group := self._groups.get()) is not None:
                if self._order is not None:
                    order = self._order(self._groups_cut, group.num_rows)
                    columns = group.columns
                    del group
                    group = reordered(columns, self.schema, order)
                self._groups_cut += 1
                self._writer.write_table(group, row_group_size=max(1, group.num_rows))
                self._rows_written += group.num_rows
                del group
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            self._failure = error

    def end(self) -> None:
        """Give all waiting rows to the thread; no further batch is allowed. The last row groups are
        written while the caller goes on.

        Raises:
            DatasetError: an earlier batch could not be written.
        """
        if not self._ended:
            self._flush(self._waiting.rest())
            self._hand_over(None)
            self._ended = True

    def close(self) -> PartInfo:
        """Complete the part: write, sync and name it; return its info.

        Raises:
            DatasetError: it could not be written; nothing is left.
        """
        try:
            self.end()
            self._thread.join()
            if self._failure is not None or self._rows_written != self._rows:
                raise self._failure or DatasetError(_UNFINISHED, place=str(self.path))
            # the footer, which is written after this, brings the digests of all bytes before it
            self._writer.add_key_value_metadata({BLOCKS_KEY: self._sink.end_blocks()})
            self._writer.close()
            self._sink.sync()
            self._sink.close()
            self._name_it()
        except BaseException as error:  # noqa: BLE001 - cleaned up, then raised
            self.discard()
            raise self._translated(error) from None
        self.info = PartInfo(
            self.path,
            self._rows,
            self._sink.size_bytes,
            self._sink.digest.hexdigest(),
            self._key,
            self._restricted,
            self._nulls,
            self._sink.tail_bytes,
            self._sink.tail_digest.hexdigest(),
        )
        return self.info

    def _name_it(self) -> None:
        sidecar = sidecar_of(self._temporary)
        sync_file(sidecar)
        os.replace(sidecar, sidecar_of(self.path))
        os.replace(self._temporary, self.path)
        sync_folder(self.path.parent)

    def discard(self) -> None:
        """Stop, and remove what was written."""
        self._failure = self._failure or DatasetError("discarded", place=str(self.path))
        while self._thread.is_alive():
            try:
                self._groups.put_nowait(None)
            except queue.Full:
                pass
            self._thread.join(0.05)
        self._sink.abandon()
        try:
            if self._writer.is_open:
                self._writer.close()
        except BaseException:  # noqa: BLE001, S110 - it is being thrown away
            pass
        self._remove()

    def _remove(self) -> None:
        sink = getattr(self, "_sink", None)
        if sink is not None:
            sink.close()
        for path in (self._temporary, sidecar_of(self._temporary)):
            path.unlink(missing_ok=True)

    def _translated(self, error: BaseException) -> BaseException:
        if isinstance(error, AnonymizeError) or not isinstance(error, Exception):
            return error
        return write_error(error, self.path)

    def __enter__(self) -> PartWriter:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the part, or discard it after an error."""
        if error is not None:
            self.discard()
        elif self.info is None:
            self.close()


def write_part(
    path: Path,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    *,
    keyring: KeyWrapper,
    key: str,
    restricted: Mapping[str, Iterable[str]] | None = None,
    order: GroupOrder | None = None,
    layout: Layout = "standard",
    meanwhile: Callable[[], None] | None = None,
    told: Mapping[str, Mapping[str, str]] | None = None,
) -> PartInfo:
    """Write ``batches`` to ``path`` as one encrypted part; return its info.

    The part and its sidecar of wrapped keys appear under their names only when complete and on
    disk; after any error nothing is left. ``restricted`` maps a key name to the columns that only
    it opens. ``order`` maps the number of a row group and its row count to the order in which the
    rows are written. ``layout`` says who must be able to read it. ``meanwhile`` is called after the
    last batch, while another thread still compresses and encrypts the last row groups; an error in
    it discards the part. ``told`` is metadata of fields; see `PartWriter`.

    Raises:
        DatasetError: the disk is full, or the folder cannot be written to.
        ArgumentError, KeysError: see `PartWriter`.
    """
    writer = PartWriter(
        Path(path),
        schema,
        keyring=keyring,
        key=key,
        restricted=restricted,
        order=order,
        layout=layout,
        told=told,
    )
    with writer:
        for batch in batches:
            writer.write(batch)
        if meanwhile is not None:
            writer.end()
            meanwhile()
    assert writer.info is not None
    return writer.info
