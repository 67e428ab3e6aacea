"""What a bucket must do before a dataset is written to it: encrypt, keep the public out, refuse
plain http, keep versions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from anonymize.errors import DatasetError
from anonymize.io.stores.client import s3_client
from anonymize.io.stores.refusals import translated

_TLS_ID = "CoatcheckOnlyTls"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_NOT_SET = (
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
)


@dataclass(frozen=True)
class Lack:
    """Something that a bucket does not do."""

    name: str
    """``encryption``, ``public access``, ``tls`` or ``versioning``."""
    what: str
    """What it does not do."""
    remedy: str
    """What `harden` sets."""


_LACKS = (
    Lack(
        "encryption",
        "does not encrypt objects by default",
        "default encryption by the store's own keys (AES256)",
    ),
    Lack(
        "public access",
        "does not block public access",
        "all four blocks of public access",
    ),
    Lack(
        "tls",
        "has no policy that refuses plain http",
        "a statement in its policy that denies all requests without TLS",
    ),
    Lack(
        "versioning",
        "does not keep versions of objects, so what is overwritten is lost",
        "versioning",
    ),
)


def bucket_lacks(bucket: str) -> tuple[Lack, ...]:
    """Return what a bucket does not do.

    Raises:
        DatasetError: no such bucket, or no permission to read how it is set up.
    """
    place = f"s3://{bucket}"
    client, given = s3_client(place, DatasetError), dict[str, bool]()
    encryption = _asked(client.get_bucket_encryption, bucket)
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    given["encryption"] = any(rule.get("ApplyServerSideEncryptionByDefault") for rule in rules)
    blocks = _asked(client.get_public_access_block, bucket).get(
        "PublicAccessBlockConfiguration", {}
    )
    given["public access"] = all(blocks.get(name) is True for name in _BLOCKS)
    given["tls"] = any(_refuses_http(one, bucket) for one in _statements(client, bucket))
    given["versioning"] = _asked(client.get_bucket_versioning, bucket).get("Status") == "Enabled"
    return tuple(lack for lack in _LACKS if not given[lack.name])


def require_bucket(bucket: str, place: str) -> None:
    """Refuse a bucket that lacks something; ``place`` is where the policy names it.

    Raises:
        DatasetError: with everything that it lacks.
    """
    if lacks := bucket_lacks(bucket):
        told = "; ".join(lack.what for lack in lacks)
        what = f"bucket {bucket} {told}: coatcheck bucket harden s3://{bucket} sets it"
        raise DatasetError(f"{what}, sink: {{bucket: accept}} does without", place=place)


def harden(bucket: str, lacks: tuple[Lack, ...]) -> None:
    """Set what a bucket lacks; other settings, and the other statements of its policy, stay.

    Raises:
        DatasetError: no permission.
    """
    client = s3_client(f"s3://{bucket}", DatasetError)
    for lack in lacks:
        try:
            _set(client, bucket, lack.name)
        except DatasetError:
            raise
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            raise translated(error, f"s3://{bucket}: {lack.name}", DatasetError) from None


def _set(client: Any, bucket: str, name: str) -> None:
    if name == "encryption":
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        client.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
    elif name == "public access":
        client.put_public_access_block(
            Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(_BLOCKS, True)
        )
    elif name == "tls":
        policy = {
            "Version": "2012-10-17",
            "Statement": [*_statements(client, bucket), _only_tls(bucket)],
        }
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    else:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def _only_tls(bucket: str) -> dict[str, Any]:
    return {
        "Sid": _TLS_ID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _refuses_http(statement: Any, bucket: str) -> bool:
    """Return True if a statement denies everybody everything in the bucket without TLS."""
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return False
    actions = {str(action).lower() for action in _several(statement.get("Action"))}
    return (
        _is_plain_http(statement.get("Condition"))
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and bool(actions & {"*", "s3:*"})
        and f"arn:aws:s3:::{bucket}/*" in _several(statement.get("Resource"))
    )


def _is_plain_http(condition: Any) -> bool:
    """Return True if the lack of TLS is a statement's only condition: a second one would let some
    plain http through.
    """
    try:
        ((operator, said),) = condition.items()
        ((name, value),) = said.items()
    except (AttributeError, TypeError, ValueError):
        return False
    told = [str(one).lower() for one in _several(value)]
    return (operator, name, told) == ("Bool", "aws:SecureTransport", ["false"])


def _several(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _statements(client: Any, bucket: str) -> Iterator[dict[str, Any]]:
    text = _asked(client.get_bucket_policy, bucket).get("Policy")
    if text:
        yield from _several(json.loads(text).get("Statement", []))


def _asked(request: Any, bucket: str) -> dict[str, Any]:
    """Return an answer about a bucket; empty if nothing is set."""
    try:
        return dict(request(Bucket=bucket))
    except Exception as error:  # noqa: BLE001 - botocore's have no common base
        code = getattr(error, "response", None) or {}
        if isinstance(code, dict) and code.get("Error", {}).get("Code") in _NOT_SET:
            return {}
        raise translated(error, f"s3://{bucket}", DatasetError) from None
