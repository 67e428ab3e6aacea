"""Keeps back what anonymeter says beside its results."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep back anonymeter's advice, which is about a baseline that is not used here, and warnings,
    which could quote data.
    """
    logger = logging.getLogger("anonymeter")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
