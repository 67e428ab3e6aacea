"""Reads tables and queries of databases as partitions of record batches, and writes batches into
tables.

In: an address without a password (`anonymize.addresses`), and what is asked of it (`Asked`). Out: a
`Source` whose partitions are plain data: they open connections of their own, in any process, and
see one state of the database. ``open.py`` chooses the kind; ``postgres_*.py`` stream Arrow batches
from PostgreSQL, ``sqlite_*.py`` and ``duckdb_*.py`` read a database's file, ``alchemy_*.py`` reads
whatever SQLAlchemy reaches; ``parameters.py`` finds a query's parameters, ``checked.py`` refuses
what a type cannot hold, ``writing.py`` chooses how a table is written.

To add a database: its scheme in ``addresses/databases.py``, a partition class and an ``open_…``
function in a new module, a ``case`` in ``open.py``, its types in docs/reference/databases.md.
"""

from anonymize.io.tables.asked import Asked
from anonymize.io.tables.open import open_tables

__all__ = ["Asked", "open_tables"]
