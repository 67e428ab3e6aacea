"""How many of a column's values are names of people: by how they are written, by dictionaries."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from anonymize.detect.columns.names_beside import is_name_with_something
from anonymize.detect.columns.sampled_values import SampledValues
from anonymize.detect.vocabulary.lexicon import any_name, fold, lexicon
from anonymize.detect.words import word_set

_TITLES = word_set("""
    mr mrs ms miss dr prof sir madam herr frau hr fr m mme mlle sr sra srta don dona sig dott ing jr
    ii iii iv md phd dds dvm esq
    """)
_PARTICLES = word_set("""
    de del della di da do dos das du la le van von der den ten ter al el bin ibn abu st saint mc mac
    o y e zu zum dr
    """)


class NameMeasures(SampledValues):
    """Shares of a column's values that are names, each computed on first use."""

    @cached_property
    def name_shaped(self) -> float:
        """Return the share of values written like a person's name: one to five words of letters."""
        return self.share("name")

    @cached_property
    def person(self) -> float:
        """Return the share of values whose words are in the name dictionaries."""
        words = lexicon()
        given, surname = words["given"], words["surname"]
        return self.share_of(lambda text: _is_person(text, given, surname))

    @cached_property
    def name_beside(self) -> float:
        """Return the share of values that are names once digits, signs and ``c/o`` beside them are
        taken away.
        """
        return self.share_of(is_name_with_something)

    @cached_property
    def phrases(self) -> float:
        """Return the share of values that begin with a capital and go on with a word in lower case:
        no one's name.
        """
        return self.share_of(
            lambda t: (
                t[:1].isupper()
                and any(w.islower() and len(w) > 2 and w not in _PARTICLES for w in t.split()[1:])
            )
        )

    @cached_property
    def common_noun(self) -> float:
        """Return the share of values, of four or more, with the commonest word that no dictionary
        of names knows.
        """
        if self.n < 4:
            return 0.0
        names = (lexicon()["given"], lexicon()["surname"], _TITLES, _PARTICLES)
        counts = Counter(w for text in self.few for w in set(fold(text).split()) if len(w) > 2)
        for word in [word for word in counts if any(word in known for known in names)]:
            del counts[word]
        share = counts.most_common(1)[0][1] / len(self.few) if counts else 0.0
        return share if self.n >= 10 or share > 0.45 else 0.0

    @cached_property
    def given(self) -> float:
        """Return the share of values that are a given name."""
        return self._share_in(lexicon()["given"])

    @cached_property
    def surname(self) -> float:
        """Return the share of values that are a family name."""
        return self._share_in(lexicon()["surname"])

    @cached_property
    def login_like(self) -> float:
        """Return the share of values like ``mturner0`` or ``anna.berg``: an initial and a family
        name, or two names.
        """
        names = any_name()

        def login(text: str) -> bool:
            if not text.islower() or not text.isascii():
                return False
            bare = text.rstrip("0123456789_")
            parts = [part for part in re.split(r"[._-]", bare) if part]
            if len(parts) == 2:
                return parts[0] in names or parts[1] in names
            if len(bare) < 5 or bare in names:
                return False
            return any(
                len(core) >= 4 and core in names for core in (bare[1:], bare[:-1], bare[1:-1])
            )

        return self.share_of(login)


def _is_person(text: str, given: frozenset[str], surname: frozenset[str]) -> bool:
    words = [
        w for w in re.split(r"[\s,]+", fold(text)) if w and w not in _TITLES and w not in _PARTICLES
    ]
    if not 2 <= len(words) <= 5:
        return False
    known = [w in given or w in surname for w in words]
    strong = sum(known)
    return strong >= 2 or (
        strong == 1 and len(words) == 2 and (words[0] in given or words[-1] in given)
    )
