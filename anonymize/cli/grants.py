"""Declares ``coatcheck grants``: the IAM policy of who reads, publishes or keeps what is in S3."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def grants(
    dataset: Annotated[
        str, typer.Argument(help="A dataset's address: s3://bucket/prefix.", show_default=False)
    ],
    reader: Annotated[
        str | None, typer.Option("--reader", help="ARN of the role or user that reads versions.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option("--publisher", help="ARN of the role or user that publishes.")
    ] = None,
    custodian: Annotated[
        str | None,
        typer.Option("--custodian", help="ARN of who rolls back, expires and rotates keys."),
    ] = None,
    key: Annotated[
        str,
        typer.Option("--key", help="ARN of the KMS key that encrypts the objects (bucket_key)."),
    ] = "",
) -> None:
    """Print the IAM policy of one role.

    The least that it needs, as JSON; nothing is changed anywhere.

    Example: coatcheck grants s3://bucket/customers --reader arn:aws:iam::123456789012:role/ml
    """
    from anonymize.cli.output import say
    from anonymize.errors import ArgumentError
    from anonymize.io.stores.grants import Role
    from anonymize.io.stores.grants import grants as policy_for
    from anonymize.policy.addresses import dataset_address

    roles: dict[Role, str | None] = {
        "reader": reader,
        "publisher": publisher,
        "custodian": custodian,
    }
    said = {role: arn for role, arn in roles.items() if arn is not None}
    if len(said) != 1:
        raise ArgumentError("say one of --reader, --publisher, --custodian with an ARN")
    ((role, arn),) = said.items()
    try:
        address = dataset_address(dataset)
    except ValueError as error:
        raise ArgumentError(str(error), place="dataset") from None
    if address is None:
        what = "is no address in S3; who may read a folder of this machine, its file modes say"
        raise ArgumentError(what, place="dataset")
    print(json.dumps(policy_for(address, role, arn, key), indent=2))
    kind, _, name = arn.rpartition(":")[2].partition("/")
    say(f"attach it to {kind} {name.rpartition('/')[2]}, for example by aws iam put-{kind}-policy")
    if not key:
        say("if the sink has a bucket_key, say its ARN with --key")
