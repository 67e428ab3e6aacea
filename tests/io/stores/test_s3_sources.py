"""Sources in S3: read as the same bytes on disk are, found as files are, refused with one error."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import open_source
from anonymize.io.stores import ranges
from anonymize.policy import SourceSpec
from tests.object_store import SECRET_KEY, StoreServer, bucket, s3  # noqa: F401

CSV = b"id,city\n" + b"".join(b"%d,town %d\n" % (n, n % 7) for n in range(2000))


def table(address: str, **options: Any) -> pa.Table:
    """Return all rows of a source."""
    return pa.Table.from_batches(list(open_source(address, **options).batches()))


def everything(rows: int = 3000) -> pa.Table:
    """Return a table with many types."""
    return pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "x": pa.array([n / 7 if n % 5 else None for n in range(rows)], pa.float64()),
            "text": [f"text {n} ä" for n in range(rows)],
            "day": pa.array(range(rows), pa.date32()),
            "at": pa.array(range(rows), pa.timestamp("us", "UTC")),
            "flag": [n % 2 == 0 for n in range(rows)],
            "list": [[n, n + 1] for n in range(rows)],
            "struct": [{"a": n, "b": str(n)} for n in range(rows)],
        }
    )


@pytest.mark.parametrize(
    "name, data",
    [
        ("t.csv", CSV),
        ("t.csv.gz", gzip.compress(CSV)),
        ("t.jsonl", b"".join(b'{"id": %d, "city": "town %d"}\n' % (n, n) for n in range(500))),
    ],
)
def test_an_object_is_read_as_its_bytes_on_disk(
    s3: Any, bucket: str, tmp_path: Path, name: str, data: bytes
) -> None:
    """Schema, rows and the fingerprint's digest are those of a file."""
    (tmp_path / name).write_bytes(data)
    s3.put_object(Bucket=bucket, Key=f"raw/{name}", Body=data)
    there, here = open_source(f"s3://{bucket}/raw/{name}"), open_source(str(tmp_path / name))
    assert table(there.path).equals(table(here.path))
    assert there.fingerprint()["sha256"] == here.fingerprint()["sha256"]
    assert there.spread().total_rows == here.spread().total_rows


def test_parquet_is_read_by_ranges(s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every type comes back, over blocks far smaller than the file, also a few columns alone."""
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(ranges, "PIECE_BYTES", 300)
    file = io.BytesIO()
    pq.write_table(everything(), file, row_group_size=700)
    s3.put_object(Bucket=bucket, Key="t.parquet", Body=file.getvalue())
    source = open_source(f"s3://{bucket}/t.parquet")
    assert pa.Table.from_batches(list(source.batches())).equals(everything())
    some = pa.Table.from_batches(list(source.batches(["day", "id"])))
    assert some["id"].equals(everything()["id"])


def test_a_prefix_and_a_glob_find_what_a_folder_would(s3: Any, bucket: str) -> None:
    """Hidden names, folders' markers and other formats are skipped; pages of the listing are all
    read.
    """
    for key in ["d/b.csv", "d/a.csv", "d/_tmp/c.csv", "d/.x.csv", "d/readme.md", "d/e/f.csv"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"id\n1\n2\n")
    s3.put_object(Bucket=bucket, Key="d/", Body=b"")
    s3.put_object(Bucket=bucket, Key="data/z.csv", Body=b"id\n1\n")

    def names(path: str) -> list[str]:
        return [str(file.place) for file in open_source(f"s3://{bucket}/{path}").files]

    assert names("d/") == [f"s3://{bucket}/d/{n}" for n in ("a.csv", "b.csv", "e/f.csv")]
    assert names("d") == names("d/")
    assert names("d/*.csv") == [f"s3://{bucket}/d/{n}" for n in ("a.csv", "b.csv")]
    assert names("d/[a]*.csv") == [f"s3://{bucket}/d/a.csv"]
    assert names("**/f.csv") == [f"s3://{bucket}/d/e/f.csv"]


@pytest.mark.soak
def test_more_objects_than_one_page_are_found(s3: Any, bucket: str) -> None:
    """A listing of 1,000 names is not taken for the whole."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        put = lambda n: s3.put_object(Bucket=bucket, Key=f"p/{n:04}.csv", Body=b"id\n1\n")  # noqa: E731
        list(pool.map(put, range(1005)))
    from anonymize.io.stores import find_objects
    from anonymize.policy.addresses import address_of

    address = address_of(f"s3://{bucket}/p/")
    assert address is not None
    assert len(find_objects(address)[0]) == 1005


@pytest.mark.parametrize(
    "path, said",
    [
        ("none.csv", "there is no such object, nor any below it"),
        ("d/*.csv", "matches no object"),
        ("empty.csv", "is empty"),
        ("folder/", "holds no CSV"),
    ],
)
def test_what_is_not_there_is_refused(s3: Any, bucket: str, path: str, said: str) -> None:
    """One clear error for each."""
    s3.put_object(Bucket=bucket, Key="empty.csv", Body=b"")
    s3.put_object(Bucket=bucket, Key="folder/x.md", Body=b"x")
    with pytest.raises(SourceError, match=said) as caught:
        open_source(f"s3://{bucket}/{path}")
    assert f"s3://{bucket}/" in str(caught.value)


def test_a_missing_bucket_is_said(s3: Any) -> None:
    """Not as a missing object."""
    with pytest.raises(SourceError, match="there is no such bucket"):
        open_source("s3://no-such-bucket-here/a.csv")


def test_an_object_replaced_while_it_is_read_is_noticed(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads ask for the object that was opened; no mixture of two is read."""
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 4096)
    monkeypatch.setattr("anonymize.io.sources.csv_files.BLOCK_BYTES", 4096)
    body = CSV * 20
    s3.put_object(Bucket=bucket, Key="a.csv", Body=body.replace(b"id,city\n", b"", 19))
    source = open_source(f"s3://{bucket}/a.csv", header=False)
    batches = source.files[0].batches()
    next(batches)
    s3.put_object(Bucket=bucket, Key="a.csv", Body=body.swapcase())
    with pytest.raises(SourceError, match="changed while it was read"):
        list(batches)
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()


def test_an_object_that_is_removed_is_noticed(s3: Any, bucket: str) -> None:
    """As a change."""
    s3.put_object(Bucket=bucket, Key="a.csv", Body=CSV)
    source = open_source(f"s3://{bucket}/a.csv")
    s3.delete_object(Bucket=bucket, Key="a.csv")
    with pytest.raises(SourceError, match="changed while it was read"):
        source.fingerprint()


def test_lack_of_credentials_and_of_a_profile_is_said(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to set."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(SourceError, match="no AWS credentials are found: set AWS_PROFILE"):
        open_source(f"s3://{bucket}/a.csv")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SourceError, match="profile of the environment"):
        open_source(f"s3://{bucket}/a.csv")


@pytest.mark.parametrize(
    "address, said",
    [
        (f"s3://user:{SECRET_KEY}@bucket/a.csv", "holds credentials"),
        ("s3://a/b.csv", "names no bucket"),
    ],
)
def test_an_address_that_cannot_be_is_refused(address: str, said: str) -> None:
    """In a policy and in a call, without what it holds."""
    for act in (lambda: open_source(address), lambda: SourceSpec(path=address)):
        with pytest.raises((SourceError, ValueError)) as caught:
            act()
        told = str(caught.value).split("[type=")[0]
        assert said in told
        assert SECRET_KEY not in told


def test_nothing_secret_is_in_what_the_server_logs(
    s3: Any, bucket: str, store_server: StoreServer
) -> None:
    """Requests name keys and ranges; neither credentials nor values."""
    s3.put_object(Bucket=bucket, Key="canary.csv", Body=b"name\nXq7CanaryPerson\nOther\n")
    assert table(f"s3://{bucket}/canary.csv", header=True).num_rows == 2
    logged = store_server.logged()
    assert b"canary.csv" in logged
    assert b"CanaryPerson" not in logged
    assert SECRET_KEY.encode() not in logged


def test_places_can_be_sent_to_other_processes(s3: Any, bucket: str) -> None:
    """A partition pickles without a client, and holds no credentials."""
    import pickle

    s3.put_object(Bucket=bucket, Key="a.csv", Body=CSV)
    data = pickle.dumps(open_source(f"s3://{bucket}/a.csv").partitions())
    assert SECRET_KEY.encode() not in data
    assert sum(b.num_rows for b in pickle.loads(data)[0].batches()) == 2000


def test_csv_matches_another_reader(s3: Any, bucket: str) -> None:
    """The rows are those that Arrow's own reader finds."""
    s3.put_object(Bucket=bucket, Key="a.csv", Body=CSV)
    assert table(f"s3://{bucket}/a.csv").equals(pc.read_csv(io.BytesIO(CSV)))


def test_folders_of_a_store_are_columns_whose_values_no_error_shows(s3: Any, bucket: str) -> None:
    """As on disk: the keys are read, and a file is told without its folders."""
    s3.put_object(Bucket=bucket, Key="years/who=Ann/year=2024/a.csv", Body=b"id\n1\n")
    s3.put_object(Bucket=bucket, Key="years/who=Bo/year=2025/b.csv", Body=b"id\n2\n")
    rows = table(f"s3://{bucket}/years/").to_pylist()
    assert rows == [
        {"id": 1, "who": "Ann", "year": 2024},
        {"id": 2, "who": "Bo", "year": 2025},
    ]
    s3.put_object(Bucket=bucket, Key="years/who=Ann/year=2024/a.csv", Body=b"id,x\n1,2\n")
    with pytest.raises(SourceError) as caught:
        table(f"s3://{bucket}/years/")
    assert "Ann" not in str(caught.value)
    assert f"s3://{bucket}/years/…/" in str(caught.value)


def test_lost_credentials_are_not_a_change_of_the_object(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be asked is not said to have changed."""
    s3.put_object(Bucket=bucket, Key="a.csv", Body=CSV)
    source = open_source(f"s3://{bucket}/a.csv")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SourceError, match="profile of the environment"):
        source.check_unchanged()
