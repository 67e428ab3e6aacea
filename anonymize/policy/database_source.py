"""Which settings of a policy's ``source:`` belong to a database, and which to files."""

from __future__ import annotations

from collections.abc import Collection

from anonymize.addresses.databases import is_database

OF_DATABASES = ("table", "query", "parameters", "split_by", "partitions")
"""Settings that only a database has."""
OF_FILES = (
    "format", "encoding", "delimiter", "header", "skip_rows", "skip_footer", "comment",
    "decimal", "thousands", "widths", "sheet", "records", "member", "rename",
)  # fmt: skip
"""Settings that only files have."""


def refuse_mixed(path: str, said: Collection[str], table: str | None, query: str | None) -> None:
    """Refuse settings that are not of the source's kind, and a database of which nothing is named.

    Raises:
        ValueError: with the first such setting.
    """
    if not is_database(path):
        if wrong := [name for name in OF_DATABASES if name in said]:
            raise ValueError(f"{wrong[0]}: is for databases, and the path is none's address")
        return
    if wrong := [name for name in OF_FILES if name in said]:
        raise ValueError(f"{wrong[0]}: is for files, and the path is a database's address")
    if (table is None) == (query is None):
        raise ValueError("a database needs one of table: schema.table, and query: a SELECT")
    if query is None and "parameters" in said:
        raise ValueError("parameters: are for a query")
