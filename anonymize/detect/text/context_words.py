"""Context words as Presidio weighs them: five words before a finding, or the one it starts with,
raise its score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TOKEN = re.compile(r"\w+|[^\w\s]")
"""Words and single marks; what the engine's word splitter yields."""
RAISE = 0.35
"""Added to a score that context supports."""
AT_LEAST = 0.4
"""What a supported score is at least."""
WORDS_AROUND = 6
"""Words looked at up to the finding's start, the one it starts in among them."""
_WINDOW = 160
_WORD = re.compile(r"\w")
_CAPITAL_BE = re.compile(r"(?<!\w)(?:Be|bE|BE)(?!\w)")


def is_mark(word: str) -> bool:
    """Return whether ``word`` is one mark, no word."""
    return len(word) == 1 and not word.isalnum()


class Context:
    """The words of one text around its findings."""

    def __init__(self, text: str) -> None:
        """Take the text."""
        self._text = text
        self._known: dict[int, str] = {}
        self._be: bool | None = None

    def supports(self, start: int, words: Sequence[str]) -> bool:
        """Return whether one of ``words`` (lower case) occurs inside a word near the finding at
        ``start``.
        """
        if start not in self._known:
            self._known[start] = "\n".join(self._around(start))
        around = self._known[start]
        return any(word in around for word in words)

    def _around(self, start: int) -> list[str]:
        first = self._word_start(start)
        token = TOKEN.search(self._text, first)
        if token is None:
            return []
        words = self._before(first)
        at: re.Match[str] | None = token
        while at is not None:
            if self._counts(at.group().lower()):
                found = at.group().lower()
                return [*words[: WORDS_AROUND - (at is token)], found]
            at = TOKEN.search(self._text, at.end())
        return words[:WORDS_AROUND]

    def _before(self, end: int) -> list[str]:
        """Return the counted words that end before ``end``, nearest first, ``WORDS_AROUND`` of them
        if there are.
        """
        window = _WINDOW
        while True:
            low = self._word_start(max(0, end - window))
            words = [
                word
                for raw in reversed(TOKEN.findall(self._text[low:end]))
                if self._counts(word := raw.lower())
            ]
            if low == 0 or len(words) >= WORDS_AROUND:
                return words[:WORDS_AROUND]
            window *= 4

    def _word_start(self, at: int) -> int:
        """Return the start of the word that contains ``at``; ``at`` itself between words."""
        text = self._text
        while 0 < at < len(text) and _WORD.match(text, at) and _WORD.match(text, at - 1):
            at -= 1
        return at

    def _counts(self, word: str) -> bool:
        if word != "be":
            return not is_mark(word)
        if self._be is None:
            self._be = _CAPITAL_BE.search(self._text) is not None
        return self._be
