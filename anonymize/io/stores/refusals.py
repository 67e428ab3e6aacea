"""Translates boto3's errors into messages of this project. Their own texts may quote requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from anonymize.errors import (
    DatasetAwayError,
    DatasetError,
    SourceAwayError,
    SourceError,
    kind_of,
)

Kind = type[SourceError] | type[DatasetError]
"""What an error is about: a source, or a dataset."""
CHANGED = "changed while it was read; run again when nothing writes to it"
_NO_KEYS = (
    "no AWS credentials are found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_TOO_MANY, _INSIDE = 429, 500
_PASSING = ("SlowDown", "Throttling", "RequestTimeout", "InternalError")
_MOST_SKEW = timedelta(minutes=10)
"""S3 refuses requests whose time is 15 minutes away from its own."""
_BAD_KEYS = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "InvalidClientTokenId",
)
_REGION = (
    "PermanentRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
)
_LOST = (409, 412)


def is_lost_race(error: Exception) -> bool:
    """Return True if a conditional request failed because the object is not what it was."""
    return _status(error) in _LOST


def is_missing(error: Exception) -> bool:
    """Return True if the store answered that there is no such object."""
    return _status(error) == 404 and _code(error) != "NoSuchBucket"


def is_unchanged(error: Exception) -> bool:
    """Return True if the store answered that an object still is what it was (304)."""
    return _status(error) == 304


def translated(
    error: BaseException, place: str, kind: Kind = SourceError
) -> SourceError | DatasetError:
    """Return the meaning of boto3's ``error`` about ``place``; of ``kind``, or of its kind for
    causes that pass.

    The store's own text is never quoted: it may hold parts of a request.
    """
    name = kind_of(type(error))
    away = DatasetAwayError if issubclass(kind, DatasetError) else SourceAwayError
    if name.startswith(("NoCredentials", "PartialCredentials", "CredentialRetrieval", "Token")):
        return kind(_NO_KEYS, place=place)
    if name in ("ProfileNotFound", "SSOTokenLoadError", "UnauthorizedSSOTokenError"):
        what = "the AWS profile of the environment (AWS_PROFILE) is not there, or is signed out"
        return kind(what, place=place)
    if name == "NoRegionError":
        return kind("no AWS region is known; set AWS_DEFAULT_REGION", place=place)
    code, status = _code(error), _status(error)
    if not code:
        if _is_of_connection(error):
            return away(f"the store cannot be reached: {name}", place=place)
        return kind(f"the store cannot be used: {name}", place=place)
    if code == "RequestTimeTooSkewed" or (status == 403 and abs(_ahead(error)) > _MOST_SKEW):
        return away(_clock(_ahead(error)), place=place)
    if code.startswith(_PASSING) or status == _TOO_MANY or status >= _INSIDE:
        return away(f"the store is overloaded or failed inside: {code}", place=place)
    return kind(_said(code, status), place=place)


def time_of(answer: Mapping[str, Any]) -> datetime | None:
    """Return the store's time, as the head of an answer says it; None if it says none."""
    return _time_said(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))


def is_skewed(said: str) -> bool:
    """Return True if this machine's clock is so far from a store's ``Date`` that the store refuses
    what is signed here.
    """
    return abs(_ahead_of(said)) > _MOST_SKEW


def clock_refusal(said: str) -> str:
    """Return what is wrong with this machine's clock, by a store's ``Date``."""
    return _clock(_ahead_of(said))


def _time_said(said: str) -> datetime | None:
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _ahead_of(said: str) -> timedelta:
    there = _time_said(said)
    return datetime.now(UTC) - there if there else timedelta()


def _ahead(error: BaseException) -> timedelta:
    """Return how far this machine's clock is ahead of the store's; 0 if that is not known."""
    there = time_of(_response(error))
    return datetime.now(UTC) - there if there else timedelta()


def _clock(ahead: timedelta) -> str:
    minutes, by = round(abs(ahead) / timedelta(minutes=1)), "not"
    if minutes:
        far = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
        by = f"{far} {'ahead of' if ahead > timedelta() else 'behind'}"
    what = "the store refuses requests of this machine's time"
    return f"{what}: its clock is {by} the store's; set it, and run again"


def _said(code: str, status: int) -> str:
    if code == "NoSuchBucket":
        return "there is no such bucket"
    if status == 412:
        return CHANGED
    if code in _BAD_KEYS:
        return f"the store refuses the credentials of the environment: {code}"
    if code in _REGION or status in (301, 307):
        return "the bucket is in another region; set AWS_DEFAULT_REGION"
    if status == 404:
        return "there is no such object"
    if status == 403:
        return f"the credentials of the environment have no permission: {plain_code(code)}"
    return f"the store refuses: {plain_code(code)}"


def plain_code(code: str) -> str:
    """Return a code if it is a word, since any server may answer."""
    return code if code.isalnum() and len(code) < 60 else "an unknown code"


def _code(error: BaseException) -> str:
    return str(_response(error).get("Error", {}).get("Code", ""))


def _status(error: BaseException) -> int:
    return int(_response(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def _response(error: BaseException) -> dict[str, Any]:
    """Return a ClientError's answer; other errors have none, or one that is no dictionary."""
    response = getattr(error, "response", None)
    return response if isinstance(response, dict) else {}


def _is_of_connection(error: BaseException) -> bool:
    from botocore.exceptions import (
        ConnectionError,
        HTTPClientError,
        IncompleteReadError,
        ResponseStreamingError,
    )

    kinds = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError)
    return isinstance(error, (*kinds, OSError))
