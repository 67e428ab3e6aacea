"""E-mail addresses that are written in a code: percent-encoded in links, as hexadecimal digits, in
Base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from anonymize.detect.forms import Find, Weight, is_mail

LONGEST = 4096
"""Characters of the longest run of one code that is decoded."""
_AT = r"(?:%(?:25)*40|&#0*64;|&#[xX]0*40;|&commat;|\\u0040|\\x40)"
_DOT = r"(?:\.|%(?:25)*2[eE]|&#0*46;|\\u002[eE]|\\x2[eE])"
_MAIL_BESIDE_CODE = re.compile(
    rf"[A-Za-z0-9](?:[\w.+-]|%(?:25)*2[bBeEdD]){{0,63}}{_AT}[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,8}}"
    rf"{_DOT}[A-Za-z]{{2,24}}",
    re.ASCII,
)
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x|\\x)?((?:[0-9A-Fa-f]{2}){6,})(?![0-9A-Za-z])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+_-])[A-Za-z0-9+_-][A-Za-z0-9+/_-]{11,}(?![A-Za-z0-9+/_-])")
_LONG = re.compile(r"[A-Za-z0-9+/_-]{14}")
"""Shorter runs are words, and no address is that short in a code."""
_PART_OF_PATH = re.compile(r"[A-Za-z0-9+_-]{12,}")
_MAIL = re.compile(
    r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}", re.ASCII
)


def may_be_coded(text: str) -> bool:
    """Return whether ``text`` has a word so long that it may be an address in a code."""
    return _LONG.search(text) is not None


def encoded_mails(text: str) -> Iterator[Find]:
    """Yield the e-mail addresses in ``text`` whose at sign is written in a code, or that are in one
    as a whole.

    A digest or a key decodes to no printable text with an address in it, so each find is a proof.
    """
    if any(mark in text for mark in ("40", "64;", "&commat;")):
        for match in _MAIL_BESIDE_CODE.finditer(text):
            yield Find("EMAIL_ADDRESS", match.start(), match.end(), Weight.PROOF)
    if len(text) < 12:
        return
    for match in _HEX.finditer(text) if "40" in text else ():
        if _holds_mail(bytes.fromhex(match[1][: 2 * LONGEST])):
            yield Find("EMAIL_ADDRESS", match.start(), match.end(), Weight.PROOF)
    for match in _BASE64.finditer(text):
        parts = _PART_OF_PATH.finditer(text, *match.span()) if "/" in match[0] else ()
        for part in (match, *parts):
            if _holds_mail(_of_base64(part[0][:LONGEST])):
                yield Find("EMAIL_ADDRESS", part.start(), part.end(), Weight.PROOF)
                break


def _of_base64(text: str) -> bytes:
    """Return what ``text`` is in Base64 or its form for links, empty where it is not; padding may
    be missing.
    """
    whole = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return base64.b64decode(whole.replace("-", "+").replace("_", "/") + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return b""


def _holds_mail(data: bytes) -> bool:
    if b"@" not in data:
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    if not all(letter.isprintable() or letter in "\r\n\t" for letter in text):
        return False
    return any(is_mail(match[0]) for match in _MAIL.finditer(text))
