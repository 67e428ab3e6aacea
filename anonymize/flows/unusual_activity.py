"""Unusual reveals and reads as a flow: an event, a page and a line, so that somebody looks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.custody.unusual import Thresholds, Unusual, unusual  # noqa: E402
from anonymize.dataset.expiry import age_of  # noqa: E402
from anonymize.dataset.sink import sink_of  # noqa: E402
from anonymize.errors import Problem  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.events import emit_unusual  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402
from anonymize.report import act_markdown  # noqa: E402


@flow(
    name="unusual-activity",
    flow_run_name=run_named("unusual activity"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("search for unusual activity")
def unusual_activity(
    policy: str,
    since: str = "25h",
    timezone: str = "UTC",
    thresholds: dict[str, int] | None = None,
    keyring: str | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Name the reveals and reads of the dataset that a policy publishes that are outside their
    actors' habits. The run ends well also if there are some: the event ``coatcheck.unusual`` says
    so.

    Args:
        policy: Path of the policy file.
        since: How old an act may be to be judged; a little more than the time between two runs.
        timezone: Whose hours and days count, such as ``Europe/Berlin``.
        thresholds: Numbers of `anonymize.custody.unusual.Thresholds` by name.
        keyring: See `anonymize_dataset`; a reader's is enough.
        store: Name of a block with the address of the object store.

    Returns:
        Number of acts looked at, flags (log, line, rule), and number of those not judged. Who it
        was is not in Prefect: `coatcheck audit unusual` says it.

    Raises:
        AnonymizeError: a log does not hold, keys are missing, or a threshold is none.
    """
    loaded = load_policy(policy)
    tag_run(loaded)
    limits, age = Thresholds.of(thresholds or {}), age_of(since, "since")
    with addressed(store):
        opened = open_keyring(keyring_uri(keyring))
        dataset = sink_of(loaded)
        dataset.require()
        dataset.require_named(loaded.dataset, opened)
        found = unusual(dataset, opened, since=age, timezone=timezone, thresholds=limits)
    _show(loaded.dataset, found)
    flags = [{"log": f.event.log, "line": f.event.line, "rule": f.rule} for f in found.flags]
    left = sum(one.acts for one in found.unjudged)
    return {"judged": found.judged, "flags": flags, "not_judged": left}


def _show(dataset: str, found: Unusual) -> None:
    """Tell of the result; of actors, which are people, nothing leaves the logs."""
    title = f"{dataset}: unusual reveals and reads: {len(found.flags):,}"
    facts = {"looked at": f"{found.judged:,}", "hours and days of": found.timezone}
    left = Counter[str]()
    for one in found.unjudged:
        left[f"not judged, {one.kind}s: {one.rules}"] += one.acts
    facts |= {what: f"{acts:,}" if acts else "no log of them" for what, acts in left.items()}
    flagged = [
        Problem(
            f"{one.event.log}, line {one.event.line}", f"{one.event.kind}: {one.rule}: {one.why}"
        )
        for one in found.flags
    ]
    show_page(dataset, "unusual", act_markdown(title, facts, flagged), title)
    tell("%s; looked at %s", title, f"{found.judged:,}")
    if found.flags:
        emit_unusual(dataset, found)
