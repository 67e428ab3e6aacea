"""The two signed files: what is asked, and that it is approved. No token and no value is in
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from anonymize.dataset.canonical import canonical, parse_each_once, plain_json, require_bounded
from anonymize.errors import ArgumentError

SIGNED_REQUEST = b"coatcheck reveal request 1\n"
SIGNED_APPROVAL = b"coatcheck reveal approval 1\n"
LARGEST_BYTES = 1 << 16


@dataclass(frozen=True)
class Request:
    """What somebody asks another one to approve."""

    id: str
    """32 hexadecimal digits, at random; an approval is taken once by it."""
    dataset: str
    column: str
    """The column, or the column with the entity, as in `reveal`."""
    values: int
    """Number of tokens."""
    tokens: str
    """Digest of the tokens in their order, keyed by the owner's key: other tokens do not fit, and
    without that key nobody can confirm a guess.
    """
    owner_key: str
    """Id of that key."""
    version: int
    """The dataset's version that the tokens are from."""
    reason: str
    by: str
    """User and host of who asks, as their process says."""
    at: str
    """ISO 8601, UTC."""
    expires: str
    """From then on it is refused, ISO 8601, UTC."""
    log_entries: int
    """Number of entries of the dataset's log when it was asked."""
    log_hash: str
    """Hash of the last of them."""
    signature: Mapping[str, str]
    """By the dataset's signing key."""

    def body(self) -> dict[str, Any]:
        """Return what is signed."""
        return {name: said for name, said in asdict(self).items() if name != "signature"}

    def as_json(self) -> dict[str, Any]:
        """Return the file's content."""
        return {"request": self.body(), "signature": dict(self.signature)}

    def digest(self) -> str:
        """Return the SHA-256 of the signed request, hexadecimal, which an approval names."""
        return hashlib.sha256(canonical(self.as_json())).hexdigest()


@dataclass(frozen=True)
class Approval:
    """A request with the signature of who approved it."""

    request: Request
    by: str
    """User and host of who approved, as their process says."""
    at: str
    """ISO 8601, UTC."""
    key: str
    """Public signing key of who approved, ``ed25519:BASE64``."""
    signature: str
    """Ed25519 over `body`, base64."""

    def body(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "request_sha256": self.request.digest(),
            "by": self.by,
            "at": self.at,
            "key": self.key,
        }

    def as_json(self) -> dict[str, Any]:
        """Return the file's content, which is also what the log keeps."""
        return {**self.request.as_json(), "approval": self.body(), "approved": self.signature}


def parsed_request(data: bytes, place: str) -> Request:
    """Return the request in a file, without checking its signature.

    Raises:
        ArgumentError: it is none.
    """
    return _request(_read(data, {"request", "signature"}, "a request", place), place)


def parsed_approval(data: bytes, place: str) -> Approval:
    """Return the approval in a file, without checking signatures.

    Raises:
        ArgumentError: it is none, or is of another request than it holds.
    """
    names = {"request", "signature", "approval", "approved"}
    outer = _read(data, names, "an approval", place)
    said, request = outer["approval"], _request(outer, place)
    try:
        made = Approval(request, said["by"], said["at"], said["key"], outer["approved"])
        texts = (made.by, made.at, made.key, made.signature)
        whole = all(isinstance(text, str) for text in texts) and made.body() == said
    except (KeyError, TypeError):
        whole = False
    if not whole:
        raise ArgumentError("is not an approval of the request in it: damaged", place=place)
    return made


def _read(data: bytes, names: set[str], what: str, place: str) -> dict[str, Any]:
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError
        require_bounded(data)
        outer: dict[str, Any] = plain_json(parse_each_once(data), place)
        if set(outer) != names:
            raise ValueError
    except (ValueError, TypeError, RecursionError, ArgumentError):
        raise ArgumentError(f"is not {what}: damaged, or another file", place=place) from None
    return outer


def _request(outer: Mapping[str, Any], place: str) -> Request:
    try:
        made = Request(**outer["request"], signature=outer["signature"])
        counts = (made.values, made.version, made.log_entries)
        texts = (
            *(made.id, made.dataset, made.column, made.tokens, made.owner_key, made.reason),
            *(made.by, made.at, made.expires, made.log_hash),
        )
        sound = (
            all(type(count) is int and count >= 0 for count in counts)
            and all(isinstance(text, str) for text in texts)
            and isinstance(made.signature, dict)
        )
    except TypeError:
        sound = False
    if not sound:
        raise ArgumentError("holds no request of this form: damaged", place=place)
    return made
