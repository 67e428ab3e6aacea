"""What a store's REST answers mean. Their own texts are never quoted: they may hold parts of a
request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io.stores.refusals import CHANGED, clock_refusal, is_skewed, plain_code
from anonymize.io.stores.rest_client import Answer

NOT_FOUND = 404
_UNAUTHORIZED, _FORBIDDEN, _CHANGED = 401, 403, 412
_DONE = (200, 206)


@dataclass(frozen=True)
class Words:
    """What a store calls its things."""

    bucket: str
    """``bucket`` or ``container``."""
    no_bucket: str
    """The code that says that there is none; empty if the store does not tell it from an object's.
    """
    bad_credentials: tuple[str, ...]
    """Codes that refuse credentials and not what they may do."""


def is_done(answer: Answer) -> bool:
    """Return True if the answer holds what was asked for."""
    return answer.status in _DONE


def refused(answer: Answer, code: str, place: str, words: Words) -> SourceError:
    """Return the meaning of an answer with ``code`` that is not done."""
    said, status = plain_code(code), answer.status
    if status in (_UNAUTHORIZED, _FORBIDDEN) and is_skewed(_date(answer.headers)):
        return SourceAwayError(clock_refusal(_date(answer.headers)), place=place)
    if status == _CHANGED:
        return SourceError(CHANGED, place=place)
    if status == NOT_FOUND:
        named = code == words.no_bucket and code
        what = f"there is no such {words.bucket if named else 'object'}"
        return SourceError(what, place=place)
    if status == _UNAUTHORIZED or code in words.bad_credentials:
        what = f"the store refuses the credentials of the environment: {said}"
        return SourceError(what, place=place)
    if status == _FORBIDDEN:
        what = f"the credentials of the environment have no permission: {said}"
        return SourceError(what, place=place)
    return SourceError(f"the store refuses: {said} ({status})", place=place)


def checked_range(answer: Answer, first: int, end: int, size_bytes: int, place: str) -> bytes:
    """Return the bytes from ``first`` up to ``end`` of an object of ``size_bytes``.

    Raises:
        SourceError: the answer is of an object of another length, so that it was replaced.
        SourceAwayError: bytes are missing.
    """
    told = answer.headers.get("Content-Range", "")
    wanted = f"bytes {first}-{end - 1}/{size_bytes}"
    whole = answer.status == 200 and (first, end) == (0, size_bytes)
    if (told != wanted and not whole) or len(answer.body) > end - first:
        raise SourceError(CHANGED, place=place)
    if len(answer.body) < end - first:
        raise SourceAwayError("the store cannot be reached: a body was cut", place=place)
    return answer.body


def _date(headers: Mapping[str, str]) -> str:
    return headers.get("Date", "")
