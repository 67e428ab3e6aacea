"""Blocks that hold where keys and objects are, and never what opens them.

Prefect's database is outside the trust boundary, also where it encrypts a secret's block, because
its server decrypts it. So a block names what a worker has by itself: a file, a profile, a key of a
key service.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar, cast
from urllib.parse import urlsplit

from prefect.blocks.core import Block
from pydantic import ConfigDict, field_validator

from anonymize.errors import ArgumentError, KeysError, without_credentials
from anonymize.keys.keyring.keyring_uri import locate

_QUIET = ConfigDict(extra="forbid", hide_input_in_errors=True)
"""No field but ours is stored, and what is refused is not quoted: it may be a password."""
Kind = TypeVar("Kind", bound=Block)
BY_BLOCK = "block:"
"""Prefix of a ``keyring`` parameter that names a block."""


class CoatcheckKeyring(Block):
    """Where a worker finds its keyring. The passphrase is the worker's: its
    ``COATCHECK_KEYFILE`` or ``COATCHECK_PASSPHRASE``, a key service's permission.
    """

    model_config = _QUIET
    _block_type_name = "Coatcheck keyring"
    _block_type_slug = "coatcheck-keyring"
    _description = "Where keys are: a URI, no passphrase."

    uri: str
    """``file:PATH``, ``aws-kms:KEY?keyring=PATH`` or ``vault:MOUNT/KEY?keyring=PATH``, with the
    path on the worker.
    """

    @field_validator("uri")
    @classmethod
    def _an_address(cls, uri: str) -> str:
        try:
            locate(uri)
        except KeysError as error:
            raise ValueError(str(error)) from None
        return uri


class CoatcheckStore(Block):
    """Where an object store answers. Credentials are the worker's: a profile of its own, its
    machine's role, its environment.
    """

    model_config = _QUIET
    _block_type_name = "Coatcheck object store"
    _block_type_slug = "coatcheck-store"
    _description = "Where objects are: an endpoint, a region, a profile's name, no credentials."

    endpoint_url: str | None = None
    """The store's address; by default Amazon's."""
    region: str | None = None
    """The store's region."""
    profile: str | None = None
    """Name of a profile in the worker's ``~/.aws``."""

    @field_validator("endpoint_url")
    @classmethod
    def _without_credentials(cls, address: str | None) -> str | None:
        if address is None:
            return None
        parts = urlsplit(address)
        if parts.username or parts.password or without_credentials(address) != address:
            raise ValueError("holds credentials; name a profile of the worker instead")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no address of a store; write https://HOST[:PORT]")
        return address

    def environment(self) -> dict[str, str]:
        """Return the variables that boto3 reads."""
        said = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_PROFILE": self.profile,
        }
        return {name: value for name, value in said.items() if value}


def keyring_uri(keyring: str | None) -> str | None:
    """Return the URI that a flow's ``keyring`` parameter means.

    Raises:
        ArgumentError: it names a block that is not there.
    """
    if keyring is None or not keyring.startswith(BY_BLOCK):
        return keyring
    return _loaded(CoatcheckKeyring, keyring.removeprefix(BY_BLOCK)).uri


@contextmanager
def addressed(store: str | None) -> Iterator[None]:
    """Let the object store of a block be this process's while the block of code runs.

    Workers of a cluster have an environment of their own, which must say the same.

    Raises:
        ArgumentError: there is no such block.
    """
    said = {} if store is None else _loaded(CoatcheckStore, store).environment()
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _loaded(kind: type[Kind], name: str) -> Kind:
    try:
        return cast("Kind", kind.load(name))
    except ValueError:
        slug = kind.get_block_type_slug()
        what = f"there is no block {slug}/{name}; see: prefect block ls"
        raise ArgumentError(what, place="block") from None
