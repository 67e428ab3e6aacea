"""The two changes to a dataset's folder that several acts share: taking a version away, and moving
CURRENT.
"""

from __future__ import annotations

import os
import shutil

from anonymize.dataset.plainfile import is_folder
from anonymize.dataset.view import PREFIX, DatasetView, current_text
from anonymize.durable import Prepared


def remove_version(dataset: DatasetView, version: int) -> None:
    """Take a version away: renamed first, so that no reader finds half of it; a link goes, not what
    it leads to.
    """
    doomed = dataset.versions_path / f"{PREFIX}removed-{version:06d}-{os.urandom(4).hex()}"
    os.replace(dataset.folder(version), doomed)
    if is_folder(doomed):
        shutil.rmtree(doomed)
    else:
        doomed.unlink()


def prepared_current(dataset: DatasetView, version: int) -> Prepared:
    """Return ``CURRENT`` of ``version``, on disk and not yet in place."""
    return Prepared(dataset.path / "CURRENT", current_text(version))
