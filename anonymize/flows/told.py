"""What Prefect is told when a flow of ours ends, also by a refusal: a log line, artifacts, an
event.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from anonymize.dataset import Dataset
from anonymize.errors import AnonymizeError, DriftError, UntoldError
from anonymize.flows.artifacts import show_page, show_table
from anonymize.flows.assets import materialized
from anonymize.flows.events import emit_drift, emit_published, emit_refused
from anonymize.flows.guard import in_one_message, quoting_nothing
from anonymize.flows.logs import few_lines, only_told, tell
from anonymize.flows.names import policy_of_run, tags_of
from anonymize.policy import Policy
from anonymize.report import column_rows, problems_markdown, summary_markdown

Args = ParamSpec("Args")
Result = TypeVar("Result")
_UNCHANGED = {
    "": "Nothing was changed, unless it is said below.",
    "release": "Nothing was released. What was spent stays spent: `coatcheck audit show` says it.",
}
"""What holds after an act that was refused, by the act."""


def show_published(summary: Mapping[str, Any]) -> None:
    """Tell of a version that is current now."""
    dataset, version = summary["dataset"], summary["version"]
    aside = ", ".join(
        f"{summary[what]:,} {what}"
        for what in ("filtered", "suppressed", "quarantined")
        if summary[what]
    )
    tell(
        "%s: version %s is current: %s of %s rows%s; %s",
        dataset,
        version,
        f"{summary['rows_out']:,}",
        f"{summary['rows_in']:,}",
        f" ({aside})" if aside else "",
        summary["path"],
    )
    said = f"{dataset}, version {version}"
    show_page(dataset, "", summary_markdown(summary), said)
    show_table(dataset, "columns", column_rows(summary), f"columns of {said}")
    materialized(summary)
    emit_published(summary)


def guarded(
    act: str, *, shown: tuple[type[AnonymizeError], ...] = ()
) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Return a decorator for a flow's function: its refusals are told once, by an artifact, an
    event and one message, and nothing that an unforeseen error quotes is.

    Args:
        act: What the flow does, for the artifact's heading and, except for ``publication``, its
            key.
        shown: Errors whose page the function has made itself.
    """

    def decorate(work: Callable[Args, Result]) -> Callable[Args, Result]:
        signature, quiet = inspect.signature(work), quoting_nothing(work)

        @wraps(work)
        def told(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            few_lines()
            try:
                return quiet(*args, **kwargs)
            except UntoldError:
                raise  # the act is done; its page says so
            except AnonymizeError as error:
                policy = policy_of_run(signature.bind(*args, **kwargs).arguments)
                if not isinstance(error, shown):
                    _show_refusal(act, policy, error)
                _emit_refusal(act, policy, error)
                raise

        return in_one_message(quoting_nothing(told))

    return decorate


def _show_refusal(act: str, policy: Policy | None, error: AnonymizeError) -> None:
    name, publishing = _name(policy), act == "publication"
    state = _state(policy) if publishing else _UNCHANGED.get(act, _UNCHANGED[""])
    page = problems_markdown(f"{name}: {act} refused", error, state)
    show_page(name, "" if publishing else act, page, f"{name}: {act} refused")


def _emit_refusal(act: str, policy: Policy | None, error: AnonymizeError) -> None:
    """A source that drifted is an event of its own; a run that it stopped is refused, too."""
    if isinstance(error, DriftError):
        emit_drift(_name(policy), error.problems)
        if act != "publication":
            return
    emit_refused(_name(policy), act, error)


def _name(policy: Policy | None) -> str:
    return policy.dataset if policy else "dataset"


def _state(policy: Policy | None) -> str:
    """Return what holds after a run that was refused."""
    current = None
    if policy is not None and "://" not in policy.sink.path:
        try:
            current = Dataset(policy.sink.path).current
        except AnonymizeError:
            return "Nothing was published; which version is current cannot be told."
        if current is None:
            return "Nothing was published, and no version was before."
    last = f"version {current}" if current else "the version of before"
    return f"Nothing was published; {last} is still current."


def tag_run(policy: Policy) -> None:
    """Add the dataset's tags to the flow's run."""
    from prefect.client.orchestration import get_client
    from prefect.context import FlowRunContext

    here = FlowRunContext.get()
    if here is None or here.flow_run is None:
        return
    with only_told():
        client = get_client(sync_client=True)
        tags = {*here.flow_run.tags, *tags_of(policy)}
        client.update_flow_run(here.flow_run.id, tags=sorted(tags))
