"""How many rows may be suppressed is exactly what the policy says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from anonymize.gates.suppression import _suppressed_share
from anonymize.policy import PrivacySpec


@pytest.mark.parametrize(("small", "refused"), [(0, False), (20, False), (21, True), (39, True)])
def test_a_row_more_than_the_share_is_refused(small: int, refused: bool) -> None:
    """Of a thousand rows, two in a hundred may be left out."""
    plan = SimpleNamespace(counted_by=None, policy=SimpleNamespace(place=str))
    privacy = PrivacySpec.model_validate(
        {"quasi_identifiers": ["zip"], "k": 5, "max_suppressed": 0.02}
    )
    found = _suppressed_share(cast(Any, plan), privacy, small, 1000)
    assert bool(found) is refused
