"""One request over TLS to an address that was checked: certificates verified, no private networks,
no redirect elsewhere.

`request` asks for what a source is, `post` hands something over.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from anonymize.errors import SourceAwayError, SourceError, kind_of
from anonymize.io.stores.https_settings import HttpsSettings

TOKEN_VARIABLE = "COATCHECK_HTTPS_TOKEN"  # noqa: S105 - a variable's name
WAIT_SECONDS = 60.0
"""Longest time for a connection, and between two pieces of an answer."""
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def shown(url: str) -> str:
    """Return an address for messages: without its query, which may hold anything."""
    parts = urlsplit(url)
    return f"https://{parts.netloc.rpartition('@')[2]}{parts.path}"


class _Checked(http.client.HTTPSConnection):
    """A connection to the very network address that was checked, so that a name that is resolved a
    second time cannot lead elsewhere.
    """

    def __init__(self, host: str, port: int, ip: str, context: ssl.SSLContext, wait: float) -> None:
        super().__init__(host, port, context=context, timeout=wait)
        self._ip, self._tls = ip, context

    def connect(self) -> None:
        """Connect to the checked address, and verify the certificate for the host's name."""
        plain = socket.create_connection((self._ip, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def request(
    url: str, settings: HttpsSettings, headers: Mapping[str, str], wait: float
) -> tuple[http.client.HTTPResponse, str]:
    """Return the answer to a GET, with its body unread, and the address that gave it.

    Follows redirects on the same host and port alone.

    Raises:
        SourceError: a private address, a wrong certificate, a redirect elsewhere, or a variable
            that is not set; SourceAwayError if the host does not answer.
    """
    first = urlsplit(url)
    sent = {"User-Agent": "coatcheck", "Accept-Encoding": "identity", **headers, **_auth(settings)}
    for _ in range(_REDIRECTS + 1):
        parts = urlsplit(url)
        answer = _asked(parts, settings, sent, min(wait, WAIT_SECONDS))
        if answer.status not in _MOVED:
            return answer, url
        answer.close()
        url = urljoin(url, answer.headers.get("Location", ""))
        refuse_elsewhere(urlsplit(url), first, "a redirect")
    raise SourceError(f"redirects more than {_REDIRECTS} times", place=shown(url))


def post(
    url: str, settings: HttpsSettings, body: bytes, content_type: str, wait: float
) -> http.client.HTTPResponse:
    """Return the answer to a POST of ``body``, itself unread. No redirect is followed, and only
    credentials that ``settings`` names go along.

    Raises:
        SourceError: a private address, a wrong certificate, or a variable that is not set;
            SourceAwayError if the host does not answer.
    """
    sent = {"User-Agent": "coatcheck", "Content-Type": content_type, **named_auth(settings)}
    return _asked(urlsplit(url), settings, sent, min(wait, WAIT_SECONDS), "POST", body)


def named_auth(settings: HttpsSettings) -> dict[str, str]:
    """Return the header that says who asks, if ``settings`` names a variable; else nothing.

    Raises:
        SourceError: the variable is not set, or holds what no header can.
    """
    return _auth(settings) if settings.bearer_env or settings.basic_env else {}


def refuse_elsewhere(to: SplitResult, first: SplitResult, what: str) -> None:
    """Refuse an address that is not on the host of the first one: the credentials are for that.

    Raises:
        SourceError: another host, another port, or plain http.
    """
    here = f"https://{first.netloc.rpartition('@')[2]}"
    if to.scheme != "https":
        raise SourceError(f"{what} leads to plain http: refused", place=here)
    if _host_and_port(to) != _host_and_port(first) or "@" in to.netloc:
        raise SourceError(f"{what} leads to another host: refused", place=here)


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        return (parts.hostname or "").lower(), parts.port or 443
    except ValueError:
        return "", 0


def _asked(
    parts: SplitResult,
    settings: HttpsSettings,
    headers: Mapping[str, str],
    wait: float,
    method: str = "GET",
    body: bytes | None = None,
) -> http.client.HTTPResponse:
    host, port = _host_and_port(parts)
    place = f"https://{parts.netloc}"
    connection = _Checked(host, port, _address(host, port, settings, place), tls_of(settings), wait)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        return connection.getresponse()
    except ssl.SSLCertVerificationError as error:
        connection.close()
        what = f"its certificate is refused: {error.verify_message}"
        raise SourceError(
            f"{what}; name an authority of your own by ca_file: FILE", place=place
        ) from None
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        what = f"the host cannot be reached: {kind_of(type(error))}"
        raise SourceAwayError(what, place=place) from None


def _address(host: str, port: int, settings: HttpsSettings, place: str) -> str:
    """Return a network address of the host; all of its addresses must be allowed.

    Raises:
        SourceError: one is private, and that is not allowed.
        SourceAwayError: the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceAwayError("the host's name is not known", place=place) from None
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not settings.allow_private and not all(map(is_public, addresses)):
        what = "is in a private, loopback or link-local network: refused"
        raise SourceError(f"{what}; say allow_private: true if that is meant", place=place)
    return addresses[0]


def is_public(address: str) -> bool:
    """Return True if a network address is one of the public internet, also inside of an IPv6
    address that stands for it.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def tls_of(settings: HttpsSettings) -> ssl.SSLContext:
    """Return what certificates are verified by.

    Raises:
        SourceError: ``ca_file`` cannot be read.
    """
    if not settings.ca_file:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=str(Path(settings.ca_file)))
    except (OSError, ssl.SSLError):
        what = "cannot be read as certificates (PEM)"
        raise SourceError(what, place=f"ca_file {settings.ca_file}") from None


def _auth(settings: HttpsSettings) -> dict[str, str]:
    """Return the header that says who asks; its value is in no message and no repr."""
    name = settings.basic_env or settings.bearer_env
    secret = os.environ.get(name or TOKEN_VARIABLE, "")
    if name and not secret:
        raise SourceError("is not set; it holds what the host asks for", place=f"${name}")
    if not secret:
        return {}
    if not secret.isascii() or not secret.isprintable():
        what = "holds characters that no header can"
        raise SourceError(what, place=f"${name or TOKEN_VARIABLE}")
    if settings.basic_env:
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return {"Authorization": f"Bearer {secret}"}
