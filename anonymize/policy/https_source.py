"""A policy's ``source:`` at an ``https://`` address: who asks for it, how, and how much of it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.local_paths import local_path, without_nul

_SECRET = re.compile(r"pass|pwd|secret|token|key|sig|cred|auth", re.IGNORECASE)
_ENV = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")


def is_https(text: str) -> bool:
    """Return True if ``text`` begins as an ``https://`` address does."""
    return re.match(r"https:/", text, re.IGNORECASE) is not None


def https_address(text: str) -> str | None:
    """Return ``text`` if it is an ``https://`` address; None for anything else.

    Raises:
        ValueError: it is plain http, or holds what belongs into the environment; the error quotes
            nothing of it.
    """
    if re.match(r"http:/", text, re.IGNORECASE):
        raise ValueError("plain http shows the data to everybody on the way; write https://")
    if not is_https(text):
        return None
    try:
        parts = urlsplit(text)
        named = parts.hostname and parts.netloc and (parts.port or 443) > 0
    except ValueError:
        named = False
    if not named or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is no address; write https://host/path, with %20 and so on")
    if "@" in parts.netloc or parts.fragment:
        raise ValueError("holds credentials; say source: {auth: {basic_env: NAME}}")
    if any(_SECRET.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise ValueError("has a parameter that is a secret by its name; say source: {auth: …}")
    return text


class AuthSpec(StrictModel):
    """Who asks: the name of an environment variable, never a secret itself."""

    bearer_env: Annotated[str, _ENV] | None = None
    """Variable that holds a bearer token."""
    basic_env: Annotated[str, _ENV] | None = None
    """Variable that holds ``user:password``."""

    @model_validator(mode="after")
    def _one(self) -> AuthSpec:
        if (self.bearer_env is None) == (self.basic_env is None):
            raise ValueError("say one of bearer_env and basic_env")
        return self


class PagingSpec(StrictModel):
    """How an address's JSON comes in pages, whose records become one table."""

    by: Literal["link", "cursor", "offset"]
    """link: the ``Link`` header with rel="next"; cursor: a value in the page goes into the next
    request; offset: the number of records read so far does, until a page has none.
    """
    records: str | None = None
    """Where a page's list of records is, as ``data`` or ``result.items``; by default the page is
    the list.
    """
    cursor: str | None = None
    """Where a page holds the next cursor, as ``meta.next``; null, empty or missing on the last."""
    parameter: str | None = None
    """Name of the request's parameter for cursor or offset; by default ``cursor`` or ``offset``."""
    most_pages: Annotated[int, Field(ge=1)] = 10_000
    """More pages are refused."""

    @model_validator(mode="after")
    def _whole(self) -> PagingSpec:
        if (self.by == "cursor") != (self.cursor is not None):
            raise ValueError("cursor: says where a page holds the next one, for by: cursor alone")
        return self


class HttpsFields(StrictModel):
    """The part of a ``source:`` block that is about ``https://`` addresses."""

    auth: AuthSpec | None = None
    """For https: who asks; by default with the bearer token in COATCHECK_HTTPS_TOKEN, if it is
    set.
    """
    ca_file: Annotated[str, AfterValidator(without_nul), AfterValidator(local_path)] | None = None
    """For https: certificates (PEM) of the authorities to trust in place of the system's."""
    allow_private: bool = False
    """For https: whether the host may be in a private, loopback or link-local network."""
    paging: PagingSpec | None = None
    """For https: how JSON comes in pages."""
    most_bytes: Annotated[int, Field(ge=1)] = 4 << 30
    """For https: a longer body is refused."""
    most_seconds: Annotated[float, Field(gt=0)] = 3600
    """For https: a download that takes longer is refused."""

    @model_validator(mode="after")
    def _only_for_https(self) -> Self:
        """Refuse settings that would have no effect."""
        useless = sorted(self.model_fields_set & set(HttpsFields.model_fields))
        if useless and not is_https(getattr(self, "path", "")):
            raise ValueError(f"{', '.join(useless)}: only an https:// address is asked so")
        return self
