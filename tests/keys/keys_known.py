"""Published vectors and made-up keys for these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from anonymize.keys import PurposeKey, Secret
from anonymize.names import KeyId

VECTORS = Path(__file__).parents[1] / "vectors"
WYCHEPROOF = Path(__file__).parents[3] / "shared" / "vectors"


def vectors(name: str) -> Any:
    """Return a vector file of tests/vectors."""
    return json.loads((VECTORS / name).read_text())


def wycheproof(name: str) -> list[dict[str, Any]]:
    """Return the tests of a Wycheproof file, each with its group's fields; skip where the folder is
    missing.
    """
    file = WYCHEPROOF / name
    if not file.exists():
        pytest.skip(f"{name} is not in ../shared/vectors")
    groups = json.loads(file.read_text())["testGroups"]
    return [{**group, **test} for group in groups for test in group["tests"]]


def purpose(
    domain: str = "email", *, action: str = "test", version: int = 1, master: bytes = b"m" * 32
) -> PurposeKey:
    """Return a purpose key of a made-up master key."""
    return PurposeKey(
        KeyId(f"test.{version}"), Secret(master), domain=domain, entity="", action=action
    )
