"""What a run publishes of a large object is what it publishes of the same file on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.errors import SourceError
from anonymize.io.sources import pieces, record_ends
from anonymize.io.stores import S3Object
from tests.object_store import bucket, s3  # noqa: F401
from tests.pipeline.test_divided import COLUMNS, POLICY, write_people

PARTS = 4


def _policy(folder: Path, source: str, sink: str) -> Path:
    said = {
        **POLICY,
        "columns": {name: {"accept": "tried", **rule} for name, rule in COLUMNS.items()},
        "source": {"path": source},
        "sink": {"path": str(folder / sink)},
    }
    policy = folder / f"{sink}.yaml"
    policy.write_text(json.dumps(said))
    return policy


def _published(folder: Path, keyring_uri: str, source: str, sink: str, **where: Any) -> Any:
    policy = _policy(folder, source, sink)
    parts = len(anonymize.run(policy, keyring=keyring_uri, **where).as_dict()["parts"])
    keyring = anonymize.keys.open_keyring(keyring_uri)
    batches = read_quarantine(folder / sink, keyring=keyring)
    aside = [row for batch in batches for row in batch.to_pylist()]
    facts = anonymize.dataset.open_facts(Dataset(folder / sink).manifest(keyring=keyring), keyring)
    rows = read(folder / sink, keyring=keyring).combine_chunks()
    return parts, rows, sorted(aside, key=str), facts["source"]["files"][0]["sha256"]


def _divide(folder: Path, patch: pytest.MonkeyPatch) -> None:
    size_bytes = (folder / "people.jsonl").stat().st_size
    patch.setattr(pieces, "SMALLEST_BYTES", size_bytes // PARTS)
    patch.setattr(pieces, "MOST_PIECES", 1 << 40)
    patch.setattr(record_ends, "CHUNK_BYTES", 1 << 12)


@pytest.mark.soak
def test_a_large_object_gives_the_rows_of_the_file(
    s3: Any, bucket: str, tmp_path: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte in the order of the source, with one process and with two; so do quarantine,
    which tells rows of the object, and digest.
    """
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'vault.db'}")
    write_people(tmp_path)
    file = tmp_path / "people.jsonl"
    whole = _published(tmp_path, keyring_uri, str(file), "file", workers=1)
    s3.put_object(Bucket=bucket, Key="people.jsonl", Body=file.read_bytes())
    _divide(tmp_path, monkeypatch)
    for count in (1, 2):
        source, sink = f"s3://{bucket}/people.jsonl", f"object-{count}"
        made = _published(tmp_path, keyring_uri, source, sink, workers=count)
        assert (whole[0], made[0]) == (1, PARTS)
        assert made[1].equals(whole[1])
        assert made[2:] == whole[2:]
    assert max(row["row"] for row in whole[2]) > 300


def test_an_object_that_changes_between_planning_and_writing_is_refused(
    s3: Any, bucket: str, tmp_path: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address is in the error, and nothing is published."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'vault.db'}")
    write_people(tmp_path)
    body = (tmp_path / "people.jsonl").read_bytes()
    s3.put_object(Bucket=bucket, Key="people.jsonl", Body=body)
    _divide(tmp_path, monkeypatch)
    opened = S3Object.open_span

    def replaced(self: S3Object, first: int, end: int) -> Any:
        s3.put_object(Bucket=bucket, Key="people.jsonl", Body=body.replace(b"town", b"city"))
        return opened(self, first, end)

    monkeypatch.setattr(S3Object, "open_span", replaced)
    policy = _policy(tmp_path, f"s3://{bucket}/people.jsonl", "out")
    with pytest.raises(SourceError, match=rf"s3://{bucket}/people\.jsonl: changed"):
        anonymize.run(policy, keyring=keyring_uri, workers=1)
    assert Dataset(tmp_path / "out").current is None
