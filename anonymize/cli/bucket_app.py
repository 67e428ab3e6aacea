"""Declares ``coatcheck bucket``: what a dataset's bucket does, and what is set so that it does."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

bucket_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check or harden a bucket in S3.",
)
BucketAddress = Annotated[
    str, typer.Argument(help="s3://bucket, or a dataset's address in it.", show_default=False)
]


@bucket_app.command()
def check(address: BucketAddress) -> None:
    """Say what the bucket lacks.

    Encryption, no public access, TLS only, versions; exit 1 if anything.

    Example: coatcheck bucket check s3://bucket
    """
    from anonymize.errors import GateError, Problem
    from anonymize.io.stores.bucket import bucket_lacks

    bucket = _bucket(address)
    if lacks := bucket_lacks(bucket):
        raise GateError(Problem(f"s3://{bucket}", lack.what) for lack in lacks)
    print(f"s3://{bucket}: encrypts, keeps the public out, refuses plain http, keeps versions")


@bucket_app.command()
def harden(
    address: BucketAddress,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before setting it.")] = False,
) -> None:
    """Set what the bucket lacks.

    It is said before, and asked.

    Example: coatcheck bucket harden s3://bucket
    """
    from anonymize.cli.output import say
    from anonymize.errors import ArgumentError
    from anonymize.io.stores import bucket as buckets

    bucket = _bucket(address)
    lacks = buckets.bucket_lacks(bucket)
    if not lacks:
        print(f"s3://{bucket}: nothing to set")
        return
    for lack in lacks:
        say(f"s3://{bucket}: {lack.what}; to be set: {lack.remedy}")
    if not yes:
        if not sys.stdin.isatty():
            raise ArgumentError("nothing was set: nobody can be asked here; say --yes")
        typer.confirm("Set this?", abort=True, err=True)
    buckets.harden(bucket, lacks)
    print(f"s3://{bucket}: set: {'; '.join(lack.remedy for lack in lacks)}")


def _bucket(address: str) -> str:
    from anonymize.errors import ArgumentError
    from anonymize.policy.addresses import DATASET_SCHEME, address_of

    try:
        found = address_of(address)
    except ValueError as error:
        raise ArgumentError(str(error), place="address") from None
    if found is None or found.scheme != DATASET_SCHEME:
        raise ArgumentError("is no address of a bucket; write s3://bucket", place="address")
    return found.bucket
