"""Events that automations react to: published, released, refused, drift, unusual. Names, kinds and
rounded counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from anonymize.custody.unusual import Unusual
from anonymize.errors import AnonymizeError, Problem
from anonymize.flows.logs import only_told

PUBLISHED = "coatcheck.published"
RELEASED = "coatcheck.released"
REFUSED = "coatcheck.refused"
DRIFT = "coatcheck.drift"
UNUSUAL = "coatcheck.unusual"
MOST_PROBLEMS = 20
"""Problems that an event quotes; the artifact has more."""
_COUNTS = ("rows_in", "rows_out", "filtered", "suppressed", "quarantined", "columns_out")


def emit_published(summary: Mapping[str, Any]) -> None:
    """Emit that a version is current."""
    payload = {
        **{name: summary[name] for name in ("version", "last_version", *_COUNTS)},
        "policy_hmac_sha256": summary["policy_hmac_sha256"],
        "keys": list(summary["keys"]),
        "residual_findings": len(summary["residual"].get("findings", ())),
        "k": summary["privacy"].get("k"),
        "changed": list(summary["changed"]),
    }
    _emit(PUBLISHED, summary["dataset"], payload)


def emit_released(
    dataset: str, kind: str, body: Mapping[str, Any], facts: Mapping[str, Any]
) -> None:
    """Emit that statistics or synthetic rows were released, and what that cost; none of them."""
    payload = {"kind": kind, "purpose": body["purpose"], "unit": body["unit"], **facts}
    budget = {name: dict(body["budget"][name]) for name in ("spent", "most")}
    _emit(RELEASED, dataset, {**payload, "cost": dict(body["cost"]), "budget": budget})


def emit_refused(dataset: str, act: str, error: AnonymizeError) -> None:
    """Emit that an act was refused: nothing changed."""
    payload = {"act": act, "kind": type(error).__name__, "exit_code": error.exit_code}
    _emit(REFUSED, dataset, {**payload, **_told(error.problems)})


def emit_drift(dataset: str, problems: Sequence[Problem]) -> None:
    """Emit that a source is not as its policy expects."""
    _emit(DRIFT, dataset, _told(problems))


def emit_unusual(dataset: str, found: Unusual) -> None:
    """Emit that reveals or reads are outside their actors' habits: which rules, and where in the
    logs. Who it was is in the logs alone, which Prefect does not see.
    """
    places = [(one.event.log, one.event.line, one.rule) for one in found.flags]
    payload = {
        "flags": len(found.flags),
        "rules": dict(Counter(one.rule for one in found.flags)),
        "said": [f"{log}, line {line}: {rule}" for log, line, rule in places[:MOST_PROBLEMS]],
        "not_judged": sum(one.acts for one in found.unjudged),
    }
    _emit(UNUSUAL, dataset, payload)


def _told(problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "problems": len(problems),
        "said": [str(problem) for problem in problems[:MOST_PROBLEMS]],
    }


def _emit(event: str, dataset: str, payload: dict[str, Any]) -> None:
    from prefect.events import emit_event

    resource = {
        "prefect.resource.id": f"coatcheck.dataset.{dataset}",
        "prefect.resource.name": dataset,
    }
    with only_told():
        emit_event(event, resource=resource, payload=payload)
