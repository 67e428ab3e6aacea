"""A release of aggregates as a flow: the statistics of a policy's ``aggregates:``, in a signed
file, paid for once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.releases import Release, show_released  # noqa: E402
from anonymize.flows.source_files import policys_source_by_number  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.pipeline.aggregate import aggregate  # noqa: E402
from anonymize.pipeline.aggregate.files import new_files, write_document  # noqa: E402
from anonymize.pipeline.aggregate.publish import asked_for  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402


@flow(
    name="aggregate-dataset",
    flow_run_name=run_named("release aggregates of"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("release")
def aggregate_dataset(
    policy: str,
    folder: str,
    queries: Sequence[str] = (),
    reason: str = "",
    keyring: str | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Release the statistics of a policy with differential privacy, into a new file.

    A run pays once: a retry gives what an earlier try released, or is refused if that was paid for
    and came to nothing. Another run is another release, which costs as much again.

    Args:
        policy: Path of the policy file.
        folder: Folder on the worker for the signed JSON file, outside of the dataset's.
        queries: Names of the queries; by default all.
        reason: Why; needed to raise a budget.
        keyring: See `anonymize_dataset`; it must be the owner's.
        store: Name of a block with the address of the source's object store.

    Returns:
        The file's path, what it cost, what is spent of the budget with it, and whether it was paid
        for by this try; no statistic.

    Raises:
        PaidError: an earlier try of this run was paid for and released nothing.
        AnonymizeError: as ``anonymize.pipeline.aggregate.aggregate``.
    """
    loaded = load_policy(policy)
    tag_run(loaded)
    with policys_source_by_number(policy), addressed(store), one_at_a_time(loaded.dataset):
        opened = open_keyring(keyring_uri(keyring))
        asked = {"queries": sorted(asked_for(loaded, list(queries)))}
        release = Release.of(loaded, "aggregates", folder, ".json", asked)
        body = release.made_before(opened)
        new = body is None
        if body is None:
            with new_files(release.path, again=True) as (file,):
                made = aggregate(
                    loaded, opened, queries=list(queries), reason=reason, once=release.once
                )
                write_document(made.document, file)
            body = dict(made.document["aggregates"])
    names = ", ".join(one["name"] for one in body["statistics"])
    facts = {"statistics": names, "how many": len(body["statistics"])}
    return show_released(loaded, release, body, facts, new=new)
