"""Rows of every kind that engines hand over, and the policy for them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

CANARY = "Quintilla Zarathustrova"
UTC = datetime.UTC
POLICY = """version: 1
dataset: people
purpose: test
source: {{path: rows}}
sink: {{path: {sink}}}
unlisted: refuse
detect: {{ner: 'off'}}
{extra}
columns:
  name: {{action: redact}}
  email: {{action: pseudonymize, domain: email}}
  born: {{action: generalize, to: year}}
  seen: {{action: generalize, to: month}}
  at: {{action: generalize, to: month}}
  zip: {{action: generalize, prefix: 2}}
  cost: {{action: keep}}
  visits: {{action: keep}}
  raw: {{action: 'null'}}
  tags[]: {{action: keep}}
  home.city: {{action: keep}}
  home.mails[]: {{action: pseudonymize, domain: email}}
"""
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),
        ("email", pa.string()),
        ("born", pa.date32()),
        ("seen", pa.timestamp("us", "UTC")),
        ("at", pa.timestamp("us")),
        ("zip", pa.string()),
        ("cost", pa.decimal128(10, 2)),
        ("visits", pa.int32()),
        ("raw", pa.binary()),
        ("tags", pa.list_(pa.string())),
        ("home", pa.struct([("city", pa.string()), ("mails", pa.list_(pa.string()))])),
    ]
)


def rows(count: int = 400) -> pa.Table:
    """Return people; every eighth has a null in each column that may, and the first one is alone in
    her class.
    """
    made = [_row(number) for number in range(count)]
    return pa.Table.from_pylist(made, SCHEMA)


def _row(number: int) -> dict[str, Any]:
    some = number % 8
    moment = datetime.datetime(2024, 1 + number % 12, 3, 22, 30)
    return {
        "id": number,
        "name": CANARY if some else None,
        "email": f"quintilla{number % 120}@example.org" if some else None,
        "born": datetime.date(1980 + number % 4, 1 + some, 2),
        "seen": moment.replace(tzinfo=UTC),
        "at": moment if some else None,
        "zip": f"{number % 2}0{number % 5}17" if number else "99999",
        "cost": Decimal(f"{number}.25"),
        "visits": number % 7,
        "raw": b"\x00\xff",
        "tags": ["new", "old"][: number % 3] if some else None,
        "home": {"city": "Ulm", "mails": [f"quintilla{number % 120}@example.org"]}
        if some
        else None,
    }


def policy(folder: Path, extra: str = "", columns: str = "") -> Path:
    """Write the policy, with further parts and rules; return its path."""
    path = folder / "people.yaml"
    text = POLICY.format(sink=folder / "out", extra=extra)
    path.write_text(text + "  id: {action: keep, accept: a test compares rows by it}\n" + columns)
    return path


def by_id(table: pa.Table) -> list[dict[str, Any]]:
    """Return rows as Python's values, by their id, without what engines may choose: the zone in
    which instants are shown.
    """
    found = table.sort_by("id").to_pylist()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value
