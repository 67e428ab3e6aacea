"""What waits on disk is encrypted, read as it was written, and comes to another process whole."""

from __future__ import annotations

import io
import os
import pickle

import pytest

from anonymize.io.stores.spool import Spool, SpoolStream, SpoolWriter

DATA = bytes(range(256)) * 300


def test_a_write_that_takes_a_part_goes_on_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a disk does that becomes full; what is there is never taken for all."""
    whole, spool = os.pwrite, Spool()

    def part(handle: int, data: memoryview, offset: int) -> int:
        return whole(handle, data[:1000], offset)

    monkeypatch.setattr(os, "pwrite", part)
    spool.append(DATA)
    spool.append(b"end")
    assert spool.size_bytes == len(DATA) + 3
    assert spool.read(0, len(DATA) + 9) == DATA + b"end"


def test_another_process_reads_it_by_handle_and_key() -> None:
    """After the first one closed it; the file has no name and holds no byte as it is."""
    spool = Spool()
    with SpoolWriter(spool) as file:
        file.write(DATA)
    handle, key = os.dup(spool.fileno()), pickle.loads(pickle.dumps(spool.opened_by))
    spool.close()
    assert os.fstat(handle).st_nlink == 0
    assert DATA[:256] not in os.pread(handle, len(DATA), 0)
    with io.BufferedReader(SpoolStream(Spool.of(handle, key))) as file:
        assert file.read() == DATA


def test_the_key_is_in_no_repr() -> None:
    """Nor in what an error would show of a result."""
    key = Spool().opened_by
    assert key.key.hex() not in repr(key)
    assert repr(key.key) not in repr(key)
