"""Every byte of a small version changed, every file replaced by every other, links and files
planted: nothing is read wrong, and verification tells, or what was changed is not read.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.rotate_keys import rotate
from anonymize.custody.where_is import WhereIs, where_is_subject
from anonymize.dataset import (
    Anchor,
    Dataset,
    FileEntry,
    Manifest,
    anchor,
    audit_files,
    checked_copy,
    iter_batches,
    read,
    read_quarantine,
    verify,
    view,
)
from anonymize.dataset.audit_lines import audit_problems
from anonymize.dataset.reads import ReadNotEntered
from anonymize.errors import AnonymizeError
from anonymize.io import write_part
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, init_keyring, open_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.report.cards.made import CARD_NAMES
from tests.soak.in_children import counted, outcomes

BYTES = os.environ.get("COATCHECK_SOAK_BYTES", "300")
"""Bytes changed over all files, or ``all``."""
LARGE_BITS = int(os.environ.get("COATCHECK_SOAK_LARGE_BITS", "10"))
"""Bits changed of a version of 150 MB."""
PAIRS = os.environ.get("COATCHECK_SOAK_PAIRS", "120")
"""Files put in the place of others, and things planted, or ``all``."""
KEYS = [KeyName(name) for name in ("training", "clinical", "reveal", "pseudonym")]
POLICY = """version: 1
dataset: {name}
purpose: test
subject: id
source: {{path: {folder}/in}}
sink: {{path: {folder}/{name}, key: training, restricted: {{key: clinical, columns: [note]}}}}
rows: {{max_quarantined: 0.5}}
detect: {{ner: off}}
checks: {{residual: off}}
audit: {{reads: true, anchor: {{file: {folder}/heads.jsonl}}}}
erasure: {{index: true}}
columns:
  id: {{action: keep, accept: a number}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
  note: {{action: keep}}
"""
CURRENT, HELD = 2, "202"
REFUSED, TOLD, UNNOTICED = "refused", "not read wrong, and told", "not noticed"


@dataclass(frozen=True)
class House:
    """A folder with a keyring, a dataset of two versions, another one, and an anchor."""

    folder: Path

    @property
    def path(self) -> Path:
        """Return the dataset's folder."""
        return self.folder / "people"

    @property
    def keyring(self) -> Keyring:
        """Return the owner's keyring."""
        return open_keyring(f"file:{self.folder / 'keyring.json'}")

    @property
    def reader(self) -> Keyring:
        """Return a keyring that opens the rows and cannot sign."""
        return open_keyring(f"file:{self.folder / 'reader.json'}")

    def build(self) -> None:
        """Publish two versions, incrementally, keys wrapped anew between, and read them."""
        uri = f"file:{self.folder / 'keyring.json'}"
        init_keyring(uri, KEYS)
        for name in ("people", "others"):
            (self.folder / f"{name}.yaml").write_text(POLICY.format(folder=self.folder, name=name))
            for version in range(1, CURRENT + 1):
                self.source(version)
                anonymize.run(
                    self.folder / f"{name}.yaml", keyring=uri, incremental=True, accept_change=True
                )
                read(self.folder / name, keyring=self.keyring)
                if version == 1:
                    rotate(KeyName("training"), [self.folder / name], uri)
        share_keyring(KEYS[:2], self.folder / "reader.json", uri)

    def source(self, version: int) -> None:
        """Write the file that a version is made of."""
        (self.folder / "in").mkdir(exist_ok=True)
        first = version * 100
        lines = [f"{first + n},1984-02-29,text {first + n}" for n in range(8)]
        text = "\n".join(["id,born,note", *lines, f"{first + 99},never,x"])
        (self.folder / "in" / "people.csv").write_text(text)

    def files(self) -> list[Path]:
        """Return every file of the dataset but the locks, and the anchor; below the folder."""
        found = [path for path in self.path.rglob("*") if path.is_file()]
        kept = [path for path in found if not path.name.endswith(".lock")]
        return sorted(
            path.relative_to(self.folder) for path in [*kept, self.folder / "heads.jsonl"]
        )


@dataclass
class Look:
    """What is looked at after a change, and what it was before."""

    house: House
    versions: dict[int, pa.Table]
    aside: dict[int, pa.Table]
    held: object
    logs: dict[Path, bytes]

    @classmethod
    def at(cls, house: House) -> Look:
        """Look at a whole dataset."""
        for module in (anchor, audit_files, verify, view):
            module._PAUSE_SECONDS = 0.0  # type: ignore[attr-defined]
        anchor._TRIES = audit_files._TRIES = 3
        os.fsync = lambda handle: None  # type: ignore[assignment]
        logs = [house.path / name for name in ("reads.jsonl", "reads.head")]
        look = cls(house, {}, {}, None, {path: path.read_bytes() for path in logs})
        keyring = house.keyring
        for number in range(1, CURRENT + 1):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ReadNotEntered)
                look.versions[number] = read(house.path, version=number, keyring=house.reader)
            look.aside[number] = pa.Table.from_batches(
                read_quarantine(house.path, version=number, keyring=keyring)
            )
        look.held = _where(where_is_subject(HELD, [house.path], keyring))
        look.restore()
        assert look.held
        assert look.passes()
        return look

    def restore(self) -> None:
        """Put back the log of reads, to which each read adds."""
        for path, data in self.logs.items():
            _put(path, data)

    def outcome(self, path: Path) -> str:
        """Return what a change of a file, relative to the house, came to.

        Raises:
            AssertionError: something is read that was not published.
        """
        number, of_all = _version_of(path), "part-" not in path.name
        role = "increments" if "increments" in path.name else path.parent.name
        checks: list[Callable[[], None]] = []
        if role not in ("quarantine", "subjects", "increments"):
            checks.append(lambda: self.rows(number))
        if role == "quarantine" or (of_all and role not in ("subjects", "increments")):
            checks.append(lambda: self.set_aside(number))
        if role == "subjects" or (of_all and role not in ("quarantine", "increments")):
            checks.append(self.subject)
        refused = 0
        for check in checks:
            try:
                check()
            except AnonymizeError:
                refused += 1
        noticed = not (self.verifies(number) if "versions" in path.parts else self.passes())
        return REFUSED if refused and noticed else TOLD if noticed else UNNOTICED

    def rows(self, number: int) -> None:
        """Read a version, the current one by no number, as a reader who enters nothing."""
        version = None if number == CURRENT else number
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReadNotEntered)
            table = read(self.house.path, version=version, keyring=self.house.reader)
        assert table.equals(self.versions[number]), f"version {number} reads wrong"

    def set_aside(self, number: int) -> None:
        """Read the rows that were set aside; what that enters in a log is taken back."""
        logs = [path for path in self.logs if path.is_file() and not path.is_symlink()]
        before = [(path, path.read_bytes()) for path in logs]
        try:
            found = read_quarantine(self.house.path, version=number, keyring=self.house.keyring)
            table = pa.Table.from_batches(found)
        finally:
            for path, data in before:
                _put(path, data)
        assert table.equals(self.aside[number]), "rows set aside read wrong"

    def subject(self) -> None:
        """Find a person."""
        found = where_is_subject(HELD, [self.house.path], self.house.keyring)
        assert found.untold or _where(found) == self.held, "a person is found elsewhere"

    def verifies(self, number: int) -> bool:
        """Return whether verification of a version finds nothing."""
        try:
            return Dataset(self.house.path).verify(number, keyring=self.house.keyring).ok
        except AnonymizeError:
            return False

    def passes(self) -> bool:
        """Return whether verification of the current version, and of both logs, finds nothing."""
        dataset = Dataset(self.house.path, Anchor("people", self.house.folder / "heads.jsonl"))
        try:
            whole = dataset.verify(keyring=self.house.keyring).ok
            return whole and not audit_problems(dataset, self.house.keyring)
        except AnonymizeError:
            return False


def _where(found: WhereIs) -> list[tuple[int, bool, tuple[str, ...]]]:
    return [(one.version, one.current, one.how) for one in found.found]


def _put(path: Path, data: bytes) -> None:
    """Write a file in place, if it is another: cutting files to no bytes is most of the time."""
    if path.read_bytes() != data:
        with open(path, "r+b", buffering=0) as file:
            file.write(data)
            file.truncate()


def _gone(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _version_of(path: Path) -> int:
    """Return the version that a file is of; the current one for those of all."""
    return next((int(name) for name in path.parts if len(name) == 6 and name.isdecimal()), CURRENT)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a house, built in this process so that children have all imported."""
    built = House(tmp_path_factory.mktemp("bytes"))
    built.build()
    return built


def _in_copies(house: House, do: Callable[[House, Look, object], str]) -> Callable[[int], Callable]:
    """Return what gives each child a copy of its own, and its function."""

    def prepared(at: int) -> Callable[[object], str]:
        own = House(house.folder.parent / f"{house.folder.name}-{at}")
        shutil.rmtree(own.folder, ignore_errors=True)
        shutil.copytree(house.folder, own.folder)
        look = Look.at(own)
        return lambda case: do(own, look, case)

    return prepared


def _some(cases: Sequence[object], count: str) -> list:
    """Return ``count`` of the cases, drawn, or all."""
    drawn = list(cases)
    random.Random(23).shuffle(drawn)
    return drawn if count == "all" else drawn[: int(count)]


@pytest.mark.soak
def test_no_changed_byte_of_a_small_version_is_read_wrong(house: House) -> None:
    """Every file: parts, wrapped keys, rows set aside, index, records, manifest, both logs, their
    heads, CURRENT, anchor. Verification tells of each, but for bytes of the anchor that it does not
    compare: the dataset is whole then, and who can write to an anchor can cut it anyway.
    """
    dice = random.Random(29)
    files = [path for path in house.files() if _version_of(path) == CURRENT]
    cases = [
        (path, at, 1 << dice.randrange(8))
        for path in files
        for at in range((house.folder / path).stat().st_size)
    ]

    def flip(own: House, look: Look, case: tuple[Path, int, int]) -> str:
        path, at, bit = own.folder / case[0], case[1], case[2]
        data = path.read_bytes()
        _put(path, data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
        found = look.outcome(case[0])
        _put(path, data)
        look.restore()
        return found

    found = outcomes(_some(cases, BYTES), _in_copies(house, flip))
    print(f"{len(found)} bytes of {len(cases)} in {len(files)} files: {counted(found)}")
    unnoticed = {case[0].name for case, said in found.items() if said == UNNOTICED}
    assert unnoticed <= {"heads.jsonl"}
    assert len(found) == len(cases) or len(found) == int(BYTES)


@pytest.mark.soak
def test_no_file_in_the_place_of_another_is_read_wrong(house: House) -> None:
    """Of another version, another dataset of the same keyring, an earlier moment: each in the place
    of each.

    Wrapped keys as they were before a rotation are signed, too, and give the same rows.
    """
    others = [path.relative_to(house.folder) for path in (house.folder / "others").rglob("*")]
    sources = [*house.files(), *sorted(path for path in others if (house.folder / path).is_file())]
    cases = [
        (target, source, with_keys)
        for target in house.files()
        for source in sources
        for with_keys in (False, True)
        if (house.folder / target).read_bytes() != (house.folder / source).read_bytes()
        and (not with_keys or target.suffix == source.suffix == ".parquet")
    ]

    def put(own: House, look: Look, case: tuple[Path, Path, bool]) -> str:
        target, source, with_keys = case
        pairs = [(own.folder / target, house.folder / source)]
        if with_keys:
            pairs.append((sidecar_of(pairs[0][0]), sidecar_of(pairs[0][1])))
        kept = [(one, one.read_bytes()) for one, _ in pairs]
        for one, other in pairs:
            one.write_bytes(other.read_bytes())
        found = look.outcome(target)
        for one, data in kept:
            one.write_bytes(data)
        look.restore()
        return found

    found = outcomes(_some(cases, PAIRS), _in_copies(house, put))
    print(f"{len(found)} of {len(cases)} pairs: {counted(found)}")
    assert [case for case, said in found.items() if said == UNNOTICED] == []


def _planted(path: Path, how: str, elsewhere: Path) -> None:
    """Put something at a path. Where there was a file or a folder, links lead to what it was."""
    if how == "link to itself":
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
    elif how == "link to nothing":
        _gone(path)
        path.symlink_to(elsewhere / "nothing")
    elif how == "link to a device":
        _gone(path)
        path.symlink_to("/dev/zero")
    elif how == "pipe":
        _gone(path)
        os.mkfifo(path)
    elif how == "folder":
        _gone(path)
        path.mkdir()
    elif how == "socket":
        _gone(path)
        with socket.socket(socket.AF_UNIX) as bound:
            os.chdir(path.parent)
            bound.bind(path.name)
    else:
        _gone(path)
        path.write_bytes(b"x" * 100)


HOWS = ("link to itself", "link to nothing", "link to a device", "pipe", "folder", "socket")
EXTRA = (
    "part-00009.parquet", "_KEY_MATERIAL_FOR_part-00009.parquet.json", ".hidden", "x.tmp", "000009",
    "manifest.json.1", "audit.jsonl.1", "quarantine", "subjects", "card.md", ".staging-x",
)  # fmt: skip


@pytest.mark.soak
def test_nothing_planted_is_followed_or_read(house: House) -> None:
    """In the place of each file and folder, and beside them. What is beside the versions folder, an
    empty folder, and what has the name of an unfinished version are not read, and told by nobody.
    """
    files = [path for path in house.files() if _version_of(path) == CURRENT]
    folders = sorted({path.parent for path in files if path.parent != Path()})
    cases = [(path, how) for path in (*files, *folders) for how in HOWS]
    beside = [
        (folder / name, how) for folder in folders for name in EXTRA for how in (*HOWS[1:], "file")
    ]
    cases += [case for case in beside if not (house.folder / case[0]).exists()]

    def plant(own: House, look: Look, case: tuple[Path, str]) -> str:
        copy, path = House(own.folder.parent / f"{own.folder.name}-planted"), case[0]
        shutil.rmtree(copy.folder, ignore_errors=True)
        shutil.copytree(own.folder, copy.folder)
        _planted(copy.folder / path, case[1], copy.folder / "elsewhere")
        return replace(look, house=copy, logs={}).outcome(path)

    found = outcomes(_some(cases, PAIRS), _in_copies(house, plant))
    print(f"{len(found)} of {len(cases)} planted: {counted(found)}")
    for path, how in (case for case, said in found.items() if said == UNNOTICED):
        if (path, how) == (Path("people"), "link to itself"):
            continue  # the way to a dataset may lead over links
        assert not (house.folder / path).exists(), (path, how)
        unread = path.parent == Path("people") or path.name == ".staging-x" or how == "folder"
        assert unread, (path, how)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Keyring]:
    """Return a version of 150 MB in two parts: one that is read from memory, one from a file."""
    folder = tmp_path_factory.mktemp("large")
    keyring, dice = init_keyring(f"file:{folder / 'keyring.json'}", KEYS), random.Random(31)
    dataset, files = Dataset(folder / "people"), []
    with dataset.stage() as staging:
        for number, rows in enumerate((10_000, 140_000)):
            table = pa.table({"id": range(rows), "x": [dice.randbytes(1000) for _ in range(rows)]})
            part = write_part(
                staging.path / f"part-{number:05}.parquet",
                table.schema,
                table.to_batches(max_chunksize=10_000),
                keyring=keyring,
                key="training",
            )
            files.append(FileEntry.of(part, staging.path))
        staging.publish(Manifest(dataset="people", files=tuple(files)), keyring)
    sizes = [entry.size_bytes for entry in files]
    assert sizes[0] < checked_copy.IN_MEMORY_BYTES < sizes[1]
    assert sum(batch.num_rows for batch in iter_batches(dataset, keyring=keyring)) == 150_000
    return dataset, keyring


@pytest.mark.soak
def test_no_changed_bit_of_a_large_version_is_read_or_verifies(
    large: tuple[Dataset, Keyring],
) -> None:
    """Drawn over all bits, those of the manifest and of wrapped keys as well. Cards are read by no
    reader of rows, and told.
    """
    dataset, keyring = large
    right = list(iter_batches(dataset, keyring=keyring))
    files = sorted(path for path in dataset.folder(1).iterdir() if path.is_file())
    dice = random.Random(37)
    small = [path for path in files if path.suffix == ".json"]
    chosen = dice.choices(files, [path.stat().st_size for path in files], k=LARGE_BITS * 9 // 10)
    chosen += dice.choices(small, k=LARGE_BITS - len(chosen))
    cases = [(path, dice.randrange(path.stat().st_size * 8)) for path in chosen]

    def prepared(at: int) -> Callable[[tuple[Path, int]], str]:
        own = Dataset(dataset.path.parent / f"own-{at}")
        shutil.copytree(dataset.path, own.path)
        verify._PAUSE_SECONDS = view._PAUSE_SECONDS = 0.0

        def flip(case: tuple[Path, int]) -> str:
            path = own.path / case[0].relative_to(dataset.path)
            with open(path, "r+b", buffering=0) as file:
                byte = os.pread(file.fileno(), 1, case[1] // 8)[0]
                os.pwrite(file.fileno(), bytes([byte ^ 1 << case[1] % 8]), case[1] // 8)
                try:
                    for batch, same in zip(iter_batches(own, keyring=keyring), right, strict=True):
                        if not batch.equals(same):
                            return "read wrong"
                    told = case[0].name in CARD_NAMES.values() and not _passes(own, keyring)
                    return TOLD if told else UNNOTICED
                except AnonymizeError:
                    return UNNOTICED if _passes(own, keyring) else REFUSED
                finally:
                    os.pwrite(file.fileno(), bytes([byte]), case[1] // 8)

        return flip

    found = outcomes(cases, prepared)
    print(f"{len(cases)} bits of {sum(path.stat().st_size for path in files) >> 20} MiB")
    of_cards = sum(path.name in CARD_NAMES.values() for path, _ in set(cases))
    wanted = {REFUSED: len(set(cases)) - of_cards, TOLD: of_cards}
    assert counted(found) == {what: count for what, count in wanted.items() if count}


def _passes(dataset: Dataset, keyring: Keyring) -> bool:
    try:
        return dataset.verify(keyring=keyring).ok
    except AnonymizeError:
        return False
