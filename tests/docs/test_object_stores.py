"""The policies that docs/reference/object-stores.md shows are read as it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from anonymize.io import open_source
from anonymize.policy import parse_policy
from tests.object_store import s3  # noqa: F401

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/object-stores.md").read_text()


def test_the_pages_source_is_read(s3: Any) -> None:
    """Its first policy, with an object where it says."""
    policy = parse_policy(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
    assert policy.sink.bucket_key == "alias/training-data"
    s3.create_bucket(Bucket="raw-data")
    s3.put_object(
        Bucket="raw-data", Key="customers/2026-11.csv", Body=b"customer_id,plan\na1,free\nb2,paid\n"
    )
    source = open_source(policy.source.path)
    assert set(source.schema.names) == set(policy.columns)
    assert open_source("s3://raw-data/customers").schema == source.schema
    assert open_source("s3://raw-data/**/2026-*.csv").schema == source.schema
