"""The policy's block ``lineage:``: who is told of each published version."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.https_source import AuthSpec, https_address
from anonymize.policy.local_paths import local_path, without_nul


def _address(text: str) -> str:
    """Return ``text`` if it is an ``https://`` address without a secret."""
    if https_address(text) is None:
        raise ValueError("is no https:// address; say file: to append to a file")
    return text


class LineageSpec(StrictModel):
    """Where OpenLineage events go: one that a run started and one that it is complete, when a
    version is published.
    """

    file: Annotated[str, AfterValidator(without_nul), AfterValidator(local_path)] | None = None
    """A file outside the sink that gets a line of JSON for each event."""
    url: Annotated[str, AfterValidator(_address)] | None = None
    """An ``https://`` address that takes events by POST, as ``https://HOST/api/v1/lineage``."""
    auth: AuthSpec | None = None
    """Who sends, for ``url``; by default nobody says so."""
    ca_file: Annotated[str, AfterValidator(without_nul), AfterValidator(local_path)] | None = None
    """Certificates (PEM) of the authorities to trust for ``url`` in place of the system's."""
    allow_private: bool = False
    """Whether the host of ``url`` may be in a private, loopback or link-local network."""
    namespace: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}$")] = "coatcheck"
    """Namespace of the job and of both datasets in events."""
    source: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Name of the source in events, for everybody who sees them; by default ``DATASET.source``,
    because the names of files may name people.
    """

    @model_validator(mode="after")
    def _one(self) -> Self:
        """Refuse a block with neither place, with both, and settings that have no effect."""
        if (self.file is None) == (self.url is None):
            raise ValueError("name either file or url")
        useless = sorted(self.model_fields_set & {"auth", "ca_file", "allow_private"})
        if useless and self.url is None:
            raise ValueError(f"{', '.join(useless)}: go with url")
        return self
