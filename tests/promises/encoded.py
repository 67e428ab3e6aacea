"""Finds raw values in many bytes in any of fourteen encodings, and any eight characters of them
that stand together.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

WINDOW = 8
"""Characters of a value that are looked for at once; every run of as many is looked for."""
LENGTH = 16
"""Characters of a value."""
_LETTERS = string.ascii_letters + string.digits
_NO_HEX = "".join(letter for letter in string.ascii_letters if letter not in string.hexdigits)
_NO_BASE32 = "0189"
_BASE64 = np.frombuffer(
    (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode(), np.uint8
)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_TABLE_BITS = 26
_MIX = np.uint64(0x9E3779B97F4A7C15)

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


def canary(chance: random.Random) -> str:
    """Return a value to plant: sixteen random letters of both cases and digits.

    Files hold a lot of hexadecimal and base32 (digests, key ids), and so many windows are looked
    for that some, put in lower case, would turn up in them by chance. So each window of eight holds
    a letter that hexadecimal does not have and a digit that base32 does not have, in either case:
    what is found was written.
    """
    made = chance.choices(_LETTERS, k=LENGTH)
    made[3::4] = chance.choices(_NO_HEX, k=LENGTH // 4)
    made[5::8] = chance.choices(_NO_BASE32, k=LENGTH // 8)
    return "".join(made)


def _spread(windows: Bytes, width: int, at: int) -> Bytes:
    """Return each byte in ``width`` bytes, the others zero."""
    made = np.zeros((len(windows), windows.shape[1], width), np.uint8)
    made[:, :, at] = windows
    return made.reshape(len(windows), -1)


def _before(windows: Bytes, prefix: bytes) -> Bytes:
    """Return each byte as two hexadecimal digits behind ``prefix``."""
    head = np.broadcast_to(np.frombuffer(prefix, np.uint8), (*windows.shape, len(prefix)))
    digits = np.stack([_HEX[windows >> 4], _HEX[windows & 15]], axis=2)
    return np.concatenate([head, digits], axis=2).reshape(len(windows), -1)


def _base64_after(pad: int) -> Callable[[Bytes], Bytes]:
    """Return base64 of windows ``pad`` bytes behind a multiple of three, without the characters
    shared with others.
    """
    kept = (WINDOW + pad) // 3 * 3 - pad

    def encode(windows: Bytes) -> Bytes:
        whole = (
            np.pad(windows[:, :kept], ((0, 0), (pad, 0)))
            .reshape(len(windows), -1, 3)
            .astype(np.uint32)
        )
        bits = whole[:, :, 0] << 16 | whole[:, :, 1] << 8 | whole[:, :, 2]
        sextets = np.stack([_BASE64[bits >> shift & 63] for shift in (18, 12, 6, 0)], axis=2)
        return sextets.reshape(len(windows), -1)[:, (0, 2, 3)[pad] :]

    return encode


def _lower(windows: Bytes) -> Bytes:
    return np.where((windows >= 65) & (windows <= 90), windows + 32, windows).astype(np.uint8)


def _upper(windows: Bytes) -> Bytes:
    return np.where((windows >= 97) & (windows <= 122), windows - 32, windows).astype(np.uint8)


ENCODINGS: Mapping[str, Callable[[Bytes], Bytes]] = {
    "utf-8": lambda windows: windows,
    "lower": _lower,
    "upper": _upper,
    "reversed": lambda windows: windows[:, ::-1],
    "utf-16-le": lambda windows: _spread(windows, 2, 0),
    "utf-16-be": lambda windows: _spread(windows, 2, 1),
    "utf-32-le": lambda windows: _spread(windows, 4, 0),
    "hex": lambda windows: _before(windows, b""),
    "HEX": lambda windows: _upper(_before(windows, b"")),
    "base64": _base64_after(0),
    "base64+1": _base64_after(1),
    "base64+2": _base64_after(2),
    "\\u": lambda windows: _before(windows, b"\\u00"),
    "percent": lambda windows: _upper(_before(windows, b"%")),
}
"""How windows (n × 8 ASCII codes) may be written; each gives n rows of at least eight bytes."""


class EncodedCanaries:
    """Raw values to look for, indexed by the first eight bytes of each encoded window."""

    def __init__(self, values: Iterable[str]) -> None:
        """Index ``values``, made by ``canary``."""
        distinct = sorted(set(values))
        codes = np.frombuffer("".join(distinct).encode("ascii"), np.uint8).reshape(
            len(distinct), LENGTH
        )
        windows = np.lib.stride_tricks.sliding_window_view(codes, WINDOW, axis=1)
        self.count = len(distinct)
        self._windows = np.ascontiguousarray(windows).reshape(-1, WINDOW)
        self._heads = {name: self._heads_of(name) for name in ENCODINGS}
        self._seen = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for heads in self._heads.values():
            self._seen[self._slots(heads)] = True
        self.encoded = cache(self._encoded)

    def _heads_of(self, name: str) -> Words:
        first = np.ascontiguousarray(ENCODINGS[name](self._windows)[:, :8])
        return np.unique(first.view("<u8").ravel())

    def _encoded(self, name: str) -> tuple[int, frozenset[bytes]]:
        """Return the length of an encoded window, and all of them."""
        rows = np.ascontiguousarray(ENCODINGS[name](self._windows))
        return rows.shape[1], frozenset(rows.view(f"V{rows.shape[1]}").ravel().tolist())

    def _slots(self, words: Words) -> npt.NDArray[np.intp]:
        with np.errstate(over="ignore"):
            return ((words * _MIX) >> np.uint64(64 - _TABLE_BITS)).astype(np.intp)

    def found_in(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Yield every encoded window that occurs in ``data`` and the name of its encoding."""
        for shift in range(min(8, len(data))):
            words = np.frombuffer(data, dtype="<u8", offset=shift, count=(len(data) - shift) // 8)
            near = np.flatnonzero(self._seen[self._slots(words)])
            for name, heads in self._heads.items() if len(near) else ():
                at = np.minimum(np.searchsorted(heads, words[near]), len(heads) - 1)
                for position in near[heads[at] == words[near]].tolist():
                    start = shift + position * 8
                    length, encoded = self.encoded(name)
                    if (piece := data[start : start + length]) in encoded:
                        yield piece, name
