"""Finds any of many raw values in many bytes, quickly: by their first eight bytes, then in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

WIDTH = 8
"""Values shorter than this many UTF-8 bytes are not looked for: they occur by chance."""


class Canaries:
    """A set of raw values to look for."""

    def __init__(self, values: Iterable[str]) -> None:
        """Keep each value's UTF-8 bytes by its first eight."""
        self.by_head: dict[int, list[bytes]] = {}
        for value in set(values):
            raw = value.encode()
            if len(raw) >= WIDTH:
                self.by_head.setdefault(int.from_bytes(raw[:WIDTH], "little"), []).append(raw)
        self.heads = np.array(sorted(self.by_head), dtype=np.uint64)

    def __len__(self) -> int:
        """Return how many values are looked for."""
        return sum(map(len, self.by_head.values()))

    def found_in(self, data: bytes) -> Iterator[str]:
        """Yield every value that occurs in ``data``."""
        if len(data) < WIDTH:
            return
        for shift in range(WIDTH):
            words = np.frombuffer(
                data[shift : shift + (len(data) - shift) // WIDTH * WIDTH], dtype="<u8"
            )
            for position in np.flatnonzero(np.isin(words, self.heads)):
                start = shift + int(position) * WIDTH
                for raw in self.by_head[int(words[position])]:
                    if data[start : start + len(raw)] == raw:
                        yield raw.decode()
