"""What an attacker with write access to the folder can do: nothing that goes unnoticed."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from anonymize.dataset import AuditEntry, Dataset, FileEntry, Manifest, read
from anonymize.dataset.entry import Head
from anonymize.dataset.manifest import open_manifest
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError
from anonymize.io import write_part
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring

from .conftest import CANARY, publish, rows

NOT_PUBLISHED = "is not the manifest that was published as version 2"


def flip(path: Path, bit: int) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def refused(dataset: Dataset, keyring: Keyring) -> str:
    """Return the error of reading; no value may be in it, and verification must see the damage
    too.
    """
    with pytest.raises(AnonymizeError) as error:
        read(dataset, keyring=keyring)
    assert CANARY not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["part-00000.parquet", "part-00001.parquet", "manifest.json"])
def test_a_flipped_bit_is_refused_anywhere(dataset: Dataset, keyring: Keyring, name: str) -> None:
    """A hundred places of each file, the first and last bytes among them."""
    path = dataset.folder(2) / name
    original, dice = path.read_bytes(), random.Random(7)
    bits = len(original) * 8
    for bit in {0, 7, 31, bits - 1, bits - 33, *(dice.randrange(bits) for _ in range(95))}:
        flip(path, bit)
        refused(dataset, keyring)
        try:
            problems = dataset.verify(keyring=keyring).problems
        except AnonymizeError as error:
            problems = error.problems
        assert problems
        path.write_bytes(original)
    assert dataset.verify(keyring=keyring).ok


def test_a_flipped_bit_in_the_wrapped_keys_is_refused_and_found(
    dataset: Dataset, keyring: Keyring
) -> None:
    """By readers, by verify, and by a rollback to the version."""
    path = sidecar_of(dataset.folder(1) / "part-00000.parquet")
    original, dice = path.read_bytes(), random.Random(11)
    for bit in (dice.randrange(len(original) * 8) for _ in range(60)):
        flip(path, bit)
        with pytest.raises(AnonymizeError):
            read(dataset, version=1, keyring=keyring)
        assert dataset.verify(1, keyring=keyring).problems
        path.write_bytes(original)
    flip(path, 800)
    with pytest.raises(DatasetError, match="wrapped keys"):
        dataset.rollback(1, keyring=keyring)
    assert dataset.current == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "{",
        '{"footerKey":5}',
        '{"footerKey":"{}"}',
        '{"footerKey":"' + "[" * 100_000 + '"}',
    ],
)
def test_a_strange_sidecar_is_refused(dataset: Dataset, keyring: Keyring, text: str) -> None:
    """Parquet never sees it."""
    sidecar_of(dataset.folder(2) / "part-00000.parquet").write_text(text)
    assert "wrapped keys" in refused(dataset, keyring)


@pytest.mark.parametrize(
    "name", ["part-00000.parquet", "manifest.json", "_KEY_MATERIAL_FOR_part-00000.parquet.json"]
)
def test_truncations_at_both_ends_and_the_middle_are_refused(
    dataset: Dataset, keyring: Keyring, name: str
) -> None:
    """Eleven lengths from nothing to all but one byte, and no file at all."""
    path = dataset.folder(2) / name
    original = path.read_bytes()
    for size in {
        0,
        1,
        3,
        4,
        5,
        8,
        12,
        len(original) // 2,
        len(original) - 8,
        len(original) - 4,
        len(original) - 1,
    }:
        path.write_bytes(original[:size])
        refused(dataset, keyring)
    path.unlink()
    refused(dataset, keyring)


def _swap(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    os.replace(one, aside)
    os.replace(other, one)
    os.replace(aside, other)


def _swap_parts(dataset: Dataset) -> None:
    one, other = dataset.folder(2) / "part-00000.parquet", dataset.folder(2) / "part-00001.parquet"
    _swap(one, other)
    _swap(sidecar_of(one), sidecar_of(other))


def _older_part(dataset: Dataset) -> None:
    for name in ("part-00000.parquet", "_KEY_MATERIAL_FOR_part-00000.parquet.json"):
        shutil.copy(dataset.folder(1) / name, dataset.folder(2) / name)


def _plaintext(dataset: Dataset) -> None:
    pq.write_table(rows(2).slice(0, 150), dataset.folder(2) / "part-00000.parquet")


def _older_version_under_a_newer_number(dataset: Dataset) -> None:
    shutil.rmtree(dataset.folder(2))
    shutil.copytree(dataset.folder(1), dataset.folder(2))


def _quarantine_as_data(dataset: Dataset) -> None:
    folder = dataset.folder(2)
    for name in ("part-00000.parquet", "_KEY_MATERIAL_FOR_part-00000.parquet.json"):
        shutil.copy(folder / "quarantine" / name, folder / name)


@pytest.mark.parametrize(
    "attack",
    [
        _swap_parts,
        _older_part,
        _plaintext,
        _older_version_under_a_newer_number,
        _quarantine_as_data,
    ],
)
def test_a_whole_file_or_version_put_in_place_of_another_is_refused(
    dataset: Dataset, keyring: Keyring, attack: Callable[[Dataset], None]
) -> None:
    """Each is validly encrypted, or not encrypted at all: Parquet itself would read them."""
    attack(dataset)
    refused(dataset, keyring)
    with pytest.raises(DatasetError):
        dataset.verify(keyring=keyring).require()


def test_another_datasets_version_of_the_same_number_is_refused(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """One key signs both, so the signature alone does not tell them apart; the log does."""
    other = Dataset(tmp_path / "other")
    publish(other, keyring, 1)
    dataset.rollback(1, keyring=keyring)
    shutil.rmtree(dataset.folder(1))
    shutil.copytree(other.folder(1), dataset.folder(1))
    assert "another dataset's, or put in its place" in refused(dataset, keyring)
    assert "is not the manifest that was published" in str(
        dataset.verify(keyring=keyring).problems[0]
    )


def test_a_plaintext_part_is_refused_even_if_the_manifest_lists_it(
    tmp_path: Path, keyring: Keyring
) -> None:
    """A mistake of our own would be caught as well."""
    dataset = Dataset(tmp_path / "d")
    with (  # noqa: PT012
        pytest.raises(DatasetError, match="not encrypted Parquet"),
        dataset.stage() as staging,
    ):
        path = staging.path / "part-00000.parquet"
        pq.write_table(rows(1), path)
        sidecar_of(path).write_text("{}")
        from anonymize.io.sources.places import sha256_of

        entry = FileEntry(
            path=path.name,
            rows=300,
            size_bytes=path.stat().st_size,
            sha256=sha256_of(path),
            key="training",
        )
        staging.publish(Manifest(dataset="d", files=(entry,)), keyring)


def test_an_added_file_is_found_by_verify(dataset: Dataset, keyring: Keyring) -> None:
    """Readers do not look at it: they read what is listed."""
    (dataset.folder(2) / "part-00002.parquet").write_bytes(b"PARE")
    assert read(dataset, keyring=keyring).equals(rows(2))
    problems = dataset.verify(keyring=keyring).problems
    assert [problem.what for problem in problems] == ["is not listed in the manifest"]


def test_a_link_in_place_of_a_part_is_found(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Even if what it leads to has the right bytes."""
    part = dataset.folder(2) / "part-00000.parquet"
    os.replace(part, tmp_path / "elsewhere")
    part.symlink_to(tmp_path / "elsewhere")
    assert "not a plain file" in str(dataset.verify(keyring=keyring).problems[0])


@pytest.mark.parametrize(
    "text", [b"", b"2\n", b"000002", b"../../etc\n", b"000002\n\n", b"\xff" * 7, b"000009\n"]
)
def test_a_damaged_current_is_refused(dataset: Dataset, keyring: Keyring, text: bytes) -> None:
    """Or one that leads nowhere."""
    (dataset.path / "CURRENT").write_bytes(text)
    refused(dataset, keyring)


def test_current_set_back_by_hand_is_found_by_verify(dataset: Dataset, keyring: Keyring) -> None:
    """An old version is a valid version; the audit log says which one should be current."""
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "the audit log says 2" in str(dataset.verify(keyring=keyring).problems[0])


def test_a_manifest_of_a_path_outside_is_refused() -> None:
    """Paths stay inside the version's folder."""
    for path in ("../x", "/etc/passwd", "a/../../x", "", ".hidden", "a\\b", "./x/.."):
        with pytest.raises(ValueError, match=r"leads out|validation error"):
            FileEntry(path=path, rows=0, size_bytes=0, sha256="0" * 64, key="k")


def test_a_manifest_signed_by_another_key_is_refused(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """An insider with a signing key of their own and the file keys is still an outsider to
    readers.
    """
    from anonymize.keys import init_keyring

    other = init_keyring(f"file:{tmp_path}/other.json", [])
    manifest = dataset.manifest(keyring=keyring)
    (dataset.folder(2) / "manifest.json").write_bytes(manifest.signed(other))
    assert NOT_PUBLISHED in refused(dataset, keyring)
    with pytest.raises(KeysError, match="signature of another keyring"):
        open_manifest(manifest.signed(other), keyring, "manifest.json")


@pytest.mark.parametrize("spelling", [b" ", b"\n", b'{"manifest":{},'])
def test_a_manifest_spelled_otherwise_is_refused(
    dataset: Dataset, keyring: Keyring, spelling: bytes
) -> None:
    """One value has one form: no room for doubled keys or hidden spaces."""
    path = dataset.folder(2) / "manifest.json"
    data = path.read_bytes()
    path.write_bytes(spelling + data[1:] if spelling.startswith(b"{") else data + spelling)
    assert NOT_PUBLISHED in refused(dataset, keyring)
    with pytest.raises(DatasetError, match="damaged"):
        open_manifest(path.read_bytes(), keyring, "manifest.json")


AUDIT_ATTACKS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "cut short": lambda lines: lines[:-1],
    "emptied": lambda lines: [],
    "first line gone": lambda lines: lines[1:],
    "reordered": lambda lines: [lines[1], lines[0], *lines[2:]],
    "doubled": lambda lines: [*lines, lines[-1]],
    "reworded": lambda lines: [lines[0].replace(b"publish", b"publisH"), *lines[1:]],
    "garbage": lambda lines: [*lines, b"garbage\n"],
}


@pytest.mark.parametrize("attack", AUDIT_ATTACKS)
def test_a_changed_audit_log_is_found(dataset: Dataset, keyring: Keyring, attack: str) -> None:
    """And nothing is appended to it, published or rolled back before somebody has looked."""
    dataset.rollback(1, keyring=keyring)
    lines = dataset.audit.path.read_bytes().splitlines(keepends=True)
    dataset.audit.path.write_bytes(b"".join(AUDIT_ATTACKS[attack](lines)))
    assert dataset.verify(keyring=keyring).problems
    with pytest.raises(DatasetError, match="audit log"):
        publish(dataset, keyring, 3)


def test_an_audit_log_cut_short_together_with_its_head_is_found_by_the_manifest(
    dataset: Dataset, keyring: Keyring
) -> None:
    """The signed head is that of an earlier day: the versions published since say that it is not
    all.
    """
    saved = dataset.audit.path.read_bytes().splitlines(keepends=True)
    dataset.audit.path.write_bytes(saved[0])
    first = AuditEntry.parsed(saved[0].rstrip(b"\n"), "")
    dataset.audit.head_path.write_bytes(Head.made(keyring, [first]).data())
    (dataset.path / "CURRENT").write_bytes(b"000001\n")
    assert "no signed entry in the audit log publishes it" in str(
        dataset.verify(keyring=keyring).problems[0]
    )


def test_who_cannot_sign_enters_nothing(dataset: Dataset, reader: Keyring) -> None:
    """Readers hold the public half of the signing key."""
    before = dataset.audit.path.read_bytes()
    with pytest.raises(KeysError, match="only verifies"):
        dataset.audit.append("reveal", keyring=reader)
    assert dataset.audit.path.read_bytes() == before


def test_a_torn_last_line_is_passed_over_and_written_over(
    dataset: Dataset, keyring: Keyring
) -> None:
    """What a crash leaves is no attack."""
    with open(dataset.audit.path, "ab") as file:
        file.write(b'{"at":"2026-')
    assert len(dataset.audit.entries()) == 2
    assert read(dataset, keyring=keyring).equals(rows(2))
    assert "ends with what is no entry" in str(dataset.verify(keyring=keyring).problems[0])
    dataset.rollback(1, keyring=keyring)
    assert dataset.verify(keyring=keyring).ok
    with open(dataset.audit.path, "ab") as file:
        file.write(b'{"at":"2026-')
    publish(dataset, keyring, 3)
    assert dataset.verify(keyring=keyring).ok


@pytest.mark.parametrize("attack", ["both", "log", "cut", "first only"])
def test_a_lost_audit_log_stops_the_next_run_before_it_clears_anything(
    dataset: Dataset, keyring: Keyring, attack: str
) -> None:
    """Without the log every version looks like one that was never published."""
    saved = dataset.audit.path.read_bytes()
    if attack == "cut":
        dataset.audit.path.write_bytes(saved.splitlines(keepends=True)[0])
    else:
        dataset.audit.path.unlink()
    if attack in ("both", "cut"):
        dataset.audit.head_path.unlink()
    if attack == "first only":
        dataset.audit.head_path.unlink()
        shutil.rmtree(dataset.folder(2))
        (dataset.path / "CURRENT").write_bytes(b"000001\n")
    with pytest.raises(DatasetError, match="audit log"):
        publish(dataset, keyring, 3)
    assert dataset.folder(1).is_dir()
    assert attack == "first only" or dataset.folder(2).is_dir()


def test_a_manifest_of_what_json_cannot_hold_is_refused_before_anything_is_visible(
    dataset: Dataset, keyring: Keyring
) -> None:
    """And one of number keys reads back as it was signed."""
    for plan, fine in (
        ({"t": float("nan")}, False),
        ({"t": "\udcff"}, False),
        ({"k": {10: 1, 9: 2}}, True),
    ):
        with dataset.stage() as staging, contextlib.suppress(ArgumentError):
            info = write_part(
                staging.path / "part-00000.parquet",
                rows(3).schema,
                [],
                keyring=keyring,
                key="training",
            )
            files = (FileEntry.of(info, staging.path),)
            staging.publish(Manifest(dataset="people", files=files, plan=plan), keyring)
        assert dataset.current == (3 if fine else 2)
    assert dataset.manifest(keyring=keyring).plan == {"k": {"10": 1, "9": 2}}


def test_what_killed_tasks_left_in_the_stage_does_not_stop_the_run(
    dataset: Dataset, keyring: Keyring
) -> None:
    """A task that died in the middle of a part is retried; its temporary files are not part of the
    version.
    """
    with dataset.stage() as staging:
        for name in (
            ".part-00000.parquet.1.ab.tmp",
            "_KEY_MATERIAL_FOR_.part-00000.parquet.1.ab.tmp.json",
        ):
            (staging.path / name).write_bytes(b"x")
        info = write_part(
            staging.path / "part-00000.parquet", rows(3).schema, [], keyring=keyring, key="training"
        )
        staging.publish(
            Manifest(dataset="people", files=(FileEntry.of(info, staging.path),)), keyring
        )
    assert dataset.verify(keyring=keyring).ok
