"""Findings that begin and end where tokens do: what Presidio's patterns cut, widened, dropped or
found again.

Presidio's findings are the start. A number that is none given its neighbours goes
(``number_context``), as does a link that is a piece of code (``links``); an identifier that was
taken in part is taken whole; an address glued to letters of another script, or at a host without a
public suffix, is found. ``docs/detection.md`` has the whole table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from anonymize.detect.text.disguises import Folded
from anonymize.detect.text.emails import ENTITY as MAIL
from anonymize.detect.text.emails import RECOGNIZER, SCORE
from anonymize.detect.text.emails import mails as mails_in
from anonymize.detect.text.encoded_emails import encoded_mails
from anonymize.detect.text.intervals import Places
from anonymize.detect.text.links import is_link
from anonymize.detect.text.number_context import is_number, zeros_behind
from anonymize.detect.text.presidio_rules import without_contained
from anonymize.detect.text.script_boundaries import at_seams_apart, is_caseless, is_seam
from anonymize.detect.text.span_table import Span

_BUILT_OF_MARKS = frozenset(
    ("URL", MAIL, "IP_ADDRESS", "MAC_ADDRESS", "DATE_TIME", "PHONE_NUMBER", "UUID")
)
"""Kinds whose patterns say themselves where they end; those of the other kinds are numbers and
codes.
"""
_GROUPS_BEHIND = re.compile(r"(?:[-.](?=[A-Za-z]*[0-9])[A-Za-z0-9]+)+")
_GROUPS_BEFORE = re.compile(r"(?:(?=[A-Za-z]*[0-9])[A-Za-z0-9]+[-.])+$")
_LOOSE_GROUPS = re.compile(r"(?: [0-9]{2,6}(?![\w.,:/%]|-[0-9]))+")
_LOOSE = ("LICENSE", "LICENCE", "PASSPORT")
_FURTHEST = 256
"""Code points behind a number in which further groups of it are looked for: each find costs no more
than that.
"""
_LONGEST_CODE = 24
"""Letters and digits from which a token is a digest or a key, and a licence found in its middle is
chance.
"""


def bounded(
    text: str,
    found: list[Span],
    again: Callable[[str], Sequence[Span]],
    own: Collection[str],
    *,
    mails: bool = True,
    folded: Folded | None = None,
) -> list[Span]:
    """Return the findings of ``text`` with their bounds mended.

    Args:
        text: what was scanned.
        found: Presidio's findings in it.
        again: scans another text for the same; asked with letters of different scripts set apart.
        own: names of a policy's own recognizers: what they match is what its author asked for, and
            stays.
        mails: whether e-mail addresses are looked for at any host.
        folded: ``text`` without its disguises, where it has any; its addresses count too.
    """
    spans = list(found)
    if not text.isascii() and (apart := at_seams_apart(text)) is not None:
        spans += [(*apart.original(start, end), *rest) for start, end, *rest in again(apart.text)]  # type: ignore[misc]
    addresses = list(mails_in(text)) if mails and "@" in text else []
    if mails and folded is not None and "@" in folded.text:
        known_already = set(addresses)
        also = (folded.original(*one) for one in mails_in(folded.text))
        addresses += [place for place in also if place not in known_already]
    if mails:
        known_already = set(addresses)
        coded = ((find.start, find.end) for find in encoded_mails(text))
        addresses = sorted([*addresses, *(place for place in coded if place not in known_already)])
    if not spans and not addresses:
        return []
    places = Places(addresses)
    mended = [
        one for span in spans if (one := span if span[4] in own else _mended(text, span, places))
    ]
    known = Places(span[:2] for span in mended if span[2] == MAIL)
    mended += [
        (start, end, MAIL, SCORE, RECOGNIZER)
        for start, end in addresses
        if not known.around(start, end)
    ]
    return found if mended == found and not addresses else _without_fragments(text, mended, places)


def _mended(text: str, span: Span, addresses: Places) -> Span | None:
    """Return one finding of Presidio's with its bounds mended; None where it is none."""
    start, end, entity, score, name = span
    if entity == "URL":
        while start < end - 1 and not (text[start].isascii() or text[start].isalnum()):
            start += 1  # a full stop of another script, taken for the dot before a host
            span = (start, *span[1:])
        return span if is_link(text, start, end) else None
    if entity == MAIL:
        return (*_narrowed(text, start, end, addresses), entity, score, name)
    if not is_number(entity, text, start, end):
        return None
    if entity in ("PHONE_NUMBER", "CREDIT_CARD"):
        end = zeros_behind(text, end)
    return (
        (start, end, entity, score, name)
        if entity in _BUILT_OF_MARKS
        else _whole(text, (start, end, *span[2:]))
    )


def _narrowed(text: str, start: int, end: int, addresses: Places) -> tuple[int, int]:
    """Return the bounds of an address without letters of a script without blanks that are glued to
    it.
    """
    for low, high in addresses.touching(start, end):
        glued_before = start < low <= end and is_caseless(text[low - 1])
        glued_behind = low <= start < high < end and is_caseless(text[high])
        if (glued_before and low < end) or glued_behind:
            return (low if glued_before else start), (
                high if high < end and is_caseless(text[high]) else end
            )
    return start, end


def _whole(text: str, span: Span) -> Span | None:
    """Return a number or code with the rest of its token; None where it is a piece of a digest or
    key.
    """
    start, end, entity, score, name = span
    low, high, most = start, end, max(_LONGEST_CODE, 2 * (end - start))
    while low and high - low < most and _continues(text[low - 1], text[low]):
        low -= 1
    while high < len(text) and high - low < most and _continues(text[high], text[high - 1]):
        high += 1
    if high - low >= most:
        return None
    if not any(map(str.isdigit, text[low:high])):
        return (low, high, entity, score, name)
    if ahead := _GROUPS_BEFORE.search(text, max(0, low - 40), low):
        low = ahead.start() if ahead.start() == 0 or not text[ahead.start() - 1].isalnum() else low
    if behind := _GROUPS_BEHIND.match(text, high, high + _FURTHEST):
        high = behind.end()
    if any(kind in entity for kind in _LOOSE) and (
        loose := _LOOSE_GROUPS.match(text, high, high + _FURTHEST)
    ):
        high = loose.end()
    return (low, high, entity, score, name)


def _continues(char: str, beside: str) -> bool:
    """Return whether a token goes on from ``beside`` to ``char``: letters, digits, underscores of
    one script.
    """
    if not (char.isalnum() or char == "_"):
        return False
    return not (is_caseless(char) or is_caseless(beside) or is_seam(char, beside))


def _without_fragments(text: str, spans: Sequence[Span], addresses: Places) -> list[Span]:
    """Return ``spans`` without links that an address overlaps, and without findings contained in
    one of the same kind.
    """
    names: dict[tuple[int, int, str, float], str] = {}
    for span in spans:
        start, end = span[:2]
        cut = (
            span[2] == "URL"
            and "://" not in text[start:end]
            and any(
                not (low <= start and end <= high)
                for low, high in addresses.overlapping(start, end)
            )
        )
        if not cut:
            names.setdefault(span[:4], span[4])
    return [(*one, names[one]) for one in without_contained(names)]
