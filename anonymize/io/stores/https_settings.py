"""How an ``https://`` address is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HttpsSettings:
    """How an address is asked. Plain data without secrets, only names of their variables."""

    bearer_env: str = ""
    basic_env: str = ""
    ca_file: str = ""
    allow_private: bool = False
    most_bytes: int = 4 << 30
    most_seconds: float = 3600.0
    paging_by: str = ""
    """``link``, ``cursor``, ``offset``, or empty: one body."""
    records: str = ""
    cursor: str = ""
    parameter: str = ""
    most_pages: int = 10_000
