"""Time and author of an act, for the log."""

from __future__ import annotations

import getpass
import os
import socket
from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the time in UTC, to the second, in ISO 8601."""
    return ago(0.0)


def ago(seconds: float) -> str:
    """Return the time that was ``seconds`` before now, as `now`."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def who() -> str:
    """Return the user and host of this process; a user without a name by number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
