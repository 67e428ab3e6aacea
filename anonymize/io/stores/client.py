"""The client of S3: one a process, with the endpoint, profile and region of the environment."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from anonymize.errors import MissingExtraError, SourceError
from anonymize.io.stores.refusals import Kind, translated

CONNECT_SECONDS, READ_SECONDS, TRIES, CONNECTIONS = 10, 60, 5, 16
BODY_TRIES = 3
"""How often a body is asked for whose connection is lost inside of it."""


def s3_client(place: str, kind: Kind = SourceError) -> Any:
    """Return the client of this process; ``place`` is what an error is about.

    Endpoint, profile, region and credentials are boto3's own (AWS_ENDPOINT_URL, AWS_PROFILE,
    AWS_DEFAULT_REGION, …). A request is tried five times, for a minute each.

    Raises:
        MissingExtraError: boto3 is not installed.
        SourceError: the environment's profile is not there; of ``kind``.
    """
    named = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith("AWS_")))
    try:
        return _made(os.getpid(), named)
    except ImportError:
        raise MissingExtraError.of("data in S3 (s3://…)", "aws") from None
    except Exception as error:  # noqa: BLE001 - botocore's have no common base; quotes nothing
        raise translated(error, place, kind) from None


def whole_answer(
    client: Any, asked: Mapping[str, Any], most_bytes: int
) -> tuple[Mapping[str, Any], bytes]:
    """Return the answer to a GetObject and its body, of which at most ``most_bytes`` are read.

    botocore tries again what fails before the body, and takes a body that a lost connection cut
    for a whole one if more was asked for than came. This asks again three times, then raises the
    error, or ConnectionError.
    """
    for left in reversed(range(BODY_TRIES)):
        answer = client.get_object(**asked)
        try:
            data: bytes = answer["Body"].read(most_bytes)
            if len(data) < min(most_bytes, int(answer["ContentLength"])):
                raise ConnectionError("a body was cut")
        except Exception:
            if not left:
                raise
        else:
            return answer, data
    raise AssertionError("no try is left")


@functools.lru_cache(maxsize=4)
def _made(process: int, environment: tuple[tuple[str, str], ...]) -> Any:
    """Return a client; one of another process, or of another environment, is not used."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
    )
    return boto3.session.Session().client("s3", config=config)
