"""Addresses of databases: parsed without quoting a password, with the TLS rules that a connection
must keep, and database errors told without the server's text.

In: an address from a policy, the command line or the environment. Out: its parts without secrets,
libpq's settings, or a refusal of the room that asked (`Client`). ``postgres.py`` parses those of
PostgreSQL, ``refusals.py`` translates its errors, ``databases.py`` knows which addresses name a
database of rows.

To add a kind of address: its scheme and its form in ``databases.py``.
"""

from anonymize.addresses.client import Client
from anonymize.addresses.postgres import PostgresAddress, is_loopback, postgres_address
from anonymize.addresses.refusals import refusal

__all__ = ["Client", "PostgresAddress", "is_loopback", "postgres_address", "refusal"]
