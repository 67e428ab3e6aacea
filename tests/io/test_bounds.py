"""Sources made to fill memory or to end a process: one error, bounded memory."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from anonymize.errors import AnonymizeError, KeysError, PolicyError, SourceError
from anonymize.io import blocks, open_source
from anonymize.io.blocks import Splitter
from anonymize.keys import open_keyring
from tests.plan.helpers import policy_of


class Endless(io.RawIOBase):
    """A row without an end; counts what is asked of it."""

    given = 0

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Give as much as fits."""
        self.given += len(into)
        return len(into)


def test_a_cell_without_end_is_refused_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more is read, nor a larger buffer made, than the limit says."""
    limit = 1 << 22
    monkeypatch.setattr(blocks, "LONGEST_ROW_BYTES", limit)
    stream = Endless()
    with pytest.raises(SourceError, match="longer than 4 MiB"):
        Splitter(stream, "s.csv", size=1 << 16).next()
    assert limit < stream.given <= limit + 1


def test_a_row_may_be_longer_than_a_gigabyte_nowhere() -> None:
    """The limit itself is in proportion to what a machine has."""
    assert blocks.LONGEST_ROW_BYTES <= 1 << 28


@pytest.mark.parametrize("name,row", [("s.csv.gz", b"a,b\n"), ("s.jsonl.gz", b'{"a": 1}\n')])
def test_a_file_that_grows_beyond_measure_when_decompressed_is_refused(
    name: str, row: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes become gigabytes; many equal rows of a real table do not."""
    monkeypatch.setattr(blocks, "MOST_UNPACKED_BYTES", 1 << 20)
    path = tmp_path / name
    path.write_bytes(gzip.compress(row * (1 << 21)))
    with pytest.raises(SourceError, match="250 times as long when decompressed"):
        list(open_source(str(path), header=True if "csv" in name else None).batches())
    path.write_bytes(gzip.compress(b"".join(b'{"a": %d}\n' % (at % 7919) for at in range(200_000))))
    if "jsonl" in name:
        assert sum(batch.num_rows for batch in open_source(str(path)).batches()) == 200_000


@pytest.mark.parametrize("field", ["source", "sink", "hierarchy"])
def test_a_nul_in_a_path_of_a_policy_is_named(field: str) -> None:
    """A system call would stop reading there, or Python raise an error of its own."""
    paths = {"source": "p.csv", "sink": "out", "hierarchy": "h.csv", field: "a\\0b"}
    text = f'source: {{path: "{paths["source"]}"}}\nsink: {{path: "{paths["sink"]}"}}\n'
    from anonymize.policy import parse_policy

    with pytest.raises(PolicyError, match=r"(?s)NUL"):
        parse_policy(
            f"version: 1\ndataset: d\npurpose: t\n{text}columns:\n"
            f'  c: {{action: generalize, hierarchy: "{paths["hierarchy"]}"}}\n',
            "p.yaml",
        )
    assert policy_of("  c: {action: keep}\n")


def test_a_nul_in_a_path_given_to_the_library_is_named() -> None:
    """As an error of ours."""
    with pytest.raises(SourceError, match="NUL"):
        open_source("a\0b.csv")
    with pytest.raises(KeysError, match="NUL"):
        open_keyring("file:a\0b")
    assert issubclass(SourceError, AnonymizeError)
