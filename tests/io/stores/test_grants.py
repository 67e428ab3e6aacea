"""Policies for IAM: each is tried against a moto server that checks them."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.dataset import Dataset, read
from anonymize.errors import ArgumentError, DatasetError
from anonymize.io.stores.grants import grants
from anonymize.keys import Keyring
from anonymize.policy.addresses import Address
from tests.dataset.conftest import publish, rows
from tests.object_store import StoreServer, bucket, s3  # noqa: F401

ARN = "arn:aws:iam::123456789012:role/data/reader"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234-abcd"


def _checks(server: StoreServer, after: str) -> None:
    """Have the server check policies after that number of requests."""
    request = urllib.request.Request(
        f"{server.endpoint}/moto-api/reset-auth",
        data=after.encode(),
        method="POST",
        headers={"Content-Type": "text/plain"},
    )
    urllib.request.urlopen(request, timeout=20).close()


@pytest.fixture
def become(
    s3: Any, bucket: str, store_server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Any], Any]]:
    """Return what makes this process a user with one role's policy, which the server checks; it
    returns that user's client.
    """
    iam = boto3.session.Session().client("iam", endpoint_url=store_server.endpoint)

    def as_user(role: Any) -> Any:
        name = f"u{uuid.uuid4().hex[:12]}"
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        policy = grants(Address("s3", bucket, "sets/people"), role, arn)
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
        _checks(store_server, "0")
        return boto3.session.Session().client("s3", endpoint_url=store_server.endpoint)

    yield as_user
    _checks(store_server, "inf")


def _refused(request: Callable[[], Any]) -> bool:
    """Return True if the server refuses a request for lack of permission."""
    try:
        request()
    except Exception as error:
        return getattr(error, "response", {})["Error"]["Code"] in ("AccessDenied", "403")
    return False


@pytest.fixture
def address(bucket: str, keyring: Keyring, s3: Any) -> str:
    """The address of a dataset with a version, beside another object."""
    s3.put_object(Bucket=bucket, Key="sets/other/CURRENT", Body=b"x")
    publish(Dataset(f"s3://{bucket}/sets/people"), keyring, 1)
    return f"s3://{bucket}/sets/people"


def test_a_reader_reads_and_does_nothing_else(
    become: Callable[[Any], Any], address: str, bucket: str, keyring: Keyring
) -> None:
    """No write, no removal, no other prefix."""
    mine = become("reader")
    assert read(address, keyring=keyring).equals(rows(1))
    assert Dataset(address).verify(keyring=keyring).ok
    with pytest.raises(DatasetError, match="no permission"):
        publish(Dataset(address), keyring, 2)
    key = "sets/people/CURRENT"
    assert _refused(lambda: mine.put_object(Bucket=bucket, Key=key, Body=b""))
    assert _refused(lambda: mine.delete_object(Bucket=bucket, Key=key))
    assert _refused(lambda: mine.get_object(Bucket=bucket, Key="sets/other/CURRENT"))
    assert read(address, keyring=keyring).equals(rows(1))


def test_a_publisher_publishes_and_removes_nothing(
    become: Callable[[Any], Any], address: str, bucket: str, keyring: Keyring
) -> None:
    """Its versions are seen; what they replace stays for the custodian to remove."""
    mine = become("publisher")
    assert publish(Dataset(address), keyring, 2).version == 2
    assert read(address, keyring=keyring).equals(rows(2))
    key = "sets/people/CURRENT"
    assert _refused(lambda: mine.delete_object(Bucket=bucket, Key=key))
    assert _refused(lambda: mine.put_object(Bucket=bucket, Key="sets/other/CURRENT", Body=b""))
    assert _refused(
        lambda: mine.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        )
    )


def test_a_custodian_rolls_back_and_expires(
    become: Callable[[Any], Any], address: str, bucket: str, keyring: Keyring, s3: Any
) -> None:
    """And touches no other prefix."""
    publish(Dataset(address), keyring, 2)
    mine = become("custodian")
    Dataset(address).rollback(1, keyring=keyring, why="test")
    publish(Dataset(address), keyring, 3)
    assert Dataset(address).expire(keep=1, keyring=keyring, why="test") == (1, 2)
    other = "sets/other/CURRENT"
    assert _refused(lambda: mine.delete_object(Bucket=bucket, Key=other))
    assert _refused(lambda: mine.get_object(Bucket=bucket, Key=other))


def test_the_key_is_one_alone() -> None:
    """Decryption with another is denied; a reader makes no data keys."""
    policy = grants(Address("s3", "some-bucket", "a/b"), "reader", ARN, KEY)
    keys = [one for one in policy["Statement"] if any("kms" in a for a in one["Action"])]
    assert [(one["Effect"], one["Action"]) for one in keys] == [
        ("Allow", ["kms:Decrypt"]),
        ("Deny", ["kms:Decrypt"]),
    ]
    assert keys[0]["Resource"] == keys[1]["NotResource"] == KEY
    assert "Resource" not in keys[1]


def test_the_command_prints_json_and_how_to_attach_it() -> None:
    """Stdout is the policy alone."""
    done = CliRunner().invoke(app, ["grants", "s3://some-bucket/a/b/", "--reader", ARN])
    assert done.exit_code == 0, done.exception
    policy = json.loads(done.stdout)
    assert policy == grants(Address("s3", "some-bucket", "a/b"), "reader", ARN)
    assert {one["Effect"] for one in policy["Statement"]} == {"Allow", "Deny"}
    assert "attach it to role reader" in done.stderr


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["s3://some-bucket/a"], "say one of"),
        (["s3://some-bucket/a", "--reader", ARN, "--publisher", ARN], "say one of"),
        (["s3://some-bucket/a", "--reader", "*"], "is no ARN of a user or role"),
        (["s3://some-bucket/a", "--reader", ARN, "--key", "alias/x"], "is no ARN of a KMS key"),
        (["s3://some-bucket", "--reader", ARN], "names no prefix"),
        (["s3://some-bucket/*", "--reader", ARN], "names no prefix"),
        (["out/people", "--reader", ARN], "is no address in S3"),
    ],
)
def test_a_policy_for_everything_or_everybody_is_refused(arguments: list[str], said: str) -> None:
    """A wildcard would grant more than one dataset."""
    done = CliRunner().invoke(app, ["grants", *arguments])
    assert isinstance(done.exception, ArgumentError)
    assert said in str(done.exception)
