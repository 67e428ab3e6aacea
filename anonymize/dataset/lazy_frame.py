"""A version as a lazy frame of polars, which reads the columns that a query needs, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from anonymize.dataset.frames import polars, to_polars
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns
from anonymize.dataset.version_reader import VersionReader

if TYPE_CHECKING:
    from polars import DataFrame, Expr, LazyFrame


def lazy_frame(
    opened: VersionReader, columns: Columns | None, filters: Filters | None, batch_rows: int
) -> LazyFrame:
    """Return a lazy frame of the version. Each ``collect`` reads it anew, with every check.

    Columns that a query does not use are not decoded. Its own conditions are applied to each batch
    after reading; ``filters`` also spares row groups.

    Raises:
        MissingExtraError: polars is not installed.
        DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`.
    """
    pl = polars()
    from polars.io.plugins import register_io_source

    schema, _ = opened.started(columns, filters, batch_rows)
    names = list(schema.names)

    def batches(
        with_columns: Sequence[str] | None,
        predicate: Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[DataFrame]:
        wanted = names if with_columns is None else [n for n in names if n in set(with_columns)]
        # a query that counts rows alone asks for no column; one is read so that there are rows
        rows = opened.started(wanted or names[:1], filters, batch_size or batch_rows)[1]
        left = n_rows
        for batch in rows:
            if left is not None and left <= 0:
                return
            frame = to_polars(batch if left is None else batch.slice(0, left))
            left = None if left is None else left - frame.height
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame.select(wanted) if wanted else frame

    empty: Any = to_polars(schema.empty_table())
    frame: LazyFrame = register_io_source(batches, schema=pl.Schema(empty.schema))
    return frame
