"""Synthetic rows as a flow: a file of them and a signed document beside it, paid for once."""

from __future__ import annotations

from typing import Any, Literal

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.errors import ArgumentError  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.releases import Release, show_released  # noqa: E402
from anonymize.flows.source_files import policys_source_by_number  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.pipeline.synthesize import synthesize  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402


@flow(
    name="synthesize-dataset",
    flow_run_name=run_named("make synthetic rows of"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("release")
def synthesize_dataset(
    policy: str,
    folder: str,
    rows: int | None = None,
    epsilon: float | None = None,
    form: Literal["csv", "parquet"] = "csv",
    reason: str = "",
    keyring: str | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Make synthetic rows with differential privacy, into a new file.

    A run pays once, as `aggregate_dataset` does.

    Args:
        policy: Path of the policy file.
        folder: Folder on the worker for the rows and the signed document, outside of the dataset's.
        rows: How many; by default a noisy number of the real ones.
        epsilon: What it may cost, instead of the policy's.
        form: ``csv`` or ``parquet``.
        reason: Why; needed to raise a budget.
        keyring: See `anonymize_dataset`; it must be the owner's.
        store: Name of a block with the address of the source's object store.

    Returns:
        As `aggregate_dataset`; no row.

    Raises:
        PaidError: an earlier try of this run was paid for and released nothing.
        AnonymizeError: as ``anonymize.pipeline.synthesize.synthesize``.
    """
    if form not in ("csv", "parquet"):
        raise ArgumentError("is none of csv, parquet", place="form")
    loaded = load_policy(policy)
    tag_run(loaded)
    with policys_source_by_number(policy), addressed(store), one_at_a_time(loaded.dataset):
        opened = open_keyring(keyring_uri(keyring))
        asked = {"rows": rows, "epsilon": epsilon}
        release = Release.of(loaded, "synthetic", folder, f".{form}", asked)
        body = release.made_before(opened)
        new = body is None
        if body is None:
            made = synthesize(
                loaded, opened, rows=rows, epsilon=epsilon, reason=reason, once=release.once,
                output=release.path,
            )  # fmt: skip
            body = dict(made.document["synthetic"])
    facts = {"rows": f"{body['rows']:,}", "columns": ", ".join(body["columns"])}
    return show_released(loaded, release, body, facts, new=new)
