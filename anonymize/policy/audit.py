"""``audit:`` and ``erasure:``: what is kept of acts, and of whose the rows are."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.local_paths import without_nul


class AnchorSpec(StrictModel):
    """A place outside the sink's folder that gets each head of the audit log."""

    file: Annotated[str, AfterValidator(without_nul)] | None = None
    """A file that gets a line for each head; those who can write to the sink's folder must not be
    able to write to it.
    """
    command: tuple[str, ...] = ()
    """Program and arguments; gets each head as a line on stdin, for example to put it under a
    retention lock.
    """
    latest: tuple[str, ...] = ()
    """Program and arguments; prints heads that ``command`` got, one a line, at least the newest."""

    @model_validator(mode="after")
    def _one(self) -> AnchorSpec:
        """Refuse a block with neither, and with both."""
        if (self.file is None) == (not self.command) or (self.command and not self.latest):
            raise ValueError("name either file, or command and latest")
        return self


class AuditSpec(StrictModel):
    """Settings of the audit log."""

    anchor: AnchorSpec | None = None
    """Where each head of the log is copied. Without an anchor, a log that is cut back to an earlier
    state together with its head is not detected.
    """
    reads: bool = False
    """Whether each read by a keyring that can sign is entered in the dataset's log of reads before
    the first row is given. Readers' keyrings cannot sign: their reads show in the storage's own
    access log alone. Not for datasets in an object store.
    """


class ErasureSpec(StrictModel):
    """What is kept so that a person can be found, and leave."""

    index: bool = False
    """Whether each version keeps, encrypted for the owner, whose each of its rows is, as keyed ids
    of ``subject:``, for ``coatcheck where-is --subject`` and ``forget``. 10 to 20 bytes a row.
    """
    retention: Annotated[str, Field(pattern="^[0-9]{1,5}[hdw]$")] | None = None
    """How long an older version that holds a forgotten person stays after its publication, for
    example 30d or 12h; by default it is removed at once.
    """
