"""The order in which rows are published: secret, and different for each dataset, purpose and
version.
"""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from anonymize.keys.primitives.cmac import Blocks
from anonymize.keys.primitives.derive import PurposeKey

ACTION = "order rows"
"""Action for which keys of row orders are derived."""
Order = npt.NDArray[np.int64]


@final
class RowOrder:
    """Keyed permutations of the rows of one version's parts, and of the parts themselves.

    Two keys or two seeds give unrelated orders, so rows of two purposes or versions do not join by
    position. The holder of the key and the seed can compute them again, and so map a published row
    to its source row and back. Bound: the probability that two of 262,144 rows get the same tag is
    below 2^-28; such a collision reveals nothing. Source: keys/FORMAT.md section 9.
    """

    def __init__(self, key: PurposeKey, seed: str) -> None:
        """Use the key of a dataset and purpose, and the version's ``seed``, which is not secret."""
        self._key, self._seed = key, seed

    def rows(self, part: int, group: int, count: int) -> Order:
        """Return, for each position in row group ``group`` of ``part``, which of its ``count`` rows
        is there.
        """
        return self._permutation("rows", f"{part}.{group}", count)

    def parts(self, count: int) -> Order:
        """Return, for each of ``count`` partitions of the source, the number of its part."""
        return self._permutation("parts", "", count)

    def _permutation(self, use: str, where: str, count: int) -> Order:
        blocks = np.zeros((-(-count // 2), 16), np.uint8)
        blocks.view(">u8")[:, 1] = np.arange(len(blocks))
        key = self._key.derive("row order", use, self._seed, where, length=32)
        tags = (
            Blocks(key)(blocks).view(np.uint64).ravel()[:count] if count else np.empty(0, np.uint64)
        )
        return np.argsort(tags)
