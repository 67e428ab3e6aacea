"""Deployments of the flows for any number of policies, on any work pool: ``python -m
anonymize.flows.deployments --help``.

The flows are named by their module, so a worker needs the package and nothing is pulled.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.flows.settings import quiet_prefect

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

NIGHTLY, DRIFT = "15 3 * * *", "45 2 * * *"
UNUSUAL = "45 4 * * *"
WEEKLY_VERIFY, WEEKLY_EXPIRY = "0 5 * * 0", "0 6 * * 0"
QUARTERLY = "0 7 1 1,4,7,10 *"
QUARTERLY_AGGREGATES, QUARTERLY_SYNTHETIC = "0 8 1 1,4,7,10 *", "0 9 1 1,4,7,10 *"
"""Cron schedules, in UTC."""
ASLEEP = ("rotate", "aggregate", "synthesize")
"""Whose schedules are not active."""
KEEP = 30
"""Versions that the expiry keeps where neither the policy nor the caller says."""


def deployments(
    policy: str,
    *,
    keyring: str | None = None,
    store: str | None = None,
    keep: int | None = None,
    releases: str | None = None,
) -> tuple[RunnerDeployment, ...]:
    """Return the six deployments of a policy's dataset, named ``DATASET-nightly`` and so on; with
    ``releases`` also those of the policy's ``aggregates:``, and those alone where it has no
    ``columns:``, so that no rows are published.

    The rotation's schedule is not active: from a rotation on, readers need keyrings that are shared
    anew. Nor are those of releases: each run spends a part of the privacy budget.

    Args:
        policy: Path of the policy, the same here and on the workers.
        keyring: URI of the keyring on the workers, or ``block:NAME``; by default the workers'
            environment says.
        store: Name of a block with the address of the object store.
        keep: Versions that the expiry keeps; by default the policy's ``retention:`` counts, and 30
            where it has none.
        releases: Folder on the workers for aggregates and synthetic rows.

    Raises:
        PolicyError: the policy has mistakes.
    """
    return tuple(_deployments(policy, {"keyring": keyring, "store": store}, keep, releases))


def _deployments(
    path: str, where: dict[str, str | None], keep: int | None, releases: str | None
) -> Iterator[RunnerDeployment]:
    quiet_prefect()
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from anonymize.flows.aggregate_dataset import aggregate_dataset
    from anonymize.flows.anonymize_dataset import anonymize_dataset
    from anonymize.flows.expire_versions import expire_versions
    from anonymize.flows.inspect_dataset import inspect_dataset
    from anonymize.flows.names import tags_of
    from anonymize.flows.rotate_key import rotate_key
    from anonymize.flows.synthesize_dataset import synthesize_dataset
    from anonymize.flows.unusual_activity import unusual_activity
    from anonymize.flows.verify_dataset import verify_dataset
    from anonymize.policy import load_policy

    loaded = load_policy(path)
    own: dict[str, Any] = {name: value for name, value in where.items() if value is not None}
    policy = {"policy": path, **own}
    expiry = dict[str, Any]()
    if keep is not None or loaded.retention is None:
        keep = KEEP if keep is None else keep
        expiry = {"keep": keep, "reason": f"retention: the newest {keep} versions are kept"}
    wanted: list[tuple[Any, str, str, dict[str, Any]]] = [
        (inspect_dataset, "drift", DRIFT, {"expect": path, **own}),
        (anonymize_dataset, "nightly", NIGHTLY, policy),
        (unusual_activity, "unusual", UNUSUAL, policy),
        (verify_dataset, "verify", WEEKLY_VERIFY, policy),
        (expire_versions, "expire", WEEKLY_EXPIRY, {**policy, **expiry}),
        (rotate_key, "rotate", QUARTERLY, {**policy, "key": loaded.sink.key}),
    ]
    wanted = wanted if loaded.columns else []
    if releases is not None and loaded.aggregates is not None:
        given = {**policy, "folder": releases}
        if loaded.aggregates.queries:
            wanted.append((aggregate_dataset, "aggregate", QUARTERLY_AGGREGATES, given))
        if loaded.aggregates.synthetic:
            wanted.append((synthesize_dataset, "synthesize", QUARTERLY_SYNTHETIC, given))
    for flow, name, cron, parameters in wanted:
        yield flow.to_deployment(
            name=f"{loaded.dataset}-{name}",
            schedule=Cron(cron, timezone="UTC", active=name not in ASLEEP),
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
            ),
            parameters=parameters,
            tags=list(tags_of(loaded)),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy, and print the name of each deployment."""
    asked = _parsed(arguments)
    try:
        if asked.keep is not None and asked.keep < 1:
            raise ArgumentError("must be at least 1", place="--keep")
        made = [
            one
            for path in asked.policies
            for one in deployments(
                path,
                keyring=asked.keyring,
                store=asked.store,
                keep=asked.keep,
                releases=asked.releases,
            )
        ]
    except AnonymizeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for one in made:
        one.apply(work_pool_name=asked.work_pool, image=asked.image)
        print(f"{one.flow_name}/{one.name}")
    return 0


def _parsed(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m flows.deploy", description=__doc__)
    parser.add_argument("policies", nargs="+", help="policy files, by absolute paths")
    parser.add_argument("--work-pool", required=True, help="name of the work pool")
    parser.add_argument("--keyring", help="URI on the workers, or block:NAME; no passphrase")
    parser.add_argument("--store", help="name of a coatcheck-store block")
    parser.add_argument("--releases", help="folder on the workers for aggregates")
    parser.add_argument("--image", help="image of the workers, for pools that start containers")
    parser.add_argument(
        "--keep",
        type=int,
        help=f"versions that the expiry keeps; by default the policy's retention:, else {KEEP}",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
