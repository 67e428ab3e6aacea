"""How hurried people, scanners and evaders change a text."""

from __future__ import annotations

import random
from collections.abc import Callable

CASES: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.14, str.lower),
    (0.19, str.upper),
    (0.21, str.title),
)
"""Cumulative shares of sentences written whole in another case."""

LOOKALIKES = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "l": "1", "t": "7", "b": "8"}
SCANNED = {
    "l": "1",
    "o": "0",
    "m": "rn",
    "e": "c",
    "h": "b",
    "i": "l",
    "g": "q",
    "O": "0",
    "I": "l",
    "S": "5",
    "B": "8",
}


def perturb_name(name: str, source: random.Random) -> str:
    """Return ``name`` written so as to slip past a filter, or carelessly."""
    if len(name) < 3:
        return name
    trick = source.randrange(8)
    if trick == 0:
        at = [place for place, letter in enumerate(name) if letter.lower() in LOOKALIKES]
        for place in source.sample(at, min(len(at), source.randrange(1, 3))):
            name = name[:place] + source.choice(LOOKALIKES[name[place].lower()]) + name[place + 1 :]
        return name
    if trick == 1:
        gap = source.choice((".", "-", " ", "_"))
        return "  ".join(gap.join(word) for word in name.split())
    if trick == 2:
        return "".join(
            letter.upper() if source.random() < 0.5 else letter.lower() for letter in name
        )
    if trick == 3:
        return source.choice(("_", ".", "-", "", "+")).join(name.split())
    if trick == 4:
        at = source.randrange(len(name))
        return name[:at] + name[at] * 3 + name[at:]
    if trick == 5:
        return name + str(source.randrange(1, 2010))
    if trick == 6:
        return name.replace(" ", source.choice(("  ", " . ", " / ", "\u00a0")))
    at = source.randrange(1, len(name))
    return name[:at] + source.choice((".", "*", "-", "'")) + name[at:]


def typos(text: str, source: random.Random) -> str:
    """Return ``text`` with letters swapped, dropped, doubled or misread in about one of thirty
    places.
    """
    out, at = [], 0
    while at < len(text):
        letter = text[at]
        if letter.isalpha() and source.random() < 0.03:
            trick = source.randrange(4)
            if trick == 0 and at + 1 < len(text) and text[at + 1].isalpha():
                out.append(text[at + 1] + letter)
                at += 2
                continue
            out.append(
                "" if trick == 1 else letter * 2 if trick == 2 else SCANNED.get(letter, letter)
            )
        else:
            out.append(letter)
        at += 1
    return "".join(out)
