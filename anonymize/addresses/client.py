"""`Client`: who connects to a database, which decides how a refusal is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anonymize.errors import AnonymizeError


@dataclass(frozen=True)
class Client:
    """The room that connects: its errors, and the words that it uses for the database."""

    error: type[AnonymizeError]
    """What is raised for a refusal."""
    away: type[AnonymizeError]
    """What is raised if the cause may be temporary."""
    name: str
    """What the database is to this room, for example ``the vault's PostgreSQL``."""
    place: str
    """Where the address comes from, for errors about the address itself."""
    forms: str
    """The forms that an address may have."""
    password: str
    """Where the password may be given."""
    states: Mapping[str, str] = field(default_factory=dict)
    """What an SQLSTATE means to this room, where it differs from `refusals.STATES`."""
