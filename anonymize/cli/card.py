"""Implements card and lineage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from anonymize.cli.datasets import opened_as, shown
from anonymize.cli.output import say
from anonymize.errors import ArgumentError, on_one_line

Format = Literal["md", "croissant", "openlineage", "html"]


def card_command(
    path: Path, version: int | None, form: Format, policy: Path | None, keyring_uri: str | None
) -> None:
    """Print a card as it was published, after checking it by the signed manifest."""
    from anonymize.keys import open_keyring
    from anonymize.report.cards import CARD_NAMES

    dataset, name = opened_as(path, policy)
    keyring = open_keyring(keyring_uri)
    if name is not None:
        dataset.require_named(name, keyring)
    card = dataset.card(CARD_NAMES[form], version=version, keyring=keyring)
    if card is None:
        which = "the current version" if version is None else f"version {version}"
        what = f"{which} was published without cards; the next run makes them"
        raise ArgumentError(what, place=shown(path))
    sys.stdout.write(card.decode())


def lineage_command(policy: Path, version: int | None, keyring_uri: str | None) -> None:
    """Send a version's events, and say so."""
    from anonymize.pipeline.lineage import send_lineage

    published = send_lineage(policy, version, keyring=keyring_uri)
    say(on_one_line(f"{published.dataset} version {published.version}: lineage events sent"))
