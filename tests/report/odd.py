"""Datasets that are hard to tell of: nested, restricted, with small classes, and with names that
would be markup if they were let.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import anonymize
from anonymize.dataset import Dataset

CANARY = "Canaryson-4d1e"
NAMES = (
    "größe – 身長",
    'say "x": y',
    "two\nlines: - z",
    "</td><script>alert(1)</script>",
    "a|b\\|c",
    "`tick` ``tock``",
    "[link](https://evil.example) www.evil.example",
    "---",
    "# head $x$ <!-- ",
    "{{brace}} !tag &amp; *star* _under_",
    "1. first",
)
"""Columns that are published as they are."""
PURPOSE = "triage\n---\ninjected: true\n# Owned\n| a | b |\n<img src=x onerror=alert(1)> `"
K = 4


def source(folder: Path) -> Path:
    """Write 40 rows of every kind, of 13 people, some with rare values; return the file."""
    numbers = range(40)
    rows = pa.table(
        {
            "person": [f"{CANARY}-{n % 13}" for n in numbers],
            "zone": ["north" if n < 38 else "south" for n in numbers],
            "ward": [f"w{n % 2}" for n in numbers],
            "profile": [{"mail": f"{CANARY}.{n}@example.org", "size": n % 3} for n in numbers],
            "events": [[{"kind": "in", "at": n % 5}] * (n % 3) for n in numbers],
            "codes": [[[n % 4], []] for n in numbers],
            "marks": pa.array([[("a", 1.5)]] * 40, pa.map_(pa.string(), pa.float64())),
            "payload": [json.dumps({"visits": n % 4, "who": CANARY}) for n in numbers],
            "gone": [CANARY] * 40,
            "secret_place": [CANARY] * 40,
            **{name: pa.array([n % 2 for n in numbers], pa.int8()) for name in NAMES},
        }
    )
    path = folder / f"{CANARY}.parquet"
    pq.write_table(rows, path)
    return path


def policy(folder: Path, extra: str = "", *, restricted: bool = False) -> Path:
    """Write the policy of `source`; return its path. With ``restricted`` the profile has a key of
    its own, and the odd names go, which do not go together with one.
    """
    rules = {
        "person": "{action: pseudonymize, domain: person}",
        "zone": "{action: keep}",
        "ward": "{action: keep}",
        "profile.mail": "{action: mask, keep_last: 1}",
        "profile.size": "{action: generalize, band: 2}",
        "events[].kind": "{action: keep}",
        "events[].at": "{action: keep}",
        "codes": "{action: keep}",
        "marks": "{action: keep}",
        "payload.$.visits": "{action: keep}",
        "gone": "{action: drop}",
        **({} if restricted else dict.fromkeys(NAMES, "{action: keep, accept: 'so | it ] is'}")),
    }
    key = ", restricted: {key: clinical, columns: [profile]}" if restricted else ""
    columns = "".join(f"  {json.dumps(name)}: {rule}\n" for name, rule in rules.items())
    path = folder / "odd.yaml"
    path.write_text(
        f"version: 1\ndataset: odd\npurpose: {json.dumps(PURPOSE)}\n"
        f"source: {{path: {folder / (CANARY + '.parquet')}}}\n"
        f"sink: {{path: {folder / 'out'}{key}}}\n"
        f"subject: person\ndetect: {{ner: 'off'}}\nchecks: {{residual: report}}\n"
        f"privacy: {{quasi_identifiers: [zone, ward], k: {K}, max_suppressed: 0.5}}\n"
        f"{extra}columns:\n{columns}"
    )
    return path


def published(
    folder: Path, keyring_uri: str, extra: str = "", *, restricted: bool = False
) -> Dataset:
    """Return the dataset, with one version."""
    source(folder)
    anonymize.run(policy(folder, extra, restricted=restricted), keyring=keyring_uri)
    return Dataset(folder / "out")
