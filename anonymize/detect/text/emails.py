"""E-mail addresses at any host. Presidio's recognizer requires a public suffix, which internal mail
hosts do not have.

``x@corp.internal``, ``x@mail01``, ``root@10.0.0.5`` and an address with a letter glued behind it
are addresses too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymize.detect.text.script_boundaries import is_caseless
from anonymize.detect.words import word_set

ENTITY = "EMAIL_ADDRESS"
RECOGNIZER = "MailAtAnyHost"
SCORE = 0.85
"""An address that is written like one; a public suffix makes Presidio's 1."""

_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}$")
_HOST = re.compile(r"\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*")
_LEAD = re.compile(r".*[=/&?|{}`](?=.)[.'’!#$*~^-]*|[.'’!#$*~^-]+")
_SPELLED_NUMBER = re.compile(r"[0-9]+(?:\.[0-9a-z-]+)*", re.IGNORECASE)
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_SHORT_HOST = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,62}")
_HASH = re.compile(r"(?=.*[0-9])[0-9a-f]{5,40}")
_TAGS = word_set("""
    latest next beta alpha rc canary stable main master head dev develop nightly edge lts
    experimental legacy
    npm workspace sha256 sha512 upstream todo media import param return override
    """)
"""What stands behind an at sign in code and package names and is no host."""


def mails(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each address in ``text``: between the changes of script around its at
    sign.
    """
    at = text.find("@")
    while at >= 0:
        start, end = _local(text, at), _host(text, at)
        if start < at < end - 1 and _is_mail(
            text[start:at], text[at + 1 : end], text[end : end + 2]
        ):
            yield start, end
        at = text.find("@", at + 1)


def _local(text: str, at: int) -> int:
    """Return where the part before the at sign starts."""
    match = _LOCAL.search(text, max(0, at - 65), at)
    if match is None:
        return at
    start = match.start()
    lead = _LEAD.match(text, start, at)
    start = lead.end() if lead else start
    return _cut(text, start, at)


def _cut(text: str, start: int, end: int) -> int:
    """Return where, between both, the last run begins that no letter of a script without blanks is
    glued to.
    """
    for place in range(end - 1, start, -1):
        if is_caseless(text[place - 1]) and not is_caseless(text[place]) and text[place].isalnum():
            return place
    return start


def _host(text: str, at: int) -> int:
    """Return where the host behind the at sign ends."""
    match = _HOST.match(text, at + 1)
    if match is None:
        return at
    label = at + 1
    for place in range(at + 2, match.end()):
        label = place + 1 if text[place] == "." else label
        if (
            is_caseless(text[place])
            and text[place - 1].isalnum()
            and not is_caseless(text[place - 1])
        ):
            whole = text[label:place]
            return place if whole.isascii() else match.end()
    return match.end()


def _is_mail(local: str, host: str, behind: str) -> bool:
    if not any(map(str.isalnum, local)):
        return False
    if "." in host:
        last = host.rpartition(".")[2]
        return _IPV4.fullmatch(host) is not None or not (
            _SPELLED_NUMBER.fullmatch(host) or last.isdigit()
        )
    if behind[:1] in ("@", "(", "[") or (behind[:1] == "/" and behind[1:].isalnum()):
        return False
    named = len(local) > 1 and any(map(str.isalpha, local))
    return (
        named
        and _SHORT_HOST.fullmatch(host) is not None
        and host.lower() not in _TAGS
        and not _HASH.fullmatch(host)
    )
