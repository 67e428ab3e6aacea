"""Drafts a policy for a source, and tries it: rules that planning or the gates refuse are replaced
by stricter ones, so that the draft can be run as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anonymize.arguments import checked
from anonymize.detect.interface import Finding
from anonymize.errors import ArgumentError
from anonymize.io import Source
from anonymize.names import ColumnName
from anonymize.pipeline.draft_pass import seen_in
from anonymize.pipeline.draft_trial import Trial
from anonymize.pipeline.opening import spec_of, stated
from anonymize.pipeline.prepare import SAMPLE, name_finder, refuse_unserved
from anonymize.pipeline.sampled import open_sampled
from anonymize.plan.draft import Observed, Refusal, draft, policy_text
from anonymize.plan.findings import findings_of
from anonymize.policy import DetectSpec, SourceSpec
from anonymize.process.core_files import no_core_files

TRIALS = 4
"""How often a draft is tried at most; each time, refused columns get the next stricter rule."""


@checked
@no_core_files()
def draft_source(
    source: str | SourceSpec,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    *,
    ner: str | None = None,
    purpose: str | None = None,
    k: int | None = None,
) -> str:
    """Return a commented policy (YAML) for ``source`` that can be run as it is.

    The whole source is read once, for ids that join, texts that stand for a missing value, and how
    dates are written. Where sampled rows tell a country that was not said, its identifiers are
    looked for too. Then the draft is tried on rows from all over the source, with keys that are
    thrown away.

    Args:
        source: A path, folder or glob, or a policy's ``source:``. What a path leaves open is
            guessed from the data, and stated in the draft.
        countries: Two-letter codes of countries whose identifiers are searched for.
        languages: Two-letter codes of the languages of texts.
        ner: The name model, as in a policy's ``detect:``.
        purpose: What the data is for; without one the draft states ``analysis of`` the dataset.
        k: Drafts a ``privacy:`` block with this k, and rules that leave quasi-identifiers exact:
            the block makes them coarser where classes need it. Without it the block is a comment,
            and so it is where no recoding of the rows tried keeps that k.

    Raises:
        AnonymizeError: as for `inspect_source`.
        ArgumentError: ``k`` is below 2.
    """
    spec = stated(spec_of(source))[0] if isinstance(source, str) else source
    opened = open_sampled(spec)
    return draft_opened(spec, opened, countries, languages, ner=ner, purpose=purpose, k=k)[0]


@no_core_files()
def draft_opened(
    spec: SourceSpec,
    source: Source,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    *,
    ner: str | None = None,
    purpose: str | None = None,
    sink: str | None = None,
    name: str | None = None,
    k: int | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Return what `draft_source` returns, for a source that is open: that of ``spec``; and what its
    reader should know of single columns, a sentence each. ``sink`` is the dataset's folder,
    ``name`` its name if not the source's.
    """
    refuse_unserved(countries, languages, ner)
    if k is not None and k < 2:
        raise ArgumentError(f"k = {k}: classes have at least 2 people", place="k")
    findings = _findings(source, countries, languages, ner)
    found = None if countries else _country(source, findings)
    if found is not None:
        findings = _findings(source, (found,), languages, ner)
    seen = seen_in(source.batches(), findings)
    said: dict[str, Any] = {"countries": tuple(countries) or (found,)} if countries or found else {}
    said |= {"languages": tuple(languages)} if tuple(languages) != ("en",) else {}
    said |= {"ner": ner} if ner else {}
    refused: dict[ColumnName, tuple[Refusal, ...]] = {}
    trial: Trial | None = None
    trials = TRIALS
    while trials:
        trials -= 1
        drafted = draft(
            spec,
            source.schema,
            seen.findings,
            DetectSpec.model_validate(said),
            null_values=seen.nulls,
            domains=seen.domains,
            purpose=purpose,
            observed=seen.observed,
            counted=seen.counted,
            refused=refused,
            sink=sink,
            name=name,
            country_found=found is not None,
            k=k,
        )
        trial = trial or Trial(drafted, source, seen.findings)
        tried = trial.of(drafted)
        if k is not None and not tried.refused and not (tried.measured and tried.measured.kept):
            k, trials = None, TRIALS  # no such block holds: rules protect by themselves
            continue
        if not tried.refused:
            break
        for column, refusal in tried.refused.items():
            refused[column] = (*refused.get(column, ()), refusal)
    return policy_text(drafted, tried.measured), drafted.told


def _findings(
    source: Source, countries: Sequence[str], languages: Sequence[str], ner: str | None
) -> tuple[Finding, ...]:
    return findings_of(
        source.spread(),
        sample=SAMPLE,
        countries=countries,
        languages=languages,
        names=name_finder(ner),
        whole=source.batches,
    )


def _country(source: Source, findings: Sequence[Finding]) -> str | None:
    """Return the country that the sampled rows tell clearly."""
    observed = Observed(findings)
    for _ in observed.watch([source.spread().batch()]):
        pass
    return observed.countries.searched_country()
