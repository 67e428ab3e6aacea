"""How many rows the source has, and how many of them detection looked at, in words."""

from __future__ import annotations

from anonymize.io.spread import MOST_ROWS
from anonymize.report.page.reported import Reported


def source_rows(said: Reported) -> str:
    """Return the number of the source's rows, as far as it may be told."""
    rows = said.told.manifest.rows
    if rows.read <= said.limit:
        return said.counted(rows.read)
    left = (rows.suppressed, rows.quarantined, rows.filtered)
    if any(0 < count <= said.limit for count in left):
        return f"about {rows.read:,} (few that were left out are not counted exactly)"
    return f"{rows.read:,}"


def looked_at(said: Reported) -> str:
    """Return how many rows of the source detection looked at, a sentence."""
    rows = said.told.manifest.rows.read
    if rows <= MOST_ROWS:
        return (
            f"Of the source's rows ({source_rows(said)}) all were looked at (of long texts as many"
            " as 64 MiB hold)."
        )
    return (
        f"Of the source's rows ({source_rows(said)}) {MOST_ROWS // 2:,} to {MOST_ROWS:,} from all"
        " over it were looked at (fewer where texts are long): what only other rows hold was not"
        " seen."
    )
