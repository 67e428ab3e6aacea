"""The summary of a run: exact counts for the owner, rounded ones for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from anonymize.dataset import Manifest, RowCounts
from anonymize.dataset.facts import ColumnFacts, PrivacyFacts, ResidualFacts
from anonymize.dataset.owner import published_columns, published_residual, published_rows
from anonymize.pipeline.incremental import Increment
from anonymize.pipeline.results import emptied_values, shut_columns, small_count
from anonymize.policy import Policy


@dataclass(frozen=True)
class IncrementFacts:
    """What became of the partitions of an incremental run."""

    nothing_changed: bool
    """True if nothing was published, because the source is what the current version was made
    of.
    """
    since: int
    """The version that parts were taken over from; 0 if none were."""
    kept: int
    """Partitions whose parts were taken over."""
    done: int
    """Partitions that were worked on."""
    again: int
    """Of these, partitions whose content is as it was."""
    why_again: tuple[str, ...]
    """Why they were done again, a clause each."""
    gone: int
    """Partitions of that version that the source no longer has; their rows are not published."""


def increment_facts(increment: Increment | None) -> IncrementFacts | None:
    """Return what an incremental run kept and did; None for other runs."""
    if increment is None:
        return None
    return IncrementFacts(
        nothing_changed=increment.changes_nothing,
        since=increment.base.version if increment.base else 0,
        kept=len(increment.kept),
        done=len(increment.wanting()),
        again=increment.again,
        why_again=tuple(increment.why_again),
        gone=increment.gone,
    )


@dataclass(frozen=True)
class PublishedPart:
    """One part of the version. Not told: which partition of the source it was made of, because the
    order of the parts is as secret as that of the rows.
    """

    name: str
    """Path in the version's folder."""
    rows: int
    """Rows published."""
    size_bytes: int
    """Encrypted size."""


@dataclass(frozen=True)
class PublishedColumn:
    """One column, or place inside one, as the manifest tells it."""

    column: str
    """Name or path."""
    found: str
    """What detection called it in the source; empty for restricted columns."""
    done: str
    """The action with its parameters."""
    note: str
    """Why it was accepted, or what else there is to say."""


@dataclass(frozen=True)
class RunSummary:
    """The result of a run, for its owner: exact counts, no values. `for_anybody` returns a form
    that may go to an orchestrator.
    """

    dataset: str
    """The dataset's name."""
    path: str
    """The dataset's folder."""
    version: int
    """The version published."""
    rows_in: int
    """Rows read."""
    rows_out: int
    """Rows published."""
    filtered: int
    """Rows that ``where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows set aside because of a bad value."""
    emptied: Mapping[str, int]
    """Column → bad values that ``on_bad_value: null`` replaced; columns without any are left
    out.
    """
    columns_out: int
    """Columns published."""
    columns_dropped: int
    """Leaves of the source that are in no output column."""
    order: str
    """``shuffled``, or ``source`` if rows keep the order of the raw data."""
    residual: ResidualFacts | None
    """Findings and sample sizes of the residual scan."""
    not_looked_for: tuple[str, ...]
    """One sentence for each thing that detection left out or did less thoroughly than by default;
    empty if there is none.
    """
    privacy: PrivacyFacts | None
    """k, risk and diversity of the rows written, and whether people or rows were counted; empty
    without a ``privacy:`` block.
    """
    seconds: float
    """Wall seconds of the whole run."""
    policy_hmac_sha256: str = ""
    """The manifest's keyed digest of the policy."""
    keys: tuple[str, ...] = ()
    """Key versions that made values or wrapped files."""
    parts: tuple[PublishedPart, ...] = ()
    """The parts published, in order."""
    columns: tuple[PublishedColumn, ...] = ()
    """What was found and done, as the manifest tells its readers: places that no rule names are
    not there.
    """
    last_version: int = 0
    """The version that was current before; 0 if there was none."""
    changed: tuple[str, ...] = ()
    """One sentence for each difference from that version."""
    taken_over: int = 0
    """Partitions that a run which was interrupted had finished."""
    increment: IncrementFacts | None = None
    """What an incremental run kept and did; None for other runs."""
    workers: int = 1
    """Processes that worked on the source's parts; nothing published depends on it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; what was not asked for is an empty mapping."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        residual, privacy = self.residual, self.privacy
        return {
            **plain,
            "parts": [asdict(part) for part in self.parts],
            "columns": [asdict(column) for column in self.columns],
            "residual": residual.model_dump(mode="json") if residual else {},
            "privacy": privacy.model_dump(mode="json") if privacy else {},
            "increment": asdict(self.increment) if self.increment else {},
        }

    def for_anybody(self, policy: Policy) -> RunSummary:
        """Return the summary with the manifest's precision: small counts are raised to k, and
        details of restricted columns are left out.
        """
        rows = RowCounts(
            written=self.rows_out,
            suppressed=self.suppressed,
            quarantined=self.quarantined,
            filtered=self.filtered,
        )
        published, shut = published_rows(rows, small_count(policy)), shut_columns(policy)
        facts = {n: ColumnFacts(bad_values_nulled=count) for n, count in self.emptied.items()}
        return replace(
            self,
            rows_in=published.read,
            suppressed=published.suppressed,
            quarantined=published.quarantined,
            filtered=published.filtered,
            emptied=emptied_values(published_columns(facts, small_count(policy), shut)),
            residual=published_residual(self.residual, shut),
        )


def parts_of(manifest: Manifest) -> tuple[PublishedPart, ...]:
    """Return the data parts of a version."""
    return tuple(
        PublishedPart(file.path, file.rows, file.size_bytes) for file in manifest.data_files()
    )


def columns_of(manifest: Manifest) -> tuple[PublishedColumn, ...]:
    """Return the lines of a version's plan, with what was found in the source."""
    lines: list[Mapping[str, Any]] = manifest.plan or []
    none = ColumnFacts()
    return tuple(
        PublishedColumn(
            column=str(line["column"]),
            found=manifest.columns.get(str(line["column"]), none).source_verdict or "",
            done=str(line["action"]),
            note=str(line["note"]),
        )
        for line in lines
    )
