"""Finds the versions that were made with a key, from a source file, or that hold a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.rotate_keys import require_datasets
from anonymize.dataset import Dataset, Manifest
from anonymize.dataset.entry import AuditEntry, expired_by
from anonymize.dataset.keymaterial import wrapping_keys
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.owner import open_facts
from anonymize.dataset.subjects import has_subjects, holds_subject
from anonymize.errors import AnonymizeError, ArgumentError, KeysError
from anonymize.io.sources.places import sha256_of
from anonymize.keys import Keyring, open_keyring
from anonymize.names import KeyId
from anonymize.transform.normalize import Normalization
from anonymize.transform.subject_ids import Words, subject_digests, subject_key

_EXPIRED = "it is expired; the log names it, copies may be elsewhere"


@dataclass(frozen=True)
class FoundIn:
    """A version that was found."""

    dataset: str
    """The dataset's folder or address, as it was given."""
    version: int
    current: bool
    """Whether readers get it by default."""
    on_disk: bool
    """False for an expired version, of which the log alone is left."""
    how: tuple[str, ...]
    """What it has to do with what was looked for, a clause each."""


@dataclass(frozen=True)
class Untold:
    """A version of which it cannot be told."""

    dataset: str
    version: int
    why: str


@dataclass(frozen=True)
class WhereIs:
    """The result of a search over all versions of some datasets."""

    found: tuple[FoundIn, ...]
    """By dataset and version."""
    untold: tuple[Untold, ...]
    """Versions that may have it too: that they are not in ``found`` says nothing of them."""
    looked_at: int
    """Number of versions on disk that were looked at."""


class _UntoldError(Exception):
    """Why a version cannot be told."""


_Look = Callable[[Dataset, Manifest, AuditEntry], Sequence[str]]
"""Returns what a version has to do with what is looked for; nothing if it has not."""


@checked
def where_is_key(
    key: str, datasets: Sequence[str | Path], keyring: Keyring | str | None = None
) -> WhereIs:
    """Return the versions that were made with a key, or are wrapped or signed by it.

    ``key`` is a name (any version of that key) or an id such as ``training.2``. Expired versions
    that the log says were made with it are listed too, because copies may be elsewhere. A reader's
    keyring is enough.

    Raises:
        ArgumentError: nothing was found, and the keyring has no such key.
        DatasetError: there is no such dataset, or its log or a manifest is not as it was signed.
        KeysError: the keyring cannot check the signatures.
    """
    opened = open_keyring(keyring)

    def is_it(key_id: str) -> bool:
        return key_id == key or key_id.rpartition(".")[0] == key

    def look(dataset: Dataset, made: Manifest, entry: AuditEntry) -> Sequence[str]:
        return tuple(_uses(dataset, made, entry, is_it))

    def by_log(entry: AuditEntry) -> Sequence[str]:
        named = sorted(filter(is_it, map(str, entry.details.get("keys", {}))))
        return [f"made with {', '.join(named)}; {_EXPIRED}"] if named else []

    result = _search(datasets, opened, look, by_log)
    known = {str(entry.id) for entry in opened.entries()}
    if not result.found and not any(map(is_it, known)):
        raise ArgumentError(
            f"no version was made with it, and the keyring has none of that name; it has"
            f" {', '.join(sorted(known))}",
            place=f"key '{key}'",
        )
    return result


def _uses(
    dataset: Dataset, made: Manifest, entry: AuditEntry, is_it: Callable[[str], bool]
) -> Iterator[str]:
    """Yield what a version owes to the key."""
    columns: dict[str, list[str]] = {}
    for line in made.plan if isinstance(made.plan, list | tuple) else ():
        for key_id in filter(is_it, map(str, line.get("keys", ()))):
            columns.setdefault(key_id, []).append(str(line["column"]))
    for key_id, names in columns.items():
        yield f"{key_id} made values of {', '.join(names)}"
    for key_id in filter(is_it, made.keys):
        if key_id not in columns:
            yield f"{key_id} made values or wrapped files when it was published"
    now = {key for file in made.files for key in _wrapping(dataset, made.version, file.path)}
    for key_id in sorted(filter(is_it, now)):
        yield f"{key_id} wraps files now"
    if is_it(made.owner.key):
        yield f"{made.owner.key} sealed what it keeps for the owner"
    if is_it(str(entry.key_id())):
        yield f"{entry.key_id()} signed its publication"


def _wrapping(dataset: Dataset, version: int, path: str) -> frozenset[str]:
    return wrapping_keys(dataset.folder(version) / path)


@checked
def where_is_source(
    file: str | Path, datasets: Sequence[str | Path], keyring: Keyring | str | None = None
) -> WhereIs:
    """Return the versions that were made from a file, by its bytes and by its name.

    Of a file that is there the bytes are compared, so that a copy under another name is found, and
    one name with other bytes is told apart. Of a file that is gone, or of a database's table, the
    name alone is compared. The names and digests of raw files are sealed for the owner.

    Raises:
        DatasetError: there is no such dataset, or its log or a manifest is not as it was signed.
        KeysError: the keyring is a reader's: it lacks the owner's key.
        SourceError: the file is there and cannot be read.
    """
    opened = open_keyring(keyring)
    opened.sign(b"is this keyring the owner's")
    digests = _digests(Path(file))
    names = {str(file), Path(file).name}

    def look(dataset: Dataset, made: Manifest, entry: AuditEntry) -> Sequence[str]:
        files = _files_of(made, opened)
        if any(str(one.get("sha256") or "-") in digests for one in files):
            return ["made from these bytes"]
        if any(str(one.get("name", "")) in names for one in files):
            other = "with other bytes" if digests else "whose bytes were not compared"
            return [f"made from a file of this name, {other}"]
        return []

    return _search(datasets, opened, look, lambda entry: [])


@checked
def where_is_subject(
    subject: str, datasets: Sequence[str | Path], keyring: Keyring | str | None = None
) -> WhereIs:
    """Return the versions that hold rows of a person, or rows of theirs that were set aside.

    ``subject`` is spelled as in the source's ``subject:`` column; spellings that its ``normalize:``
    makes equal are one person. Versions published without ``erasure: {index: true}`` are
    ``untold``: they may hold the person. No number of rows is told, and nothing is logged.

    Raises:
        ArgumentError: ``subject`` is blank.
        DatasetError: there is no such dataset, or its log, a manifest or an index is not as it was
            signed.
        KeysError: the keyring is a reader's: it lacks the owner's key.
    """
    opened = open_keyring(keyring)
    opened.sign(b"is this keyring the owner's")
    if not subject.strip():
        raise ArgumentError("is blank; name whose rows are looked for", place="subject")

    def look(dataset: Dataset, made: Manifest, entry: AuditEntry) -> Sequence[str]:
        digest = _digest_of(subject, made, opened)
        written, aside = holds_subject(dataset, made, opened, digest)
        return [
            *(["has rows of this subject"] if written else []),
            *(["has rows of this subject that were set aside"] if aside else []),
        ]

    return _search(datasets, opened, look, lambda entry: [])


def _digest_of(subject: str, made: Manifest, keyring: Keyring) -> Words:
    """Return the id that a version has of a subject.

    Raises:
        _UntoldError: it keeps none, or they cannot be made.
    """
    if not has_subjects(made):
        raise _UntoldError("it was published without erasure: {index: true}")
    try:
        spelled: Normalization = open_facts(made, keyring)["subject_spelled"]
        owner = KeyId(made.owner.key)
        key = subject_key(keyring, owner, made.dataset)
    except KeysError:
        raise _UntoldError(f"'{made.owner.key}' is needed, and does not open here") from None
    digest: Words = subject_digests(key, pa.array([subject]), spelled)[0]
    return digest


def _files_of(made: Manifest, keyring: Keyring) -> Sequence[Mapping[str, Any]]:
    """Return name and digest of the raw files of a version.

    Raises:
        _UntoldError: it keeps none, or they do not open.
    """
    if not made.owner.sealed:
        raise _UntoldError("it keeps no facts for the owner")
    try:
        source = open_facts(made, keyring).get("source", {})
    except KeysError:
        raise _UntoldError(f"'{made.owner.key}' is needed, and does not open here") from None
    files: Sequence[Mapping[str, Any]] = source.get("files", ())
    if not files:
        raise _UntoldError("an engine handed over its rows, and they are of no file")
    return files


def _digests(path: Path) -> frozenset[str]:
    """Return the digests that a run would note for a file: of its bytes, and of what it holds if it
    is an archive. Empty if there is no such file.
    """
    from anonymize.io import open_source

    if not path.is_file():
        return frozenset()
    found = {sha256_of(path)}
    try:
        found.update(str(part.fingerprint()["sha256"]) for part in open_source(str(path)).files)
    except AnonymizeError:
        pass  # it needs settings of its policy; its bytes are compared all the same
    return frozenset(found)


def _search(
    datasets: Sequence[str | Path],
    keyring: Keyring,
    look: _Look,
    by_log: Callable[[AuditEntry], Sequence[str]],
) -> WhereIs:
    require_datasets(datasets, besides="")
    found, untold, looked_at = list[FoundIn](), list[Untold](), 0
    for path in datasets:
        dataset, name = Dataset(path), str(path)
        entries = require_whole_log(dataset, keyring)
        published = {e.version: e for e in entries if e.what == "publish" and e.version is not None}
        have = dataset.versions(keyring)
        current = dataset.standing(None, keyring).version if have else None
        for made in dataset.manifests(keyring):
            number, looked_at = made.version, looked_at + 1
            try:
                how = tuple(look(dataset, made, published[number]))
            except _UntoldError as error:
                untold.append(Untold(name, number, str(error)))
                continue
            if how:
                found.append(FoundIn(name, number, number == current, True, how))
        for number in sorted(expired_by(entries) & set(published)):
            if how := tuple(by_log(published[number])):
                found.append(FoundIn(name, number, False, False, how))
        untold += _out_of_reach(dataset, name, keyring)
    return WhereIs(tuple(found), tuple(untold), looked_at)


def _out_of_reach(dataset: Dataset, name: str, keyring: Keyring) -> Iterator[Untold]:
    for number in dataset.gone(keyring):
        yield Untold(name, number, "its folder is not there")
    for number in dataset.refused(keyring):
        yield Untold(name, number, "a revoked key signed it, so that what it states counts no more")
