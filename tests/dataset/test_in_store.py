"""A dataset in S3: every act and every check is that of a dataset in a folder."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.dataset import Dataset, export, read, read_quarantine
from anonymize.errors import BusyError, DatasetAwayError, DatasetError
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName
from anonymize.readers import TrainingBatches
from tests.object_store import SECRET_KEY, StoreServer, bucket, s3  # noqa: F401

from .conftest import CANARY, publish, rows


@pytest.fixture
def address(bucket: str) -> str:
    """The address of a dataset that is not there yet."""
    return f"s3://{bucket}/sets/people"


@pytest.fixture
def stored(address: str, keyring: Keyring) -> str:
    """The address of a dataset with versions 1 and 2."""
    for version in (1, 2):
        publish(Dataset(address), keyring, version)
    return address


def keys(s3: Any, address: str) -> list[str]:
    """Return the keys of all objects below an address."""
    name, _, prefix = address.removeprefix("s3://").partition("/")
    found = s3.list_objects_v2(Bucket=name, Prefix=prefix).get("Contents", [])
    return [one["Key"] for one in found]


def bucket_of(address: str) -> str:
    """Return an address's bucket."""
    return address.split("/")[2]


def test_versions_are_read_verified_and_exported(
    stored: str, keyring: Keyring, tmp_path: Path
) -> None:
    """Full content, by number and as current; the quarantine too."""
    dataset = Dataset(stored)
    assert dataset.versions(keyring) == (1, 2)
    assert dataset.current == 2
    for version in (1, 2):
        assert read(stored, version=version, keyring=keyring).equals(rows(version))
        found = dataset.verify(version, keyring=keyring)
        assert (found.problems, found.files, found.rows) == ((), 3, 300)
    assert pa.Table.from_batches(read_quarantine(stored, keyring=keyring)).num_rows == 1
    assert export(stored, tmp_path / "x.parquet", keyring=keyring) == 300


def test_readers_read_from_the_store(stored: str, keyring: Keyring, keyring_uri: str) -> None:
    """Filters, streams, and batches in an object that another process unpickled, by the address or
    an open dataset.
    """
    plain = rows(2)["id"].to_pylist()
    for place in (stored, Dataset(stored)):
        found = read(place, ["id"], filters=[("id", ">=", 2200)], keyring=keyring)
        assert found["id"].to_pylist() == plain[200:]
        made = TrainingBatches(place, ["id"], keyring=keyring_uri)
        for batches in (made, pickle.loads(pickle.dumps(made))):
            assert [n for batch in batches for n in batch["id"]] == plain
    assert Dataset(stored).to_batches(keyring=keyring).read_all().equals(rows(2))


def test_every_object_is_encrypted_on_request(s3: Any, stored: str) -> None:
    """HeadObject says so of each, CURRENT included."""
    found = keys(s3, stored)
    assert len(found) == 2 * 7 + 2
    for key in found:
        head = s3.head_object(Bucket=bucket_of(stored), Key=key)
        assert head["ServerSideEncryption"] == "AES256"


def test_a_key_of_the_customers_encrypts_and_later_acts_go_on_with_it(
    s3: Any,
    address: str,
    keyring: Keyring,
) -> None:
    """`bucket_key` is asked for on every object, also by an act that does not name it."""
    publish(Dataset(address, bucket_key="alias/mine"), keyring, 1)
    publish(Dataset(address), keyring, 2)
    Dataset(address).rollback(1, keyring=keyring, why="test")
    for key in keys(s3, address):
        head = s3.head_object(Bucket=bucket_of(address), Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")


def test_rollback_and_expire_move_what_readers_see(
    s3: Any,
    stored: str,
    keyring: Keyring,
) -> None:
    """And an expired version's objects are gone."""
    Dataset(stored).rollback(1, keyring=keyring, why="test")
    assert read(stored, keyring=keyring).equals(rows(1))
    publish(Dataset(stored), keyring, 3)
    assert Dataset(stored).expire(keep=1, keyring=keyring, why="test") == (1, 2)
    assert Dataset(stored).versions(keyring) == (3,)
    assert Dataset(stored).verify(keyring=keyring).ok
    assert len(keys(s3, stored)) == 7 + 2


def test_of_two_publishers_one_wins_and_of_the_other_nothing_is_left(
    s3: Any,
    stored: str,
    keyring: Keyring,
) -> None:
    """The second began before the first was done."""
    slow = Dataset(stored)
    with slow.lock(keyring):
        publish(Dataset(stored), keyring, 3)
        before = set(keys(s3, stored))
        with pytest.raises(BusyError, match="another process changed the dataset meanwhile"):
            publish(slow, keyring, 4)
    assert set(keys(s3, stored)) == before
    assert read(stored, keyring=keyring).equals(rows(3))
    publish(slow, keyring, 4)
    assert Dataset(stored).verify(keyring=keyring).ok
    assert Dataset(stored).current == 4


def test_of_many_writers_of_a_new_object_one_wins(s3: Any, bucket: str) -> None:
    """The server of these tests decides that as stores do; it let several win under load."""

    def said(name: str) -> str:
        try:
            s3.put_object(Bucket=bucket, Key=name, Body=b"x" * 1000, IfNoneMatch="*")
        except s3.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return "written"

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(said, ["slow"] * 4))
    assert answers == ["PreconditionFailed"] * 3 + ["written"]


def test_many_publishers_at_once_leave_one_sound_dataset(stored: str, keyring: Keyring) -> None:
    """Who is refused is told so; the others' versions follow one another."""
    done: list[int] = []
    start = threading.Barrier(4)

    def work(number: int) -> None:
        dataset = Dataset(stored)
        start.wait(60)
        try:
            done.append(publish(dataset, keyring, number).version)
        except BusyError:
            done.append(0)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = sorted(version for version in done if version)
    assert len(done) == 4
    assert won
    assert won == list(range(3, 3 + len(won)))
    assert Dataset(stored).versions(keyring) == (1, 2, *won)
    assert Dataset(stored).verify(keyring=keyring).ok


def test_a_first_publication_cannot_be_made_twice(address: str, keyring: Keyring) -> None:
    """Two that saw an empty prefix: one creates CURRENT."""
    first, second = Dataset(address), Dataset(address)
    with second.lock(keyring):
        publish(first, keyring, 1)
        with pytest.raises(BusyError):
            publish(second, keyring, 2)
    assert Dataset(address).versions(keyring) == (1,)


def test_an_entry_that_others_make_meanwhile_loses_no_run(stored: str, keyring: Keyring) -> None:
    """A reveal's entry in the log does not make hours of work void."""
    slow = Dataset(stored)
    with slow.lock(keyring):
        other = Dataset(stored)
        other.audit.append("reveal", keyring=keyring, why="test")
        other.tell()
        publish(slow, keyring, 3)
    entries = Dataset(stored).audit.entries(keyring)
    assert [entry.what for entry in entries] == ["publish", "publish", "reveal", "publish"]


def test_keys_are_wrapped_again(s3: Any, address: str, tmp_path: Path) -> None:
    """Rotation replaces the wrapped keys' objects and no part."""
    uri = f"file:{tmp_path / 'own' / 'keyring.json'}"
    names = [KeyName(name) for name in ("training", "clinical", "reveal")]
    publish(Dataset(address), init_keyring(uri, names), 1)
    before = {key for key in keys(s3, address) if key.endswith(".parquet")}
    keyring = rotate_key(KeyName("training"), uri)
    assert Dataset(address).rewrap(keyring=keyring, why="yearly") == 2
    assert Dataset(address).rewrap(keyring=keyring, why="yearly") == 0
    assert {key for key in keys(s3, address) if key.endswith(".parquet")} == before
    assert len(keys(s3, address)) == 7 + 2
    assert Dataset(address).verify(keyring=keyring).ok
    assert read(address, keyring=keyring).equals(rows(1))


def test_a_store_without_checksums_is_read_back(
    s3: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has is compared byte for byte, and refused if it is something else."""
    from anonymize.io.stores import folder
    from anonymize.policy.addresses import address_of

    class NoChecksums:
        """The client, of a store that says none."""

        def __getattr__(self, name: str) -> Any:
            return getattr(s3, name)

        def head_object(self, **arguments: Any) -> Any:
            """Return the answer without its checksum."""
            answer = dict(s3.head_object(**arguments))
            answer.pop("ChecksumSHA256", None)
            return answer

    monkeypatch.setattr(folder, "s3_client", lambda *arguments: NoChecksums())
    address = address_of(f"s3://{bucket}/x")
    assert address is not None
    store = folder.StoreFolder(address)
    (tmp_path / "part").write_bytes(b"what is written")
    assert store.write_new("versions/a/part", tmp_path / "part").size_bytes == 15
    monkeypatch.setattr(folder, "_digest_of", lambda path: b"other".ljust(32))
    with pytest.raises(DatasetError, match="has other bytes"):
        store.write_new("versions/a/other", tmp_path / "part")
    assert keys(s3, f"s3://{bucket}/x") == ["x/versions/a/part"]


@pytest.mark.parametrize("kind", ["part-00001.parquet", "manifest.json", "audit.jsonl", ".json"])
def test_a_changed_byte_is_refused(
    s3: Any,
    address: str,
    keyring: Keyring,
    kind: str,
) -> None:
    """In every kind of object, by readers and by verify."""
    publish(Dataset(address), keyring, 1)
    key = next(key for key in keys(s3, address) if key.endswith(kind))
    name = bucket_of(address)
    data = bytearray(s3.get_object(Bucket=name, Key=key)["Body"].read())
    data[len(data) // 2] ^= 1
    s3.put_object(Bucket=name, Key=key, Body=bytes(data))
    with pytest.raises(DatasetError) as caught:
        read(address, keyring=keyring)
    assert address in str(caught.value)
    assert "coatcheck-store-" not in str(caught.value)
    assert not Dataset(address).verify(keyring=keyring).ok


def test_a_missing_part_is_said_with_its_address(
    s3: Any,
    stored: str,
    keyring: Keyring,
) -> None:
    """By verify and by readers."""
    for key in keys(s3, stored):
        if key.endswith("part-00001.parquet"):
            s3.delete_object(Bucket=bucket_of(stored), Key=key)
    problems = Dataset(stored).verify(keyring=keyring).problems
    assert str(problems[0]).startswith(f"{stored}/versions/000002/part-00001.parquet")
    with pytest.raises(DatasetError, match="is missing or may not be read"):
        read(stored, keyring=keyring)


@pytest.mark.parametrize(
    "data",
    [
        b"000002\n",
        b"{}",
        b'{"bucket_key":"","files":{"../../x":"audit/a/b"},"format":1,"small":{},"written":""}',
        b'{"bucket_key":"","files":{"audit.jsonl":"../x"},"format":1,"small":{},"written":""}',
        b'{"bucket_key":"","files":{},"format":1,"small":{"x":""},"written":""}',
    ],
)
def test_a_state_that_leads_out_of_the_dataset_is_refused(
    s3: Any,
    address: str,
    data: bytes,
) -> None:
    """CURRENT is not signed, so it is not trusted."""
    name, _, prefix = address.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=name, Key=f"{prefix}/CURRENT", Body=data)
    with pytest.raises(DatasetError, match="is damaged, or no dataset's"):
        Dataset(address)


def test_what_a_killed_run_left_is_never_seen_and_removed_when_it_is_old(
    s3: Any,
    stored: str,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its objects are in no state; younger ones may be of a run at work."""
    name, _, prefix = stored.removeprefix("s3://").partition("/")
    left = f"{prefix}/versions/deadbeef/part-00000.parquet"
    s3.put_object(Bucket=name, Key=left, Body=b"PARE")
    assert Dataset(stored).verify(keyring=keyring).ok
    publish(Dataset(stored), keyring, 3)
    assert left in keys(s3, stored)
    monkeypatch.setattr("anonymize.dataset.mirror.LEFT_FOR", -2 * _day())
    publish(Dataset(stored), keyring, 4)
    assert left not in keys(s3, stored)
    assert Dataset(stored).verify(3, keyring=keyring).ok


def _day() -> Any:
    from datetime import timedelta

    return timedelta(days=1)


def test_no_value_and_no_secret_is_in_the_store_or_its_log(
    s3: Any,
    stored: str,
    store_server: StoreServer,
) -> None:
    """Every byte of every object, and what the server logged."""
    for key in keys(s3, stored):
        data = s3.get_object(Bucket=bucket_of(stored), Key=key)["Body"].read()
        assert CANARY.encode() not in data
        assert SECRET_KEY.encode() not in data
    logged = store_server.logged()
    assert b"CURRENT" in logged
    assert CANARY.encode() not in logged
    assert SECRET_KEY.encode() not in logged


def test_nothing_stays_on_this_machine(stored: str, keyring: Keyring) -> None:
    """The folder goes with the object that made it."""
    dataset = Dataset(stored)
    folder = dataset.path
    assert read(dataset, keyring=keyring).num_rows == 300
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    del dataset
    assert not folder.exists()


def test_a_large_part_is_written_in_parts_and_its_checksum_is_compared(
    s3: Any,
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the store has is what was written; if not, it is removed and refused."""
    import os

    from anonymize.io.stores import folder
    from anonymize.policy.addresses import address_of

    address = address_of(f"s3://{bucket}/x")
    assert address is not None
    store = folder.StoreFolder(address)
    (tmp_path / "big").write_bytes(os.urandom((17 << 20) + 1))
    written = store.write_new("versions/a/big", tmp_path / "big")
    head = s3.head_object(Bucket=bucket, Key="x/versions/a/big")
    assert head["ETag"].endswith('-3"')
    assert written.size_bytes == head["ContentLength"]
    right = folder._checksum
    monkeypatch.setattr(folder, "_checksum", lambda path: (right(path)[0], b"other".ljust(32)))
    with pytest.raises(DatasetError, match="another checksum"):
        store.write_new("versions/a/other", tmp_path / "big")
    assert keys(s3, f"s3://{bucket}/x") == ["x/versions/a/big"]


def test_a_store_that_is_away_publishes_nothing(
    stored: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is worth a retry, and the dataset is as before."""
    dataset = Dataset(stored)
    real = type(dataset.mirror.store).replace  # type: ignore[union-attr]

    def away(*arguments: Any) -> str:
        raise DatasetAwayError("the store cannot be reached: test")

    monkeypatch.setattr("anonymize.io.stores.folder.StoreFolder.replace", away)
    with pytest.raises(DatasetAwayError):
        publish(dataset, keyring, 3)
    monkeypatch.setattr("anonymize.io.stores.folder.StoreFolder.replace", real)
    assert Dataset(stored).current == 2
    assert publish(dataset, keyring, 3).version == 3
    assert Dataset(stored).verify(keyring=keyring).ok


def test_no_such_dataset_is_said_of_an_empty_prefix(address: str, keyring: Keyring) -> None:
    """As of a folder."""
    with pytest.raises(DatasetError, match="no version is published yet"):
        read(address, keyring=keyring)
    with pytest.raises(DatasetError, match="no such dataset"):
        Dataset(address).rollback(1, keyring=keyring)
    with pytest.raises(DatasetError, match="there is no such bucket"):
        Dataset("s3://no-such-bucket-here/x")


def test_a_reader_sees_what_was_published_since(stored: str, keyring: Keyring) -> None:
    """It looks at the store again whenever it is asked."""
    dataset = Dataset(stored)
    assert dataset.manifest(keyring=keyring).version == 2
    publish(Dataset(stored), keyring, 3)
    assert dataset.manifest(keyring=keyring).version == 3
