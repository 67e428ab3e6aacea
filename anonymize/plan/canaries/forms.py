"""Texts of the form that the values of a column have: what is constant in them stays.

At each place of a text stands a character that other values of the same form have there, so that a
prefix (``SKU-``, a country's letters), an alphabet (hexadecimal digits, another script) and signs
tell no invented value.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from anonymize.keys.primitives.stream import KeyedStream

_MOST = 5_000
"""Values that a form is learned from."""
_LEAST = 10
"""Values of one form from which on characters are drawn by their place."""
_TRIES = 16
"""Draws until one is no value of the column; in the second half digits are any."""
_DIGITS = "0123456789"


class Forms:
    """The forms of one column's texts."""

    def __init__(self, values: Iterable[str | None]) -> None:
        """Learn from the values of a column."""
        texts = dict.fromkeys(value for value in values if value)
        self._known = frozenset(texts)
        self._groups: dict[object, list[str]] = {}
        alphabets: dict[str, set[str]] = {}
        for text in islice(texts, 0, None, -(-len(texts) // _MOST) or 1):
            for key in (_shape(text), len(text)):
                self._groups.setdefault(key, []).append(text)
            for character in text:
                alphabets.setdefault(_class(character), set()).add(character)
        self._alphabets = {kind: "".join(sorted(all_)) for kind, all_ in alphabets.items()}

    def like(self, value: str, stream: KeyedStream) -> str:
        """Return a text of the form of ``value``, which is no value of the column if one of a few
        draws is none.
        """
        made = value
        for time in range(_TRIES):
            made = self._drawn(value, stream, any_digit=time >= _TRIES // 2)
            if made not in self._known:
                break
        return made

    def _drawn(self, value: str, stream: KeyedStream, *, any_digit: bool) -> str:
        sizes = ((key, self._groups.get(key, [])) for key in (_shape(value), len(value)))
        group = next((texts for _, texts in sizes if len(texts) >= _LEAST), None)
        made = []
        for place, (character, draw) in enumerate(
            zip(value, stream.uniform(len(value)), strict=True)
        ):
            if not character.isalnum():
                made.append(character)
            elif any_digit and character in _DIGITS:
                made.append(_DIGITS[int(draw * 10)])
            elif group is not None:
                other = group[int(draw * len(group))][place]
                made.append(other if other.isalnum() else character)
            else:
                alphabet = self._alphabets.get(_class(character), character)
                made.append(alphabet[int(draw * len(alphabet))])
        return "".join(made)


def _class(character: str) -> str:
    """Return what kind of character it is; a sign is of its own."""
    if character.isdigit():
        return "0"
    if not character.isalpha():
        return character
    return "A" if character.isupper() else "a" if character.islower() else "x"


def _shape(text: str) -> str:
    return "".join(map(_class, text))
