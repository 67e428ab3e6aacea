"""Finds raw values in many bytes in any of fourteen encodings, and pieces of them of eleven characters or more."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

WINDOW = 8
"""Code points of a value that are looked for at once."""
STRIDE = 4
"""Distance between two windows of a value: any stretch of WINDOW + STRIDE - 1 code points holds a whole window."""
_TABLE_BITS = 24
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _base64_after(pad: int) -> Callable[[str], bytes]:
    """Return the encoding of a window ``pad`` bytes behind a multiple of three, without the characters it shares."""
    kept = (WINDOW + pad) // 3 * 3 - pad

    def encode(window: str) -> bytes:
        whole = base64.b64encode(b"\0" * pad + window.encode()[:kept])
        return whole[(0, 2, 3)[pad] :]

    return encode


ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "lower": lambda window: window.lower().encode(),
    "upper": lambda window: window.upper().encode(),
    "reversed": lambda window: window[::-1].encode(),
    "utf-16-le": lambda window: window.encode("utf-16-le"),
    "utf-16-be": lambda window: window.encode("utf-16-be"),
    "utf-32-le": lambda window: window.encode("utf-32-le"),
    "hex": lambda window: window.encode().hex().encode(),
    "HEX": lambda window: window.encode().hex().upper().encode(),
    "base64": _base64_after(0),
    "base64+1": _base64_after(1),
    "base64+2": _base64_after(2),
    "\\u": lambda window: "".join(f"\\u{ord(char):04x}" for char in window).encode(),
    "percent": lambda window: "".join(f"%{byte:02X}" for byte in window.encode()).encode(),
}
"""How a window may be written; each gives at least eight bytes."""


class EncodedCanaries:
    """Raw values to look for, indexed by the first eight bytes of each encoded window."""

    def __init__(self, values: Iterable[str]) -> None:
        """Index ``values``; each should be random over letters of both cases and digits, twelve or longer."""
        self.by_head: dict[int, list[tuple[bytes, str]]] = {}
        self.count = 0
        for value in set(values):
            self.count += 1
            for start in range(0, len(value) - WINDOW + 1, STRIDE):
                window = value[start : start + WINDOW]
                for name, encode in ENCODINGS.items():
                    raw = encode(window)
                    self.by_head.setdefault(int.from_bytes(raw[:8], "little"), []).append((raw, name))
        self._heads = np.array(sorted(self.by_head), dtype=np.uint64)
        self._seen = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._seen[self._slots(self._heads)] = True

    def _slots(self, words: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return (words * _MIX) >> np.uint64(64 - _TABLE_BITS)

    def found_in(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Yield every encoded window that occurs in ``data`` and the name of its encoding."""
        for shift in range(8):
            words = np.frombuffer(data, dtype="<u8", offset=shift, count=max(0, len(data) - shift) // 8)
            near = np.flatnonzero(self._seen[self._slots(words)])
            for position in near[np.isin(words[near], self._heads)].tolist():
                start = shift + position * 8
                for raw, name in self.by_head[int(words[position])]:
                    if data[start : start + len(raw)] == raw:
                        yield raw, name
