"""Profiles of published versions: what a screen compares with, and what inputs are checked by."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.errors import KeysError
from anonymize.gates.poisoning import TableBuilder
from anonymize.gates.poisoning.profile import Profile
from anonymize.keys import Keyring
from anonymize.policy import Policy


def last_profile(
    policy: Policy, columns: Sequence[str], keyring: Keyring | None, dataset: Dataset | None
) -> tuple[Profile | None, str]:
    """Return what the rows of the version are like that a policy's screen compares with; None and
    the reason if there is none.

    Raises:
        DatasetError: the version is damaged, or the policy names a folder that has none.
        KeysError: the policy names a dataset that this keyring does not read.
    """
    spec = policy.screen
    if spec is None:
        raise AssertionError("asked before")
    if keyring is None:
        return None, "no keyring is open that could read the last version"
    if spec.against is None and dataset is None:
        return None, "rows of a frame have no last version, and against: names none"
    compared = Dataset(spec.against) if spec.against is not None else dataset
    if compared is None:
        raise AssertionError("one of both is there")
    wanted = [*columns, *filter(None, [spec.label])]
    if spec.against is None:
        if compared.current is None:
            return None, "there is no earlier version to compare with"
        try:
            return kept_profile(compared, wanted, spec.label, keyring), ""
        except KeysError:
            return None, "this keyring does not read the last version"
    return kept_profile(compared, wanted, spec.label, keyring), ""


def kept_profile(
    dataset: Dataset, wanted: Sequence[str], label: str | None, keyring: Keyring
) -> Profile:
    """Return the profile of those ``wanted`` columns of the current version that are published as
    they were in the source.

    Raises:
        DatasetError, KeysError: the version cannot be read.
    """
    dataset.require()
    made = dataset.manifest(keyring=keyring)
    kept = kept_columns(made)
    columns = [name for name in wanted if name in kept]
    left_out = [f"{n}: not published as it was in the source" for n in wanted if n not in kept]
    said = f"{made.dataset} version {made.version}"
    if not columns:
        return Profile(made.rows.written, {}, {}, said, tuple(left_out))
    builder = TableBuilder(columns, label if label in columns else None)
    for batch in dataset.to_batches(columns, version=made.version, keyring=keyring):
        builder.add(batch)
    return Profile.of(builder.table(), said, tuple(left_out))


def kept_columns(made: Manifest) -> set[str]:
    """Return the columns of a version whose values are those of the source."""
    return {
        str(line["column"])
        for line in made.plan
        if str(line.get("action", "")).partition(" ")[0] == "keep"
        and str(line["column"]) in made.columns
    }
