"""``sink:``: where the sanitized dataset goes and under which keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from anonymize.names import ColumnName, KeyName, Layout
from anonymize.policy.actions import StrictModel
from anonymize.policy.addresses import sink_path
from anonymize.policy.canaries import Canaries
from anonymize.policy.local_paths import without_nul


class RestrictedSpec(StrictModel):
    """Columns under a separate key."""

    key: KeyName
    """Name of the key in the keyring."""
    columns: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    """Columns that only holders of this key can read."""


class SinkSpec(StrictModel):
    """Where the sanitized dataset goes and under which keys."""

    path: Annotated[str, AfterValidator(without_nul), AfterValidator(sink_path)]
    """The dataset's folder, relative to the working directory; or ``s3://bucket/prefix``."""
    bucket: Literal["enforce", "accept"] = "enforce"
    """In S3, if the bucket does not encrypt by default, lets the public in, allows plain http or
    keeps no versions: enforce refuses the run, accept publishes and states that it was not checked.
    """
    bucket_key: Annotated[str, Field(min_length=1)] | None = None
    """In S3, the KMS key (id, ARN or alias) that encrypts every object; by default the store's own
    keys (AES256).
    """
    key: KeyName = KeyName("training")
    """Name of the key that encrypts the footer and the columns."""
    restricted: RestrictedSpec | None = None
    """A column group under another key."""
    canaries: Canaries | None = None
    """Invented people that are planted into each version, so that a leak of it is recognized: how
    many, or ``{share: 0.01, power: 0.99}``.
    """
    layout: Layout = "standard"
    """How files are laid out. duckdb: so that DuckDB can read them, by a data key for each file
    that ``coatcheck keys export-dek`` gives out; flat columns only, and no restricted ones.
    """
