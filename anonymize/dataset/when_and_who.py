"""Time and author of an act, for the log."""

from __future__ import annotations

import getpass
import os
import socket
from datetime import UTC, datetime


def now() -> str:
    """Return the time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def who() -> str:
    """Return the user and host of this process; a user without a name by number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
