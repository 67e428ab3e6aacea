"""Expiry as a flow: old versions of a dataset are removed, with the reason in its log."""

from __future__ import annotations

from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.custody.acts import require_reason  # noqa: E402
from anonymize.custody.belonging import require_keys_of  # noqa: E402
from anonymize.dataset.sink import sink_of  # noqa: E402
from anonymize.errors import ArgumentError  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402
from anonymize.report import act_markdown  # noqa: E402

WAIT_SECONDS = 60.0
"""How long an act waits for a run that is no flow."""


@flow(
    name="expire-versions",
    flow_run_name=run_named("expire"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("expiry")
def expire_versions(
    policy: str, keep: int, reason: str, keyring: str | None = None, store: str | None = None
) -> dict[str, Any]:
    """Remove all but the newest ``keep`` versions of the dataset that a policy publishes, never the
    current one.

    Args:
        policy: Path of the policy file.
        keep: Versions that stay; at least 1.
        reason: Goes into the audit log.
        keyring: See `anonymize_dataset`; it must be the owner's.
        store: Name of a block with the address of the object store.

    Returns:
        The numbers of the versions removed.

    Raises:
        AnonymizeError: nothing was removed: no reason, another dataset, keys that do not belong
            to it, or a current version that does not verify.
    """
    require_reason(reason, 0, bulk=False)
    if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
        raise ArgumentError("must be a whole number of versions, at least 1", place="keep")
    loaded = load_policy(policy)
    tag_run(loaded)
    with addressed(store), one_at_a_time(loaded.dataset):
        opened = open_keyring(keyring_uri(keyring))
        dataset = sink_of(loaded, WAIT_SECONDS)
        dataset.require()
        require_keys_of(loaded.sink.path, opened)
        removed = dataset.expire(keep=keep, keyring=opened, why=reason, dataset=loaded.dataset)
    gone = ", ".join(f"{number:,}" for number in removed) or "none"
    title = f"{loaded.dataset}: versions removed: {len(removed):,}"
    facts = {"path": loaded.sink.path, "removed": gone, "kept": f"{keep:,}", "reason": reason}
    show_page(loaded.dataset, "expiry", act_markdown(title, facts), title)
    tell("%s: versions removed: %s", loaded.dataset, gone)
    return {"removed": list(removed)}
