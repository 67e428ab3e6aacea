"""What is at an ``https://`` address, as a file of a source: fetched whole, once, and kept
encrypted while it is read.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from anonymize.errors import SourceError
from anonymize.io.stores.https_connection import shown
from anonymize.io.stores.https_download import Body
from anonymize.io.stores.https_pages import whole_body
from anonymize.io.stores.https_settings import HttpsSettings
from anonymize.io.stores.refusals import CHANGED
from anonymize.io.stores.spool import SpoolStream

_KEPT = 4
"""Bodies that stay; one that was given up is fetched again, and must be the same."""
_CHUNK = 4 << 20


@dataclass(frozen=True)
class HttpsState:
    """State of a body."""

    size_bytes: int
    sha256: str
    etag: str

    def facts(self) -> dict[str, object]:
        """Return size and ETag; the digest is the fingerprint's own."""
        return {"size_bytes": self.size_bytes, **({"etag": self.etag} if self.etag else {})}


@dataclass(frozen=True)
class HttpsFile:
    """A body as it was when it was fetched. Implements `FilePlace` of ``sources/places.py``.

    Another process fetches it for itself, and refuses it if it is another one by then.
    """

    url: str
    settings: HttpsSettings
    name: str
    """The last part of the path, with the ending that its type tells if it has none itself."""
    opened: str
    """Names the fetched body in this process."""

    def __str__(self) -> str:
        return shown(self.url)

    def __repr__(self) -> str:
        return f"HttpsFile({shown(self.url)!r})"

    @property
    def local(self) -> Path | None:
        """None: it is not a file of this machine."""
        return None

    @property
    def folders(self) -> tuple[str, ...]:
        """None: the parts of an address's path are no columns."""
        return ()

    def state(self) -> HttpsState:
        """Return the state of the body that was fetched; see `FilePlace.state`."""
        return _BODIES.get(self)[1]

    def check(self, state: object) -> None:
        """Refuse the body if it is not the one in ``state``; see `FilePlace.check`."""
        if self.state() != state:
            raise SourceError(CHANGED, place=str(self))

    def mark(self) -> str:
        """Return the digest of the body that was fetched."""
        return self.state().sha256

    def spelled(self) -> str:
        """Return the address as errors show it: a query may hold a secret."""
        return shown(self.url)

    def open(self) -> BinaryIO:
        """Return the body's bytes; see `FilePlace.open`."""
        return cast(BinaryIO, SpoolStream(_BODIES.get(self)[0].spool))

    def absolute(self) -> HttpsFile:
        """Return the same address, with the path of ``ca_file`` from the root."""
        file = self.settings.ca_file
        whole = replace(self.settings, ca_file=str(Path(file).absolute()) if file else "")
        return replace(self, settings=whole)

    def sha256(self) -> str:
        """Return the SHA-256 of the body."""
        return self.state().sha256


class _Bodies:
    """The bodies that this process has, those used last."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, tuple[Body, HttpsState]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, file: HttpsFile) -> tuple[Body, HttpsState]:
        """Return a place's body; fetch it if it is not here."""
        with self._lock:
            if file.opened in self._bodies:
                self._bodies.move_to_end(file.opened)
                return self._bodies[file.opened]
        body, _ = whole_body(file.url, file.settings)
        return self.keep(file.opened, body)

    def keep(self, opened: str, body: Body) -> tuple[Body, HttpsState]:
        """Keep a body, and return it with its state."""
        digest = hashlib.sha256()
        for at in range(0, body.spool.size_bytes, _CHUNK):
            digest.update(body.spool.read(at, _CHUNK))
        found = body, HttpsState(body.spool.size_bytes, digest.hexdigest(), body.etag)
        with self._lock:
            self._bodies[opened] = found
            while len(self._bodies) > _KEPT:
                self._bodies.popitem(last=False)
        return found


_BODIES = _Bodies()


def fetch_https(
    url: str, settings: HttpsSettings, format_of: Callable[[str], str | None]
) -> HttpsFile:
    """Return what is at ``url``, fetched now. ``format_of`` tells if a name's ending is known.

    Raises:
        SourceError: it cannot be had; see `whole_body`.
    """
    body, ending = whole_body(url, settings)
    name = unquote(urlsplit(url).path).rpartition("/")[2] or "data"
    if settings.paging_by or (ending and format_of(name) is None):
        name = f"{name}{ending}"
    file = HttpsFile(url, settings, name, secrets.token_hex(8))
    _BODIES.keep(file.opened, body)
    return file
