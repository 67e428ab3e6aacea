"""Exposure: how much better a generative model knows a canary than candidates that it never saw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anonymize.arguments import checked
from anonymize.errors import ArgumentError


@dataclass(frozen=True)
class Exposure:
    """What a model gives away of one canary."""

    rank: int
    """The canary's place among all candidates, itself included; 1: the model likes it best."""
    candidates: int
    """Number of candidates, the canary included."""
    bits: float
    """``log2(candidates) - log2(rank)``: 0 to log2(candidates); about 1 on average for a model
    that never saw the canary.
    """
    chance: float
    """Probability of such a rank or a better one for a model that never saw it: rank/candidates."""


@checked
def exposure(canary: float, others: Sequence[float], *, lower_is_likelier: bool = True) -> Exposure:
    """Return the exposure of a canary of which a model was asked.

    Args:
        canary: The model's score of the canary, for example its perplexity or negative log
            likelihood.
        others: Its scores of other candidates of the same form that were not in its training
            data; equal scores count against the canary's exposure.
        lower_is_likelier: False for scores that are higher for what the model knows, for example
            log likelihoods.

    Raises:
        ArgumentError: there is no other candidate, or a score is no number.

    Source: Carlini and others, The Secret Sharer, USENIX Security 2019, definition 5.
    """
    if not len(others):
        raise ArgumentError("there are no other candidates to compare the canary with")
    scores = [canary, *others]
    if any(not math.isfinite(score) for score in scores):
        raise ArgumentError("a score is not a finite number")
    sign = 1.0 if lower_is_likelier else -1.0
    rank = 1 + sum(sign * other <= sign * canary for other in others)
    bits = math.log2(len(scores)) - math.log2(rank)
    return Exposure(rank, len(scores), bits, rank / len(scores))
