"""The version that an incremental run builds on: what each of its parts was made of."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from anonymize.dataset import Dataset
from anonymize.dataset.increments import has_increments, read_increments
from anonymize.dataset.verify import key_problems
from anonymize.durable import write_error
from anonymize.errors import DatasetError, KeysError
from anonymize.io import Mark, PartInfo, Partition
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.records import (
    OWNERS_FOLDERS,
    packed,
    partial_bytes,
    partial_of,
    report_bytes,
    report_of,
    unpacked,
)
from anonymize.pipeline.way import Way
from anonymize.plan import Partial

_HEADER = "run"


@dataclass(frozen=True)
class PartRecord:
    """What became of one partition in the version that its part was made for."""

    mark: Mark
    """The partition's content."""
    fingerprint: Mapping[str, Any]
    """The partition's entry in the source's fingerprint."""
    report: PartReport
    partials: tuple[Partial, ...]
    """Results of the first passes, in their order."""

    def as_bytes(self) -> bytes:
        """Return the record for `anonymize.dataset.increments`."""
        about = {"mark": list(self.mark), "fingerprint": dict(self.fingerprint)}
        partials = {f"partial {at}": partial_bytes(one) for at, one in enumerate(self.partials)}
        return packed(
            {"about": json.dumps(about).encode(), "report": report_bytes(self.report), **partials}
        )

    @classmethod
    def of_bytes(cls, data: bytes, folder: Path) -> PartRecord:
        """Return the record that `as_bytes` wrote, of a part in ``folder``."""
        contents = unpacked(data)
        about = json.loads(contents["about"])
        partials = sorted(name for name in contents if name.startswith("partial "))
        file, facts, span = about["mark"]
        return cls(
            Mark(file, facts, tuple(span)),
            about["fingerprint"],
            report_of(contents["report"], folder),
            tuple(partial_of(contents[name]) for name in partials),
        )


@dataclass(frozen=True)
class BaseVersion:
    """The current version, with records."""

    version: int
    way: Way
    run: str
    """Random name of the run whose keys made the records' digests."""
    order_seed: str
    next_place: int
    """The first number that no part has had."""
    records: Mapping[tuple[str, int], PartRecord]
    """By the place of the partition."""

    @cached_property
    def spans(self) -> Mapping[tuple[str, str], Sequence[tuple[int, ...]]]:
        """Return the pieces of each file, by path and facts: a file that did not change is not
        searched for them again.
        """
        found: dict[tuple[str, str], list[tuple[int, ...]]] = {}
        for _, record in sorted(self.records.items()):
            found.setdefault(record.mark[:2], []).append(record.mark.span)
        return found

    def kept(self, partitions: Sequence[Partition]) -> Iterator[tuple[int, PartRecord]]:
        """Yield the partitions whose content is as it was, by number, with their records.

        A file whose facts changed is hashed: it may have been copied or touched, and is kept if its
        bytes are the same.
        """
        hashed: dict[str, str] = {}
        for number, partition in enumerate(partitions):
            mark = partition.mark()
            record = self.records.get(mark.place) if mark else None
            if mark is None or record is None:
                continue
            if mark.facts != record.mark.facts:
                file = f"{mark.file} {mark.facts}"
                if file not in hashed:
                    hashed[file] = str(partition.fingerprint()["sha256"])
                if hashed[file] != record.fingerprint["sha256"]:
                    continue
                record = replace(record, mark=mark, fingerprint=partition.fingerprint())
            yield number, record


def base_of(dataset: Dataset, keyring: Keyring) -> BaseVersion | str:
    """Return the current version with its records, or the reason why there are none.

    Raises:
        DatasetError: the dataset is not as it was signed.
    """
    if dataset.current is None:
        return "nothing is published yet"
    manifest = dataset.manifest(keyring=keyring)
    version = manifest.version
    if not has_increments(manifest):
        return f"version {version} was not made by an incremental run"
    dataset.bring(version, parts=True)
    folder = dataset.folder(version)
    standing = dataset.standing(version, keyring)
    if problems := key_problems(folder, manifest, keyring, standing.sidecars):
        raise DatasetError(problems)
    try:
        found = read_increments(dataset, version, keyring)
    except KeysError:
        return f"the records of version {version} do not open with this keyring"
    header = json.loads(found.pop(_HEADER))
    if header["software"] != _software():
        return f"version {version} was made by another release of coatcheck"
    records = [PartRecord.of_bytes(data, folder) for data in found.values()]
    return BaseVersion(
        version,
        Way.parsed(header["way"]),
        header["run"],
        manifest.owner.order_seed,
        header["next_place"],
        {one.mark.place: one for one in records},
    )


def records_bytes(
    way: Way, run: str, next_place: int, records: Sequence[PartRecord]
) -> dict[str, bytes]:
    """Return what a version keeps for the next incremental run; see `base_of`."""
    header = {"way": way.plain(), "run": run, "next_place": next_place, "software": _software()}
    return {
        _HEADER: json.dumps(header).encode(),
        **{f"part {at:05}": record.as_bytes() for at, record in enumerate(records)},
    }


def _software() -> str:
    from importlib.metadata import version

    return version("coatcheck")


def linked(info: PartInfo, folder: Path, name: str) -> PartInfo:
    """Return a part of another version as one of the staged version in ``folder``, under ``name``.

    The file gets a second name (a hard link), so that no byte is copied; where the disk has none,
    it is copied. The sidecar is copied, because keys may be wrapped again in one version alone.

    Raises:
        DatasetError: the disk is full, or the folder cannot be written to.
    """
    inside = info.path.parent.name if info.path.parent.name in OWNERS_FOLDERS else ""
    path = folder / inside / name
    try:
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        try:
            os.link(info.path, path, follow_symlinks=False)
        except OSError:
            shutil.copyfile(info.path, path, follow_symlinks=False)
        shutil.copyfile(sidecar_of(info.path), sidecar_of(path), follow_symlinks=False)
    except OSError as error:
        raise write_error(error, path) from None
    return replace(info, path=path)
