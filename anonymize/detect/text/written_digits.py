"""What checks of national numbers share: digits in a form, weighted sums, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymize.detect.text.check_digits import bare

DAY = r"(?:0[1-9]|[12]\d|3[01])"
MONTH = r"(?:0[1-9]|1[0-2])"


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of the digits, each times its weight; digits without one do not count."""
    return sum(int(c) * w for c, w in zip(digits, weights, strict=False))


def digits_in_form(text: str, form: str) -> str | None:
    """Return the digits of ``text`` where they are written in ``form``."""
    code = bare(text)
    return code if code.isascii() and re.fullmatch(form, code) else None


def sum_of_weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    """Return the sum of as many values as weights, each times its weight."""
    return sum(v * w for v, w in zip(values, weights, strict=True))
