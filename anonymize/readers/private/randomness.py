"""Draws for differential privacy: from the AES-256 keystream of a key that nobody learns.

torch's and NumPy's own generators can be computed backwards from enough of what they drew. No seed
can be given: who knew it could take the noise off the model.
"""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

Floats = npt.NDArray[np.float64]
_SUMMED = 4
"""Draws that are added for one normal value. The floating point form of a single one may tell which
sums it can have been added to (Mironov 2012); of several that cannot be searched (Holohan, Braghin
2021, section 5.1).
"""


class SecretDraws:
    """A stream of draws that cannot be repeated."""

    def __init__(self) -> None:
        """Draw the key from the system."""
        cipher = Cipher(AES(secrets.token_bytes(32)), CTR(bytes(16)))
        self._stream = cipher.encryptor()

    def uniform(self, count: int) -> Floats:
        """Return ``count`` numbers above 0 and below 1, in steps of 2^-53."""
        words = np.frombuffer(self._stream.update(bytes(8 * count)), np.uint64)
        return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, count: int) -> Floats:
        """Return ``count`` numbers of mean 0 and standard deviation 1: each is half of the sum of
        four by Box and Muller's method.
        """
        half = _SUMMED * ((count + 1) // 2)
        radius = np.sqrt(-2 * np.log(self.uniform(half)))
        angle = 2 * np.pi * self.uniform(half)
        drawn = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
        total: Floats = drawn.reshape(-1, _SUMMED).sum(axis=1)[:count] / np.sqrt(_SUMMED)
        return total
