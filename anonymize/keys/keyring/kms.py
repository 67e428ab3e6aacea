"""Key management services that lock a keyring file: AWS KMS, and the transit engine of Vault or
OpenBao.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from anonymize.errors import KeysAwayError, KeysError, MissingExtraError
from anonymize.keys.keyring.wrapping import random_key
from anonymize.keys.primitives.derive import encode_parts
from anonymize.keys.primitives.secret import Secret

_CONTEXT = "coatcheck-keyring"
TIMEOUT_SECONDS = 10
_TOO_MANY, _INSIDE = 429, 500
_AWS_PASSES = (
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "DependencyTimeoutException",
    "KMSInternalException",
    "ServiceUnavailable",
)
"""Error codes of AWS KMS that are temporary, in addition to statuses 429 and 5xx (its throttling
has status 400).
"""
FORM_OF_KIND = {
    "argon2id": "file:PATH and its passphrase",
    "aws-kms": "aws-kms:KEY?keyring=PATH",
    "vault": "vault:MOUNT/KEY?keyring=PATH",
}
"""Kind of lock → form of its URI, for messages."""


@dataclass(frozen=True)
class AwsKmsLock:
    """A data key of AWS KMS, with the keyring's id as encryption context.

    Region, credentials and endpoint are those of the AWS environment (AWS_DEFAULT_REGION,
    AWS_PROFILE, AWS_ENDPOINT_URL_KMS, …). Tested with a moto server, which implements the API but
    not the revocation of keys.
    """

    key: str
    """Key id, ARN or alias (``alias/NAME``)."""

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a header with a new data key wrapped by the service, and that key."""
        made = self._call("generate_data_key", keyring_id, KeySpec="AES_256")
        header = {"kind": "aws-kms", "wrapped": base64.b64encode(made["CiphertextBlob"]).decode()}
        return header, Secret(made["Plaintext"])

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the data key of ``header``, if this lock's own key wrapped it."""
        check_kind(header, "aws-kms")
        wrapped = base64.b64decode(header["wrapped"], validate=True)
        return Secret(self._call("decrypt", keyring_id, CiphertextBlob=wrapped)["Plaintext"])

    def fingerprint(self) -> bytes:
        """Return an empty fingerprint, because the key's name is in the URI."""
        return b""

    @property
    def unopened(self) -> str:
        """Return the message that names the key which did not open the file."""
        return (
            f"the keyring does not open: AWS KMS key '{self.key}' did not lock it, or the file is"
            " damaged"
        )

    def _call(self, act: str, keyring_id: str, **arguments: Any) -> dict[str, Any]:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import (
                BotoCoreError,
                ClientError,
                ConnectionError,
                HTTPClientError,
            )
        except ImportError:
            raise MissingExtraError.of("a keyring locked by AWS KMS", "aws") from None
        try:
            config = Config(
                connect_timeout=TIMEOUT_SECONDS,
                read_timeout=TIMEOUT_SECONDS,
                retries={"max_attempts": 3},
            )
            client = boto3.client("kms", config=config)
            called = getattr(client, act)(
                KeyId=self.key, EncryptionContext={_CONTEXT: keyring_id}, **arguments
            )
            return dict(called)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown error")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in ("InvalidCiphertextException", "IncorrectKeyException"):
                raise ValueError(code) from None
            if code in _AWS_PASSES or status == _TOO_MANY or status >= _INSIDE:
                raise KeysAwayError(f"AWS KMS is overloaded or failed inside: {code}") from None
            raise KeysError(f"AWS KMS refuses key '{self.key}': {code}") from None
        except (ConnectionError, HTTPClientError) as error:
            raise KeysAwayError(f"AWS KMS cannot be reached: {type(error).__name__}") from None
        except BotoCoreError as error:
            raise KeysError(f"AWS KMS cannot be used: {type(error).__name__}") from None


@dataclass(frozen=True)
class TransitLock:
    """A data key wrapped by the transit engine of HashiCorp Vault or OpenBao, with the keyring's id
    as associated data.

    Address and token are those of the environment (VAULT_ADDR, VAULT_TOKEN). The transit key must
    be of an authenticated type (``aes256-gcm96``, the default), so that associated data is checked.
    Tested with a stand-in that answers according to the documentation, not with a Vault or OpenBao
    server.
    """

    mount: str
    """Path of the engine: ``transit``."""
    key: str
    """Name of the transit key."""

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a header with a new data key wrapped by the service, and that key."""
        key = random_key()
        plaintext = base64.b64encode(key.reveal()).decode()
        wrapped = self._call("encrypt_data", keyring_id, plaintext=plaintext)["ciphertext"]
        return {"kind": "vault", "wrapped": wrapped}, key

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the data key of ``header``."""
        check_kind(header, "vault")
        opened = self._call("decrypt_data", keyring_id, ciphertext=str(header["wrapped"]))
        try:
            return Secret(base64.b64decode(opened["plaintext"], validate=True))
        except (binascii.Error, KeyError, TypeError):
            raise ValueError("plaintext") from None

    def fingerprint(self) -> bytes:
        """Return an empty fingerprint, because the key's name is in the URI."""
        return b""

    @property
    def unopened(self) -> str:
        """Return the message that names the key which did not open the file."""
        place = f"{self.mount}/{self.key}"
        return (
            f"the keyring does not open: Vault's transit key '{place}' did not lock it, or the file"
            " is damaged"
        )

    def _call(self, act: str, keyring_id: str, **arguments: str) -> dict[str, Any]:
        try:
            import hvac
            import requests
        except ImportError:
            raise MissingExtraError.of(
                "a keyring locked by Vault or OpenBao", "hashicorp"
            ) from None
        bound = base64.b64encode(encode_parts(_CONTEXT, keyring_id)).decode()
        place = f"{self.mount}/{self.key}"
        try:
            transit = hvac.Client(timeout=TIMEOUT_SECONDS).secrets.transit
            answer = getattr(transit, act)(
                self.key, mount_point=self.mount, associated_data=bound, **arguments
            )
            return dict(answer["data"])
        except hvac.exceptions.InvalidRequest:
            raise ValueError("refused") from None
        except (
            hvac.exceptions.RateLimitExceeded,
            hvac.exceptions.InternalServerError,
            hvac.exceptions.BadGateway,
            hvac.exceptions.VaultDown,
        ) as error:
            raise KeysAwayError(
                f"Vault is overloaded, sealed or failed inside: {type(error).__name__}"
            ) from None
        except hvac.exceptions.VaultError as error:
            raise KeysError(
                f"Vault refuses transit key '{place}': {type(error).__name__}"
            ) from None
        except requests.RequestException as error:
            raise KeysAwayError(f"Vault cannot be reached: {type(error).__name__}") from None


def check_kind(header: dict[str, Any], kind: str) -> None:
    """Refuse a header of another kind of lock.

    Raises:
        KeysError: it is another kind; the error names it.
    """
    if (said := header.get("kind")) != kind:
        form = FORM_OF_KIND.get(str(said), "another URI")
        raise KeysError(f"the keyring is locked by '{said}', not by '{kind}': open it by {form}")
