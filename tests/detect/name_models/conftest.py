"""The shipped recogniser, loaded once."""

from __future__ import annotations

import pytest

from anonymize.detect.name_models.shipped import NameRecogniser, load_recogniser


@pytest.fixture(scope="session")
def recogniser() -> NameRecogniser:
    """Return the shipped recogniser."""
    return load_recogniser()
