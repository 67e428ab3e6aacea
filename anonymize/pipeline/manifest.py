"""What a published version says of itself: told to readers, and exactly to its owner."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anonymize.custody.belonging import key_checks
from anonymize.dataset import FileEntry, Manifest, RowCounts
from anonymize.dataset.facts import (
    CheckFacts,
    ColumnFacts,
    PrivacyFacts,
    ResidualFacts,
    RevealFacts,
    SourceFacts,
)
from anonymize.dataset.owner import (
    digest,
    published_columns,
    published_residual,
    published_rows,
    published_screen,
    seal_facts,
)
from anonymize.dataset.screen_facts import ScreenFacts
from anonymize.gates.interface import Output
from anonymize.gates.not_looked_for import not_looked_for
from anonymize.gates.suppression import privacy_measured, subject_sentences
from anonymize.io import PartInfo, Partition
from anonymize.io.sources.pieces import first_row_of
from anonymize.keys import CANARY, Keyring
from anonymize.pipeline.across import recode_digests
from anonymize.pipeline.changes import Change, facts_to_compare
from anonymize.pipeline.partition import Job
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.results import (
    canary_facts,
    column_facts,
    columns_in_files,
    order_facts,
    privacy_in_files,
    residual_facts,
    row_counts,
    rows_in_files,
    shut_columns,
    small_count,
    software_of,
)
from anonymize.plan import Plan
from anonymize.plan.show.explain import explain_to_readers, unlisted
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy


@dataclass(frozen=True)
class PublishedFacts:
    """Exact facts of a version, for its owner; what readers are told of them is coarser."""

    rows: RowCounts
    """Where the rows went."""
    columns: Mapping[str, ColumnFacts]
    """By output column, or place inside one that has a rule."""
    residual: ResidualFacts | None
    """The residual scan; None if it was switched off."""
    privacy: PrivacyFacts | None
    """Requested and measured privacy; None without a ``privacy:`` block."""
    not_looked_for: tuple[str, ...]
    """What detection left out, a sentence each."""
    screen: ScreenFacts | None = None
    """The integrity screen; None if the policy asks for none."""

    @staticmethod
    def of(plan: Plan, reports: Sequence[PartReport], output: Output) -> PublishedFacts:
        """Return the facts of all parts together."""
        measured = privacy_measured(plan, output.classes, output.against)
        screened = plan.screened.told if plan.screened else None
        return PublishedFacts(
            rows=row_counts(output),
            columns=column_facts(plan, reports),
            residual=residual_facts(plan, reports),
            privacy=measured,
            not_looked_for=(*not_looked_for(plan), *subject_sentences(plan, measured)),
            screen=ScreenFacts.model_validate(screened) if screened else None,
        )


def manifest_of(
    job: Job,
    facts: PublishedFacts,
    reports: Sequence[PartReport],
    fingerprint: Mapping[str, object],
    keyring: Keyring,
    accepted: Sequence[Change],
    records: PartInfo | None = None,
) -> Manifest:
    """Return the manifest of a version whose parts lie in the job's staging folder.

    Small counts are raised, facts of restricted columns left out, digests keyed; the exact facts
    are encrypted under the owner's key. ``records`` is the file for the next incremental run.
    """
    plan, policy = job.plan, job.plan.policy
    left, shut = unlisted(plan), shut_columns(policy)
    k = job.privacy.k if job.privacy else small_count(policy)
    rows = published_rows(rows_in_files(facts.rows, reports), k)
    exact: dict[str, Any] = {
        "source": fingerprint,
        "policy_sha256": policy.digest(),
        "rows": facts.rows.model_dump(),
        "columns": {name: one.model_dump() for name, one in facts.columns.items()},
        "checks": {
            "residual": facts.residual.model_dump() if facts.residual else None,
            **({"screen": facts.screen.model_dump(mode="json")} if facts.screen else {}),
        },
        "unlisted": list(left),
        "parts": [report.part.path.name for report in reports],
        "part_sources": [  # rows that an engine handed over are of no file
            _source_of(job.partitions[report.number]) for report in reports if job.partitions
        ],
        "vault_place": plan.vault_place or "",
        "left_out": sorted(one for group in plan.forgotten for one in group.ids),
        "subject_spelled": (
            spelling_of(policy.columns, policy.indexed_by) if policy.indexed_by else ""
        ),
        "accepted_changes": [str(change) for change in accepted],
        "accepted_because": (
            policy.accept_change.reason if accepted and policy.accept_change else ""
        ),
        "recode": recode_digests(plan),
        "average_risk": facts.privacy.average if facts.privacy else None,
        "canaries": canary_facts(reports, policy.sink.canaries is not None),
        **facts_to_compare(plan),
    }
    keys = _keys(plan, keyring)

    def keyed(use: str, content: str) -> str:
        return digest(keyring, job.owner, policy.dataset, policy.purpose, use, content)

    return Manifest(
        dataset=policy.dataset,
        purpose=policy.purpose,
        policy_hmac_sha256=keyed("policy", policy.digest()),
        plan=[
            {**asdict(line), "column": str(line.column)} for line in explain_to_readers(plan, shut)
        ],
        unlisted=len(left),
        order=order_facts(policy),
        keys=keys,
        key_checks=key_checks(keyring, (*keys, job.owner)),
        vault=plan.vault_id,
        files=tuple(_files(reports, records, Path(job.staging))),
        layout=policy.sink.layout,
        rows=rows,
        columns=published_columns(columns_in_files(facts.columns, reports), k, shut),
        privacy=privacy_in_files(facts.privacy, reports),
        checks=CheckFacts(
            residual=published_residual(facts.residual, shut),
            not_looked_for=facts.not_looked_for,
            screen=published_screen(facts.screen, rows, k, shut),
            preset=policy.preset.name if policy.preset else "",
            preset_accepted=_accepted(policy, shut),
        ),
        source=SourceFacts(
            format=str(fingerprint["format"]),
            files=len(job.files),
            # rows that an engine hands over have no digest that a later run could compare
            hmac_sha256=keyed("source", taken) if (taken := str(fingerprint["sha256"])) else "",
        ),
        owner=seal_facts(exact, keyring, job.owner, job.order_seed),
        software=software_of(plan),
        audit_reads=policy.audit.reads,
        reveal=_reveal(policy),
    )


def _reveal(policy: Policy) -> RevealFacts | None:
    """Return what the policy asks for before tokens are turned back; None if that is nothing."""
    said = policy.reveal
    if said.approvals == 1 and said.above is None:
        return None
    return RevealFacts(
        approvals=said.approvals, above=said.above, approvers=dict(sorted(said.approvers.items()))
    )


def _accepted(policy: Policy, shut: Collection[str]) -> dict[str, str]:
    """Return the columns that the preset does not hold for, without restricted ones."""
    accepted = policy.preset.accept if policy.preset else {}
    return {str(name): why for name, why in accepted.items() if name not in shut}


def _source_of(partition: Partition) -> dict[str, object]:
    """Return where a part's rows come from, for its owner: the file, and the rows before them."""
    return {"file": partition.name, "first_row": first_row_of(partition)}


def _keys(plan: Plan, keyring: Keyring) -> tuple[str, ...]:
    sink = plan.policy.sink
    names = [sink.key, *([sink.restricted.key] if sink.restricted else [])]
    names += [CANARY] if sink.canaries else []
    return (*plan.key_ids, *(keyring.current(name) for name in names))


def _files(
    reports: Sequence[PartReport], records: PartInfo | None, staging: Path
) -> Iterator[FileEntry]:
    for report in sorted(reports, key=_by_number):
        yield FileEntry.of(report.part, staging)
        if report.quarantine:
            yield FileEntry.of(report.quarantine, staging, "quarantine")
        if report.subjects:
            yield FileEntry.of(report.subjects, staging, "subjects")
        if report.canaries:
            yield FileEntry.of(report.canaries, staging, "canaries")
    if records:
        yield FileEntry.of(records, staging, "increments")


def _by_number(report: PartReport) -> tuple[int, str]:
    """Return a key by which part 100000 comes behind part 99999."""
    name = report.part.path.name
    return len(name), name
