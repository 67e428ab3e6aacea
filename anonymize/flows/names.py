"""Names under which Prefect knows runs, artifacts, assets and limits: made of the dataset's name
and the number of a part, never of a source's file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from anonymize.policy import Policy, load_policy

LONGEST = 100
"""Characters of a tag."""


def slug(name: str) -> str:
    """Return a dataset's name in small letters, digits and dashes, as keys of artifacts are."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "dataset"


def artifact_key(dataset: str, what: str = "") -> str:
    """Return the key of one of a dataset's artifacts; each run adds a version to it."""
    return "-".join(filter(None, ("coatcheck", slug(dataset), what)))


def asset_key(dataset: str, what: str) -> str:
    """Return the key of an asset: ``what`` is ``source`` or ``dataset``. No path is in it."""
    return f"coatcheck://{what}/{dataset}"


def limit_of(dataset: str) -> str:
    """Return the name of the concurrency limit of a dataset."""
    return f"coatcheck:{dataset}"


def tags_of(policy: Policy) -> tuple[str, ...]:
    """Return the tags of a dataset's runs."""
    said = (f"dataset:{policy.dataset}", f"purpose:{policy.purpose}")
    return tuple(tag[:LONGEST] for tag in said)


def policy_of_run(parameters: Mapping[str, Any]) -> Policy | None:
    """Return the policy that a run's parameters name; None if it cannot be read, which the run
    itself will say.
    """
    path = parameters.get("policy") or parameters.get("expect")
    try:
        return load_policy(str(path)) if path else None
    except Exception:  # noqa: BLE001 - this runs in Prefect's engine, which stores what is raised
        return None


def run_named(act: str) -> Callable[[], str]:
    """Return a function that names a run of a flow after what it does and the dataset."""

    def name() -> str:
        from prefect.runtime import flow_run

        loaded = policy_of_run(flow_run.parameters)
        if loaded is None:
            return act
        return f"{act} {loaded.dataset} for {loaded.purpose}"[:LONGEST]

    return name
