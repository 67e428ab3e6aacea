"""The shipped recogniser, loaded once."""

from __future__ import annotations

import pytest

from anonymize.detect.ner import NameRecogniser, load_recogniser


@pytest.fixture(scope="session")
def recogniser() -> NameRecogniser:
    """Return the shipped recogniser."""
    return load_recogniser()
