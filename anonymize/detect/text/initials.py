"""Family names with initials in Cyrillic letters: ``Смирнов А.Н.``, ``А. Н. Смирнова``.

In official texts people are mostly written so. Name models, which learn from prose, miss half of
them; the form alone is nearly always a person.
"""

from __future__ import annotations

import re

from anonymize.detect.text.own_rules import OwnRule, Shape
from anonymize.detect.vocabulary.lexicon import fold, lexicon

_CAPITAL, _SMALL = "А-ЯЁІЇЄҐЎЈЉЊЋЂЏЃЌЅ", "а-яёіїєґўјљњћђџѓќѕ"
CYRILLIC = re.compile(rf"[{_CAPITAL}{_SMALL}'’-]+")
_ENDING = re.compile(
    r"(?i)(?:[оеё]ва?|[иы]на?|[сц]к(?:ий|ая|ого|ой|ому|им|ою)|енко|[уюи]к|[иы]ч|[оеа]вой|[иы]ной"
    r"|[оеё]в[уы]|[оеё]вым|[иы]н[уы]|[иы]ным|ян|дзе|швили|ых|их|ко)\Z"
)
"""How most family names of eastern Europe end, in the cases that texts put them."""
_FAMILY = (
    rf"[{_CAPITAL}](?:[{_SMALL}'’]+|[{_CAPITAL}]{{3,}})"
    rf"(?:-[{_CAPITAL}][{_SMALL}{_CAPITAL}]{{2,}})?"
)
_GAP = r"[ \u00a0\u202f]"
_ONE = rf"[{_CAPITAL}]\."
_TWO = rf"{_ONE}{_GAP}?(?:-?{_ONE})"
_LEFT, _RIGHT = r"(?<![\w.])", r"(?!\w)"


def is_cyrillic_family(word: str) -> bool:
    """Return whether a Cyrillic word is written as family names are, or is one of the
    dictionaries'.
    """
    return _ENDING.search(word) is not None or fold(word) in lexicon()["surname"]


def _begins_with_family(text: str) -> bool:
    return is_cyrillic_family(re.split(r"[ \u00a0\u202f,]", text)[0])


def _ends_with_family(text: str) -> bool:
    last = re.split(r"[ \u00a0\u202f.]", text)[-1]
    return len(last) > 2 and is_cyrillic_family(last)


def initials_rule() -> OwnRule:
    """Return the rule that finds them.

    Between two words (``Приказ А.Н. Смирнова``) the initials belong to the second, unless only the
    first is a family name. One initial alone needs a word that is written as family names are.
    """
    probe = rf"[{_CAPITAL}]\."
    behind = rf"(?!{_GAP}?{_FAMILY})"
    return OwnRule(
        "initials",
        [
            Shape("PERSON", rf"{_LEFT}{_TWO}{_GAP}?{_FAMILY}{_RIGHT}", 0.9, probe=probe, flags=0),
            Shape("PERSON", rf"{_LEFT}{_FAMILY},?{_GAP}{_TWO}{behind}", 0.9, probe=probe, flags=0),
            Shape(
                "PERSON", rf"{_LEFT}{_FAMILY},?{_GAP}{_TWO}(?={_GAP}?{_FAMILY})", 0.86,
                _begins_with_family, probe=probe, flags=0,
            ),
            Shape(
                "PERSON", rf"{_LEFT}{_ONE}{_GAP}?{_FAMILY}{_RIGHT}", 0.86,
                _ends_with_family, probe=probe, flags=0,
            ),
        ],
    )  # fmt: skip
