"""What a dataset tells who trains on it: its columns, the number of its rows, and the rows."""

from __future__ import annotations

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset.card_files import read_card
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import BATCH_ROWS, opened_version
from anonymize.dataset.view import DatasetView


class ReadableDataset(DatasetView):
    """A dataset whose published versions are read; see `read` for whole tables and frames."""

    def __len__(self) -> int:
        """Return the number of rows of the current version; see `count_rows`. The keyring is the
        one that ``COATCHECK_KEYRING`` names.
        """
        return self.count_rows()

    def __bool__(self) -> bool:
        """Return True: a dataset without rows, or one that does not open here, is one."""
        return True

    @checked
    def count_rows(
        self,
        *,
        dataset: str | None = None,
        purpose: str | None = None,
        version: int | None = None,
        keyring: Keyring | str | None = None,
    ) -> int:
        """Return the number of rows of ``version`` (None: the current one), as its signed manifest
        states it. No part is read.

        Raises:
            DatasetError, KeysError: see `iter_batches`.
        """
        opened = opened_version(self, version, keyring, dataset, purpose=purpose)
        return sum(entry.rows for entry in opened.files())

    @checked
    def card(
        self, name: str, *, version: int | None = None, keyring: Keyring | str | None = None
    ) -> bytes | None:
        """Return a card of ``version`` (None: the current one), ``card.md``, ``croissant.json``,
        ``openlineage.json`` or ``report.html``, as the signed manifest lists it; None if the
        version has none of that name.

        Raises:
            DatasetError: no such version, or the card is missing or changed.
            KeysError: the keyring cannot check the manifest's signature.
        """
        made = self.manifest(version, keyring=keyring)
        self.bring_part(made.version, name)
        return read_card(self.folder(made.version), made.cards, name)

    @checked
    def schema(
        self,
        columns: Columns | None = None,
        *,
        dataset: str | None = None,
        purpose: str | None = None,
        version: int | None = None,
        keyring: Keyring | str | None = None,
    ) -> pa.Schema:
        """Return the names and types of the columns that reading with these arguments gives. The
        version's first part is checked and its footer read, no row.

        Raises:
            DatasetError, KeysError, SourceError: see `iter_batches`.
        """
        opened = opened_version(self, version, keyring, dataset, purpose=purpose)
        return opened.started(columns)[0]

    @checked
    def to_batches(
        self,
        columns: Columns | None = None,
        *,
        filters: Filters | None = None,
        batch_size: int = BATCH_ROWS,
        dataset: str | None = None,
        purpose: str | None = None,
        version: int | None = None,
        keyring: Keyring | str | None = None,
    ) -> pa.RecordBatchReader:
        """Return the rows as a reader of record batches, in bounded memory; the arguments are those
        of `iter_batches`.

        The first part is checked before this returns, each other one before its first row comes.

        Raises:
            DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`.
        """
        opened = opened_version(self, version, keyring, dataset, purpose=purpose)
        schema, batches = opened.started(columns, filters, batch_size)
        return pa.RecordBatchReader.from_batches(schema, batches)
