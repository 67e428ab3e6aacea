"""Makes all cards of a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from anonymize.dataset import Manifest
from anonymize.report.cards.croissant import croissant
from anonymize.report.cards.huggingface import dataset_card
from anonymize.report.cards.openlineage import JOBS, Naming, completed
from anonymize.report.page.page import report_page
from anonymize.report.page.reported import Reported
from anonymize.report.told import Told

CARD_NAMES = {
    "md": "card.md",
    "croissant": "croissant.json",
    "openlineage": "openlineage.json",
    "html": "report.html",
}
"""Format → file name."""


def cards_of(manifest: Manifest, schema: pa.Schema, naming: Naming = JOBS) -> Mapping[str, bytes]:
    """Return the cards of a version, file name → content, UTF-8.

    Equal arguments give equal bytes. ``manifest`` has its version and time, ``schema`` is the
    published one; ``naming`` says what the event calls things. Nothing is in a card that is in
    neither; where the policy has a ``privacy:`` block, no count of rows, cells or people below k.
    """
    told = Told(manifest, schema)
    return {
        CARD_NAMES["md"]: dataset_card(told).encode(),
        CARD_NAMES["croissant"]: as_json(croissant(told)),
        CARD_NAMES["openlineage"]: as_json(completed(told, naming)),
        CARD_NAMES["html"]: report_page(Reported.of(manifest)).encode(),
    }


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return indented JSON, UTF-8."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
