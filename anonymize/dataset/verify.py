"""Verifies a version: every digest, no file missing, no file added, the audit log complete."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from anonymize.dataset.card_files import card_problems
from anonymize.dataset.entry import MOVES
from anonymize.dataset.manifest import NAME, FileEntry, Manifest, load_manifest
from anonymize.dataset.plainfile import has_folder, is_folder, is_plain, names_in
from anonymize.dataset.refusing import refused_versions
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import PREFIX, DatasetView
from anonymize.errors import DatasetError, KeysError, Problem
from anonymize.io.sink.part_info import sidecar_of
from anonymize.io.sink.parts import MAGIC
from anonymize.io.sources.places import sha256_of

_LOOKS, _PAUSE_SECONDS = 50, 0.05
_UNPUBLISHED = (
    "no signed entry in the audit log publishes it: a run was interrupted (the next one removes"
    " it), it was added by hand, or the log was cut short"
)
_THREADS, _WORTH_THREADS = 4, 1 << 20
"""Files that are hashed at once, and the bytes below which starting threads takes longer than it
saves.
"""


@dataclass(frozen=True)
class Verification:
    """The result of a verification. Without problems, the version is exactly what was signed."""

    version: int
    problems: tuple[Problem, ...]
    files: int
    """Number of encrypted parts whose digest was computed; their wrapped keys and the cards are
    checked, too.
    """
    rows: int
    """Number of rows that the manifest lists in data parts."""
    size_bytes: int

    @property
    def ok(self) -> bool:
        """Return True if there is no problem."""
        return not self.problems

    def require(self) -> None:
        """Check that there is no problem.

        Raises:
            DatasetError: with every problem.
        """
        if self.problems:
            raise DatasetError(self.problems)


def verify_version(
    dataset: DatasetView, version: int | None, keyring: Keyring, name: str | None = None
) -> Verification:
    """Return the verification of one version: its manifest, files and wrapped keys, and the dataset
    around it.

    The log, ``CURRENT`` and the folders may change during the check because of a publication; they
    are read again before a difference counts as a problem. Any difference from the published state
    is a problem in the result, whatever caused it.

    Raises:
        DatasetError: there is no such dataset, or no such version, or none yet.
        KeysError: the signatures are by keys that are not in the keyring.
    """
    around = _around(dataset, keyring)
    for _ in range(_LOOKS if dataset.is_at_work() else _LOOKS // 10):
        if not around:
            break
        time.sleep(_PAUSE_SECONDS)
        around = _around(dataset, keyring)
    if around and dataset.versions_path.is_dir():
        return _of_what_is_there(dataset, version, keyring, around)
    standing = dataset.standing(version, keyring)
    number = standing.version
    folder = dataset.folder(number)
    try:
        manifest = dataset.opened(standing, keyring)
    except DatasetError as error:
        return Verification(number, error.problems, 0, 0, 0)
    dataset.bring(number, parts=True)
    problems = list(file_problems(folder, manifest, ignore=frozenset({NAME})))
    if name is not None and manifest.dataset != name:
        what = f"this folder holds dataset '{manifest.dataset}', not '{name}'"
        problems.insert(0, Problem(str(dataset.path), what))
    problems += _audit_problems(dataset, manifest)
    sound = not any(problem.place.endswith(".parquet") for problem in problems)
    if sound:
        unopened = key_problems(folder, manifest, keyring, standing.sidecars)
        _refuse_lacking(folder, manifest, keyring, (*problems, *unopened))
        problems += unopened
    if dataset.anchor is not None:
        problems += dataset.anchor.problems(dataset.audit, keyring)
    return _verified(number, manifest, problems)


def _refuse_lacking(
    folder: Path, manifest: Manifest, keyring: Keyring, problems: tuple[Problem, ...]
) -> None:
    """Raise KeysError if the only problem is that the keyring lacks keys, because the version may
    then be correct.

    Raises:
        KeysError: with the missing keys.
    """
    from anonymize.dataset.openparts import lacking

    parts = {str(folder / entry.path) for entry in manifest.files}
    if any(problem.place not in parts for problem in problems):
        return
    if what := lacking(folder, manifest, keyring, unopened=bool(problems)):
        raise KeysError(what, place=str(folder))


def _of_what_is_there(
    dataset: DatasetView, version: int | None, keyring: Keyring, around: tuple[Problem, ...]
) -> Verification:
    """Return the verification of a version in a dataset whose log, ``CURRENT`` or folders do not
    match their signatures.
    """
    number, problems = version or _last_there(dataset), list[Problem]()
    if number is None:
        return Verification(0, around, 0, 0, 0)
    folder = dataset.folder(number)
    dataset.bring(number, parts=True)
    try:
        manifest = load_manifest(folder, number, keyring)
    except (DatasetError, KeysError) as error:
        return Verification(number, (*error.problems, *around), 0, 0, 0)
    problems += file_problems(folder, manifest, ignore=frozenset({NAME}))
    return _verified(number, manifest, [*problems, *around])


def _last_there(dataset: DatasetView) -> int | None:
    """Return the version in ``CURRENT``, or else the newest on disk."""
    try:
        said = dataset.said()
    except DatasetError:
        said = None
    there = dataset.folders()
    return said if said in there else there[-1] if there else None


def _verified(number: int, manifest: Manifest, problems: Iterable[Problem]) -> Verification:
    size = sum(entry.size_bytes for entry in manifest.files)
    rows = sum(entry.rows for entry in manifest.data_files())
    return Verification(number, tuple(problems), len(manifest.files), rows, size)


def _around(dataset: DatasetView, keyring: Keyring) -> tuple[Problem, ...]:
    """Return the problems of the log, of ``CURRENT``, and of the folders beside the version."""
    problems = list(dataset.audit.verify(keyring))
    if problems:
        return tuple(problems)
    entries = dataset.audit.entries(keyring)
    published = {entry.version for entry in entries if entry.what == "publish"}
    for number in dataset.folders():
        if number not in published and number not in refused_versions(entries):
            problems.append(Problem(str(dataset.folder(number)), _UNPUBLISHED))
        elif not is_folder(dataset.folder(number)):
            problems.append(Problem(str(dataset.folder(number)), "is not a plain folder"))
    problems += _strays(dataset)
    moves = [entry.version for entry in entries if entry.what in MOVES]
    for number in sorted(set(dataset.gone(keyring)) - set(moves[-1:])):
        what = (
            "was published, never expired, and is not on disk; put it back, or enter that it is"
            " gone by"
        )
        problems.append(Problem(str(dataset.folder(number)), f"{what} coatcheck expire"))
    try:
        said = dataset.said()
    except DatasetError as error:
        return (*problems, *error.problems)
    moved = moves[-1] if moves else None
    if said != moved:
        problems.append(dataset.astray(said, moved))
    if moved is not None and not is_folder(dataset.folder(moved)):
        problems.append(Problem(str(dataset.folder(moved)), "the current version is not on disk"))
    return tuple(problems)


def _strays(dataset: DatasetView) -> Iterator[Problem]:
    """Return the names in the versions folder that are neither versions nor left by an act that is
    running or was killed.
    """
    if has_folder(dataset.versions_path):
        versions = {dataset.folder(number).name for number in dataset.folders()}
        for name in sorted(set(names_in(dataset.versions_path)) - versions):
            if not name.startswith(PREFIX):
                yield Problem(
                    str(dataset.versions_path / name),
                    "is no version and nothing of ours; remove it",
                )


def _audit_problems(dataset: DatasetView, manifest: Manifest) -> Iterator[Problem]:
    """Return differences between the log's entry of the version and the state of the log in the
    version's manifest.
    """
    entries, anchor, place = dataset.audit.entries(), manifest.audit, str(dataset.audit.path)
    before = entries[anchor.entries - 1].hash if 0 < anchor.entries <= len(entries) else ""
    if len(entries) <= anchor.entries or before != anchor.head:
        yield Problem(
            place,
            f"the audit log is not the one version {manifest.version} was entered in: cut short or"
            " replaced",
        )


def key_problems(
    folder: Path, manifest: Manifest, keyring: Keyring, renewed: Mapping[str, Iterable[str]]
) -> tuple[Problem, ...]:
    """Return one problem per part whose wrapped keys or footer do not open; ``renewed`` are digests
    from the log.
    """
    from anonymize.dataset.openparts import key_problem

    found = (
        key_problem(
            folder / entry.path,
            entry,
            keyring,
            {entry.sidecar_sha256, *renewed.get(entry.path, ())},
        )
        for entry in manifest.files
    )
    return tuple(problem for problem in found if problem is not None)


def file_problems(
    folder: Path, manifest: Manifest, *, ignore: frozenset[str]
) -> tuple[Problem, ...]:
    """Return one problem per file that is missing, changed or not listed; names in ``ignore`` are
    allowed too.
    """
    listed = {entry.path for entry in manifest.files}
    sidecars = {sidecar_of(Path(path)).as_posix() for path in listed}
    problems, known = _entry_problems(folder, manifest.files), listed | sidecars | ignore
    problems += card_problems(folder, manifest.cards)
    known |= {card.name for card in manifest.cards}
    for path in _walk(folder):
        if path not in known:
            problems.append(Problem(str(folder / path), "is not listed in the manifest"))
    return tuple(problems)


def _entry_problems(folder: Path, entries: Sequence[FileEntry]) -> list[Problem]:
    """Return the problems of the listed files, in order.

    Digests are nearly all of a verification's time, and hashing releases the GIL: several files are
    read at once, each in bounded memory.
    """
    one = partial(entry_problem, folder)
    if sum(entry.size_bytes for entry in entries) < _WORTH_THREADS or len(entries) < 2:
        found = list(map(one, entries))
    else:
        with ThreadPoolExecutor(_THREADS, "coatcheck-verify") as pool:
            found = list(pool.map(one, entries))
    return [problem for problem in found if problem is not None]


def _walk(folder: Path) -> Iterator[str]:
    """Yield every file below ``folder``, and every link to a folder, which is not followed."""
    for root, folders, files in os.walk(folder):
        for name in [
            *files,
            *(name for name in folders if os.path.islink(os.path.join(root, name))),
        ]:
            yield (Path(root) / name).relative_to(folder).as_posix()


def entry_problem(folder: Path, entry: FileEntry) -> Problem | None:
    """Return the problem of one listed file, or None."""
    path = folder / entry.path
    try:
        found = os.lstat(path)
        if path.parent != folder and path.parent.is_symlink():
            return Problem(str(path), "lies behind a link")
        if not stat.S_ISREG(found.st_mode):
            return Problem(str(path), "is not a plain file")
        if found.st_size != entry.size_bytes:
            return Problem(
                str(path), f"has {found.st_size} bytes, the manifest says {entry.size_bytes}"
            )
        with open(path, "rb") as file:
            if file.read(4) != MAGIC:
                return Problem(str(path), "is not encrypted Parquet")
        if sha256_of(path) != entry.sha256:
            return Problem(
                str(path), "its bytes are not those the manifest lists: changed or replaced"
            )
        sidecar = sidecar_of(path)
        if not is_plain(sidecar):
            missing = not os.path.lexists(sidecar)
            return Problem(
                str(sidecar),
                "is missing: the part's wrapped keys" if missing else "is not a plain file",
            )
    except OSError as error:
        return Problem(str(path), f"cannot be read: {os.strerror(error.errno or 5).lower()}")
    return None
