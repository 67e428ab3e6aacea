"""What detection says of a source before a plan is made: the same for inspect, init, plan, run and frames."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect import inspect_samples
from anonymize.detect.interface import Finding, Scanner
from anonymize.io.spread import SpreadRows
from anonymize.plan.detectors import names_if_here
from anonymize.plan.discover import with_documents
from anonymize.plan.sampling import Reread, source_samples
from anonymize.policy import Policy


def findings_of(
    rows: SpreadRows,
    *,
    sample: int | None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    names: Scanner | None = None,
    policy: Policy | None = None,
    whole: Reread | None = None,
) -> tuple[Finding, ...]:
    """Return a finding per leaf of the source that ``rows`` were chosen from.

    Args:
        rows: Rows from all over the source.
        sample: Distinct values of each column that are looked at.
        countries: Countries whose identifiers are looked for.
        languages: Languages of prose.
        names: The model that is asked about columns that rules leave open; None asks none.
        policy: Whose rules name places in documents and maps, beside what the data shows.
        whole: Reads named columns again, whole; see ``source_samples``.
    """
    samples = with_documents(source_samples(rows, sample, policy, whole))
    return inspect_samples(samples, countries=countries, languages=languages, names=names)


def findings_for(policy: Policy, rows: SpreadRows, whole: Reread | None = None) -> tuple[Finding, ...]:
    """Return what ``compile_plan`` needs to know of a source: ``findings_of`` as the policy's ``detect:`` says."""
    detect = policy.detect
    return findings_of(
        rows,
        sample=detect.sample,
        countries=detect.countries,
        languages=detect.languages,
        names=names_if_here(detect),
        policy=policy,
        whole=whole,
    )
