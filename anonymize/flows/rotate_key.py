"""Rotation as a flow: a new version of a key, and a dataset's files wrapped by it."""

from __future__ import annotations

from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from anonymize.custody.rotate_keys import rotate  # noqa: E402
from anonymize.errors import ArgumentError  # noqa: E402
from anonymize.flows.artifacts import show_page  # noqa: E402
from anonymize.flows.blocks import addressed, keyring_uri  # noqa: E402
from anonymize.flows.logs import tell  # noqa: E402
from anonymize.flows.names import run_named  # noqa: E402
from anonymize.flows.one_at_a_time import one_at_a_time  # noqa: E402
from anonymize.flows.told import guarded, tag_run  # noqa: E402
from anonymize.names import KeyName  # noqa: E402
from anonymize.pipeline.prepare import key_uses  # noqa: E402
from anonymize.policy import load_policy  # noqa: E402
from anonymize.report import act_markdown  # noqa: E402


@flow(
    name="rotate-key",
    flow_run_name=run_named("rotate a key of"),
    persist_result=False,
    validate_parameters=False,
)
@guarded("rotation")
def rotate_key(
    policy: str,
    key: str,
    keyring: str | None = None,
    other_values: bool = False,
    store: str | None = None,
) -> dict[str, Any]:
    """Make a new version of a key, and wrap the files of the policy's dataset with it.

    A keyring that several datasets share is rotated by hand (``coatcheck keys rotate``), which
    names them all: this names one.

    Args:
        policy: Path of the policy file.
        key: The key's name.
        keyring: See `anonymize_dataset`; it must be the owner's, in a file that can be written.
        other_values: Rotate although pseudonyms, tokens or fakes derive from the key: the next
            version's will not join those of before.
        store: Name of a block with the address of the object store.

    Returns:
        The new key version, files wrapped again and vault namespaces locked again.

    Raises:
        ArgumentError: values derive from the key, and ``other_values`` is not set.
        AnonymizeError: as ``anonymize.custody.rotate_keys.rotate``.
    """
    loaded = load_policy(policy)
    tag_run(loaded)
    values = key_uses(loaded).get(KeyName(key)) == "values"
    if values and not other_values:
        what = (
            "pseudonyms, tokens or fakes derive from this key: the next version's would not join"
            " those of before; set other_values if you mean it"
        )
        raise ArgumentError(what, place=f"key {key}")
    with addressed(store), one_at_a_time(loaded.dataset):
        done = rotate(KeyName(key), [loaded.sink.path], keyring_uri(keyring))
    files = sum(done.rewrapped.values())
    title = f"{loaded.dataset}: {done.key_id} is current"
    facts = {
        "path": loaded.sink.path,
        "new key": str(done.key_id),
        "files wrapped again": f"{files:,}",
        "vault namespaces locked again": f"{done.relocked:,}",
        "values of the next version": "do not join those of before" if values else "as before",
    }
    show_page(loaded.dataset, "rotation", act_markdown(title, facts), title)
    tell("%s; files wrapped again: %s", title, f"{files:,}")
    return {"key": str(done.key_id), "files": files, "relocked": done.relocked}
