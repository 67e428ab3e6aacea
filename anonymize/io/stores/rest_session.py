"""How stores are connected to by REST: certificates verified, plain http for this machine alone,
and nothing secret in logs.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import requests

CONNECTIONS = 16
_METADATA = ("169.254.169.254", "metadata.google.internal")
"""Where a machine in a cloud gets its own credentials, by plain http as the clouds define it."""
_SECRET = re.compile(r"(?<=[?&]sig=)[^&\s]+", re.IGNORECASE)


class CredentialsError(Exception):
    """Credentials are missing or refused where they are issued. The text quotes nothing of them."""

    def __init__(self, what: str, *, passes: bool = False) -> None:
        """Keep what is wrong, and whether it may pass."""
        super().__init__(what)
        self.what, self.passes = what, passes


def new_session() -> requests.Session:
    """Return a session for the threads of this process: certificates are verified, plain http is
    for this machine alone, and nothing is tried again behind our back.

    Raises:
        ImportError: requests is not installed.
    """
    import requests
    from requests.adapters import HTTPAdapter

    class LoopbackOnly(HTTPAdapter):  # type: ignore[misc]  # requests has no types
        """Refuses plain http beyond this machine, also to those who issue credentials."""

        def send(self, request: Any, *args: Any, **named: Any) -> Any:
            if not is_loopback(request.url) and urlsplit(request.url).hostname not in _METADATA:
                raise CredentialsError("plain http is refused: only https is")
            return super().send(request, *args, **named)

    _keep_secrets_out_of_logs()
    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))
    session.mount("http://", LoopbackOnly(pool_maxsize=CONNECTIONS, max_retries=0))
    return session


def is_loopback(url: str) -> bool:
    """Return True if an address is one of this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_endpoint(url: str, variable: str) -> str:
    """Return an endpoint of the environment without a slash at its end.

    Raises:
        CredentialsError: it is no address, holds credentials, or is plain http beyond this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CredentialsError(f"{variable} is no address; write https://HOST")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise CredentialsError(f"{variable} holds more than an address; write https://HOST")
    if parts.scheme == "http" and not is_loopback(url):
        raise CredentialsError(f"{variable} is plain http: refused; write https://HOST")
    return url.rstrip("/")


@functools.lru_cache(maxsize=1)
def _keep_secrets_out_of_logs() -> None:
    """Take signatures out of the addresses that urllib3 logs if somebody asks for its talk."""
    logging.getLogger("urllib3.connectionpool").addFilter(_without_signatures)


def _without_signatures(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            _SECRET.sub("…", one) if isinstance(one, str) else one for one in record.args
        )
    return True
