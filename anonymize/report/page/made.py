"""Gathers what a report says of a version that is published, from the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from anonymize.dataset import Dataset
from anonymize.dataset.history import history
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.owner import open_facts
from anonymize.dataset.seal import sealed_manifest
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.errors import ArgumentError
from anonymize.report.page.counted import counted_charts
from anonymize.report.page.custody import keys_of
from anonymize.report.page.reported import Reported

_NOT_ASKED = "Not drawn: nobody asked for charts."


def reported(
    dataset: Dataset,
    version: int | None = None,
    *,
    keyring: Keyring | str | None = None,
    charts: bool = True,
    names_values: bool = False,
    names_dropped: bool = False,
    holders: Mapping[str, str] | None = None,
) -> Reported:
    """Return what the report of ``version`` (None: the current one) says, by the signed manifest,
    the signed log and, for ``charts``, the rows as far as the keyring opens them.

    ``names_values`` calls frequent values of columns that are published as they are by themselves,
    ``names_dropped`` names what the policy does not, which takes the owner's key. ``holders`` says
    who holds each key, which no manifest knows.

    Raises:
        ArgumentError: ``holders`` has a key that the version does not use.
        DatasetError: no such version, or its manifest, the log or a part is changed.
        KeysError: the keyring cannot check the signatures.
    """
    opened = opened_keyring(keyring)
    made, seal = sealed_manifest(dataset, version, opened)
    said = replace(Reported.of(made), holders=_known(made, holders or {}))
    if names_dropped and made.unlisted:
        said = replace(said, unlisted=tuple(open_facts(made, opened)["unlisted"]))
    drawn, say = (
        counted_charts(dataset, said.told, opened, names_values=names_values)
        if charts
        else ((), _NOT_ASKED)
    )
    return replace(said, seal=seal, acts=history(dataset, opened), charts=drawn, charts_say=say)


def _known(made: Manifest, holders: Mapping[str, str]) -> Mapping[str, str]:
    """Return ``holders`` if each of their keys is one of the version's."""
    known = keys_of(Reported.of(made))
    if wrong := sorted(set(holders) - set(known)):
        what = f"no key of this version is called {', '.join(wrong)}; it has {', '.join(known)}"
        raise ArgumentError(what, place="holder")
    return dict(holders)
