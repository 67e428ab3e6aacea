"""Versions: published whole, listed, verified, rolled back, expired, wrapped anew."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.dataset import (
    Dataset,
    FileEntry,
    Manifest,
    export,
    iter_batches,
    read,
    read_quarantine,
)
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.frames import to_pandas
from anonymize.dataset.selection import ColumnsLeftOut
from anonymize.dataset.view import current_text
from anonymize.errors import ArgumentError, DatasetError, KeysError, SourceError
from anonymize.io import write_part
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName

from .conftest import CANARY, publish, rows


def test_a_published_version_is_current_and_verifies(dataset: Dataset, keyring: Keyring) -> None:
    """Two versions, the second is read by default, both can be."""
    assert dataset.current == 2
    assert dataset.versions() == (1, 2)
    for version in (1, 2):
        assert dataset.verify(version, keyring=keyring).ok
        assert read(dataset, version=version, keyring=keyring).equals(rows(version))
    assert read(dataset.path, keyring=keyring).equals(rows(2))


def test_nothing_on_disk_shows_a_value(dataset: Dataset) -> None:
    """Parts, quarantine, manifests, audit log, lock."""
    for path in dataset.path.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes()
            assert b"02000" not in path.read_bytes()


def test_versions_are_numbered_in_six_digits_and_current_is_one_line(dataset: Dataset) -> None:
    """The layout that the README shows."""
    assert (dataset.path / "CURRENT").read_bytes() == b"000002\n"
    assert sorted(p.name for p in dataset.folder(2).iterdir()) == [
        "_KEY_MATERIAL_FOR_part-00000.parquet.json",
        "_KEY_MATERIAL_FOR_part-00001.parquet.json",
        "manifest.json",
        "part-00000.parquet",
        "part-00001.parquet",
        "quarantine",
    ]


def test_the_manifest_states_files_rows_and_where_the_log_stood(
    dataset: Dataset, keyring: Keyring
) -> None:
    """As signed."""
    manifest = dataset.manifest(keyring=keyring)
    assert manifest.version == 2
    assert [file.rows for file in manifest.files] == [150, 150, 0]
    assert manifest.audit.entries == 1
    assert manifest.audit.head == dataset.audit.entries()[0].hash
    assert (
        json.loads((dataset.folder(2) / "manifest.json").read_bytes())["signature"]["algorithm"]
        == "Ed25519"
    )


def test_a_stage_left_without_publishing_leaves_nothing(dataset: Dataset, keyring: Keyring) -> None:
    """By an error or without one."""
    with pytest.raises(RuntimeError), dataset.stage() as staging:  # noqa: PT012
        (staging.path / "part-00000.parquet").write_bytes(b"x")
        raise RuntimeError
    with dataset.stage():
        pass
    assert sorted(p.name for p in dataset.versions_path.iterdir()) == ["000001", "000002"]
    assert publish(dataset, keyring, 3).version == 3


def test_publishing_checks_every_file_first(dataset: Dataset, keyring: Keyring) -> None:
    """Unlisted, missing, changed: each is refused and the old version stays."""
    table = rows(3)
    for spoil in ("extra", "missing", "changed"):
        with pytest.raises(DatasetError), dataset.stage() as staging:  # noqa: PT012
            info = write_part(
                staging.path / "part-00000.parquet",
                table.schema,
                table.to_batches(),
                keyring=keyring,
                key="training",
            )
            path = staging.path / "part-00000.parquet"
            if spoil == "extra":
                (staging.path / "notes.txt").write_text("x")
            elif spoil == "missing":
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:-1] + b"x")
            staging.publish(
                Manifest(dataset="people", files=(FileEntry.of(info, staging.path),)), keyring
            )
        assert dataset.current == 2
        assert dataset.versions() == (1, 2)


def test_a_readers_keyring_cannot_publish(
    dataset: Dataset, keyring: Keyring, reader: Keyring
) -> None:
    """It cannot sign; nothing becomes visible."""
    with pytest.raises(KeysError), dataset.stage() as staging:  # noqa: PT012
        info = write_part(
            staging.path / "part-00000.parquet", rows(3).schema, [], keyring=keyring, key="training"
        )
        staging.publish(
            Manifest(dataset="people", files=(FileEntry.of(info, staging.path),)), reader
        )
    assert dataset.versions() == (1, 2)


def test_rollback_moves_current_and_is_audited(dataset: Dataset, keyring: Keyring) -> None:
    """Later versions stay, and the next publication gets a new number."""
    dataset.rollback(1, keyring=keyring, why="wrong zip")
    assert dataset.current == 1
    assert read(dataset, keyring=keyring).equals(rows(1))
    assert dataset.verify(keyring=keyring).ok
    assert dataset.audit.entries()[-1].why == "wrong zip"
    assert publish(dataset, keyring, 3).version == 3


def test_a_rollback_to_the_current_version_enters_no_act(
    dataset: Dataset, keyring: Keyring
) -> None:
    """It can be asked for again, and puts back a ``CURRENT`` that was set by hand."""
    acts = len(dataset.audit.entries())
    assert dataset.rollback(2, keyring=keyring, why="twice").version == 2
    assert len(dataset.audit.entries()) == acts
    (dataset.path / "CURRENT").write_bytes(current_text(1))
    dataset.rollback(2, keyring=keyring, why="by hand")
    assert (dataset.current, len(dataset.audit.entries())) == (2, acts)


def test_rollback_to_a_damaged_or_missing_version_is_refused(
    dataset: Dataset, keyring: Keyring
) -> None:
    """The current version stays."""
    path = dataset.folder(1) / "part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-5] + b"xxxxx")
    for version, words in ((1, "bytes are not those"), (9, "no version 9; it has 1, 2")):
        with pytest.raises(DatasetError, match=words):
            dataset.rollback(version, keyring=keyring)
    assert dataset.current == 2


def test_expire_keeps_the_newest_and_the_current(dataset: Dataset, keyring: Keyring) -> None:
    """A number is never used again."""
    publish(dataset, keyring, 3)
    dataset.rollback(1, keyring=keyring)
    assert dataset.expire(keep=1, keyring=keyring) == (2,)
    assert dataset.versions() == (1, 3)
    assert dataset.expire(keep=1, keyring=keyring) == ()
    assert publish(dataset, keyring, 4).version == 4


def test_two_runs_at_once_are_refused_by_name(dataset: Dataset) -> None:
    """Process, host and start of the other."""
    with (
        dataset.lock(),
        pytest.raises(DatasetError, match=rf"another run .* process {os.getpid()} on .* since 20"),
        Dataset(dataset.path).lock(),
    ):
        pass
    with Dataset(dataset.path).lock():
        pass


def test_another_process_is_kept_out_too(dataset: Dataset, keyring: Keyring) -> None:
    """Not only another object of this one."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(str(dataset.path), ready, done))
    process.start()
    assert ready.wait(60)
    with pytest.raises(DatasetError, match=f"process {process.pid}"):
        publish(dataset, keyring, 3)
    assert read(dataset, keyring=keyring).equals(rows(2))
    process.kill()
    process.join()
    assert publish(dataset, keyring, 3).version == 3


def _hold(path: str, ready: object, done: object) -> None:
    with Dataset(path).lock():
        ready.set()  # type: ignore[attr-defined]
        done.wait(60)  # type: ignore[attr-defined]


def test_reading_nothing_is_a_clear_error(tmp_path: Path, keyring: Keyring) -> None:
    """No dataset, no version yet."""
    with pytest.raises(DatasetError, match="no such dataset"):
        read(tmp_path / "nowhere", keyring=keyring)
    dataset = Dataset(tmp_path / "empty")
    with dataset.lock():
        pass
    with pytest.raises(DatasetError, match="no version is published yet"):
        read(dataset, keyring=keyring)


def test_a_reader_gets_the_columns_of_its_keys(dataset: Dataset, reader: Keyring) -> None:
    """The rest is left out with a warning, or refused when asked for by name."""
    with pytest.warns(ColumnsLeftOut, match="notes"):
        assert read(dataset, keyring=reader).column_names == ["id", "zip"]
    assert read(dataset, ["zip"], keyring=reader).equals(rows(2).select(["zip"]))
    with pytest.raises(
        KeysError, match="column notes: key 'clinical' is not in the keyring; it holds"
    ):
        read(dataset, ["notes"], keyring=reader)
    with pytest.raises(KeysError, match="reveal"):
        list(read_quarantine(dataset, keyring=reader))


def test_the_quarantine_is_read_by_who_holds_its_key(dataset: Dataset, keyring: Keyring) -> None:
    """And is never part of what readers get."""
    assert pa.Table.from_batches(list(read_quarantine(dataset, keyring=keyring))).num_rows == 1
    assert read(dataset, keyring=keyring).num_rows == 300


def test_a_stranger_reads_nothing(dataset: Dataset, tmp_path: Path) -> None:
    """Another keyring, with keys of the same names."""
    stranger = init_keyring(
        f"file:{tmp_path}/other.json", [KeyName("training"), KeyName("clinical")]
    )
    with pytest.raises(
        KeysError,
        match=r"signature of another keyring: its 'signing\.1' has fingerprint [0-9a-f]{16}",
    ):
        read(dataset, keyring=stranger)


def test_pandas_keeps_whole_numbers_whole(tmp_path: Path, keyring: Keyring) -> None:
    """A null does not turn an id into a float."""
    table = pa.table(
        {
            "id": pa.array([2**60 + 1, None]),
            "ok": pa.array([True, None]),
            "n": [1, 2],
            "s": ["x", None],
        }
    )
    dataset = Dataset(tmp_path / "d")
    with dataset.stage() as staging:
        info = write_part(
            staging.path / "part-00000.parquet",
            table.schema,
            table.to_batches(),
            keyring=keyring,
            key="training",
        )
        staging.publish(Manifest(dataset="d", files=(FileEntry.of(info, staging.path),)), keyring)
    frame = read(dataset, keyring=keyring, as_="pandas")
    assert frame["id"][0] == 2**60 + 1
    assert [str(t) for t in frame.dtypes[:3]] == ["Int64", "boolean", "int64"]
    with pytest.raises(ArgumentError, match="arrow, batches, pandas"):
        read(dataset, keyring=keyring, as_="numpy")  # type: ignore[call-overload]


def test_pandas_keeps_whole_numbers_inside_structs_and_lists_whole() -> None:
    """Beside nulls too, where Arrow's own conversion gives floats."""
    big = 2**60 + 1
    columns = {
        "s": [{"n": big}, {"n": None}],
        "l": [[big, None], None],
        "m": [[("k", big)], [("k", None)]],
    }
    types = {
        "s": pa.struct([("n", pa.int64())]),
        "l": pa.list_(pa.int64()),
        "m": pa.map_(pa.string(), pa.int64()),
    }
    table = pa.table(
        {"a": [1, 2]} | {name: pa.array(columns[name], kind) for name, kind in types.items()}
    )
    frame = to_pandas(table)
    assert list(frame) == ["a", "s", "l", "m"]
    assert {name: frame[name].tolist() for name in columns} == columns


def test_unknown_columns_are_refused_by_the_reader(dataset: Dataset, keyring: Keyring) -> None:
    """With the nearest name."""
    with pytest.raises(SourceError, match="did you mean 'zip'"):
        read(dataset, ["zipp"], keyring=keyring)


def test_a_rotated_key_opens_old_versions_after_wrapping_anew(tmp_path: Path) -> None:
    """No byte of data moves, the manifest stays valid, and the old key version is no longer
    needed.
    """
    from anonymize.keys import destroy_key

    uri = f"file:{tmp_path}/keyring.json"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    before = {p.name: p.read_bytes() for p in dataset.folder(1).iterdir() if p.suffix == ".parquet"}
    keyring = rotate_key(KeyName("training"), uri)
    assert (
        dataset.rewrap(keyring=keyring, why="yearly") == 2
    )  # the quarantine's key was not rotated
    assert dataset.rewrap(keyring=keyring, why="yearly") == 0
    keyring = destroy_key(KeyName("training"), 1, uri)
    assert read(dataset, keyring=keyring).equals(rows(1))
    assert dataset.verify(keyring=keyring).ok
    assert {
        p.name: p.read_bytes() for p in dataset.folder(1).iterdir() if p.suffix == ".parquet"
    } == before
    assert dataset.audit.entries()[-1].what == "rewrap"


def test_a_rotation_signs_for_no_keys_that_were_changed(tmp_path: Path) -> None:
    """Another part's keys in place of a part's open, and would have been entered as right."""
    uri = f"file:{tmp_path}/keyring.json"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    one, other = (
        dataset.folder(1) / f"_KEY_MATERIAL_FOR_part-0000{number}.parquet.json" for number in (0, 1)
    )
    one.write_bytes(other.read_bytes())
    keyring = rotate_key(KeyName("training"), uri)
    with pytest.raises(DatasetError, match="wrapped keys were changed or replaced"):
        dataset.rewrap(keyring=keyring)
    assert dataset.audit.entries()[-1].what == "publish"
    assert not list(dataset.folder(1).glob(".*"))


def test_a_rotation_is_one_entry_and_reads_the_log_a_fixed_number_of_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many versions there are; it was read, and grew, once for each."""
    uri = f"file:{tmp_path}/keyring.json"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    looks = []
    for count in (2, 6):
        dataset = Dataset(tmp_path / f"d{count}")
        for number in range(1, count + 1):
            publish(dataset, keyring, number, parts=1)
        keyring = rotate_key(KeyName("training"), uri)
        real, calls = AuditLog._look, [0]

        def look(self: AuditLog, real: Any = real, calls: list[int] = calls) -> Any:
            calls[0] += 1
            return real(self)

        monkeypatch.setattr(AuditLog, "_look", look)
        assert dataset.rewrap(keyring=keyring, name=KeyName("training")) == count
        monkeypatch.undo()
        looks.append(calls[0])
        assert len(dataset.audit.entries()) == count + 1
        assert dataset.verify(1, keyring=keyring).ok
    assert looks[0] == looks[1]


def test_a_destroyed_key_makes_versions_unreadable(tmp_path: Path) -> None:
    """Crypto-shredding: the bytes are there, nobody opens them."""
    from anonymize.keys import destroy_key

    uri = f"file:{tmp_path}/keyring.json"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    rotate_key(KeyName("training"), uri)
    keyring = destroy_key(KeyName("training"), 1, uri)
    with pytest.raises(KeysError, match=r"training\.1"):
        read(dataset, keyring=keyring)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_export_is_one_plain_file_for_its_owner(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, ending: str
) -> None:
    """It reads back, is complete or absent, and overwrites nothing unasked."""
    from anonymize.io import open_source

    path = tmp_path / f"out.{ending}"
    assert export(dataset, path, keyring=keyring) == 300
    assert path.stat().st_mode & 0o777 == 0o600
    assert pa.Table.from_batches(list(open_source(str(path)).batches())).equals(rows(2))
    with pytest.raises(ArgumentError, match="is there already"):
        export(dataset, path, keyring=keyring)
    with pytest.raises(ArgumentError, match="ending"):
        export(dataset, tmp_path / "out.xlsx", keyring=keyring)


def test_batches_come_in_order_and_as_few_columns_as_asked(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Part after part."""
    batches = list(iter_batches(dataset, ["id"], keyring=keyring))
    assert [batch.schema.names for batch in batches] == [["id"]] * len(batches)
    assert [n for batch in batches for n in batch["id"].to_pylist()] == rows(2)["id"].to_pylist()


def test_columns_come_in_the_order_asked_for(dataset: Dataset, keyring: Keyring) -> None:
    """A matrix made of them has its columns where the caller thinks they are."""
    assert read(dataset, ["notes", "id"], keyring=keyring).column_names == ["notes", "id"]
    assert list(read(dataset, ["zip", "id", "zip"], keyring=keyring, as_="pandas")) == ["zip", "id"]


def test_one_text_is_no_list_of_columns(dataset: Dataset, keyring: Keyring) -> None:
    """Its letters would be taken for names."""
    with pytest.raises(ArgumentError, match="columns: is of type str; give a list of texts"):
        read(dataset, "id", keyring=keyring)


def test_a_version_published_while_another_is_opened_does_not_mix_with_it(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CURRENT moves between two looks, at it and at the log: it is looked at again."""
    looks = iter([1, 2])
    monkeypatch.setattr(Dataset, "said", lambda _: next(looks))
    assert read(dataset, keyring=keyring)["id"].to_pylist() == rows(2)["id"].to_pylist()


def test_bytes_that_are_no_text_are_not_for_csv(tmp_path: Path, keyring: Keyring) -> None:
    """The columns are named, and what can hold them."""
    table, dataset = pa.table({"id": [1], "photo": [b"\xff\xd8"]}), Dataset(tmp_path / "people")
    with dataset.stage() as staging:
        info = write_part(
            staging.path / "part-00000.parquet",
            table.schema,
            table.to_batches(),
            keyring=keyring,
            key="training",
        )
        staging.publish(
            Manifest(dataset="people", files=(FileEntry.of(info, staging.path),)), keyring
        )
    with pytest.raises(ArgumentError, match=r"bytes that are no text \(photo\); choose"):
        export(dataset, tmp_path / "people.csv", keyring=keyring)
    assert export(dataset, tmp_path / "people.jsonl", keyring=keyring) == 1
    assert not list(tmp_path.glob("*.csv"))
