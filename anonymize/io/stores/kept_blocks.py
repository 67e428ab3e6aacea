"""Blocks of objects that stay in this process's memory, because a run reads its source three times:
for its types and findings, for its fingerprint, and for its rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

KEPT_BYTES = 128 << 20
"""Largest sum of all blocks that stay, and largest object whose blocks do: of a larger one the
first blocks are gone when they are wanted again.
"""
Key = tuple[str, str, str, int, int]
"""Bucket, key, ETag, and the first byte and the end of the block."""


class KeptBlocks:
    """The blocks that were used last. For several threads at once."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._blocks: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, fetch: Callable[[], bytes]) -> bytes:
        """Return a block: a kept one, or what ``fetch`` returns, which is kept from now on."""
        with self._lock:
            if key in self._blocks:
                self._blocks.move_to_end(key)
                return self._blocks[key]
        data = fetch()
        with self._lock:
            self._blocks[key] = data
            while sum(map(len, self._blocks.values())) > KEPT_BYTES:
                self._blocks.popitem(last=False)
        return data

    def peek(self, key: Key) -> bytes | None:
        """Return a kept block; None if it is not here."""
        with self._lock:
            if key in self._blocks:
                self._blocks.move_to_end(key)
            return self._blocks.get(key)


KEPT = KeptBlocks()
"""Of this process. Memory only: raw data is never written to this machine's disk."""
