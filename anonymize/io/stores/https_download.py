"""A whole body from an address: tried again when the cause passes, continued where it broke off,
within bounds of size and time.
"""

from __future__ import annotations

import http.client
import os
import random
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io.stores.https_connection import request, shown
from anonymize.io.stores.https_settings import HttpsSettings
from anonymize.io.stores.spool import Spool

TRIES = 6
"""Requests without progress; one that brought bytes begins the count anew."""
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 120.0
"""First wait, doubled each time; also the longest that ``Retry-After`` may ask for."""
_PIECE_BYTES = 1 << 20
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_SAID = {
    401: "the host wants credentials, or refuses those of the environment: say auth:",
    403: "the host refuses: no permission",
    404: "there is nothing at this address",
    410: "there is nothing at this address any more",
}


@dataclass(frozen=True)
class Body:
    """A body that is here completely."""

    spool: Spool
    url: str
    """The address that gave it, after redirects."""
    content_type: str
    etag: str
    link: str
    """The ``Link`` headers."""


class _LaterError(Exception):
    """What stops a download may pass; ``seconds`` is how long the host asks to wait."""

    def __init__(self, what: str, seconds: float = 0.0) -> None:
        self.what, self.seconds = what, seconds
        super().__init__(what)


def download(url: str, settings: HttpsSettings, most_bytes: int, until: float) -> Body:
    """Return the body at ``url``, of at most ``most_bytes``, before the monotonic time ``until``.

    Raises:
        SourceError: refused, larger, or not here in time; SourceAwayError if the host is busy or
            loses connections all the time.
    """
    spool, validator, left, pause = Spool(), "", TRIES, PAUSE_SECONDS
    while True:
        before = spool.size_bytes
        headers = {"Range": f"bytes={before}-", "If-Range": validator} if before else {}
        try:
            answer, at = request(url, settings, headers, max(0.1, until - time.monotonic()))
            try:
                _take_status(answer, spool, validator, shown(url))
                validator = _validator(answer)
                _read(answer, spool, most_bytes, until, shown(url))
            finally:
                answer.close()
            return Body(
                spool,
                at,
                answer.headers.get("Content-Type", ""),
                answer.headers.get("ETag", ""),
                ", ".join(answer.headers.get_all("Link", [])),
            )
        except (_LaterError, SourceAwayError) as error:
            what = error.what if isinstance(error, _LaterError) else error.problems[0].what
            wait = error.seconds if isinstance(error, _LaterError) else 0.0
        if not validator:
            spool.restart()  # nothing says that a second answer would be of the same bytes
        progress = spool.size_bytes > before
        left, pause = (TRIES, PAUSE_SECONDS) if progress else (left - 1, pause * 2)
        wait = max(wait, pause * (1 + random.random() / 4))  # noqa: S311 - no secret
        if left <= 0 or wait > LONGEST_PAUSE_SECONDS:
            raise SourceAwayError(what, place=shown(url))
        if time.monotonic() + wait > until:
            raise _too_slow(settings, shown(url))
        time.sleep(wait)


def _take_status(
    answer: http.client.HTTPResponse, spool: Spool, validator: str, place: str
) -> None:
    """Accept an answer whose body goes on where the spool ends; empty the spool for one that is
    whole.

    Raises:
        SourceError: the host refuses.
    """
    status, before = answer.status, spool.size_bytes
    if status == 206 and before:
        goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {before}-")
        if goes_on and _validator(answer) in ("", validator):
            return
        spool.restart()
        raise _LaterError("the host's answer is not the part that was asked for")
    if status == 200:
        spool.restart()  # the first answer, or the body is another one now
        return
    if status == 416:
        spool.restart()
        raise _LaterError("the body became shorter while it was read")
    if status in _PASSING:
        what = f"the host is overloaded or failed inside: {status}"
        raise _LaterError(what, _asked_wait(answer.headers.get("Retry-After", "")))
    raise SourceError(_SAID.get(status, f"the host refuses: {status}"), place=place)


def _read(
    answer: http.client.HTTPResponse, spool: Spool, most_bytes: int, until: float, place: str
) -> None:
    """Append the rest of the body.

    Raises:
        SourceError: too large, or too slow.
    """
    length = answer.length  # None for one in chunks
    wanted = None if length is None else spool.size_bytes + length
    if wanted is not None and wanted > most_bytes:
        raise _too_large(most_bytes, place)
    try:
        while piece := answer.read1(_PIECE_BYTES):
            _keep(piece, spool, place)
            if spool.size_bytes > most_bytes:
                raise _too_large(most_bytes, place)
            if time.monotonic() > until:
                raise SourceError("is not here in time; say most_seconds: NUMBER", place=place)
    except (OSError, http.client.HTTPException, ssl.SSLError):
        raise _LaterError("the connection was lost in the middle of the body") from None
    if wanted is not None and spool.size_bytes != wanted:
        raise _LaterError("the connection was lost in the middle of the body")


def _keep(piece: bytes, spool: Spool, place: str) -> None:
    """Append a piece. A full disk is no lost connection: what is asked for again has no room.

    Raises:
        SourceError: the disk of temporary files is full.
    """
    try:
        spool.append(piece)
    except OSError as error:
        what = f"cannot be kept while it is read: {os.strerror(error.errno or 5).lower()}"
        raise SourceError(f"{what}; set TMPDIR to a folder with room", place=place) from None


def _validator(answer: http.client.HTTPResponse) -> str:
    """Return what a later request for the rest names so that it is of the same bytes; a weak ETag
    does not.
    """
    etag = answer.headers.get("ETag", "")
    return etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")


def _asked_wait(said: str) -> float:
    """Return the seconds of ``Retry-After``, which is a number or a date; 0 for anything else."""
    if said.strip().isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _too_large(most_bytes: int, place: str) -> SourceError:
    return SourceError(f"is larger than {most_bytes} bytes; say most_bytes: NUMBER", place=place)


def _too_slow(settings: HttpsSettings, place: str) -> SourceError:
    what = f"is not here within {settings.most_seconds:g} seconds; say most_seconds: NUMBER"
    return SourceError(what, place=place)
