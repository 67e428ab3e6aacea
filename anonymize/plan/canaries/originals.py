"""Raw values of people who do not exist, of the type and length that rules take.

No real person may have the value: two people would become one, and to forget one would touch the
other. So it has a sign that ids do not have, wherever the result does not show it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa

from anonymize.keys.primitives.stream import KeyedStream
from anonymize.policy.actions import Rule
from anonymize.transform.columns import is_text

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LONG = 28
"""Characters of a text whose length no result shows: 140 random bits."""
_SIGN = "~"
"""Character that the original of a canary's token begins with: who reveals it sees that the person
is invented, and who does not sees a token of the usual length.
"""


class Originals:
    """Invents the raw values of one column, each different."""

    def __init__(self, rule: Rule, kind: pa.DataType, stream: KeyedStream) -> None:
        """Invent for ``rule`` on values of type ``kind``."""
        self._rule, self._kind, self._stream = rule, kind, stream
        self._of_length = rule.action == "tokenize" and getattr(rule, "method", "") == "siv"

    @property
    def possible(self) -> bool:
        """Return True if values of the type can be invented."""
        kind, is_ = self._kind, pa.types
        return bool(
            is_text(kind)
            or is_.is_signed_integer(kind)
            or is_.is_date(kind)
            or is_.is_timestamp(kind)
        )

    def like(self, value: object) -> object:
        """Return an invented value in the place of ``value``, which is not None."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            return value.replace(year=9000 if self._far else 1700) + self._days()
        if isinstance(value, date):
            return value.replace(year=9000, day=1) + self._days()
        assert isinstance(value, int)
        return self._number(value)

    @property
    def _far(self) -> bool:
        return not (pa.types.is_timestamp(self._kind) and self._kind.unit == "ns")

    def _days(self) -> timedelta:
        return timedelta(days=int(self._stream.below(60_000 if self._far else 300, 1)[0]))

    def _text(self, value: str) -> str:
        if self._rule.action in ("mask", "generalize"):
            return self._in_form(value)
        if not self._of_length:
            return self._random(_LONG)
        room = max(1, len(value.encode()))
        return _SIGN + self._random(room - 1) if room > 1 else _SIGN

    def _number(self, value: int) -> int:
        """Return a negative number of as many characters; ids are not negative."""
        width = int(self._kind.bit_width)
        if not self._of_length:
            most = int(2 ** min(40, width - 1))
            return -1 - int(self._stream.below(most, 1)[0])
        digits = max(1, len(str(value)) - 1)
        low = int(10 ** (digits - 1))
        return -(low + int(self._stream.below(min(9 * low, 1 << 40), 1)[0]))

    def _random(self, length: int) -> str:
        return "".join(_ALPHABET[at] for at in self._stream.below(len(_ALPHABET), length))

    def _in_form(self, value: str) -> str:
        """Return other digits for digits and other letters for letters."""
        draws = self._stream.uniform(len(value))
        return "".join(map(_other, value, draws))


def _other(character: str, draw: float) -> str:
    if character.isascii() and character.isdigit():
        return str(int(draw * 10))
    if character.isascii() and character.isalpha():
        letter = chr(ord("a") + int(draw * 26))
        return letter.upper() if character.isupper() else letter
    return character


def scrambled(value: str, stream: KeyedStream) -> str:
    """Return a text of the same form: other digits for digits, other letters for letters."""
    return "".join(map(_other, value, stream.uniform(len(value))))
