"""Who can write to the folder: bits flipped and whole things changed, in every file; none is read
wrong or verifies.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.dataset import Dataset, read
from anonymize.dataset.canonical import canonical
from anonymize.dataset.entry import AuditEntry, Head
from anonymize.errors import AnonymizeError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName
from tests.dataset.conftest import publish, rows, two_cards

FLIPS = int(os.environ.get("COATCHECK_SOAK_FLIPS", "600"))
"""Bits flipped in all, over all files alike."""
KEYS = [KeyName(name) for name in ("training", "clinical", "reveal")]
CURRENT = 3


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Keyring]:
    """Return a dataset of four versions, keys wrapped anew between them, rolled back to the third,
    and its keyring.
    """
    folder = tmp_path_factory.mktemp("changes")
    uri = f"file:{folder / 'keyring.json'}"
    keyring = init_keyring(uri, KEYS)
    dataset = Dataset(folder / "people")
    for number in (1, 2):
        publish(dataset, keyring, number, cards=two_cards)
    keyring = rotate_key(KeyName("training"), uri)
    dataset.rewrap(keyring=keyring, name=KeyName("training"))
    for number in (3, 4):
        publish(dataset, keyring, number, cards=two_cards)
    dataset.rollback(CURRENT, keyring=keyring)
    return dataset, keyring


def files_of(dataset: Dataset) -> list[Path]:
    """Return every file but the locks."""
    return sorted(
        path
        for path in dataset.path.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    )


def accepted(dataset: Dataset, keyring: Keyring) -> Iterator[str]:
    """Yield what is wrong: a read that gives other rows than were published, or verification of all
    that passes.
    """
    for version in (None, 1, 2, 3, 4):
        try:
            table = read(dataset.path, version=version, keyring=keyring)
        except AnonymizeError:
            continue
        if not table.equals(rows(version or CURRENT)):
            yield f"version {version} reads wrong"
    if all(passes(dataset, version, keyring) for version in (1, 2, 3, 4)):
        yield "every version verifies"


def passes(dataset: Dataset, version: int, keyring: Keyring) -> bool:
    """Return whether verification finds nothing."""
    try:
        return Dataset(dataset.path).verify(version, keyring=keyring).ok
    except AnonymizeError:
        return False


@pytest.mark.soak
def test_no_flipped_bit_is_read_wrong_or_verifies(held: tuple[Dataset, Keyring]) -> None:
    """Over every file, the first and last bits and some drawn; the version that the file is of, and
    the current one.
    """
    dataset, keyring = held
    assert all(passes(dataset, version, keyring) for version in (1, 2, 3, 4))
    files, dice, done = files_of(dataset), random.Random(19), 0
    for path in files:
        original = path.read_bytes()
        bits = len(original) * 8
        drawn = {
            0,
            7,
            bits - 1,
            bits - 8,
            *(dice.randrange(bits) for _ in range(-(-FLIPS // len(files)))),
        }
        of = next(
            (int(part) for part in path.parts if part.isdecimal() and len(part) == 6), CURRENT
        )
        for bit in sorted(drawn):
            data = bytearray(original)
            data[bit // 8] ^= 1 << bit % 8
            path.write_bytes(data)
            for version in {None, of}:
                try:
                    table = read(dataset.path, version=version, keyring=keyring)
                except AnonymizeError:
                    continue
                assert table.equals(rows(version or CURRENT)), (path.name, bit)
            assert not passes(dataset, of, keyring), (path.relative_to(dataset.path), bit)
            done += 1
        path.write_bytes(original)
    print(f"{done} bits of {len(files)} files")
    assert done >= FLIPS
    assert all(passes(dataset, version, keyring) for version in (1, 2, 3, 4))


Change = Callable[[Dataset, Keyring], None]


def _named(dataset: Dataset, name: str) -> Path:
    """Return a file by a short name."""
    third = dataset.folder(CURRENT)
    return {
        "part": third / "part-00000.parquet",
        "keys": sidecar_of(third / "part-00000.parquet"),
        "aside": third / "quarantine" / "part-00000.parquet",
        "manifest": third / "manifest.json",
        "log": dataset.audit.path,
        "head": dataset.audit.head_path,
        "CURRENT": dataset.path / "CURRENT",
    }[name]


FILES = ("part", "keys", "aside", "manifest", "log", "head", "CURRENT")


def _edited(name: str, edit: Callable[[bytes], bytes]) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        path = _named(dataset, name)
        path.write_bytes(edit(path.read_bytes()))

    return change


def _replaced(name: str, by: Callable[[Path], None]) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        path = _named(dataset, name)
        path.unlink()
        by(path)

    return change


def _linked(path: Path) -> None:
    aside = path.parent.parent / f"aside-{path.name}"
    aside.write_bytes(b"x")
    path.symlink_to(aside)


def _put(name: str, source: str) -> Change:
    """Put a file of the second version in place of the third's."""

    def change(dataset: Dataset, _: Keyring) -> None:
        path = _named(dataset, name)
        shutil.copy(dataset.folder(2) / source, path)

    return change


def _lines(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        dataset.audit.path.write_bytes(
            b"".join(edit(dataset.audit.path.read_bytes().splitlines(keepends=True)))
        )

    return change


def _entry(at: int, **said: object) -> Change:
    """Change an entry, its hash made right again."""

    def change(dataset: Dataset, _: Keyring) -> None:
        lines = dataset.audit.path.read_bytes().splitlines(keepends=True)
        entry = json.loads(lines[at])
        entry.update(said)
        from anonymize.dataset.entry import _hash

        body = {name: value for name, value in entry.items() if name not in ("hash", "signature")}
        entry["hash"] = _hash(body)
        lines[at] = canonical(entry) + b"\n"
        dataset.audit.path.write_bytes(b"".join(lines))

    return change


def _log_of_another_keyring(dataset: Dataset, _: Keyring) -> None:
    """A log that goes on, signed rightly by a keyring that is not the dataset's."""
    other = init_keyring(f"file:{dataset.path.parent / 'other.json'}", KEYS)
    entries = list(dataset.audit.entries())
    last = entries[-1]
    entry = AuditEntry.made(
        other,
        index=last.index + 1,
        at=last.at,
        who=last.who,
        what="rollback",
        version=1,
        why="",
        details={},
        previous=last.hash,
    )
    dataset.audit.path.write_bytes(dataset.audit.path.read_bytes() + entry.line())
    dataset.audit.head_path.write_bytes(Head.made(other, [*entries, entry]).data())
    (dataset.path / "CURRENT").write_bytes(b"000001\n")


def _manifest(edit: Callable[[dict[str, object]], object]) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        path = _named(dataset, "manifest")
        outer = json.loads(path.read_bytes())
        edit(outer)
        path.write_bytes(canonical(outer))

    return change


def _sidecar(edit: Callable[[dict[str, dict[str, object]]], object]) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        path = _named(dataset, "keys")
        entries = {name: json.loads(text) for name, text in json.loads(path.read_bytes()).items()}
        edit(entries)
        path.write_text(json.dumps({name: json.dumps(entry) for name, entry in entries.items()}))

    return change


def _moved(one: str, other: str) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        a, b = dataset.path / one, dataset.path / other
        aside = dataset.path / "aside"
        os.replace(a, aside)
        if b.exists():
            os.replace(b, a)
        os.replace(aside, b)

    return change


def _copied(one: str, other: str) -> Change:
    def change(dataset: Dataset, _: Keyring) -> None:
        source, target = dataset.path / one, dataset.path / other
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    return change


def _plain_part(dataset: Dataset, _: Keyring) -> None:
    pq.write_table(pa.table(rows(CURRENT).slice(0, 150)), _named(dataset, "part"))


def _swapped_sidecars_and_parts(dataset: Dataset, keyring: Keyring) -> None:
    third = f"versions/{CURRENT:06d}"
    _moved(f"{third}/part-00000.parquet", f"{third}/part-00001.parquet")(dataset, keyring)
    names = [f"{third}/_KEY_MATERIAL_FOR_part-0000{number}.parquet.json" for number in (0, 1)]
    _moved(*names)(dataset, keyring)


THIRD = f"versions/{CURRENT:06d}"
CHANGES: dict[str, Change] = {
    **{f"{name} is gone": _replaced(name, lambda path: None) for name in FILES},
    **{f"{name} is empty": _edited(name, lambda data: b"") for name in FILES},
    **{f"{name} lacks its last byte": _edited(name, lambda data: data[:-1]) for name in FILES},
    **{f"{name} is half": _edited(name, lambda data: data[: len(data) // 2]) for name in FILES},
    **{f"{name} goes on": _edited(name, lambda data: data + b"\0") for name in FILES},
    **{f"{name} is a folder": _replaced(name, lambda path: path.mkdir()) for name in FILES},
    **{f"{name} is a link": _replaced(name, _linked) for name in FILES},
    **{
        f"{name} is a pipe": _replaced(name, lambda path: os.mkfifo(path))
        for name in ("part", "keys", "manifest")
    },
    "an older part": _put("part", "part-00000.parquet"),
    "older keys": _put("keys", "_KEY_MATERIAL_FOR_part-00000.parquet.json"),
    "an older manifest": _put("manifest", "manifest.json"),
    "an older quarantine": _put("aside", "quarantine/part-00000.parquet"),
    "a plain part": _plain_part,
    "parts swapped": _moved(f"{THIRD}/part-00000.parquet", f"{THIRD}/part-00001.parquet"),
    "parts swapped with their keys": _swapped_sidecars_and_parts,
    "quarantine and part swapped": _moved(
        f"{THIRD}/part-00000.parquet", f"{THIRD}/quarantine/part-00000.parquet"
    ),
    "versions swapped": _moved("versions/000002", THIRD),
    "a version moved on": _moved("versions/000004", "versions/000005"),
    "a version copied": _copied("versions/000001", "versions/000009"),
    "a file too many": _copied("CURRENT", f"{THIRD}/part-00002.parquet"),
    "CURRENT of another version": _edited("CURRENT", lambda data: b"000004\n"),
    "CURRENT of none": _edited("CURRENT", lambda data: b"000007\n"),
    "the first entry gone": _lines(lambda lines: lines[1:]),
    "an entry gone": _lines(lambda lines: [*lines[:2], *lines[3:]]),
    "the last entry gone": _lines(lambda lines: lines[:-1]),
    "two entries gone": _lines(lambda lines: lines[:-2]),
    "an entry twice": _lines(lambda lines: [*lines[:2], lines[1], *lines[2:]]),
    "the last entry twice": _lines(lambda lines: [*lines, lines[-1]]),
    "entries swapped": _lines(lambda lines: [lines[1], lines[0], *lines[2:]]),
    "another reason": _entry(-1, why="asked for"),
    "another version": _entry(-1, version=1),
    "another act": _entry(-1, what="expire", details={"versions": [1]}),
    "another person": _entry(0, who="root@there"),
    "another manifest": _entry(0, details={"manifest_sha256": "0" * 64}),
    "an unsigned entry": _entry(-1, signature=None),
    "keys that were not wrapped so": _entry(
        2, details={"versions": {"1": {"part-00000.parquet": "0" * 64}}}
    ),
    "a log signed by others": _log_of_another_keyring,
    "a manifest with other counts": _manifest(
        lambda outer: outer["manifest"]["rows"].update(written=299)
    ),
    "a manifest of another dataset": _manifest(
        lambda outer: outer["manifest"].update(dataset="others")
    ),
    "a manifest without quarantine": _manifest(lambda outer: outer["manifest"]["files"].pop()),
    "a manifest without signature": _manifest(lambda outer: outer.pop("signature")),
    "a manifest with more": _manifest(lambda outer: outer.update(more=1)),
    "a manifest with spaces": _edited("manifest", lambda data: data.replace(b",", b", ", 1)),
    "keys in another spelling": _sidecar(lambda entries: None),
    "a key less": _sidecar(lambda entries: entries.popitem()),
    "a key of another name": _sidecar(
        lambda entries: entries["footerKey"].update(masterKeyID="reveal")
    ),
    "a footer key for all": _sidecar(
        lambda entries: [
            entry.update(wrappedDEK=entries["footerKey"]["wrappedDEK"])
            for entry in entries.values()
        ]
    ),
}


@pytest.mark.soak
def test_no_directed_change_is_read_wrong_or_verifies(
    held: tuple[Dataset, Keyring], tmp_path: Path
) -> None:
    """Cut, swapped, replaced, linked, copied, spelled otherwise, signed by others."""
    dataset, keyring = held
    assert len(CHANGES) >= 60
    for name, change in CHANGES.items():
        changed = Dataset(tmp_path / "changed" / "people")
        shutil.rmtree(changed.path.parent, ignore_errors=True)
        shutil.copytree(dataset.path, changed.path)
        change(changed, keyring)
        assert list(accepted(changed, keyring)) == [], name
    print(f"{len(CHANGES)} changes")
