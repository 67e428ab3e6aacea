"""The client of Google Cloud Storage: one a process, with the credentials of the environment by
Google's own rules.
"""

from __future__ import annotations

import functools
import os
import threading
from typing import Any, NoReturn

from anonymize.errors import MissingExtraError, SourceAwayError, SourceError, kind_of
from anonymize.io.stores.rest_client import RestClient, Sign
from anonymize.io.stores.rest_session import CredentialsError, checked_endpoint, new_session

ENDPOINT_VARIABLE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"
"""gcloud's own: another endpoint of the store, for example of Private Service Connect."""
EMULATOR_VARIABLE = "STORAGE_EMULATOR_HOST"
"""Google's libraries' own: an emulator, which is asked without credentials."""
METADATA_SECONDS = 1.0
"""Longest wait for an answer of the machine's own metadata server, which only Google's machines
have; it is asked three times.
"""
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
_API = "/storage/v1"
_VARIABLES = ("GOOGLE_", "CLOUDSDK_", "GCE_METADATA_", EMULATOR_VARIABLE, "REQUESTS_CA_BUNDLE")
_SET = (
    "set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials, or sign in with gcloud auth"
    " application-default login"
)


def gcs_client(place: str) -> RestClient:
    """Return the client of this process; ``place`` is what an error is about.

    Raises:
        MissingExtraError: google-auth is not installed.
        SourceError: there are no credentials, or the endpoint of the environment cannot be used.
    """
    named = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith(_VARIABLES)))
    try:
        return _made(os.getpid(), named)
    except ImportError:
        raise MissingExtraError.of("data in Google Cloud Storage (gs://…)", "gcs") from None
    except CredentialsError as error:
        raise (SourceAwayError if error.passes else SourceError)(error.what, place=place) from None


@functools.lru_cache(maxsize=4)
def _made(process: int, environment: tuple[tuple[str, str], ...]) -> RestClient:
    """Return a client; one of another process, or of another environment, is not used."""
    import google.auth

    session = new_session()
    if emulator := os.environ.get(EMULATOR_VARIABLE, ""):
        url = emulator if "://" in emulator else f"http://{emulator}"
        return RestClient(checked_endpoint(url, EMULATOR_VARIABLE), session, lambda asked: asked)
    if endpoint := os.environ.get(ENDPOINT_VARIABLE, ""):
        endpoint = checked_endpoint(endpoint, ENDPOINT_VARIABLE).removesuffix(_API)
    request = _bounded(session)
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE], request=request)
    except Exception as error:  # noqa: BLE001 - google-auth's, and those of files
        _refuse(error)
    domain = getattr(credentials, "universe_domain", "") or "googleapis.com"
    return RestClient(endpoint or f"https://storage.{domain}", session, _sign(credentials, request))


def _bounded(session: Any) -> Any:
    """Return how google-auth asks for credentials: a metadata server that is not there, which is
    every machine that is not Google's, must not be waited for.
    """
    from google.auth.transport.requests import Request

    ask = Request(session)

    def bounded(url: str, *args: Any, timeout: float = 60.0, **named: Any) -> Any:
        if url.startswith("http://"):
            timeout = min(timeout, METADATA_SECONDS)
        return ask(url, *args, timeout=timeout, **named)

    return bounded


def _sign(credentials: Any, request: Any) -> Sign:
    """Return what adds a token to a request, and gets another one when it is about to expire."""
    alone = threading.Lock()

    def signed(asked: Any) -> Any:
        try:
            with alone:
                credentials.before_request(request, asked.method, asked.url, asked.headers)
        except CredentialsError:
            raise
        except Exception as error:  # noqa: BLE001 - google-auth's
            _refuse(error)
        return asked

    return signed


def _refuse(error: Exception) -> NoReturn:
    """Raise the meaning of google-auth's ``error``, whose text may quote a request or a file."""
    from google.auth import exceptions

    if isinstance(error, exceptions.TransportError) or getattr(error, "retryable", False):
        what = f"the issuer of Google's credentials cannot be reached: {kind_of(type(error))}"
        raise CredentialsError(what, passes=True) from None
    if isinstance(error, exceptions.RefreshError):
        what = "Google refuses the credentials of the environment, or they expired"
        raise CredentialsError(f"{what}; {_SET}") from None
    if named := os.environ.get("GOOGLE_APPLICATION_CREDENTIALS", ""):
        there = "cannot be used as credentials" if os.path.isfile(named) else "is not there"
        what = f"the file that GOOGLE_APPLICATION_CREDENTIALS names {there}: {kind_of(type(error))}"
        raise CredentialsError(what) from None
    raise CredentialsError(f"no Google credentials are found: {_SET}") from None
