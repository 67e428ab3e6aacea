"""What an act asks for first, at its exact limits."""

from __future__ import annotations

import pytest

from anonymize.custody.acts import MOST_WITHOUT_BULK, require_reason
from anonymize.errors import ArgumentError


@pytest.mark.parametrize(
    ("reason", "count", "bulk", "refused"),
    [
        ("abc", 1, False, ""),
        (" ab ", 1, False, "a reason of at least 3 characters is required"),
        ("abc", MOST_WITHOUT_BULK, False, ""),
        ("abc", MOST_WITHOUT_BULK + 1, False, "101 values are more than 100; say --bulk"),
        ("abc", MOST_WITHOUT_BULK + 1, True, ""),
        ("", MOST_WITHOUT_BULK + 1, True, "a reason of at least 3"),
    ],
)
def test_a_reason_has_three_characters_and_many_values_need_bulk(
    reason: str, count: int, bulk: bool, refused: str
) -> None:
    """Space around a reason is none of it."""
    if refused:
        with pytest.raises(ArgumentError, match=refused):
            require_reason(reason, count, bulk)
    else:
        require_reason(reason, count, bulk)
