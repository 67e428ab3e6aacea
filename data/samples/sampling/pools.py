"""Reads ``pools.toml``: the names, places and phone blocks that the samples are drawn from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """One city with the patterns of its postcode and phone numbers."""

    city: str
    """Name as locals write it."""
    postcode: str
    """``#`` stands for a digit, ``@`` for a letter."""
    phones: tuple[str, ...]
    """National numbers, groups parted by spaces, without the trunk prefix."""


@dataclass(frozen=True)
class Country:
    """What one country adds to the mess: names, streets, places, how phones are dialled."""

    code: str
    """ISO 3166-1 alpha-2."""
    weight: float
    """Share of customers, in parts per hundred."""
    dial: str
    """Country calling code."""
    trunk: str
    """Prefix in front of national numbers, or empty."""
    order: str
    """``western``, or ``eastern``: family name first."""
    women: tuple[str, ...]
    """Given names, ``native`` or ``native|latin``."""
    men: tuple[str, ...]
    """Given names, likewise."""
    surnames: tuple[str, ...]
    """Family names, likewise; ``masculine/feminine`` where they differ."""
    streets: tuple[str, ...]
    """Street lines; ``{n}`` is the house number."""
    places: tuple[Place, ...]
    """Cities."""


def _with_shared(values: Sequence[str], shared: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(
        name
        for value in values
        for name in (shared[value[1:]] if value.startswith("*") else (value,))
    )


def _country(
    entry: Mapping[str, Any], shared: Mapping[str, Mapping[str, Sequence[str]]]
) -> Country:
    lists: dict[str, Any] = {
        field: _with_shared(entry[field], shared.get(field, {}))
        for field in ("women", "men", "surnames", "streets")
    }
    places = tuple(
        Place(city, postcode, tuple(phones)) for city, postcode, *phones in entry["places"]
    )
    plain: dict[str, Any] = {
        field: entry[field] for field in ("code", "weight", "dial", "trunk", "order")
    }
    return Country(**plain, **lists, places=places)


def _countries(path: Path) -> tuple[Country, ...]:
    pools = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_country(entry, pools["shared"]) for entry in pools["countries"])


COUNTRIES: tuple[Country, ...] = _countries(Path(__file__).with_name("pools.toml"))
"""Every country a person of the samples may live in."""
