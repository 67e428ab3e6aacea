"""Raw values of people who do not exist, of the type and length that rules take.

No real person may have the value: two people would become one, and to forget one would touch the
other. So it has a sign that ids do not have, wherever the result does not show it.
"""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys.primitives.stream import KeyedStream
from anonymize.plan.canaries.forms import Forms
from anonymize.policy.actions import EncryptFormatRule, Rule, TokenizeRule
from anonymize.transform.columns import is_text

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LONG = 28
"""Characters of a text whose length no result shows: 140 random bits."""
_HEADER, _SEALED = 2, 18
"""Bytes of a token before what is encrypted: its key's version, and with the SIV."""
_SHORT = 32
"""Bytes of an original up to which its token is drawn: longer texts are not drawn twice."""
_DIGITS = "0123456789"
_SIGN = "~"
"""Character that the original of a canary's token begins with: who reveals it sees that the person
is invented, and who does not sees a token of the usual length.
"""


class Originals:
    """Invents the raw values of one column, each different."""

    def __init__(
        self, rule: Rule, kind: pa.DataType, stream: KeyedStream, known: pa.Array | None = None
    ) -> None:
        """Invent for ``rule`` on values of type ``kind``, in the form of those that are
        ``known``.
        """
        self._rule, self._kind, self._stream, self._known = rule, kind, stream, known
        self._of_length = is_sealed(rule)

    @property
    def possible(self) -> bool:
        """Return True if values of the type can be invented."""
        kind, is_ = self._kind, pa.types
        if self._rule.action == "mask" and is_.is_temporal(kind):  # the result shows the year
            return False
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
        if self._rule.action == "mask":
            return int(self._forms.like(str(value), self._stream))
        return self._number(value)

    @property
    def _far(self) -> bool:
        return not (pa.types.is_timestamp(self._kind) and self._kind.unit == "ns")

    @cached_property
    def _forms(self) -> Forms:
        known = pc.unique(self._known).drop_null().to_pylist() if self._known is not None else []
        return Forms(map(str, known))

    def _days(self) -> timedelta:
        return timedelta(days=int(self._stream.below(60_000 if self._far else 300, 1)[0]))

    def _text(self, value: str) -> str:
        if self._rule.action == "mask":
            return self._forms.like(value, self._stream)
        if not self._of_length:
            return self._random(_LONG)
        room = max(1, len(value.encode()))
        return _SIGN + self._random(room - 1) if room > 1 else _SIGN

    def _number(self, value: int) -> int:
        """Return a negative number of as many characters; ids are not negative."""
        width = int(self._kind.bit_width)
        if not self._of_length:
            low, high = (int(draw) for draw in self._stream.below(1 << 31, 2))
            return -1 - ((high << 31 | low) % (1 << min(62, width - 1)))
        digits = max(1, len(str(value)) - 1)
        low = int(10 ** (digits - 1))
        return -(low + int(self._stream.below(min(9 * low, 1 << 40), 1)[0]))

    def _random(self, length: int) -> str:
        return "".join(_ALPHABET[at] for at in self._stream.below(len(_ALPHABET), length))


def other_digits(value: object, rule: EncryptFormatRule, stream: KeyedStream) -> object:
    """Return a value of the same form whose digits, except those that the rule keeps, are drawn:
    so what it is encrypted to is another one for every person, run and dataset. ``value`` is text
    or a whole number, which keeps its length; digits alone begin with a zero if they did before.
    """
    text = str(value)
    at = [place for place, character in enumerate(text) if character in _DIGITS]
    drawn = at[rule.keep_first : len(at) - rule.keep_last]
    made = list(text)
    for place, digit in zip(drawn, stream.below(10, len(drawn)), strict=True):
        made[place] = _DIGITS[digit]
    alone = len(at) == len(text) - text.startswith("-")
    if alone and drawn[:1] == at[:1] and len(at) > 1:  # encrypted, digits alone keep a leading zero
        zero = text[at[0]] == "0"
        made[at[0]] = "0" if zero else _DIGITS[1 + int(stream.below(9, 1)[0])]
    return "".join(made) if isinstance(value, str) else int("".join(made))


def bits_of_original(kind: pa.DataType) -> float:
    """Return the random bits of an invented original of a type, whose length no result shows."""
    is_ = pa.types
    if is_.is_integer(kind):
        return float(min(62, int(kind.bit_width) - 1))
    if is_.is_timestamp(kind) or is_.is_date(kind):
        return 8.0 if is_.is_timestamp(kind) and kind.unit == "ns" else 15.0
    return 5.0 * _LONG


def is_sealed(rule: Rule) -> bool:
    """Return True if a rule's tokens are encrypted values, which show their length."""
    return isinstance(rule, TokenizeRule) and rule.method == "siv"


def other_token(token: object, stream: KeyedStream) -> object:
    """Return a token of the same length and key version that is drawn, if there are so few
    originals of its length that a canary of another version, or of another dataset of the domain,
    may have the same one: else who may have that would be accused. Nobody can reveal it.
    """
    text = str(token)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) > _SEALED + _SHORT:
        return token
    drawn = bytes(stream.below(256, len(raw) - _HEADER).astype("u1"))
    return base64.urlsafe_b64encode(raw[:_HEADER] + drawn).decode().rstrip("=")
