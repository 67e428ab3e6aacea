"""A release as a flow makes it: once per run, however often Prefect tries that run again, into a
file that is named after it.

A retry has the id of the run that it repeats. The release is named after that id; the budget's
ledger pays for a name once, and the file that has it is the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from anonymize.dataset.certificate import open_signed
from anonymize.durable import refuse_in_dataset
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.flows.artifacts import show_page
from anonymize.flows.events import emit_released
from anonymize.flows.logs import tell
from anonymize.keys import Keyring
from anonymize.pipeline.synthesize.files import require_rows
from anonymize.policy import Policy
from anonymize.privacy.differential import Loss
from anonymize.report import act_markdown

_LARGEST = 1 << 30


@dataclass(frozen=True)
class Release:
    """What one run releases."""

    kind: str
    """``aggregates`` or ``synthetic``: what the signed document is called."""
    once: str
    """The name under which it is paid for."""
    path: Path
    """The file that is handed on."""
    document: Path
    """The signed document; of aggregates the same file."""

    @classmethod
    def of(
        cls, policy: Policy, kind: str, folder: str, ending: str, asked: Mapping[str, Any]
    ) -> Release:
        """Return the release of the run that is at work; ``asked`` is what tells it apart from
        other releases of the same run for the same purpose.

        Raises:
            ArgumentError: the folder is not there, or is the dataset's.
        """
        where = Path(folder)
        if "://" in folder or not where.is_dir():
            raise ArgumentError("is no folder of the worker's machine", place="folder")
        if where.resolve().is_relative_to(Path(policy.sink.path).resolve()):
            what = "is the dataset's own, where only runs write; name one outside of it"
            raise ArgumentError(what, place="folder")
        told = sorted({**asked, "purpose": policy.purpose}.items())
        said = sha256(repr(told).encode()).hexdigest()[:8]
        once = f"{kind}-{_run()}-{said}"
        path = where / f"{policy.dataset}-{once}{ending}"
        refuse_in_dataset(path)
        document = path if ending == ".json" else path.with_name(f"{path.name}.json")
        return cls(kind, once, path, document)

    def made_before(self, keyring: Keyring) -> dict[str, Any] | None:
        """Return what an earlier try of the run released; None if it did not come to it.

        Raises:
            DatasetError: the rows that it released are gone, or were changed.
        """
        try:
            if self.document.stat().st_size > _LARGEST:
                return None
            data = self.document.read_bytes()
            body = open_signed(self.kind, data, keyring, self.document.name)
        except (OSError, AnonymizeError):
            return None
        if body.get("release") != self.once:
            return None
        if self.path != self.document:
            require_rows(self.path, body)
        return body


def _run() -> str:
    """Return the id of the outermost run: a flow that calls ours may be what is tried again."""
    from prefect.runtime import flow_run

    return str(flow_run.root_flow_run_id or flow_run.id or uuid4())


def show_released(
    policy: Policy, made: Release, body: Mapping[str, Any], facts: Mapping[str, Any], *, new: bool
) -> dict[str, Any]:
    """Tell of a release: what it cost and where it is; no statistic, no row. Return the same.

    Args:
        policy: The policy.
        made: The release.
        body: What is signed of it.
        facts: What was released, by name.
        new: Whether this try made it; else an earlier one did, and nothing was spent now.
    """
    cost, spent, most = (
        Loss.of(one["epsilon"], one["delta"])
        for one in (body["cost"], body["budget"]["spent"], body["budget"]["most"])
    )
    title = f"{policy.dataset}: {made.kind} released"
    page = {
        "path": str(made.path),
        "purpose": policy.purpose,
        **facts,
        f"cost of one {body['unit']}": str(cost),
        "spent of the budget, with it": f"{spent} of {most}",
        "paid by": "this try" if new else "an earlier try of this run; nothing was spent now",
    }
    show_page(policy.dataset, made.kind, act_markdown(title, page), title)
    tell("%s; cost %s; spent %s of %s; %s", title, cost, spent, most, made.path)
    if new:
        emit_released(policy.dataset, made.kind, body, facts)
    return {
        "path": str(made.path),
        "cost": dict(body["cost"]),
        "spent": dict(body["budget"]["spent"]),
        "paid_now": new,
    }
