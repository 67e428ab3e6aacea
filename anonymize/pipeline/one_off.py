"""One source into one plain file, in one go: the steps before the first row.

A policy is drafted or taken, and planned. What comes then is in ``one_file.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from anonymize.arguments import checked
from anonymize.io import Source
from anonymize.io.spread import SpreadRows
from anonymize.keys import Keyring
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import (
    SAMPLE,
    PlanPreview,
    name_finder,
    plan_source,
    preview_of,
    refuse_unserved,
)
from anonymize.pipeline.readiness import require_vault
from anonymize.plan.draft import Observed, draft_policy
from anonymize.plan.findings import findings_of
from anonymize.plan.markers import null_values_in
from anonymize.plan.same_ids import SharedIds
from anonymize.policy import DetectSpec, Policy, SourceSpec
from anonymize.process.core_files import no_core_files


class SampledOnce(Source):
    """A source whose rows for detection are chosen once: drafting and planning use the same."""

    @cached_property
    def _rows(self) -> SpreadRows:
        return super().spread()

    def spread(self) -> SpreadRows:
        """Return rows chosen evenly from all partitions."""
        return self._rows


@checked
def open_sampled(spec: SourceSpec) -> SampledOnce:
    """Open the source that ``spec`` describes.

    Raises:
        SourceError: the source cannot be read.
    """
    opened = open_spec(spec)
    return SampledOnce(**{one.name: getattr(opened, one.name) for one in fields(opened)})


@no_core_files()
def draft_for(
    spec: SourceSpec,
    source: SampledOnce,
    *,
    purpose: str | None = None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    ner: str | None = None,
    sink: str | None = None,
) -> str:
    """Return the text of a drafted policy for a source.

    Without ``purpose`` it is the analysis of this one dataset, so that its values join with those
    of no other purpose.

    Raises:
        ArgumentError, MissingExtraError: see ``inspect_source``.
        SourceError: the source cannot be read.
    """
    refuse_unserved(countries, languages, ner)
    findings = findings_of(
        source.spread(),
        sample=SAMPLE,
        countries=countries,
        languages=languages,
        names=name_finder(ner),
        whole=source.batches,
    )
    ids, observed = SharedIds(findings), Observed(findings)
    nulls = null_values_in(observed.watch(ids.watch(source.batches())), findings)
    said: dict[str, object] = {"countries": tuple(countries)} if countries else {}
    said |= {"languages": tuple(languages)} if tuple(languages) != ("en",) else {}
    said |= {"ner": ner} if ner else {}
    return draft_policy(
        spec,
        source.schema,
        findings,
        DetectSpec.model_validate(said),
        null_values=nulls,
        domains=ids.domains(),
        purpose=purpose,
        sink=sink,
        observed=observed,
    )


@dataclass(frozen=True)
class ReadyOneOff:
    """A source, its plan and its keys: all that `write_one_off` needs."""

    source: SampledOnce
    """The source."""
    look: PlanPreview
    """The plan, and what it says to people."""
    keyring: Keyring
    """The keys of the rules and of the rows' order."""


@no_core_files()
def ready_one_off(policy: Policy, source: SampledOnce, keyring: Keyring) -> ReadyOneOff:
    """Return the plan of ``policy`` for an open source, with an example per column.

    Raises:
        PlanError: policy and source do not fit together; every problem is listed.
        KeysError: the keyring lacks keys.
        VaultError: the vault of the plan's rules cannot be used.
    """
    plan = plan_source(policy, source, keyring)
    require_vault(plan, keyring)
    return ReadyOneOff(source, preview_of(plan, source, keyring, compare=False), keyring)
