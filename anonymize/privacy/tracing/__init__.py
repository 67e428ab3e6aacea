"""The arithmetic of canaries: how many are needed, how probable a false accusation is, exposure.

In: numbers of canaries, candidates and hits. Out: probabilities and ranks. Nothing here knows a
dataset or a key.
"""

from anonymize.privacy.tracing.accused import by_chance, by_decoys
from anonymize.privacy.tracing.exposure import Exposure, exposure
from anonymize.privacy.tracing.power import RECOGNIZED, canaries_for, power_of

__all__ = [
    "RECOGNIZED",
    "Exposure",
    "by_chance",
    "by_decoys",
    "canaries_for",
    "exposure",
    "power_of",
]
