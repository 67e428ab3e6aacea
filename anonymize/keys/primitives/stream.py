"""Random numbers that a key alone determines."""

from __future__ import annotations

from typing import NoReturn, final

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from anonymize.keys.primitives.secret import Secret


@final
class KeyedStream:
    """Numbers from AES-256 in counter mode: the same for the same key, and without it not told from
    random ones. Cannot be pickled.
    """

    __slots__ = ("_encryptor",)

    def __init__(self, key: Secret) -> None:
        """Begin the stream of ``key``, 32 bytes that are used for nothing else."""
        self._encryptor = Cipher(AES(key.reveal()), CTR(bytes(16))).encryptor()

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Return ``count`` numbers of [0, 1), each of 53 random bits."""
        words = np.frombuffer(self._encryptor.update(bytes(8 * count)), np.uint64)
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, bound: int, count: int) -> npt.NDArray[np.int64]:
        """Return ``count`` whole numbers of 0 to ``bound`` - 1, at most 2^40; no value is more
        probable than another by more than 2^-13 of its probability.
        """
        return (self.uniform(count) * bound).astype(np.int64)

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying."""
        raise TypeError("a keyed stream is not pickled; send the key's name and derive it there")
