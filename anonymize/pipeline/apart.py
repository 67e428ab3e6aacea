"""Parts that are written apart and then put in place, for workers that may be given up and come
back.

A cluster gives a partition to another worker if it no longer hears of the first one, which may
still be alive. Two of them would write one part under one name, the second perhaps after the
version was checked. So each attempt writes in a folder of its own inside the staging folder, and
the run's process alone moves a part to its name. Once the folder around the attempts is gone, no
attempt can name a file any more.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from anonymize.durable import write_error
from anonymize.io import PartInfo
from anonymize.io.sink.part_info import sidecar_of
from anonymize.pipeline.partition import Job, note_finished
from anonymize.pipeline.passing import PartReport

AT_WORK = "at-work-"
"""How the names of these folders begin."""
_TRIES = 3


def folder_at_work(job: Job) -> Path:
    """Make and return a new folder for attempts; work goes on as long as it exists.

    Raises:
        DatasetError: the staging folder cannot be written to.
    """
    folder = Path(job.staging) / f"{AT_WORK}{secrets.token_hex(8)}"
    try:
        folder.mkdir()
    except OSError as error:
        raise write_error(error, folder) from None
    return folder


def own_folder(folder: Path) -> Path:
    """Make and return the folder of one attempt.

    Raises:
        FileNotFoundError: ``folder`` is gone: the work is no longer wanted.
    """
    own = folder / secrets.token_hex(8)
    own.mkdir()
    return own


def withdraw(folder: Path) -> None:
    """Remove ``folder``, at once for those who work in it."""
    with contextlib.suppress(OSError):
        gone = folder.with_name(f"{AT_WORK}gone-{secrets.token_hex(8)}")
        folder.rename(gone)  # what holds the old path cannot make a file any more
        for _ in range(_TRIES):
            shutil.rmtree(gone, ignore_errors=True)


def remove_left(job: Job) -> None:
    """Remove the folders of attempts that a killed run left."""
    for left in Path(job.staging).glob(f"{AT_WORK}*"):
        withdraw(left)


def put_in_place(job: Job, report: PartReport) -> PartReport:
    """Move a part from its attempt's folder to its name in the staging folder, and note it as
    finished; return its report there. One that is in place already is returned as it is.

    Raises:
        DatasetError: the disk is full, or the folder cannot be written to.
    """
    folder = Path(job.staging)
    if report.part.path.parent == folder:
        return report
    aside, subjects, canaries = report.quarantine, report.subjects, report.canaries
    placed = replace(
        report,
        part=_moved(report.part, folder),
        quarantine=aside and _moved(aside, folder / "quarantine"),
        subjects=subjects and _moved(subjects, folder / "subjects"),
        canaries=canaries and _moved(canaries, folder / "canaries"),
    )
    note_finished(job, job.keyring(), placed)
    return placed


def _moved(info: PartInfo, folder: Path) -> PartInfo:
    path = folder / info.path.name
    try:
        folder.mkdir(exist_ok=True)
        os.replace(sidecar_of(info.path), sidecar_of(path))
        os.replace(info.path, path)
    except OSError as error:
        raise write_error(error, path) from None
    return replace(info, path=path)
