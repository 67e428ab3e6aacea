"""How many examples a property draws: all of them in `make soak`, a third in `make test`."""

from __future__ import annotations

import os


def examples(count: int) -> int:
    """Return ``count`` where COATCHECK_EXAMPLES is ``all``, else a third of it."""
    return count if os.environ.get("COATCHECK_EXAMPLES") == "all" else count // 3
