"""One version of a dataset as training code passes it to its processes: each opens it itself."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa

from anonymize.dataset import Dataset
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns, Selection
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import VersionReader, opened_version
from anonymize.errors import DatasetError


class Source:
    """A version, pinned by number and content, and what is read of it.

    Pickled without a key: a process that gets it opens the keyring by its URI. With an opened
    `Keyring` it can be inherited by a fork, and not be pickled.
    """

    def __init__(
        self,
        folder: str | Path | Dataset,
        columns: Columns | None,
        *,
        filters: Filters | None = None,
        dataset: str | None = None,
        purpose: str | None = None,
        version: int | None = None,
        keyring: Keyring | str | None = None,
    ) -> None:
        """Open the version (None: the current one), and compare what is asked for with the keys.

        Raises:
            DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`.
        """
        mirror = folder.mirror if isinstance(folder, Dataset) else None
        path = folder.path if isinstance(folder, Dataset) else folder
        self.place = str(mirror.store if mirror else path)
        self._keyring = keyring
        opened = opened_version(folder, version, keyring, dataset, purpose=purpose)
        self.dataset, self.version = opened.manifest.dataset, opened.manifest.version
        self.rows_of_parts = tuple(entry.rows for entry in opened.files())
        self._digests = _digests(opened)
        self._opened: tuple[int, VersionReader] | None = (os.getpid(), opened)
        self._asked, self._entered = columns, 0
        self.selection = self._select(columns, filters)

    def _select(self, columns: Columns | None, filters: Filters | None) -> Selection:
        opened = self.opened()
        for entry in opened.files():
            with opened.opened(entry) as part:
                return opened.selection(part, columns, filters)
        return Selection(pa.schema([]), pa.schema([]))

    def opened(self) -> VersionReader:
        """Return the version as this process opened it.

        Raises:
            DatasetError: in its place there is another version of that number now.
            KeysError: the keyring does not open here.
        """
        if self._opened is None or self._opened[0] != os.getpid():
            opened = opened_version(self.place, self.version, self._keyring, self.dataset)
            if _digests(opened) != self._digests:
                what = f"version {self.version} is not the one that reading began with"
                raise DatasetError(what, place=self.place)
            self._opened = os.getpid(), opened
        return self._opened[1]

    def read(self) -> VersionReader:
        """Return the version for reading rows; the first time in each process that is entered in
        the log of reads, where the policy asks for one.

        Raises:
            DatasetError, KeysError: see `opened`; or the read could not be entered.
        """
        opened = self.opened()
        if self._entered != os.getpid():
            opened.enter(self._asked)
            self._entered = os.getpid()
        return opened

    def __getstate__(self) -> dict[str, object]:
        """Return all but the opened version, which holds keys."""
        return {**self.__dict__, "_opened": None}


def _digests(opened: VersionReader) -> tuple[tuple[str, str], ...]:
    return tuple((entry.path, entry.sha256) for entry in opened.files())
