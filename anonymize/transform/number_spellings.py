"""Finds numbers that texts write in several ways, ``7``, ``7.0`` and ``+7``, and gives them one."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.blank import without_blanks
from anonymize.transform.normalize import normalized

_POWER = "e[+-]?[0-9]{1,3}"
_POINTED = "(?:[0-9]+[.,][0-9]*|[.,][0-9]+)"
_OTHERWISE = rf"^(?:[+-]?{_POINTED}(?:{_POWER})?|[+-]?[0-9]+{_POWER}|\+[0-9]+|-0+)$"
"""Folded texts of numbers with a point, a comma, an exponent or a plus sign."""


class Twice(NamedTuple):
    """How the texts of a column write numbers."""

    numbers: bool = False
    """True if two write one number: 7 and 7.0."""
    zeros: bool = False
    """True if two differ in zeros at the beginning alone: 007 and 7."""


def one_spelling(texts: pa.Array) -> pa.Array:
    """Return folded ``texts`` with each number in the form that numbers of all types have as text:
    7.0, 7.00, +7 and 7e0 are ``7``. Other texts, and zeros at the beginning, stay: 007 is an id of
    its own.
    """
    texts = texts.cast(pa.string())
    otherwise = pc.fill_null(pc.match_substring_regex(texts, _OTHERWISE), False)
    if not otherwise.true_count:
        return texts
    return pc.replace_with_mask(texts, otherwise, _written(texts.filter(otherwise)))


def _written(numbers: pa.Array) -> pa.Array:
    """Return texts that ``_OTHERWISE`` matches as they are compared."""
    pointed = pc.replace_substring(numbers, ",", ".")
    powers = pc.match_substring(pointed, "e")
    if powers.true_count:
        plain = [format(Decimal(one), "f") for one in pointed.filter(powers).to_pylist()]
        pointed = pc.replace_with_mask(pointed, powers, pa.array(plain, pa.string()))
    for pattern, by in (
        (r"^\+", ""),
        (r"^(-?)\.", r"\10."),
        (r"(\.[0-9]*?)0+$", r"\1"),
        (r"\.$", ""),
        (r"^-(0+)$", r"\1"),
    ):
        pointed = pc.replace_substring_regex(pointed, pattern, by)
    return pointed


def written_twice(texts: pa.Array) -> Twice:
    """Return which numbers ``texts`` write in several ways, as far as case and spaces tell not."""
    folded = pc.unique(normalized(without_blanks(texts.cast(pa.string())), "fold")).drop_null()
    single = pc.unique(one_spelling(folded))
    bare = pc.unique(normalized(single, "number"))
    return Twice(len(single) < len(folded), len(bare) < len(single))
