"""Expiry as a flow: old versions of a dataset are removed, with the reason in its log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.custody.acts import require_reason  # noqa: E402
from anonymize.custody.belonging import require_keys_of  # noqa: E402
from anonymize.dataset.expiry import age_of  # noqa: E402
from anonymize.dataset.sink import sink_of  # noqa: E402
from anonymize.errors import ArgumentError  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.policy import Policy, load_policy  # noqa: E402
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
    policy: str,
    keep: int | None = None,
    reason: str = "",
    keyring: str | None = None,
    store: str | None = None,
    older_than: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Remove old versions of the dataset that a policy publishes, never the current one.

    Each run first tries: it checks everything and tells which versions would go. Then it removes
    those, and no others.

    Args:
        policy: Path of the policy file.
        keep: Newest versions that stay; at least 1. Without it and ``older_than`` the policy's
            ``retention:`` counts.
        reason: Goes into the audit log; may be left out where the policy's ``retention:`` counts.
        keyring: See `anonymize_dataset`; it must be the owner's.
        store: Name of a block with the address of the object store.
        older_than: Versions published longer ago than this go: ``12h``, ``30d``, ``8w``. With
            ``keep``, only what neither keeps.
        dry_run: Only try.

    Returns:
        The numbers of the versions removed; of a dry run, those that would be.

    Raises:
        AnonymizeError: nothing was removed: no reason, nothing says which versions go, another
            dataset, keys that do not belong to it, or a current version that does not verify.
    """
    if keep is not None and (isinstance(keep, bool) or not isinstance(keep, int) or keep < 1):
        raise ArgumentError("must be a whole number of versions, at least 1", place="keep")
    loaded = load_policy(policy)
    tag_run(loaded)
    keep, age, reason = _wanted(loaded, keep, older_than, reason)
    if not dry_run:
        require_reason(reason, 0, bulk=False)
    with addressed(store), one_at_a_time(loaded.dataset):
        opened = open_keyring(keyring_uri(keyring))
        dataset = sink_of(loaded, WAIT_SECONDS)
        dataset.require()
        require_keys_of(loaded.sink.path, opened)
        limits: dict[str, Any] = {"keep": keep, "older_than": age, "dataset": loaded.dataset}
        found = dataset.expire(**limits, keyring=opened, dry_run=True)
        tell("%s: versions that would be removed: %s", loaded.dataset, _told(found))
        if not dry_run:
            found = dataset.expire(**limits, versions=found, keyring=opened, why=reason)
    what = "versions that would be removed" if dry_run else "versions removed"
    title = f"{loaded.dataset}: {what}: {len(found):,}"
    facts = {"path": loaded.sink.path, what: _told(found), "reason": reason or "none, only tried"}
    facts |= {"newest that stay": f"{keep:,}"} if keep is not None else {}
    facts |= {"stay if younger than": str(age)} if age is not None else {}
    show_page(loaded.dataset, "expiry", act_markdown(title, facts), title)
    tell("%s: %s: %s", loaded.dataset, what, _told(found))
    return {"would_remove" if dry_run else "removed": list(found)}


def _wanted(
    policy: Policy, keep: int | None, older_than: str | None, reason: str
) -> tuple[int | None, timedelta | None, str]:
    """Return how many stay, the age below which versions stay, and the reason; from the policy if
    the caller names neither number.
    """
    if keep is None and older_than is None:
        said = policy.retention
        if said is None:
            what = "say which versions go: keep, older_than, or both, here or in the policy's"
            raise ArgumentError(f"{what} retention:", place="keep")
        keep, older_than = said.keep, said.older_than
        reason = reason or f"the policy's retention: {said}"
    return keep, None if older_than is None else age_of(older_than, "older_than"), reason


def _told(versions: tuple[int, ...]) -> str:
    return ", ".join(f"{number:,}" for number in versions) or "none"
