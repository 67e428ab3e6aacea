"""Verification as a flow: a published version is what was signed, byte for byte, or the run
fails.
"""

from __future__ import annotations

from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.dataset.sink import sink_of  # noqa: E402
from anonymize.errors import GateError  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.keys import open_keyring  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402
from anonymize.report import act_markdown  # noqa: E402


@flow(
    name="verify-dataset",
    flow_run_name=run_named("verify"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("verification", shown=(GateError,))
def verify_dataset(
    policy: str, version: int | None = None, keyring: str | None = None, store: str | None = None
) -> dict[str, Any]:
    """Check a version of the dataset that a policy publishes, and the log around it.

    Args:
        policy: Path of the policy file; its anchor is compared with the log.
        version: The version; by default the current one.
        keyring: See `anonymize_dataset`; a reader's is enough.
        store: Name of a block with the address of the object store.

    Returns:
        Version, files, rows and bytes that were checked.

    Raises:
        GateError: something is not what was signed; each problem is listed.
        AnonymizeError: there is no such version, or keys are missing.
    """
    loaded = load_policy(policy)
    tag_run(loaded)
    with addressed(store):
        opened = open_keyring(keyring_uri(keyring))
        found = sink_of(loaded).verify(version, keyring=opened, dataset=loaded.dataset)
    facts = {
        "path": loaded.sink.path,
        "version": found.version,
        "files": f"{found.files:,}",
        "rows": f"{found.rows:,}",
        "bytes": f"{found.size_bytes:,}",
        "problems": f"{len(found.problems):,}",
    }
    title = f"{loaded.dataset}, version {found.version}: {'sound' if found.ok else 'not sound'}"
    page = act_markdown(title, facts, found.problems)
    show_page(loaded.dataset, "verification", page, title)
    tell("%s: %s files, %s bytes", title, facts["files"], facts["bytes"])
    if not found.ok:
        raise GateError(found.problems)
    return {
        "version": found.version,
        "files": found.files,
        "rows": found.rows,
        "size_bytes": found.size_bytes,
    }
