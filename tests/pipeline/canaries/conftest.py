"""A dataset with canaries that tests only read."""

from __future__ import annotations

import pytest

from tests.pipeline.canaries.made import Made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a published version of 1,500 people with 20 canaries."""
    place = Made(tmp_path_factory.mktemp("canaries"))
    place.run()
    return place
