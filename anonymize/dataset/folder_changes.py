"""Two changes to a dataset's folder that several acts share: removing a version, and moving
``CURRENT``.
"""

from __future__ import annotations

import os
import shutil

from anonymize.dataset.plainfile import is_folder
from anonymize.dataset.view import PREFIX, DatasetView, current_text
from anonymize.durable import Prepared


def remove_version(dataset: DatasetView, version: int) -> None:
    """Remove a version. Renames it first, so that no reader finds a part of it. Of a link only the
    link is removed.
    """
    doomed = dataset.versions_path / f"{PREFIX}removed-{version:06d}-{os.urandom(4).hex()}"
    os.replace(dataset.folder(version), doomed)
    if is_folder(doomed):
        shutil.rmtree(doomed)
    else:
        doomed.unlink()


def prepared_current(dataset: DatasetView, version: int) -> Prepared:
    """Write the ``CURRENT`` file of ``version`` to disk without putting it in place; return it."""
    return Prepared(dataset.path / "CURRENT", current_text(version))
