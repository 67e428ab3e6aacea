"""Gathers what a report says of a version that is published, from the dataset."""

from __future__ import annotations

from dataclasses import replace

from anonymize.dataset import Dataset
from anonymize.dataset.history import history
from anonymize.dataset.seal import sealed_manifest
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.report.page.counted import counted_charts
from anonymize.report.page.reported import Reported

_NOT_ASKED = "Not drawn: nobody asked for charts."


def reported(
    dataset: Dataset,
    version: int | None = None,
    *,
    keyring: Keyring | str | None = None,
    charts: bool = True,
    names_values: bool = False,
) -> Reported:
    """Return what the report of ``version`` (None: the current one) says, by the signed manifest,
    the signed log and, for ``charts``, the rows as far as the keyring opens them.

    ``names_values`` calls frequent values of columns that are published as they are by themselves.

    Raises:
        DatasetError: no such version, or its manifest, the log or a part is changed.
        KeysError: the keyring cannot check the signatures.
    """
    opened = opened_keyring(keyring)
    made, seal = sealed_manifest(dataset, version, opened)
    said = Reported.of(made)
    drawn, say = (
        counted_charts(dataset, said.told, opened, names_values=names_values)
        if charts
        else ((), _NOT_ASKED)
    )
    return replace(said, seal=seal, acts=history(dataset, opened), charts=drawn, charts_say=say)
