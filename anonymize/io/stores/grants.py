"""The least that each role needs of a dataset's prefix, as IAM policies."""

from __future__ import annotations

import re
from typing import Any, Literal

from anonymize.errors import ArgumentError
from anonymize.policy.addresses import Address

Role = Literal["reader", "publisher", "custodian"]
"""Who reads versions; who publishes them; who rolls back, expires, rotates keys and cleans up."""
_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[\w+=,.@/-]+")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_READ = ["s3:GetObject"]
_WRITE = ["s3:PutObject", "s3:AbortMultipartUpload"]
_DELETE = ["s3:DeleteObject"]
_NEVER = ["s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"]
_ALLOWED: dict[Role, list[str]] = {
    "reader": _READ,
    "publisher": [*_READ, *_WRITE],
    "custodian": [*_READ, *_WRITE, *_DELETE],
}
_LOOKS_AT_BUCKET = [
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketPolicy",
    "s3:GetBucketVersioning",
]


def grants(address: Address, role: Role, principal: str, key: str = "") -> dict[str, Any]:
    """Return the IAM policy for a role, to be attached to ``principal`` (a user's or role's ARN).

    It allows what the role does with the objects below ``address`` alone, and denies the rest by
    name, so that another policy of the principal does not allow it either: a reader neither writes
    nor deletes, a publisher does not delete. ``key`` is the ARN of the KMS key that encrypts the
    objects; the role may use no other.

    Raises:
        ArgumentError: ``principal`` or ``key`` is no such ARN, or the address has no prefix.
    """
    _require(_PRINCIPAL, principal, "is no ARN of a user or role: arn:aws:iam::ACCOUNT:role/NAME")
    if key:
        _require(_KEY, key, "is no ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID")
    prefix = address.key.strip("/")
    if not prefix or re.search(r"[*?$\[\]]", prefix):
        raise ArgumentError("names no prefix of a dataset; write s3://bucket/prefix")
    bucket = f"arn:aws:s3:::{address.bucket}"
    objects, allowed = f"{bucket}/{prefix}/*", _ALLOWED[role]
    denied = [action for action in (*_WRITE, *_DELETE) if action not in allowed]
    statements = [_statement("Objects", "Allow", allowed, objects)]
    statements.append(_statement("NeverObjects", "Deny", [*denied, *_NEVER], objects))
    if role != "reader":
        statements.append(
            {
                **_statement("List", "Allow", ["s3:ListBucket"], bucket),
                "Condition": {"StringLike": {"s3:prefix": [prefix, f"{prefix}/*"]}},
            }
        )
    if role == "publisher":
        statements.append(_statement("LookAtBucket", "Allow", _LOOKS_AT_BUCKET, bucket))
    if key:
        uses = ["kms:Decrypt"] if role == "reader" else ["kms:Decrypt", "kms:GenerateDataKey"]
        statements.append(_statement("Key", "Allow", uses, key))
        other = {**_statement("NoOtherKey", "Deny", ["kms:Decrypt"], ""), "NotResource": key}
        statements.append({name: said for name, said in other.items() if name != "Resource"})
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(name: str, effect: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {
        "Sid": f"Coatcheck{name}",
        "Effect": effect,
        "Action": actions,
        "Resource": resource,
    }


def _require(form: re.Pattern[str], text: str, what: str) -> None:
    if not form.fullmatch(text):
        raise ArgumentError(what)
