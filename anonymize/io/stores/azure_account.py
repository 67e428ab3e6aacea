"""The storage account of Azure: where it is and how requests to it are signed, by the environment
and the names that Azure's own command line has for it.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import logging
import os
import re
import threading
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from anonymize.errors import MissingExtraError, SourceAwayError, SourceError
from anonymize.io.stores.rest_client import RestClient, Sign
from anonymize.io.stores.rest_session import CredentialsError, checked_endpoint, new_session

VERSION = "2021-12-02"
"""Version of the REST API that is spoken."""
ISSUER_SECONDS = 10
"""Longest wait for who issues tokens. azure-identity's own is five minutes, also for a machine's
own identity, which is asked for wherever nothing else is set.
"""
_TOKENS_FOR = "https://storage.azure.com/.default"
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_NAMES = {
    "account": "AZURE_STORAGE_ACCOUNT",
    "endpoint": "AZURE_STORAGE_SERVICE_ENDPOINT",
    "key": "AZURE_STORAGE_KEY",
    "sas": "AZURE_STORAGE_SAS_TOKEN",
}
_STRING = "AZURE_STORAGE_CONNECTION_STRING"
_SET = (
    "set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in by Entra ID (az login, or"
    " AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET)"
)


def azure_client(place: str) -> RestClient:
    """Return the client of this process; ``place`` is what an error is about.

    Raises:
        MissingExtraError: azure-identity is not installed.
        SourceError: the environment names no account, or one that cannot be used.
    """
    prefixes = ("AZURE_", "REQUESTS_CA_BUNDLE", "IDENTITY_", "MSI_")
    named = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith(prefixes)))
    try:
        return _made(os.getpid(), named)
    except ImportError:
        raise MissingExtraError.of("data in Azure Blob Storage (az://…)", "azure") from None
    except CredentialsError as error:
        raise (SourceAwayError if error.passes else SourceError)(error.what, place=place) from None


@functools.lru_cache(maxsize=4)
def _made(process: int, environment: tuple[tuple[str, str], ...]) -> RestClient:
    """Return a client; one of another process, or of another environment, is not used."""
    import azure.identity  # noqa: F401 - all of the extra, not only for who needs a token

    told = _told(dict(environment))
    account = told.get("account", "")
    endpoint = told.get("endpoint") or f"https://{account}.blob.core.windows.net"
    if not _ACCOUNT.fullmatch(account):
        what = "is not set, or is no account's name" if not account else "is no account's name"
        raise CredentialsError(
            f"AZURE_STORAGE_ACCOUNT {what}: set it to the storage account that holds the container"
        )
    endpoint = checked_endpoint(endpoint, "the endpoint of the storage account")
    if key := told.get("key", ""):
        sign = _by_key(account, key)
    elif sas := told.get("sas", ""):
        sign = _by_signature(sas.lstrip("?"))
    else:
        sign = _by_token()
    return RestClient(endpoint, new_session(), sign)


def _told(environment: Mapping[str, str]) -> dict[str, str]:
    """Return account, endpoint, key and shared access signature, as far as they are said; a
    connection string says all of them.
    """
    if not (string := environment.get(_STRING, "")):
        return {ours: environment.get(name, "") for ours, name in _NAMES.items()}
    parts = dict(part.partition("=")[::2] for part in string.strip().strip(";").split(";"))
    account = parts.get("AccountName", "")
    if not account:
        what = f"{_STRING} names no account: it holds AccountName=…;AccountKey=…, as Azure shows it"
        raise CredentialsError(what)
    scheme = parts.get("DefaultEndpointsProtocol", "https")
    suffix = parts.get("EndpointSuffix", "core.windows.net")
    return {
        "account": account,
        "endpoint": parts.get("BlobEndpoint", "") or f"{scheme}://{account}.blob.{suffix}",
        "key": parts.get("AccountKey", ""),
        "sas": parts.get("SharedAccessSignature", ""),
    }


def _by_key(account: str, key: str) -> Sign:
    """Return what signs by an account's key (Shared Key)."""
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise CredentialsError("the storage account's key is not one: it is not base64") from None

    def signed(asked: Any) -> Any:
        _date(asked)
        text = string_to_sign(asked.method, asked.url, asked.headers, account)
        digest = base64.b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode()
        asked.headers["Authorization"] = f"SharedKey {account}:{digest}"
        return asked

    return signed


def string_to_sign(method: str, url: str, headers: Mapping[str, str], account: str) -> str:
    """Return the text that Shared Key signs for a request without a body.

    Source: Microsoft, "Authorize with Shared Key", version 2009-09-19 and later.
    """
    given = {name.lower(): value for name, value in headers.items()}
    standard = ["content-encoding", "content-language", "content-length", "content-md5"]
    standard += ["content-type", "date", "if-modified-since", "if-match", "if-none-match"]
    standard += ["if-unmodified-since", "range"]
    own = sorted((k, v) for k, v in given.items() if k.startswith("x-ms-"))
    parts = urlsplit(url)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name.lower(), []).append(value)
    return "\n".join(
        [
            method,
            *(given.get(name, "") for name in standard),
            *(f"{name}:{value}" for name, value in own),
            f"/{account}{parts.path or '/'}",
        ]
        + [f"{name}:{','.join(sorted(values))}" for name, values in sorted(query.items())]
    )


def _by_signature(sas: str) -> Sign:
    """Return what adds a shared access signature, which is part of a query."""

    def signed(asked: Any) -> Any:
        _date(asked)
        asked.url = f"{asked.url}{'&' if '?' in asked.url else '?'}{sas}"
        return asked

    return signed


def _by_token() -> Sign:
    """Return what adds a token of Entra ID: of a service principal or a workload identity by the
    environment, of the machine's own identity, or of who signed in with ``az login``.
    """
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import DefaultAzureCredential

    logging.getLogger("azure").addHandler(logging.NullHandler())  # the error says it, not stderr
    issuer = DefaultAzureCredential(
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        exclude_powershell_credential=True,
        exclude_developer_cli_credential=True,
        exclude_broker_credential=True,
        connection_timeout=ISSUER_SECONDS,
        read_timeout=ISSUER_SECONDS,
    )
    alone = threading.Lock()

    def signed(asked: Any) -> Any:
        _date(asked)
        try:
            with alone:
                token = issuer.get_token(_TOKENS_FOR).token
        except ClientAuthenticationError:
            raise CredentialsError(f"Entra ID gives no token for the account: {_SET}") from None
        except Exception:  # noqa: BLE001 - azure-core's; their texts quote requests
            what = "the issuer of Azure's credentials cannot be reached"
            raise CredentialsError(what, passes=True) from None
        asked.headers["Authorization"] = f"Bearer {token}"
        return asked

    return signed


def _date(asked: Any) -> None:
    asked.headers["x-ms-version"] = VERSION
    asked.headers["x-ms-date"] = formatdate(usegmt=True)
