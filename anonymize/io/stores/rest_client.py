"""Asks a store by its REST API: over TLS alone, with limits of time and size, again if that may
help. Redirects are not followed: the credentials are for the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING

from anonymize.errors import SourceAwayError, SourceError, kind_of
from anonymize.io.stores.rest_session import CredentialsError

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS, READ_SECONDS, TRIES = 10, 60, 5
WAIT_SECONDS = 1.0
"""Longest pause before the second try; it doubles with each. A store's Retry-After may make it
longer, up to `MOST_WAIT_SECONDS`.
"""
MOST_WAIT_SECONDS = 30.0
_AGAIN = (408, 429)
_REFUSED, _INSIDE = 400, 500
_ERROR_BYTES = 1 << 16
"""Bytes of a refusal that are read for its code."""
Sign = Callable[["requests.PreparedRequest"], "requests.PreparedRequest"]
"""Adds the credentials to a request; raises `CredentialsError`."""


@dataclass(frozen=True)
class Answer:
    """A store's answer, of any status that no other try changes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    """All of it, unless the request said to read less."""


@dataclass(frozen=True)
class RestClient:
    """Where a store is, and how its requests are signed."""

    endpoint: str
    """``https://host``, with a path if the store has one, and no slash at its end."""
    session: requests.Session
    sign: Sign

    def ask(
        self,
        place: str,
        path: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        most_bytes: int,
    ) -> Answer:
        """Return the answer about ``place`` to a request for ``path``, which is quoted already and
        may have a query. ``most_bytes`` of its body are read.

        Raises:
            SourceAwayError: the store could not be reached, was overloaded or lost the connection,
                `TRIES` times.
            SourceError: its certificate is not accepted, or the credentials are not.
        """
        failed, after = SourceAwayError("", place=place), 0.0
        for number in range(TRIES):
            if number:
                time.sleep(_pause(number, after))
            after = 0.0
            try:
                answer = self._once(method, path, headers, most_bytes)
            except CredentialsError as error:
                raise (SourceAwayError if error.passes else SourceError)(
                    error.what, place=place
                ) from None
            except Exception as error:  # noqa: BLE001 - requests', urllib3's and the system's
                if (refusal := _certificate(error)) is not None:
                    raise SourceError(refusal, place=place) from None
                if not _is_of_connection(error):
                    what = f"the store cannot be used: {kind_of(type(error))}"
                    raise SourceError(what, place=place) from None
                what = f"the store cannot be reached: {kind_of(type(error))}"
            else:
                if answer.status not in _AGAIN and answer.status < _INSIDE:
                    return answer
                after = _seconds(answer.headers.get("Retry-After", ""))
                what = f"the store is overloaded or failed inside: {answer.status}"
            failed = SourceAwayError(what, place=place)
        raise failed

    def _once(self, method: str, path: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        response = self.session.request(
            method,
            f"{self.endpoint}{path}",
            headers=dict(headers),
            auth=self.sign,
            allow_redirects=False,
            stream=True,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
        with response:
            # bytes as they are stored: a range of them has a meaning only so
            most = max(most_bytes, _ERROR_BYTES) if response.status_code >= _REFUSED else most_bytes
            body = bytes(response.raw.read(most, decode_content=False))
            told = response.headers.get("Content-Length", "")
            whole = int(told) if told.isdigit() and method != "HEAD" else 0
            if len(body) < min(whole, most):
                raise ConnectionError("a body was cut")
            return Answer(response.status_code, response.headers, body)


def _pause(number: int, after: float) -> float:
    grown = WAIT_SECONDS * 2.0 ** (number - 1) * SystemRandom().uniform(0.5, 1)
    return min(MOST_WAIT_SECONDS, max(grown, after))


def _seconds(said: str) -> float:
    return float(said) if said.isdigit() else 0.0


def _is_of_connection(error: BaseException) -> bool:
    from requests.exceptions import (
        ChunkedEncodingError,
        ConnectionError,
        ContentDecodingError,
        Timeout,
    )
    from urllib3.exceptions import HTTPError

    kinds = (ConnectionError, ChunkedEncodingError, ContentDecodingError, Timeout, HTTPError)
    return isinstance(error, (*kinds, OSError)) and not _is_of_use(error)


def _is_of_use(error: BaseException) -> bool:
    """Return True for a request that cannot be made at all; requests calls it an OSError too."""
    from requests.exceptions import InvalidURL, MissingSchema

    return isinstance(error, InvalidURL | MissingSchema)


def _certificate(error: BaseException) -> str | None:
    """Return what is wrong with a server's certificate; None if something else failed."""
    import ssl

    left, seen = [error], 0
    while left and seen < 20:
        one, seen = left.pop(), seen + 1
        if isinstance(one, ssl.SSLCertVerificationError):
            what = f"the store's certificate is refused: {one.verify_message}"
            return f"{what}; name an authority of your own by REQUESTS_CA_BUNDLE"
        causes = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        left += [cause for cause in causes if isinstance(cause, BaseException)]
    return None
