"""Inspection as a flow: a source's path in, verdicts with evidence out, as an artifact; with a
policy, how the source drifted from what it expects.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.errors import ArgumentError, DriftError  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.source_files import source_by_number  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.pipeline.drift import drift  # noqa: E402
from anonymize.pipeline.opening import spec_of  # noqa: E402
from anonymize.pipeline.prepare import inspect_source  # noqa: E402
from anonymize.policy import Policy, SourceSpec, load_policy  # noqa: E402
from anonymize.report import FINDING_COLUMNS, finding_rows, findings_markdown  # noqa: E402


@flow(
    name="inspect-dataset",
    flow_run_name=run_named("inspect"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("inspection", shown=(DriftError,))
def inspect_dataset(
    source: str | None = None,
    countries: tuple[str, ...] = (),
    table: str | None = None,
    expect: str | None = None,
    keyring: str | None = None,
    store: str | None = None,
) -> list[dict[str, Any]]:
    """Return a row per column of ``source``: verdict, confidence, runner-up, evidence; no raw
    value.

    Args:
        source: A file, a folder or a glob; or a database's address without its password. By
            default the source of the policy in ``expect``.
        countries: Two-letter codes of countries whose identifiers are looked for.
        table: The database's table or view.
        expect: Path of a policy that the source is compared with: its rules, its ``expect:``, and
            what was found when the dataset was last published.
        keyring: Keyring that checks the published version's signature; see `anonymize_dataset`.
        store: Name of a block with the address of the object store.

    Raises:
        DriftError: the source is not as the policy expects; the artifact and the event
            ``coatcheck.drift`` have each difference.
        AnonymizeError: the source or the policy cannot be read.
    """
    policy = None if expect is None else load_policy(expect)
    if policy is not None:
        tag_run(policy)
    spec = _spec(source, table, policy)
    with addressed(store), source_by_number(spec.path):
        findings = inspect_source(spec, **_looked_for(countries, policy))
        drifted = () if policy is None else drift(spec, findings, policy, keyring_uri(keyring))
    rows = [dict(zip(FINDING_COLUMNS, row, strict=True)) for row in finding_rows(findings)]
    name = _name(spec, policy)
    title = f"Inspection of the source of {policy.dataset}" if policy else "Inspection"
    show_page(name, "inspection", findings_markdown(title, findings, drifted), title)
    tell("%s: %s columns, differences from the policy: %s", title, len(rows), len(drifted))
    if drifted:
        raise DriftError(drifted)
    return rows


def _spec(source: str | None, table: str | None, policy: Policy | None) -> SourceSpec:
    if policy is None:
        if source is None:
            raise ArgumentError("name a source, or a policy in expect", place="source")
        return spec_of(source, table)
    said = {"path": source, "table": table}
    return policy.source.model_copy(update={name: value for name, value in said.items() if value})


def _looked_for(countries: tuple[str, ...], policy: Policy | None) -> dict[str, Any]:
    """Return the settings of detection: a policy's where there is one, as its runs have them."""
    if policy is None:
        return {"countries": countries}
    said = policy.detect
    ner = said.ner if "ner" in said.model_fields_set else None
    return {"countries": countries or said.countries, "languages": said.languages, "ner": ner}


def _name(spec: SourceSpec, policy: Policy | None) -> str:
    """Return the name that the artifacts' keys have: one per source, without its path, which may
    name a person.
    """
    if policy is not None:
        return policy.dataset
    return sha256(f"{spec.path}\n{spec.table or ''}".encode()).hexdigest()[:8]
