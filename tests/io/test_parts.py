"""Encrypted parts: complete under their name or absent, and nothing readable in them without the
key.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError
from anonymize.io import PartWriter, write_part
from anonymize.io.sink import parquet_keys as kms
from anonymize.io.sink.hashed_file import BLOCKS_KEY
from anonymize.io.sink.parquet_keys import Envelopes, crypto_factory
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, init_keyring

CANARY = "CANARY-7f3a91c2"
TABLE = pa.table(
    {
        "id": list(range(2_000)),
        "notes": [f"{CANARY} {i}" for i in range(2_000)],
        "deep": [[{"x": f"{CANARY}-deep", "m": [("k", CANARY)]}]] * 2_000,
    },
    schema=pa.schema(
        [
            ("id", pa.int64()),
            ("notes", pa.string()),
            (
                "deep",
                pa.list_(pa.struct([("x", pa.string()), ("m", pa.map_(pa.string(), pa.string()))])),
            ),
        ]
    ),
)


def read_back(path: Path, keyring: Keyring, columns: list[str] | None = None) -> pa.Table:
    """Read a part with a factory of its own."""
    envelopes = Envelopes(keyring)
    for text in json.loads(sidecar_of(path).read_bytes()).values():
        entry = json.loads(text)
        with contextlib.suppress(KeysError):
            envelopes.admit(entry["wrappedDEK"], entry["masterKeyID"])
    properties = crypto_factory(envelopes).file_decryption_properties(
        pe.KmsConnectionConfig(), pe.DecryptionConfiguration(), parquet_file_path=str(path)
    )
    with pq.ParquetFile(path, decryption_properties=properties) as file:
        return file.read(columns=columns)


@pytest.mark.parametrize(
    "restricted", [None, {"clinical": ["notes", "deep"]}, {"clinical": ["deep"]}]
)
def test_a_part_reads_back_and_shows_nothing_without_its_keys(
    tmp_path: Path, keyring: Keyring, restricted: dict[str, list[str]] | None
) -> None:
    """No value, no column name, in the part or beside it."""
    path = tmp_path / "part.parquet"
    info = write_part(
        path,
        TABLE.schema,
        TABLE.to_batches(),
        keyring=keyring,
        key="training",
        restricted=restricted,
    )
    assert read_back(path, keyring).equals(TABLE)
    assert (info.rows, info.size_bytes) == (2_000, path.stat().st_size)
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for word in (CANARY, "notes", "deep"):
        assert word.encode() not in on_disk
    assert path.read_bytes()[:4] == path.read_bytes()[-4:] == b"PARE"
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, sidecar_of(path).name])


def test_metadata_and_statistics_are_not_written_in_the_clear(
    tmp_path: Path, keyring: Keyring
) -> None:
    """A schema's metadata may hold anything, so none is written, not even encrypted. The digests of
    the part's blocks are all there is.
    """
    schema = pa.schema(
        [pa.field("a", pa.string(), metadata={"sample": CANARY})], metadata={"pandas": CANARY}
    )
    batch = pa.record_batch([pa.array([CANARY])], schema=schema)
    path = tmp_path / "part.parquet"
    write_part(path, schema, [batch], keyring=keyring, key="training")
    back = read_back(path, keyring)
    assert list(back.schema.metadata) == [BLOCKS_KEY.encode()]
    assert back.schema.field(0).metadata is None


def test_who_lacks_the_restricted_key_reads_the_rest_only(tmp_path: Path, keyring: Keyring) -> None:
    """The restricted column's values, bounds and counts stay closed."""
    path = tmp_path / "part.parquet"
    write_part(
        path,
        TABLE.schema,
        TABLE.to_batches(),
        keyring=keyring,
        key="training",
        restricted={"clinical": ["notes"]},
    )
    reader = init_keyring(f"file:{tmp_path}/other.json", ["pseudonym"])

    class Partial:
        """The first keyring without ``clinical``."""

        def unwrap(self, wrapped: str, aad: bytes) -> bytes:
            return (reader if ":clinical." in wrapped else keyring).unwrap(wrapped, aad)

    assert read_back(path, Partial(), ["id"]).num_rows == 2_000  # type: ignore[arg-type]
    with pytest.raises(KeysError):
        read_back(path, Partial(), ["notes"])  # type: ignore[arg-type]
    with pytest.raises(KeysError):
        read_back(path, reader, ["id"])


@pytest.mark.parametrize(
    "name", ["a,b", "a;b", "a:b", " a", "a.b", "ü", "a b", "a\nb", '"a"', "[]", "list"]
)
def test_a_restricted_column_of_any_name_is_covered_or_refused(
    tmp_path: Path, keyring: Keyring, name: str
) -> None:
    """Parquet's options join names with commas and colons: none may slip into the clear by its
    spelling.
    """
    table = pa.table({name: [CANARY] * 100, "other": [CANARY + "2"] * 100})
    path = tmp_path / "part.parquet"
    try:
        write_part(
            path,
            table.schema,
            table.to_batches(),
            keyring=keyring,
            key="training",
            restricted={"clinical": [name]},
        )
    except ArgumentError:
        assert os.listdir(tmp_path) == []
        return
    assert CANARY.encode() not in path.read_bytes()
    assert read_back(path, keyring).equals(table)


def test_restricted_columns_must_exist_and_have_one_key(tmp_path: Path, keyring: Keyring) -> None:
    """Both mistakes would leave somebody believing in a protection."""
    for restricted in ({"clinical": ["nots"]}, {"clinical": ["notes"], "training": ["notes"]}):
        with pytest.raises(ArgumentError):
            write_part(
                tmp_path / "p",
                TABLE.schema,
                [],
                keyring=keyring,
                key="training",
                restricted=restricted,
            )
    assert os.listdir(tmp_path) == []


def test_an_unknown_key_leaves_nothing(tmp_path: Path, keyring: Keyring) -> None:
    """The error names the key."""
    with pytest.raises(KeysError, match="'trainning'"):
        write_part(tmp_path / "p", TABLE.schema, [], keyring=keyring, key="trainning")
    assert os.listdir(tmp_path) == []


def test_a_source_that_fails_half_way_leaves_nothing(tmp_path: Path, keyring: Keyring) -> None:
    """Complete or absent; the caller's error comes through."""

    def batches() -> Iterator[pa.RecordBatch]:
        yield from TABLE.to_batches() * 3
        raise DatasetError("half-way")

    with pytest.raises(DatasetError, match="half-way"):
        write_part(tmp_path / "p", TABLE.schema, batches(), keyring=keyring, key="training")
    assert os.listdir(tmp_path) == []


def test_what_is_done_meanwhile_runs_once_after_the_last_batch_and_its_error_leaves_no_part(
    tmp_path: Path, keyring: Keyring
) -> None:
    """The scan of what was written runs beside the encryption of the last row groups, and may
    refuse.
    """
    done = []
    info = write_part(
        tmp_path / "kept",
        TABLE.schema,
        TABLE.to_batches(),
        keyring=keyring,
        key="training",
        meanwhile=lambda: done.append(1),
    )
    assert (info.rows, done) == (TABLE.num_rows, [1])

    def refuse() -> None:
        raise ArgumentError("refused")

    with pytest.raises(ArgumentError):
        write_part(
            tmp_path / "refused",
            TABLE.schema,
            TABLE.to_batches(),
            keyring=keyring,
            key="training",
            meanwhile=refuse,
        )
    assert not [path for path in tmp_path.iterdir() if "refused" in path.name]


def test_a_batch_of_another_schema_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    """A changed type must not be cast in silence."""
    with (
        pytest.raises(ArgumentError),
        PartWriter(tmp_path / "p", TABLE.schema, keyring=keyring, key="training") as writer,
    ):
        writer.write(pa.record_batch({"id": ["x"]}))
    assert os.listdir(tmp_path) == []


def test_a_part_without_rows_still_has_its_columns(tmp_path: Path, keyring: Keyring) -> None:
    """All rows of a partition may be filtered away."""
    path = tmp_path / "p"
    assert write_part(path, TABLE.schema, [], keyring=keyring, key="training").rows == 0
    assert read_back(path, keyring).schema.equals(TABLE.schema)


def test_many_small_batches_become_few_row_groups(tmp_path: Path, keyring: Keyring) -> None:
    """Encrypted Parquet ends at 32,767 row groups."""
    batch = pa.record_batch({"a": [1]})
    path = tmp_path / "p"
    write_part(path, batch.schema, (batch for _ in range(40_000)), keyring=keyring, key="training")
    assert read_back(path, keyring).num_rows == 40_000


def test_a_retried_part_replaces_the_first(tmp_path: Path, keyring: Keyring) -> None:
    """Tasks are retried."""
    path = tmp_path / "p"
    write_part(path, TABLE.schema, TABLE.to_batches(), keyring=keyring, key="training")
    write_part(path, TABLE.schema, TABLE.slice(0, 5).to_batches(), keyring=keyring, key="training")
    assert read_back(path, keyring).num_rows == 5


def test_every_file_has_keys_of_its_own(tmp_path: Path, keyring: Keyring) -> None:
    """Equal content, nothing equal on disk; one file's wrapped keys do not open another."""
    paths = [tmp_path / "1", tmp_path / "2"]
    infos = [
        write_part(path, TABLE.schema, TABLE.to_batches(), keyring=keyring, key="training")
        for path in paths
    ]
    assert infos[0].sha256 != infos[1].sha256
    os.replace(sidecar_of(paths[0]), sidecar_of(paths[1]))
    with pytest.raises((OSError, AnonymizeError)):
        read_back(paths[1], keyring)


def test_data_keys_are_wrapped_with_256_bits_and_bound_to_their_key_name(keyring: Keyring) -> None:
    """A data key wrapped under one name is not opened under another; every flipped character is
    refused.
    """
    envelopes = Envelopes(keyring)
    wrapped = envelopes.wrap(b"k" * 32, "training")
    assert Envelopes(keyring).unwrap(wrapped, "training") == b"k" * 32
    with pytest.raises(KeysError):
        Envelopes(keyring).unwrap(wrapped, "clinical")
    for at in range(len(wrapped)):
        for other in {"A", "B", chr(ord(wrapped[at]) + 1), "="} - {wrapped[at]}:
            with pytest.raises(KeysError):
                assert (
                    Envelopes(keyring).unwrap(wrapped[:at] + other + wrapped[at + 1 :], "training")
                    is None
                )


def test_a_wrapped_key_has_one_spelling() -> None:
    """The bits that base64 leaves over are zero; the same bytes in another spelling are refused."""
    for size in range(40, 44):
        wrapped = kms.join("ck1:training.1:" + "x" * size, bytes(size))
        assert kms.split(wrapped)[1] == bytes(size)
        for part in (1, 2):
            parts = wrapped.split(".")
            text = parts[part].rstrip("=")
            if len(text) % 4:
                parts[part] = text[:-1] + chr(ord(text[-1]) + 1) + parts[part][len(text) :]
                with pytest.raises(KeysError):
                    kms.split(".".join(parts))


BIG_PART = """
    import sys, resource, signal
    from pathlib import Path
    import pyarrow as pa, numpy as np
    from anonymize.errors import DatasetError
    from anonymize.io import write_part
    from anonymize.keys import open_keyring
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    def batches():
        for _ in range(200):
            yield pa.record_batch({"a": np.random.default_rng().random(200_000)})
    try:
        schema = pa.schema([("a", pa.float64())])
        keyring = open_keyring(sys.argv[1])
        write_part(Path(sys.argv[2]), schema, batches(), keyring=keyring, key="training")
    except DatasetError as error:
        print(error)
        raise SystemExit(2)
"""


def _run_big_part(
    uri: str, path: Path, limit: int | None = None
) -> subprocess.CompletedProcess[str]:
    def before() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-c", textwrap.dedent(BIG_PART), uri, str(path)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=600, preexec_fn=before, check=False
    )


def test_a_file_size_limit_is_a_clear_error_and_leaves_nothing(
    tmp_path: Path, keyring_uri: str
) -> None:
    """The kernel refuses a write in the middle."""
    done = _run_big_part(keyring_uri, tmp_path / "p", limit=20 << 20)
    assert done.returncode == 2, done.stderr
    assert "beyond the limit" in done.stdout
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_a_clear_error_and_leaves_nothing(tmp_path: Path, keyring_uri: str) -> None:
    """On a small tmpfs."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a tmpfs is not permitted here")
    try:
        done = _run_big_part(keyring_uri, tmp_path / "p")
        assert done.returncode == 2, done.stderr
        assert "the disk is full; nothing was kept" in done.stdout
        assert os.listdir(tmp_path) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
