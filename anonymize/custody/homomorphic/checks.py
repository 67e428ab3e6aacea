"""Check ciphertexts: by them the holder sees whether a result is what it claims to be.

Beside each value x an export encrypts t = αx + r. α is secret, one per slot, drawn evenly from
[-1, 1); r is secret, one per row and column. Whoever computes y = Σ w·x does the same to the t and
so gets z = Σ w·t. The holder knows w, which the result states, and asks whether z - Σ w·r = αy. A y
that is off by d (in units, in one slot) must come with a z that is off by αd, and to guess α well
enough has a chance of τ/d at most, where τ is the tolerance (`parameters.check_error`). Other
weights, blocks, columns or keys leave another Σ w·r. A linearly homomorphic authenticator (Agrawal
and Boneh 2009; as in SPDZ, Damgård et al. 2012) over real numbers. It is argued for sums and
products with known numbers, the only operations that an export has what it needs for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anonymize.custody.homomorphic.native import Slots
from anonymize.custody.homomorphic.parameters import SLOTS
from anonymize.keys import Secret
from anonymize.keys.primitives.derive import encode_parts, hkdf

CHANCE = 1e-6
"""With which chance a wrong result may pass, where its size is stated."""


@dataclass(frozen=True)
class Checks:
    """The secrets of one export's check ciphertexts."""

    key: Secret
    """32 bytes."""

    def multipliers(self) -> Slots:
        """Return α of each slot."""
        return self._drawn("multipliers", "", 0)

    def offsets(self, column: str, block: int) -> Slots:
        """Return r of each slot of a column's block."""
        return self._drawn("offsets", column, block)

    def beside(self, values: Slots, column: str, block: int) -> Slots:
        """Return what is encrypted beside a block of values."""
        return self.multipliers() * values + self.offsets(column, block)

    def _drawn(self, use: str, column: str, block: int) -> Slots:
        # as bytes, because text is normalised: two names that look alike are two columns
        info = encode_parts("coatcheck homomorphic", use, column.encode())
        key = hkdf(self.key, info=info, length=32)
        counter = block.to_bytes(8, "big") + bytes(8)
        stream = Cipher(algorithms.AES(key.reveal()), modes.CTR(counter)).encryptor()
        drawn = np.frombuffer(stream.update(bytes(8 * SLOTS)), "<u8") >> np.uint64(11)
        return np.asarray(drawn * 2.0**-52 - 1.0, np.float64)


def agrees(
    values: Slots, checked: Slots, multipliers: Slots, offsets: Slots, tolerance: float
) -> bool:
    """Return whether every slot of a result is what its check slot says, within ``tolerance``: the
    `check_error` of the slot that has most weight. ``offsets`` is Σ w·r.
    """
    off = np.abs(checked - multipliers * values - offsets)
    return bool((off <= tolerance).all())


def passes_below(tolerance: float, slots: int) -> float:
    """Return by how much a result of so many slots, added up, may be off in units and still pass
    with a chance of `CHANCE`: little in every slot, and the rest in one.
    """
    return tolerance * (1 / CHANCE + slots - 1)
